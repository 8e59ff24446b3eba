/** A replay of a stored order book for built-in market makers, as a job: every combination of the values given, the best first. */

import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import { L2Recording, type L2RunOptions } from '../../adapters/compute/l2.ts';
import type { ParsedRequestOf } from '../../shared/api/contract.ts';
import type { ReplayView } from '../../shared/api/research-contract.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { DataLibrary } from '../data/data-library.ts';
import { findSeries } from '../data/series.ts';
import { JobCancelled, type JobControl } from '../jobs/job-runner.ts';
import { replayCombinations, replaySet } from './replay-sets.ts';

type ReplayRequest = ParsedRequestOf<'recordings/replay'>;

/** Part of the progress that reading takes. */
const readingPart = 0.2;

/** Checks a request and gives what replays. Throws `ApiError` naming the field. */
export function replayStored(
  addon: NativeAddon,
  library: DataLibrary,
  request: ReplayRequest,
): (control: JobControl) => Promise<ReplayView> {
  const { highestPrice, instrument, lowestPrice, strategy, venue } = request;
  if ((lowestPrice === undefined) !== (highestPrice === undefined)) {
    const field = lowestPrice === undefined ? 'lowestPrice' : 'highestPrice';
    throw new ApiError('bad-input', `${field}: give both prices or none`, { field });
  }
  const combinations = replayCombinations(strategy, request.params);
  const sets = combinations.map((params) => replaySet(strategy, params));
  const series = findSeries(library.list(), { kind: 'l2', venue, symbol: instrument });
  return async (control) => {
    const stop = new AbortController();
    control.onCancel(() => stop.abort());
    const watch = (from: number, to: number) => ({
      signal: stop.signal,
      onProgress: (part: number) =>
        control.progress({ done: Math.round((from + part * (to - from)) * 100), total: 100, unit: '%' }),
    });
    try {
      const info = library.l2.info(series);
      const range =
        lowestPrice === undefined || highestPrice === undefined ? {} : { lowestPrice, highestPrice };
      const recording = await L2Recording.load(addon, library.l2.path(series), range, watch(0, readingPart));
      const results = await recording.run(optionsOf(request), sets, watch(readingPart, 1));
      const ranked = results
        .map((result, index) => ({ result, params: combinations[index] ?? {} }))
        .sort((one, other) => other.result.equity - one.result.equity)
        .slice(0, request.limit);
      const best = ranked[0]?.result;
      const { firstMs = 0, gaps = 0, lastMs = 0, lot = '', rows = 0, symbol = '', tick = '' } = info ?? {};
      return {
        recording: { symbol, rows, tick, lot, firstMs, lastMs, gaps },
        sets: sets.length,
        results: ranked.map(({ params, result }) => ({ params, ...figuresOf(result) })),
        best: {
          timesMs: [...(best?.sampleTimesMs ?? [])],
          equity: [...(best?.sampleEquity ?? [])],
          positions: [...(best?.samplePositions ?? [])],
        },
      };
    } catch (error) {
      throw asApiError(error);
    }
  };
}

function optionsOf(request: ReplayRequest): L2RunOptions {
  const { latencyMs, makerFee, matching, queue, queueExponent, stepMs, takerFee } = request;
  return {
    stepMs,
    latency: { kind: 'constant', entryMs: latencyMs, responseMs: latencyMs },
    queue: queue === 'power' ? { kind: queue, exponent: queueExponent } : { kind: queue },
    matching,
    makerFee,
    takerFee,
  };
}

function figuresOf(
  result: Omit<ReplayView['results'][number], 'params'>,
): Omit<ReplayView['results'][number], 'params'> {
  const { balance, equity, fee, fills, maxDrawdown, position, requests, steps, value, volume } = result;
  return { balance, equity, fee, fills, maxDrawdown, position, requests, steps, value, volume };
}

function asApiError(error: unknown): unknown {
  if (!(error instanceof ComputeError)) return error;
  const { code, message } = error;
  if (code === 'CANCELLED') return new JobCancelled();
  if (code === 'DAMAGED') return new ApiError('damaged', `instrument: ${message}`, { field: 'instrument' });
  return code === 'BAD_ARGUMENT' ? new ApiError('bad-input', message, { field: 'params' }) : error;
}
