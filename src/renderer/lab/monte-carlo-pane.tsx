/** A backtest with chance in it: its trades in other orders, its candles with noise, its entries at random. */

import { type ReactNode, useState } from 'react';
import type { RequestOf } from '../../shared/api/contract.ts';
import { useQuery } from '../store/hooks.ts';
import { useJob } from '../store/jobs.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input, Select } from '../ui/field.tsx';
import { EmptyState } from '../ui/states.tsx';
import { countText } from './figures.ts';
import { JobPanel } from './job-panel.tsx';
import { MonteCarloFan } from './monte-carlo-fan.tsx';
import type { MonteCarloResult } from './monte-carlo-result.ts';
import { type NoiseResult, NoiseView } from './noise-view.tsx';
import { type RandomEntriesResult, RandomEntriesView } from './random-entries-view.tsx';
import { problemElsewhere } from './run-problems.ts';
import { type Run, useRun } from './use-run.ts';

type TradeMethod = NonNullable<RequestOf<'robustness/monte-carlo'>['method']>;
type Method = TradeMethod | 'noise' | 'random-entries';

const methods: readonly { value: Method; label: string; text: string }[] = [
  {
    value: 'bootstrap',
    label: 'Draw trades again',
    text: 'Each run draws as many closed trades as there were, some twice, some not at all: what other luck would have given.',
  },
  {
    value: 'shuffle',
    label: 'Shuffle the order',
    text: 'The same trades in another order: the end is the same, the way there is not. Shows how deep the drawdown could have been.',
  },
  {
    value: 'blocks',
    label: 'Draw blocks of trades',
    text: 'Neighbouring trades stay together, so that good and bad stretches stay what they are.',
  },
  {
    value: 'missed',
    label: 'Miss some fills',
    text: 'Each trade is missed with a chance: how much hangs on a few of them.',
  },
  {
    value: 'noise',
    label: 'Noise in the candles',
    text: 'The whole backtest runs again on prices that could have been: does the result hang on their exact course?',
  },
  {
    value: 'random-entries',
    label: 'Entries at random',
    text: 'As many trades, held as long, but begun at any candle: do the entries know something?',
  },
];

/** How many runs make sense, and how many there are at first. */
const runsOf = (
  method: Method,
): { readonly least: number; readonly most: number; readonly usual: string } => {
  if (method === 'noise') return { least: 10, most: 5_000, usual: '100' };
  return { least: 100, most: 100_000, usual: method === 'random-entries' ? '2000' : '10000' };
};

export function MonteCarloPane({
  subject,
  picker,
}: {
  readonly subject: string | null;
  readonly picker: ReactNode;
}) {
  const { value } = useQuery('backtests/list', {}, ['lab']);
  const [chosen, setChosen] = useState(subject ?? '');
  const [method, setMethod] = useState<Method>('bootstrap');
  const [runs, setRuns] = useState('10000');
  const [missed, setMissed] = useState('10');
  const [noise, setNoise] = useState('30');
  const run = useRun();
  const [begun, setBegun] = useState<{ readonly id: string; readonly method: Method } | null>(null);
  const backtests = value?.backtests ?? [];
  const backtest = chosen === '' ? (backtests[0]?.id ?? '') : chosen;
  const known = methods.find((one) => one.value === method);
  const count = Number(runs);
  const { least, most } = runsOf(method);
  const noiseShare = Number(noise) / 100;
  const runsError =
    Number.isInteger(count) && count >= least && count <= most
      ? undefined
      : `a whole number from ${countText(least)} to ${countText(most)}`;
  const noiseError =
    method === 'noise' && !(noiseShare >= 0.01 && noiseShare <= 2) ? 'from 1 to 200 %' : undefined;

  const missedShare = Number(missed) / 100;
  const missedError =
    method === 'missed' && !(missedShare >= 0.01 && missedShare <= 0.9) ? 'from 1 to 90 %' : undefined;
  const isReady =
    backtest !== '' && [runsError, noiseError, missedError].every((error) => error === undefined);
  const start = async (): Promise<void> => {
    const id = await begin(run, method, backtest, count, { missedShare, noise: noiseShare });
    if (id !== null) setBegun({ id, method });
  };
  /** Keeps what was typed; what the host said of it before is no longer true. */
  const typed = (set: (text: string) => void) => (event: { readonly target: { readonly value: string } }) => {
    set(event.target.value);
    run.changed();
  };
  const told = run.problems;
  if (value !== null && backtests.length === 0) {
    return (
      <Frame picker={picker}>
        <EmptyState icon="target" title="Run a backtest first">
          Monte Carlo works on the closed trades of a stored backtest.
        </EmptyState>
      </Frame>
    );
  }
  return (
    <Frame picker={picker}>
      <div className="grid shrink-0 grid-cols-[2fr_2fr_1fr_1fr_auto] items-end gap-3 rounded-lg border border-line bg-surface p-3">
        <Field id="mc-backtest" label="Backtest" error={problemElsewhere(told, ['runs', 'noise', 'missed'])}>
          <Select
            id="mc-backtest"
            value={backtest}
            onChange={typed(setChosen)}
            options={backtests.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
            data-testid="mc-backtest"
          />
        </Field>
        <Field id="mc-method" label="What chance does" help={known?.text}>
          <Select
            id="mc-method"
            value={method}
            onChange={(event) => {
              const next = event.target.value as Method;
              if (runs === runsOf(method).usual) setRuns(runsOf(next).usual);
              setMethod(next);
              run.changed();
            }}
            options={methods}
            data-testid="mc-method"
          />
        </Field>
        <Field id="mc-runs" label="Runs" error={runsError ?? told['runs']}>
          <Input id="mc-runs" isNumber value={runs} onChange={typed(setRuns)} data-testid="mc-runs" />
        </Field>
        {method === 'noise' ? (
          <Field
            id="mc-noise"
            label="Noise"
            help="Of the usual change from candle to candle; what is added stays, so that prices drift apart."
            error={noiseError ?? told['noise']}
          >
            <Input
              id="mc-noise"
              isNumber
              unit="%"
              value={noise}
              onChange={typed(setNoise)}
              data-testid="mc-noise"
            />
          </Field>
        ) : method === 'missed' ? (
          <Field id="mc-missed" label="Chance to miss" error={missedError ?? told['missed']}>
            <Input
              id="mc-missed"
              isNumber
              unit="%"
              value={missed}
              onChange={typed(setMissed)}
              data-testid="mc-missed"
            />
          </Field>
        ) : (
          <span />
        )}
        <Button
          variant="primary"
          icon="play"
          disabled={!isReady}
          onClick={() => void start()}
          data-testid="mc-run"
        >
          Run
        </Button>
        <p className="col-span-5 text-xs text-muted">{known?.text}</p>
      </div>
      {run.job === null || begun?.id !== run.job ? (
        <EmptyState icon="target" title="Nothing run yet">
          One backtest is one path. Monte Carlo shows the others it could have taken.
        </EmptyState>
      ) : (
        <Outcome job={begun.id} method={begun.method} onRetry={run.close} />
      )}
    </Frame>
  );
}

function Frame({ picker, children }: { readonly picker: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-11 shrink-0 items-center border-b border-line px-3">{picker}</div>
      <div className="flex min-h-0 grow flex-col gap-3 overflow-auto bg-bg p-3">{children}</div>
    </div>
  );
}

/** Begins the job of a method. */
function begin(
  run: Run,
  method: Method,
  backtest: string,
  runs: number,
  more: { readonly missedShare: number; readonly noise: number },
) {
  switch (method) {
    case 'noise':
      return run.start('Noise', 'robustness/noise', { backtest, runs, noise: more.noise });
    case 'random-entries':
      return run.start('Random entries', 'robustness/random-entries', { backtest, runs });
    default:
      return run.start('Monte Carlo', 'robustness/monte-carlo', {
        ...{ backtest, method, runs },
        ...(method === 'missed' ? { missedShare: more.missedShare } : {}),
      });
  }
}

function Outcome({
  job: id,
  method,
  onRetry,
}: {
  readonly job: string;
  readonly method: Method;
  readonly onRetry: () => void;
}) {
  const job = useJob(id);
  if (job?.state !== 'done') {
    return (
      <div className="h-56 shrink-0 rounded-lg border border-line bg-surface">
        <JobPanel id={id} onDone={() => undefined} onRetry={onRetry} />
      </div>
    );
  }
  if (method === 'noise') return <NoiseView result={job.result as NoiseResult} />;
  if (method === 'random-entries') return <RandomEntriesView result={job.result as RandomEntriesResult} />;
  return <MonteCarloFan result={job.result as MonteCarloResult} />;
}
