/** `montecarlo`: a backtest with chance in it. Here its trades, run many times; `chance-runs.ts` has its candles and entries. */

import { resolve } from 'node:path';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import { loadNative } from '../../adapters/compute/native.ts';
import {
  type MonteCarlo,
  type MonteCarloMethod,
  type Percentiles,
  runMonteCarlo,
} from '../../adapters/compute/robustness.ts';
import { readingFile } from '../../app/data/file-error.ts';
import { readTradeReturns } from '../../app/report/trade-file.ts';
import { judgeMonteCarlo } from '../../app/robustness/judge-monte-carlo.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { badFlag, parseNumber } from '../cli/values.ts';
import { withLab } from '../host/console-lab.ts';
import { interruptedExitCode } from '../host/stop-signals.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { countWords } from '../output/words.ts';
import type { BacktestFlags } from './backtest-flags.ts';
import { chanceSource, refuseOtherSources, wholeFlag } from './chance-flags.ts';
import { isChanceRun, runWithChance, tradesOfSource } from './chance-runs.ts';
import { withOwnStrategy } from './own-strategy.ts';

/** The flags as commander gives them; those of a backtest lie beside them. */
export interface MonteCarloFlags extends BacktestFlags {
  readonly trades?: string | undefined;
  readonly backtest?: string | undefined;
  readonly noise?: string | undefined;
  readonly method?: string | undefined;
  readonly runs?: string | undefined;
  readonly seed?: string | undefined;
  readonly block?: string | undefined;
  readonly miss?: string | undefined;
  readonly capital?: string | undefined;
  readonly ruin?: string | undefined;
  readonly fan?: string | undefined;
  readonly threads?: string | undefined;
}

/** Most runs and most trades drawn in one go: beyond it is a slip of the keyboard. */
const runsMaximum = 10_000_000;
const drawsMaximum = 20_000_000_000;
const defaultBlock = 10;
const defaultMiss = 0.05;
const progressEveryMs = 1000;

/** Runs the analysis. Throws `ApiError`. */
export async function monteCarlo(context: CommandContext, typed: MonteCarloFlags): Promise<number> {
  const { flags, own } = await withOwnStrategy(typed);
  if (isChanceRun(flags.method)) return runWithChance(context, flags, flags.method, own);
  if (flags.noise !== undefined) throw badFlag('noise', flags.noise, 'belongs to --method noise');
  const method = readMethod(flags);
  const settings = {
    method,
    runs: wholeFlag(flags.runs ?? '10000', 'runs', 1, runsMaximum),
    seed: wholeFlag(flags.seed ?? '1', 'seed', 0, Number.MAX_SAFE_INTEGER),
    threads: wholeFlag(flags.threads ?? '0', 'threads', 0, 256),
    fanPoints: wholeFlag(flags.fan ?? '50', 'fan', 0, 1000),
    ruin: fraction(flags.ruin ?? '0.5', 'ruin'),
  };
  if (settings.ruin === 0) throw badFlag('ruin', flags.ruin ?? '', 'must be above 0');
  if (flags.trades === undefined) {
    const source = await chanceSource(flags);
    return withLab(
      context,
      async (lab) => {
        const run = await tradesOfSource(context, lab, source);
        if (run === undefined) return interruptedExitCode;
        return analyse(context, run.returns, run.openTrades, settings, (found) => run.note(method, found));
      },
      own,
    );
  }
  refuseOtherSources(flags);
  const capital = parseNumber(flags.capital ?? '10000', 'capital');
  if (!(capital > 0)) throw badFlag('capital', flags.capital ?? '', 'must be above 0');
  const path = resolve(flags.trades);
  const { returns, openTrades } = await readingFile('trades', () => readTradeReturns(path, capital));
  return analyse(context, returns, openTrades, settings, () => undefined);
}

async function analyse(
  context: CommandContext,
  returns: Float64Array,
  openTrades: number,
  settings: Parameters<typeof runMonteCarlo>[2] & { readonly ruin: number },
  note: (found: MonteCarlo) => void,
): Promise<number> {
  const { method, ruin, runs, seed } = settings;
  if (returns.length * runs > drawsMaximum) {
    throw badFlag('runs', String(runs), `is too many for ${returns.length} trades`);
  }
  const found = await running(context, returns, settings);
  if (found === undefined) return interruptedExitCode;
  note(found);
  const judgement = judgeMonteCarlo(found, method);
  const result = {
    method: method.kind,
    ...(method.kind === 'blocks' ? { blockLength: method.length } : {}),
    ...(method.kind === 'missed' ? { missProbability: method.probability } : {}),
    runs,
    seed,
    trades: returns.length,
    openTrades,
    ...found,
    ruinDrawdown: ruin,
    ...judgement,
  };
  context.output.result(result, () => words(found, { ...result, reasons: judgement.reasons }));
  return 0;
}

/** Runs with progress on standard error; nothing when Ctrl-C stopped it. */
async function running(
  context: CommandContext,
  returns: Float64Array,
  settings: Parameters<typeof runMonteCarlo>[2],
): Promise<MonteCarlo | undefined> {
  const addon = loadNative();
  const control = new addon.TaskControl();
  const cancel = (): void => control.cancel();
  process.once('SIGINT', cancel);
  const tell = (): void => context.output.talk(`${Math.floor(control.progress * 100)} %`);
  const report = setInterval(tell, progressEveryMs);
  try {
    return await runMonteCarlo(addon, returns, { ...settings, control });
  } catch (error) {
    if (error instanceof ComputeError && error.code === 'BAD_ARGUMENT') {
      throw new ApiError('bad-input', error.message, { field: fieldOf(error.message) });
    }
    if (error instanceof ComputeError && error.code === 'CANCELLED') return undefined;
    throw error;
  } finally {
    clearInterval(report);
    process.off('SIGINT', cancel);
  }
}

/** The flag that the native part's words are about. */
function fieldOf(message: string): string {
  if (message.startsWith('blockLength')) return 'block';
  return message.startsWith('missProbability') ? 'miss' : 'trades';
}

function readMethod({ method = 'shuffle', block, miss }: MonteCarloFlags): MonteCarloMethod {
  if (block !== undefined && method !== 'blocks') throw badFlag('block', block, 'belongs to --method blocks');
  if (miss !== undefined && method !== 'missed') throw badFlag('miss', miss, 'belongs to --method missed');
  switch (method) {
    case 'shuffle':
    case 'bootstrap':
      return { kind: method };
    case 'blocks':
      return { kind: method, length: wholeFlag(block ?? String(defaultBlock), 'block', 1, 1_000_000) };
    case 'missed':
      return { kind: method, probability: fraction(miss ?? String(defaultMiss), 'miss') };
    default:
      throw badFlag(
        'method',
        method,
        'is not one of shuffle, bootstrap, blocks, missed, noise, random-entries',
      );
  }
}

function fraction(text: string, field: string): number {
  const value = parseNumber(text, field);
  if (value >= 0 && value <= 1) return value;
  throw badFlag(field, text, 'is not a fraction from 0 to 1');
}

interface Facts {
  readonly runs: number;
  readonly trades: number;
  readonly openTrades: number;
  readonly method: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly ruinDrawdown: number;
}

function words(found: MonteCarlo, facts: Facts): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const row = (title: string, original: number, values: Percentiles, show: (value: number) => string) => ({
    title,
    original: show(original),
    values: [values.p5, values.p25, values.p50, values.p75, values.p95].map(show),
  });
  const gain = (value: number): string => percent(value - 1);
  const rows = [
    row('Return', found.original.finalValue, found.finalValue, gain),
    row('Deepest drawdown', found.original.maxDrawdown, found.maxDrawdown, percent),
  ];
  const table = renderTable(
    rows,
    [
      { title: '', of: ({ title }) => title },
      { title: 'Original', right: true, of: ({ original }) => original },
      ...['worst 5 %', '25 %', 'median', '75 %', 'best 5 %'].map((title, index) => ({
        title,
        right: true,
        of: ({ values }: (typeof rows)[number]) => values[index] ?? '',
      })),
    ],
    '',
  );
  const list = renderFacts([
    [
      'Runs',
      `${countWords(facts.runs)} of ${countWords(facts.trades)} closed trades${facts.openTrades === 0 ? '' : ` (${countWords(facts.openTrades)} open, left out)`}, ${facts.method}`,
    ],
    ['Ended with a loss', percent(found.lossShare)],
    [`Fell by ${percent(facts.ruinDrawdown)}`, percent(found.ruinShare)],
    ['Verdict', facts.verdict],
  ]);
  return [table, '', list, ...facts.reasons].join('\n');
}
