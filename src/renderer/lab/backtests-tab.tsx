/** Backtests: the list, the form of a new one, a report, several side by side. */

import { BacktestForm } from './backtest-form.tsx';
import { BacktestList } from './backtest-list.tsx';
import { BacktestReport } from './backtest-report.tsx';
import { CompareBacktests } from './compare-backtests.tsx';

export function BacktestsTab({ parts }: { readonly parts: readonly string[] }) {
  const [first, second] = parts;
  if (first === 'new') return <BacktestForm copyOf={second ?? null} />;
  if (first === 'compare') return <CompareBacktests ids={(second ?? '').split(',').filter(Boolean)} />;
  if (first !== undefined) return <BacktestReport id={first} key={first} />;
  return <BacktestList />;
}
