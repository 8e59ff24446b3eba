/** `pairs scan`: candle files tested for pairs that move together. */

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataFileError } from '../../adapters/candle-files/data-file-error.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import { loadNative } from '../../adapters/compute/native.ts';
import type { LagChoice, PairScanSettings } from '../../adapters/compute/statistics.ts';
import { fileError } from '../../app/data/file-error.ts';
import type { PriceScale } from '../../app/pairs/pair-series.ts';
import { type FileScan, readSeries, type ScanFilesOptions, scanSeries } from '../../app/pairs/scan-files.ts';
import { ApiError } from '../../shared/api/result.ts';
import { type Timeframe, timeframeMs, timeframes } from '../../shared/domain/candle.ts';
import type { CommandContext } from '../cli/context.ts';
import { badFlag, parseNumber } from '../cli/values.ts';
import { runNativeTask } from '../host/native-task.ts';
import { interruptedExitCode } from '../host/stop-signals.ts';
import { renderTable } from '../output/table.ts';
import { countWords, timeWords } from '../output/words.ts';

/** The flags as commander gives them. */
export interface PairScanFlags {
  readonly candles?: readonly string[] | undefined;
  readonly folder?: string | undefined;
  readonly timeframe?: string | undefined;
  readonly method?: string | undefined;
  readonly lag?: string | undefined;
  readonly pMax?: string | undefined;
  readonly halfLifeMax?: string | undefined;
  readonly prices?: string | undefined;
  readonly bars?: string | undefined;
  readonly bothWays?: boolean | undefined;
  readonly threads?: string | undefined;
}

const methods: readonly PairScanSettings['method'][] = ['engle-granger', 'johansen'];
const priceScales: readonly PriceScale[] = ['log', 'plain'];
const johansenLevels = [0.1, 0.05, 0.01];
const candleEndings = /\.(csv|csv\.gz|csv\.zip|parquet)$/i;
/** A month of hours, an hour of half minutes: below it no test says anything. */
const barsMinimum = 60;
const lagMaximum = 200;
const defaultHalfLifeBars = '24';

/** Scans and prints. Throws `ApiError`; exit code 130 when it was interrupted. */
export async function scanPairFiles(context: CommandContext, flags: PairScanFlags): Promise<number> {
  const options = readOptions(flags);
  const addon = loadNative();
  const scan = await runNativeTask(addon, context.output, 'Pairs', async (control, isStopped) => {
    try {
      const series = await readSeries(options.files, () => !isStopped());
      return await scanSeries(addon, series, options, control);
    } catch (error) {
      throw flagError(error);
    }
  });
  if (scan === undefined) return interruptedExitCode;
  const { aligned, rows, tested, passed, collinear } = scan;
  const result = {
    method: options.method,
    pMax: options.pMaximum,
    halfLifeMax: options.halfLifeMaximum ?? null,
    hurstMethod: 'lagged-differences',
    prices: options.prices,
    timeframeMs: aligned.timeframeMs,
    bars: aligned.openTimeMs.length,
    from: aligned.openTimeMs[0],
    to: aligned.openTimeMs.at(-1),
    missing: aligned.missing,
    series: aligned.series,
    tested,
    passed,
    collinear,
    rows,
    total: rows.length,
    hedged: rows.filter(({ verdict }) => verdict === 'pair').length,
  };
  context.output.result(result, () => words(scan, options));
  return 0;
}

function readOptions(flags: PairScanFlags): ScanFilesOptions {
  const method = oneOf(methods, flags.method ?? 'engle-granger', 'method');
  const pMaximum = parseNumber(flags.pMax ?? '0.05', 'p-max');
  if (!(pMaximum > 0 && pMaximum <= 1)) throw badFlag('p-max', flags.pMax ?? '', 'is not from above 0 to 1');
  if (method === 'johansen' && !johansenLevels.includes(pMaximum)) {
    throw badFlag(
      'p-max',
      flags.pMax ?? '',
      'is not one of 0.1, 0.05, 0.01: johansen has critical values only',
    );
  }
  const bars = flags.bars === undefined ? undefined : whole(flags.bars, 'bars', barsMinimum, 10_000_000);
  const { timeframe } = flags;
  if (timeframe !== undefined && !timeframes.includes(timeframe as Timeframe)) {
    throw badFlag('timeframe', timeframe, `is not one of ${timeframes.join(', ')}`);
  }
  const options = {
    method,
    lag: readLag(flags.lag ?? '1', method),
    pMaximum,
    halfLifeMaximum: readHalfLife(flags.halfLifeMax ?? defaultHalfLifeBars),
    bothWays: flags.bothWays === true,
    threads: flags.threads === undefined ? 0 : whole(flags.threads, 'threads', 1, 256),
    timeframeMs: timeframe === undefined ? undefined : timeframeMs(timeframe as Timeframe),
    prices: oneOf(priceScales, flags.prices ?? 'log', 'prices'),
    bars,
    barsMinimum,
  };
  return { ...options, files: readFiles(flags) };
}

function readFiles({ candles = [], folder }: PairScanFlags): string[] {
  const files = candles.map((file) => resolve(file));
  if (folder !== undefined) files.push(...filesOf(folder));
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw badFlag('candles', twice, 'is named twice');
  if (files.length >= 2) return files;
  throw new ApiError('bad-input', 'candles: a pair needs two candle files', {
    field: 'candles',
    hint: 'Name them with --candles A.csv B.csv, or a folder of them with --folder.',
  });
}

function filesOf(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => candleEndings.test(name));
    return names.sort().map((name) => resolve(join(folder, name)));
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw badFlag('folder', folder, `cannot be read (${code})`);
    throw new ApiError('not-found', `folder: there is no folder "${folder}"`, { field: 'folder' });
  }
}

function readLag(text: string, method: PairScanSettings['method']): LagChoice {
  if (method === 'engle-granger' && (text === 'aic' || text === 'bic' || text === 't-stat')) {
    return { criterion: text };
  }
  if (/^\d{1,3}$/.test(text) && Number(text) <= lagMaximum) return { criterion: 'fixed', lags: Number(text) };
  const others = method === 'engle-granger' ? ', aic, bic or t-stat' : '; johansen takes a number';
  throw badFlag('lag', text, `is not a whole number from 0 to ${lagMaximum}${others}`);
}

function readHalfLife(text: string): number | undefined {
  if (text === 'any') return undefined;
  const bars = parseNumber(text, 'half-life-max');
  if (bars > 0) return bars;
  throw badFlag('half-life-max', text, 'is not a number of bars above 0, or any');
}

function oneOf<T extends string>(known: readonly T[], text: string, field: string): T {
  const found = known.find((candidate) => candidate === text);
  if (found === undefined) throw badFlag(field, text, `is not one of ${known.join(', ')}`);
  return found;
}

function whole(text: string, field: string, least: number, most: number): number {
  const value = parseNumber(text, field);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw badFlag(field, text, `is not a whole number from ${least} to ${most}`);
}

function flagError(error: unknown): unknown {
  if (error instanceof DataFileError) return fileError(error, 'candles');
  if (error instanceof ComputeError && error.code === 'BAD_ARGUMENT') {
    return new ApiError('bad-input', `candles: ${error.message}`, { field: 'candles' });
  }
  return error;
}

const verdictWords = { pair: 'pair', 'no-hedge': 'no hedge', 'same-side': 'same side' } as const;

function words({ aligned, rows, tested, passed, collinear }: FileScan, options: ScanFilesOptions): string {
  const isJohansen = options.method === 'johansen';
  const hedged = rows.filter(({ verdict }) => verdict === 'pair').length;
  const number = (value: number | null | undefined, digits: number): string =>
    value === null || value === undefined ? '' : value.toFixed(digits);
  const table = renderTable(
    rows,
    [
      { title: 'First', of: ({ first }) => first },
      { title: 'Second', of: ({ second }) => second },
      { title: 'Hedge', right: true, of: ({ hedgeRatio }) => hedgeRatio.toPrecision(5) },
      { title: isJohansen ? 'Trace' : 't', right: true, of: ({ t, trace }) => number(t ?? trace, 3) },
      ...(isJohansen ? [] : [{ title: 'p', right: true, of: ({ p }: { p?: number }) => number(p, 4) }]),
      { title: 'Half-life', right: true, of: ({ halfLifeBars }) => number(halfLifeBars, 1) },
      { title: 'Hurst', right: true, of: ({ hurst }) => number(hurst, 2) },
      { title: 'Crossings', right: true, of: ({ zeroCrossings }) => countWords(zeroCrossings) },
      { title: 'Correlation', right: true, of: ({ correlation }) => number(correlation, 2) },
      { title: 'z', right: true, of: ({ lastZ }) => number(lastZ, 2) },
      { title: 'Verdict', of: ({ verdict }) => verdictWords[verdict] },
    ],
    'No pair passed.',
  );
  const from = timeWords(aligned.openTimeMs[0] ?? 0);
  const to = timeWords(aligned.openTimeMs.at(-1) ?? 0);
  const gaps = aligned.missing === 0 ? 'no gap' : `${countWords(aligned.missing)} bars missing in between`;
  const left = aligned.series.filter(({ notCommon }) => notCommon > 0);
  return [
    table,
    '',
    `${countWords(tested)} pairs tested on ${countWords(aligned.openTimeMs.length)} common bars, ${from} to ${to}, ${gaps}; ` +
      `${countWords(passed)} passed the test, ${countWords(rows.length)} the half-life too, ${countWords(hedged)} of them are a hedge.`,
    ...rows.flatMap(({ first, reason, second }) =>
      reason === undefined ? [] : [`Warning: ${first} and ${second} are no pair. ${reason}`],
    ),
    ...left.map(
      ({ name, notCommon, bars }) =>
        `${name}: ${countWords(notCommon)} of ${countWords(bars)} bars left out, others have none there.`,
    ),
    ...collinear.map(([first, second]) => `${first} and ${second} are multiples of each other: not tested.`),
  ].join('\n');
}
