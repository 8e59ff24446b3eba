/**
 * `backtest-l2`: a market-making strategy over an order book recording, one parameter set or every combination of the
 * values given, best equity first.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import {
  importL2,
  type L2Format,
  type L2Info,
  L2Recording,
  type L2RunOptions,
  type L2RunResult,
  l2Info,
} from '../../adapters/compute/l2.ts';
import { loadNative } from '../../adapters/compute/native.ts';
import { DataLibrary } from '../../app/data/data-library.ts';
import { findSeries } from '../../app/data/series.ts';
import { type ReplayParams, replayCombinations, replaySet } from '../../app/research/replay-sets.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { badFlag, parseDelay, parseDuration, parseNumber, parseParams } from '../cli/values.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { countWords } from '../output/words.ts';

/** The flags as commander gives them. */
export interface BacktestL2Flags {
  readonly in?: string | undefined;
  readonly venue?: string | undefined;
  readonly instrument?: string | undefined;
  readonly format?: string | undefined;
  readonly sequence?: string | undefined;
  readonly symbol?: string | undefined;
  readonly strategy: string;
  readonly params: string;
  readonly step?: string | undefined;
  readonly latency?: string | undefined;
  readonly queue?: string | undefined;
  readonly matching?: string | undefined;
  readonly makerFee?: string | undefined;
  readonly takerFee?: string | undefined;
  readonly lowestPrice?: string | undefined;
  readonly highestPrice?: string | undefined;
}

const formats = [
  'binance-frames',
  'tardis-csv',
  'bybit-book',
  'trade-list',
] as const satisfies readonly L2Format[];
const shownMaximum = 20;

/** Replays a recording and prints what every parameter set came to. Throws `ApiError`. */
export async function backtestL2(context: CommandContext, flags: BacktestL2Flags): Promise<number> {
  const given = await parseParams(flags.params, 'params');
  const combinations = replayCombinations(flags.strategy, given);
  const sets = combinations.map((params) => replaySet(flags.strategy, params));
  const options = runOptions(flags);
  const range = priceRange(flags);
  const addon = loadNative();
  const source = sourceOf(context, flags);
  let folder: string | undefined;
  try {
    let path = source;
    const watch = {
      onProgress: (done: number) => context.output.talkInPlace(`${Math.floor(done * 100)} %`),
    };
    if (flags.format !== undefined) {
      folder = await mkdtemp(join(tmpdir(), 'sextant-l2-'));
      path = join(folder, 'recording.l2');
      await importL2(addon, source, path, {
        format: oneOf('format', flags.format, formats),
        sequence: oneOf('sequence', flags.sequence ?? 'checked', ['checked', 'as-recorded']),
        ...(flags.symbol === undefined ? {} : { symbol: flags.symbol }),
      });
    }
    const info = l2Info(addon, path);
    const recording = await L2Recording.load(addon, path, range);
    const results = await recording.run(options, sets, sets.length > 1 ? watch : {});
    report(context, info, options, combinations, results);
    return 0;
  } catch (error) {
    throw asApiError(error);
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** The file that is named, or that of a stored series. Throws `ApiError`. */
function sourceOf(context: CommandContext, { format, in: file, instrument, venue }: BacktestL2Flags): string {
  if (file !== undefined && venue === undefined && instrument === undefined) return resolve(file);
  if (file !== undefined || venue === undefined || instrument === undefined || format !== undefined) {
    throw new ApiError('bad-input', 'in: say which recording: --in FILE, or --venue and --instrument', {
      field: 'in',
      hint: 'What is stored: bin/sextant data list. --format belongs to --in.',
    });
  }
  const library = new DataLibrary(loadNative(), context.dataFolder);
  return library.l2.path(findSeries(library.list(), { kind: 'l2', venue, symbol: instrument }));
}

function report(
  context: CommandContext,
  info: L2Info,
  options: L2RunOptions,
  combinations: readonly ReplayParams[],
  results: readonly L2RunResult[],
): void {
  const outcomes = results.map(
    ({ sampleTimesMs, sampleEquity, samplePositions, fillList, ...figures }, index) => ({
      params: combinations[index] ?? {},
      ...figures,
      // One set is looked at closely; of many only the figures.
      ...(results.length === 1 ? { sampleTimesMs, sampleEquity, samplePositions } : {}),
    }),
  );
  outcomes.sort((left, right) => right.equity - left.equity);
  context.output.result({ recording: info, options, sets: outcomes.length, results: outcomes }, () => {
    const facts = renderFacts([
      ['Recording', `${info.symbol}, ${countWords(info.rows)} events, tick ${info.tick}, lot ${info.lot}`],
      ['Decisions', `each ${options.stepMs} ms, orders and answers take ${latencyWords(options)}`],
      ['Fills', `${options.matching}, queue position ${options.queue.kind}, position summed exactly`],
      ['Fees', `${options.makerFee} resting, ${options.takerFee} taking`],
    ]);
    const table = renderTable(
      outcomes.slice(0, shownMaximum),
      [
        {
          title: 'Parameters',
          of: ({ params }) =>
            Object.entries(params)
              .map((pair) => pair.join('='))
              .join(' '),
        },
        { title: 'Fills', of: ({ fills }) => countWords(fills), right: true },
        { title: 'Volume', of: ({ volume }) => String(volume), right: true },
        { title: 'Position', of: ({ position }) => String(position), right: true },
        { title: 'Fee', of: ({ fee }) => fee.toFixed(4), right: true },
        { title: 'Equity', of: ({ equity }) => equity.toFixed(4), right: true },
        { title: 'Drawdown', of: ({ maxDrawdown }) => maxDrawdown.toFixed(4), right: true },
      ],
      'no results',
    );
    const more =
      outcomes.length > shownMaximum
        ? `\n${countWords(outcomes.length - shownMaximum)} more with --json`
        : '';
    return `${facts}\n\n${table}${more}`;
  });
}

function latencyWords({ latency }: L2RunOptions): string {
  return latency.kind === 'constant' ? `${latency.entryMs} ms each` : latency.kind;
}

function runOptions(flags: BacktestL2Flags): L2RunOptions {
  const latencyMs = parseDelay(flags.latency ?? '10ms', 'latency');
  const queue = /^(risk-averse|logarithm|power(?::(\d+(?:\.\d+)?))?)$/.exec(flags.queue ?? 'power');
  if (queue === null)
    throw badFlag('queue', flags.queue ?? '', 'is not one of risk-averse, power:2, logarithm');
  const kind = (queue[1] as string).replace(/:.*/, '') as L2RunOptions['queue']['kind'];
  return {
    stepMs: parseDuration(flags.step ?? '100ms', 'step'),
    latency: { kind: 'constant', entryMs: latencyMs, responseMs: latencyMs },
    queue: kind === 'power' ? { kind, exponent: Number(queue[2] ?? 2) } : { kind },
    matching: oneOf('matching', flags.matching ?? 'partial', ['whole', 'partial']),
    makerFee: parseNumber(flags.makerFee ?? '0.0002', 'maker-fee'),
    takerFee: parseNumber(flags.takerFee ?? '0.0005', 'taker-fee'),
  };
}

function priceRange(flags: BacktestL2Flags): { lowestPrice?: number; highestPrice?: number } {
  const { lowestPrice, highestPrice } = flags;
  return {
    ...(lowestPrice === undefined ? {} : { lowestPrice: parseNumber(lowestPrice, 'lowest-price') }),
    ...(highestPrice === undefined ? {} : { highestPrice: parseNumber(highestPrice, 'highest-price') }),
  };
}

function oneOf<T extends string>(field: string, text: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === text);
  if (found === undefined) throw badFlag(field, text, `is not one of ${known.join(', ')}`);
  return found;
}

function asApiError(error: unknown): unknown {
  if (!(error instanceof ComputeError)) return error;
  const { code, message } = error;
  if (code === 'NOT_FOUND') return new ApiError('not-found', `in: ${message}`, { field: 'in' });
  if (code === 'NOT_AN_L2_FILE') {
    const hint = `Say what it is: --format, one of ${formats.join(', ')}`;
    return new ApiError('bad-input', `in: ${message}`, { field: 'in', hint });
  }
  if (code === 'BAD_ROWS' || code === 'DAMAGED' || code === 'NEWER_VERSION')
    return new ApiError('bad-input', `in: ${message}`, { field: 'in' });
  return code === 'BAD_ARGUMENT' ? new ApiError('bad-input', message, { field: 'params' }) : error;
}
