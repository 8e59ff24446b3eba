/** Looking at what is stored: any indicator over candles, pairs that move together, market makers over order books. */

import { goTo } from '../store/route.ts';
import { Segmented } from '../ui/segmented.tsx';
import { IndicatorsPane } from './indicators-pane.tsx';
import { PairsPane } from './pairs-pane.tsx';
import { ReplayPane } from './replay-pane.tsx';

const panes = [
  { value: 'indicators', label: 'Indicators', Pane: IndicatorsPane },
  { value: 'pairs', label: 'Pairs', Pane: PairsPane },
  { value: 'market-making', label: 'Market making', Pane: ReplayPane },
] as const;
type PaneName = (typeof panes)[number]['value'];

export function ExploreTab({ parts }: { readonly parts: readonly string[] }) {
  const pane = panes.find(({ value }) => value === parts[0]) ?? panes[0];
  const { Pane } = pane;
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-11 shrink-0 items-center border-b border-line px-3">
        <Segmented<PaneName>
          label="What to look at"
          testId="explore"
          value={pane.value}
          onChange={(next) => goTo('lab', 'explore', next)}
          options={panes}
        />
      </div>
      <div className="min-h-0 grow">
        <Pane />
      </div>
    </div>
  );
}
