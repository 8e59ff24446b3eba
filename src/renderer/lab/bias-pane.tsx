/** Does a strategy know the future, and does it hang on where its data begins? Works on any strategy. */

import { type ReactNode, useState } from 'react';
import { formatDateTime } from '../format/time-text.ts';
import { useJob } from '../store/jobs.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/states.tsx';
import { countText } from './figures.ts';
import { JobPanel } from './job-panel.tsx';
import { RunLayout } from './run-layout.tsx';
import { Block, Figure } from './small-parts.tsx';
import { SpecForm } from './spec-form.tsx';
import { useRun } from './use-run.ts';
import { useSpecValues } from './use-spec-values.ts';

/** What the job gives. */
interface BiasResult {
  readonly trades: number;
  readonly cuts: number;
  readonly lookahead: readonly {
    readonly cutMs: number;
    readonly entryTimeMs: number;
    readonly whatDiffers: string;
  }[];
  readonly recursion: readonly {
    readonly warmupBars: number;
    readonly changedTrades: number;
    readonly firstChangeMs: number | null;
  }[];
  readonly verdict: readonly string[];
}

export function BiasPane({ picker }: { readonly picker: ReactNode }) {
  const [isTried, setTried] = useState(false);
  const run = useRun();
  const { values, setValues, problems, spec } = useSpecValues(null, run);
  const start = (): void => {
    setTried(true);
    if (spec !== null) void run.start('Bias check', 'robustness/bias', { spec });
  };
  return (
    <RunLayout
      title={null}
      back={picker}
      actions={
        <Button
          size="lg"
          variant="primary"
          icon="play"
          disabled={isTried && spec === null}
          onClick={start}
          data-testid="bias-run"
        >
          Check
        </Button>
      }
      form={<SpecForm values={values} onChange={setValues} problems={problems} isTried={isTried} />}
    >
      {run.job === null ? (
        <EmptyState icon="search" title="Two questions to any strategy">
          Lookahead: are decisions the same when the data ends right behind them? Recursion: do trades change
          when there are more candles to warm up?
        </EmptyState>
      ) : (
        <Outcome job={run.job} onRetry={run.close} />
      )}
    </RunLayout>
  );
}

function Outcome({ job: id, onRetry }: { readonly job: string; readonly onRetry: () => void }) {
  const job = useJob(id);
  if (job?.state !== 'done') return <JobPanel id={id} onDone={() => undefined} onRetry={onRetry} />;
  const result = job.result as BiasResult;
  return (
    <div className="flex flex-col gap-3 p-3" data-testid="bias-result">
      <div className="grid grid-cols-3 gap-3 rounded-lg border border-line bg-surface p-3">
        <Figure label="Trades looked at" value={countText(result.trades)} />
        <Figure
          label="Cuts that changed the past"
          value={`${result.lookahead.length} of ${result.cuts}`}
          tone={result.lookahead.length === 0 ? 'text-up' : 'text-danger'}
        />
        <Figure
          label="Trades that hang on the warm-up"
          value={countText(Math.max(0, ...result.recursion.map(({ changedTrades }) => changedTrades)))}
        />
      </div>
      {result.verdict.map((sentence) => (
        <p key={sentence} className="rounded-lg border border-line bg-surface p-3 text-sm">
          {sentence}
        </p>
      ))}
      {result.lookahead.length === 0 ? null : (
        <Block title="Where the past changed">
          <ul className="p-3 text-sm">
            {result.lookahead.map(({ cutMs, entryTimeMs, whatDiffers }) => (
              <li key={cutMs} className="py-0.5">
                Data to {formatDateTime(cutMs)}: the trade of {formatDateTime(entryTimeMs)} differs in{' '}
                {whatDiffers}
              </li>
            ))}
          </ul>
        </Block>
      )}
      <Block title="More candles before the start">
        <table className="num w-full text-xs">
          <thead className="text-2xs text-muted">
            <tr>
              {['Candles to warm up', 'Trades that change', 'First change'].map((title) => (
                <th key={title} className="h-6 px-3 text-right font-medium">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.recursion.map((row) => (
              <tr key={row.warmupBars} className="h-7 border-t border-line/60">
                <td className="px-3 text-right">{countText(row.warmupBars)}</td>
                <td className="px-3 text-right">{countText(row.changedTrades)}</td>
                <td className="px-3 text-right">
                  {row.firstChangeMs === null ? '—' : formatDateTime(row.firstChangeMs)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Block>
    </div>
  );
}
