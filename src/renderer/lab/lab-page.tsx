/** The Lab: backtests, the optimiser, how far they can be believed, and the data they rest on. */

import { goTo, useRoute } from '../store/route.ts';
import { Segmented } from '../ui/segmented.tsx';
import { BacktestsTab } from './backtests-tab.tsx';
import { DataTab } from './data-tab.tsx';
import { ExploreTab } from './explore-tab.tsx';
import { JobStrip } from './job-strip.tsx';
import { RobustnessTab } from './robustness-tab.tsx';
import { StudiesTab } from './studies-tab.tsx';

const tabs = [
  { value: 'backtests', label: 'Backtests', Tab: BacktestsTab },
  { value: 'optimise', label: 'Optimise', Tab: StudiesTab },
  { value: 'robustness', label: 'Robustness', Tab: RobustnessTab },
  { value: 'explore', label: 'Explore', Tab: ExploreTab },
  { value: 'data', label: 'Data', Tab: DataTab },
] as const;
type TabName = (typeof tabs)[number]['value'];

export function LabPage() {
  const { parts } = useRoute();
  const tab = tabs.find(({ value }) => value === parts[0]) ?? tabs[0];
  const { Tab } = tab;
  return (
    <div className="flex h-full flex-col bg-surface">
      <div className="flex h-11 shrink-0 items-center gap-3 border-b border-line px-3">
        <h1 className="text-lg font-semibold">Lab</h1>
        <Segmented<TabName>
          label="Part of the Lab"
          testId="lab-tab"
          value={tab.value}
          onChange={(next) => goTo('lab', next)}
          options={tabs}
        />
      </div>
      <div className="min-h-0 grow">
        <Tab parts={parts.slice(1)} />
      </div>
      {/* At the foot, so that nothing moves when a job begins or ends. */}
      <JobStrip except={parts[1] === 'running' ? (parts[2] ?? null) : null} />
    </div>
  );
}
