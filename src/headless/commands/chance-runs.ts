/** `montecarlo` on whole runs: candles with noise, entries at random; and trades of a stored or new run. */

import {
  type MonteCarlo,
  type MonteCarloMethod,
  type Percentiles,
  returnsOfProfits,
} from '../../adapters/compute/robustness.ts';
import type { Lab } from '../../app/lab/lab.ts';
import type { NoiseOutcome } from '../../app/robustness/noise-runs.ts';
import type { RandomEntriesOutcome } from '../../app/robustness/random-entries.ts';
import { ApiError } from '../../shared/api/result.ts';
import { exitReasons } from '../../shared/lab/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import type { CommandContext } from '../cli/context.ts';
import { badFlag, parseNumber } from '../cli/values.ts';
import { runConsoleJob } from '../host/console-job.ts';
import { withLab } from '../host/console-lab.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { countWords } from '../output/words.ts';
import { type ChanceSource, chanceSource, wholeFlag } from './chance-flags.ts';
import type { MonteCarloFlags } from './monte-carlo.ts';
import type { OwnStrategy } from './own-strategy.ts';

/** Methods that run backtests, not trades. */
const chanceRuns = ['noise', 'random-entries'] as const;
type ChanceRun = (typeof chanceRuns)[number];

export function isChanceRun(method: string | undefined): method is ChanceRun {
  return chanceRuns.some((known) => known === method);
}

const noiseMinimum = 0.01;
const noiseMaximum = 2;
/** Flags that only runs of trades know. */
const tradeFlags = ['trades', 'block', 'miss', 'ruin', 'fan', 'threads'] as const;

/** Runs and prints. Throws `ApiError`; exit code 130 when it was interrupted. */
export async function runWithChance(
  context: CommandContext,
  flags: MonteCarloFlags,
  method: ChanceRun,
  own: OwnStrategy | undefined,
): Promise<number> {
  for (const flag of tradeFlags) {
    const text = flags[flag];
    if (text !== undefined) throw badFlag(flag, text, `does not go with --method ${method}`);
  }
  const source = await chanceSource(flags);
  const seed = wholeFlag(flags.seed ?? '1', 'seed', 0, Number.MAX_SAFE_INTEGER);
  const isNoise = method === 'noise';
  if (!isNoise && flags.noise !== undefined) throw badFlag('noise', flags.noise, 'belongs to --method noise');
  const noise = parseNumber(flags.noise ?? '0.3', 'noise');
  if (!(noise >= noiseMinimum && noise <= noiseMaximum)) {
    throw badFlag('noise', flags.noise ?? '', `is not from ${noiseMinimum} to ${noiseMaximum}`);
  }
  const runs = isNoise
    ? wholeFlag(flags.runs ?? '100', 'runs', 10, 5_000)
    : wholeFlag(flags.runs ?? '2000', 'runs', 100, 100_000);
  return withLab(
    context,
    async (lab) => {
      const spec = specOf(lab, source);
      if (isNoise) {
        const job = await runConsoleJob(
          context.output,
          'monte-carlo',
          spec.strategy,
          lab.chance.noise(spec, { noise, runs, seed }),
        );
        if (!job.isDone) return interrupted(context, job.exitCode);
        const { returns: _returns, ...result } = job.result;
        context.output.result(result, () => noiseText(job.result));
        return 0;
      }
      const job = await runConsoleJob(
        context.output,
        'monte-carlo',
        spec.strategy,
        lab.chance.randomEntries(spec, { runs, seed }),
      );
      if (!job.isDone) return interrupted(context, job.exitCode);
      context.output.result(job.result, () => entriesText(job.result));
      return 0;
    },
    own,
  );
}

function interrupted(context: CommandContext, exitCode: number): number {
  context.output.talk('Interrupted. Nothing was stored.');
  return exitCode;
}

function specOf(lab: Lab, source: ChanceSource): BacktestSpec {
  return source.kind === 'spec' ? source.spec : lab.backtests.summary(source.backtest).spec;
}

/** Trades of a run, as Monte Carlo takes them. */
export interface SourceTrades {
  readonly returns: Float64Array;
  readonly openTrades: number;
  /** Keeps what was found for the grade of the run. */
  note(method: MonteCarloMethod, found: MonteCarlo): void;
}

/** Gives the trades of a stored backtest, or those of a new run; undefined when that was interrupted. */
export async function tradesOfSource(
  context: CommandContext,
  lab: Lab,
  source: ChanceSource,
): Promise<SourceTrades | undefined> {
  const spec = specOf(lab, source);
  const job = await runConsoleJob(context.output, 'backtest', spec.strategy, (control) =>
    lab.tools.runner.run(spec, {
      isCancelled: () => control.isCancelled(),
      onProgress: (done, total) => control.progress({ done, total, unit: 'candles' }),
    }),
  );
  if (!job.isDone) return undefined;
  const { finalEquity, startEquity, trades } = job.result;
  const closed = [...trades.profit].filter(
    (_, row) => exitReasons[trades.exitReason[row] as number] !== 'open',
  );
  if (closed.length < 2) {
    throw new ApiError('bad-input', `candles: ${closed.length} trades have ended; at least 2 are needed`, {
      field: 'candles',
      hint: 'Test over a longer time.',
    });
  }
  return {
    returns: returnsOfProfits(closed, startEquity),
    openTrades: trades.length - closed.length,
    note(method, found) {
      if (method.kind === 'shuffle')
        lab.chance.noteShuffle(spec, { finalEquity, trades: trades.length }, found);
    },
  };
}

const percent = (ratio: number, digits = 1): string => `${(ratio * 100).toFixed(digits)} %`;

function noiseText(outcome: NoiseOutcome): string {
  const { finalRank, lossShare, noise, original, reasons, runs, verdict } = outcome;
  const row = (title: string, real: string, values: Percentiles | null, show: (value: number) => string) => ({
    title,
    real,
    values:
      values === null
        ? []
        : [values.p5, values.p25, values.p50, values.p75, values.p95].map((value) => show(value)),
  });
  const plain = (value: number): string => value.toFixed(2);
  const table = renderTable(
    [
      row('Return', percent(original.totalReturn), outcome.totalReturn, percent),
      row('Deepest drawdown', percent(original.maxDrawdown), outcome.maxDrawdown, percent),
      row('Sharpe', original.sharpe === null ? '–' : plain(original.sharpe), outcome.sharpe, plain),
      row('Trades', String(original.trades), outcome.trades, (value) => value.toFixed(0)),
    ],
    [
      { title: '', of: ({ title }) => title },
      { title: 'Real prices', right: true, of: ({ real }) => real },
      ...['5 %', '25 %', 'median', '75 %', '95 %'].map((title, index) => ({
        title,
        right: true,
        of: ({ values }: { readonly values: readonly string[] }) => values[index] ?? '–',
      })),
    ],
    '',
  );
  const facts = renderFacts([
    ['Runs', `${countWords(runs)} histories, noise ${noise} of the returns’ deviation`],
    ['Real prices better', `than ${percent(finalRank)}`],
    ['Ended with a loss', percent(lossShare)],
    ['Verdict', verdict],
  ]);
  return [table, '', facts, ...reasons].join('\n');
}

function entriesText(outcome: RandomEntriesOutcome): string {
  const { observed, pValue, randomMean, randomP95, reasons, runs, trades, verdict } = outcome;
  const facts = renderFacts([
    ['Runs', `${countWords(runs)} sets of ${countWords(trades)} entries`],
    ['Return a trade', `${percent(observed, 3)} (logarithmic, without costs)`],
    ['At random', `${percent(randomMean, 3)}, 95 % below ${percent(randomP95, 3)}`],
    // A p-value of a handful of trades would be taken for one.
    ...(verdict === 'too-few-trades' ? [] : [['p-value', pValue.toFixed(4)] as const]),
    ['Verdict', verdict],
  ]);
  return [facts, ...reasons].join('\n');
}
