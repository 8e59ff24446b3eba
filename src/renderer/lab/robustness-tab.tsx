/** How far a result can be believed: Monte Carlo, walk-forward, bias checks, the run itself. */

import { goTo } from '../store/route.ts';
import { Segmented } from '../ui/segmented.tsx';
import { BiasPane } from './bias-pane.tsx';
import { MonteCarloPane } from './monte-carlo-pane.tsx';
import { ShadowPane } from './shadow-pane.tsx';
import { WalkForwardPane } from './walk-forward-pane.tsx';

const panes = [
  { value: 'monte-carlo', label: 'Monte Carlo', Pane: MonteCarloPane },
  { value: 'walk-forward', label: 'Walk-forward', Pane: WalkForwardPane },
  { value: 'bias', label: 'Bias check', Pane: BiasPane },
  { value: 'shadow', label: 'Live beside backtest', Pane: ShadowPane },
] as const;
type PaneName = (typeof panes)[number]['value'];

export function RobustnessTab({ parts }: { readonly parts: readonly string[] }) {
  const pane = panes.find(({ value }) => value === parts[0]) ?? panes[0];
  const { Pane } = pane;
  return (
    <Pane
      key={parts[1]}
      subject={parts[1] ?? null}
      picker={
        <Segmented<PaneName>
          label="Kind of check"
          testId="robustness"
          value={pane.value}
          onChange={(next) => goTo('lab', 'robustness', next)}
          options={panes}
        />
      }
    />
  );
}
