/** What a bot did beside the backtest of the same time: trades side by side, the difference split into its causes. */

import { type ReactNode, useState } from 'react';
import type { ShadowResult } from '../../shared/lab/shadow.ts';
import { useQuery } from '../store/hooks.ts';
import { useJob } from '../store/jobs.ts';
import { goTo } from '../store/route.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input, Select } from '../ui/field.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { JobPanel } from './job-panel.tsx';
import { problemElsewhere } from './run-problems.ts';
import { ShadowView } from './shadow-view.tsx';
import { wholeNumberProblem } from './study-choices.ts';
import { useRun } from './use-run.ts';

export function ShadowPane({ picker }: { readonly picker: ReactNode }) {
  const { value, failure, retry } = useQuery('bots/list', {}, ['bots']);
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-11 shrink-0 items-center border-b border-line px-3">{picker}</div>
      <div className="flex min-h-0 grow flex-col gap-3 overflow-auto bg-bg p-3">
        {value === null && failure !== null ? (
          <ErrorState title="The bots could not be read" failure={failure} onRetry={retry} />
        ) : value === null ? (
          <SkeletonRows rows={6} />
        ) : value.bots.length === 0 ? (
          <EmptyState
            icon="bots"
            title="There is no bot yet"
            action={<Button onClick={() => goTo('bots', 'new')}>Create a bot</Button>}
          >
            A shadow backtest replays what a bot has lived and explains every difference to its trades.
          </EmptyState>
        ) : (
          <Compare bots={value.bots.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))} />
        )}
      </div>
    </div>
  );
}

function Compare({ bots }: { readonly bots: readonly { readonly value: string; readonly label: string }[] }) {
  const [bot, setBot] = useState(bots[0]?.value ?? '');
  const [slippage, setSlippage] = useState('0.05');
  const [tolerance, setTolerance] = useState('2');
  const run = useRun();
  const rate = slippage.trim() === '' ? Number.NaN : Number(slippage) / 100;
  const slippageProblem = rate >= 0 && rate <= 0.1 ? undefined : 'From 0 to 10 %';
  const toleranceProblem = wholeNumberProblem(tolerance, 0, 100);
  const isWrong = slippageProblem !== undefined || toleranceProblem !== undefined;
  const start = (): void => {
    const request = { bot, slippage: rate, toleranceBars: Number(tolerance) };
    void run.start('Shadow backtest', 'backtests/shadow', request);
  };
  const told = run.problems;
  const slippageError = slippageProblem ?? told['slippage'];
  const toleranceError = toleranceProblem ?? told['toleranceBars'];
  return (
    <>
      <div className="grid shrink-0 grid-cols-[3fr_1fr_1fr_auto] items-end gap-3 rounded-lg border border-line bg-surface p-3">
        <Field
          id="shadow-bot"
          label="Bot"
          help="From its start, or the newest edit of its parameters, to now"
          error={problemElsewhere(told, ['slippage', 'toleranceBars'])}
        >
          <Select
            id="shadow-bot"
            value={bot}
            onChange={(event) => {
              setBot(event.target.value);
              run.changed();
            }}
            options={bots}
            data-testid="shadow-bot"
          />
        </Field>
        <Field
          id="shadow-slippage"
          label="Assumed slippage"
          help="What the backtest assumes a taking order loses"
          error={slippageError}
        >
          <Input
            id="shadow-slippage"
            isNumber
            unit="%"
            value={slippage}
            isWrong={slippageError !== undefined}
            onChange={(event) => {
              setSlippage(event.target.value);
              run.changed();
            }}
            data-testid="shadow-slippage"
          />
        </Field>
        <Field
          id="shadow-tolerance"
          label="Same trade within"
          help="How many candles two entries of the same trade may lie apart"
          error={toleranceError}
        >
          <Input
            id="shadow-tolerance"
            isNumber
            unit="candles"
            value={tolerance}
            isWrong={toleranceError !== undefined}
            onChange={(event) => {
              setTolerance(event.target.value);
              run.changed();
            }}
          />
        </Field>
        <Button variant="primary" icon="play" disabled={isWrong} onClick={start} data-testid="shadow-run">
          Compare
        </Button>
      </div>
      {run.job === null ? (
        <EmptyState icon="copy" title="How far can a backtest of this bot be believed?">
          The time the bot has lived runs through the backtester, over the minutes it saw. What it missed, did
          alone or did at other prices is named with its reason.
        </EmptyState>
      ) : (
        <Outcome job={run.job} onRetry={run.close} />
      )}
    </>
  );
}

function Outcome({ job: id, onRetry }: { readonly job: string; readonly onRetry: () => void }) {
  const job = useJob(id);
  if (job?.state !== 'done') {
    return (
      <div className="h-56 shrink-0 rounded-lg border border-line bg-surface">
        <JobPanel id={id} onDone={() => undefined} onRetry={onRetry} />
      </div>
    );
  }
  return <ShadowView result={job.result as ShadowResult} />;
}
