/** A new backtest, or a stored one changed and run again. */

import { useState } from 'react';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { Button } from '../ui/button.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { JobPanel } from './job-panel.tsx';
import { RunLayout } from './run-layout.tsx';
import { SpecForm } from './spec-form.tsx';
import { useRun } from './use-run.ts';
import { useSpecValues } from './use-spec-values.ts';

export function BacktestForm({ copyOf }: { readonly copyOf: string | null }) {
  if (copyOf === null) return <Form from={null} />;
  return <CopyForm id={copyOf} key={copyOf} />;
}

function CopyForm({ id }: { readonly id: string }) {
  const { value, failure, retry } = useQuery('backtests/show', { backtest: id }, ['never']);
  if (value !== null) return <Form from={value.summary.spec} />;
  if (failure === null) return <SkeletonRows rows={14} />;
  return <ErrorState title="The backtest could not be opened" failure={failure} onRetry={retry} />;
}

function Form({ from }: { readonly from: BacktestSpec | null }) {
  const [isTried, setTried] = useState(false);
  const run = useRun();
  const { values, setValues, problems, spec } = useSpecValues(from, run);
  const start = (): void => {
    setTried(true);
    if (spec === null) return;
    const study = values.study === '' ? {} : { study: values.study };
    void run.start('Backtest', 'backtests/run', { spec, ...study });
  };
  return (
    <RunLayout
      title="New backtest"
      back={
        <Button variant="ghost" icon="chevronLeft" onClick={() => goTo('lab', 'backtests')}>
          Backtests
        </Button>
      }
      actions={
        <Button
          size="lg"
          variant="primary"
          icon="play"
          disabled={isTried && spec === null}
          onClick={start}
          data-testid="backtest-run"
        >
          Run backtest
        </Button>
      }
      form={<SpecForm values={values} onChange={setValues} problems={problems} isTried={isTried} />}
    >
      {run.job === null ? (
        <Hints />
      ) : (
        <JobPanel
          id={run.job}
          key={run.job}
          onRetry={run.close}
          onDone={({ result }) => goTo('lab', 'backtests', (result as { backtest: string }).backtest)}
        />
      )}
    </RunLayout>
  );
}

/** What a backtest can and cannot say, while there is nothing to show. */
function Hints() {
  const hints = [
    [
      'The same code',
      'What trades live runs here: strategy, risk checks, account. Plain rules run compiled, with the same trades; the report says which.',
    ],
    [
      'Costs count',
      'Fees, slippage and funding are taken off every trade. Set them to what your venue asks; the report shows what they cost.',
    ],
    [
      'Nothing sees the future',
      'A rule is decided when its candle has closed and fills afterwards. The bias check in Robustness proves it for any strategy.',
    ],
    [
      'One good run proves little',
      'The report grades how well the run supports a profit (a loss is always an E) and says what to do next: more data, other years, Monte Carlo, walk-forward.',
    ],
  ] as const;
  return (
    <div className="mx-auto grid max-w-[720px] grid-cols-1 gap-3 p-6 sm:grid-cols-2">
      {hints.map(([title, text]) => (
        <div key={title} className="rounded-lg border border-line bg-surface p-4">
          <p className="font-semibold">{title}</p>
          <p className="mt-1 text-sm text-muted">{text}</p>
        </div>
      ))}
    </div>
  );
}
