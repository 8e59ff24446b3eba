/** What is conspicuous in a series: gaps, price spikes, runs without volume, inconsistent candles. */

import { type CandleGap, findGaps } from '../../adapters/candle-files/candle-table.ts';
import type { CandleColumns } from '../../adapters/compute/candle-columns.ts';

/** Something to look at; `bars` candles from `fromMs` up to and including `toMs`. */
export interface Outlier {
  readonly kind: 'spike' | 'no-volume' | 'inconsistent' | 'duplicate' | 'reversed' | 'crossed';
  readonly fromMs: number;
  readonly toMs: number;
  readonly bars: number;
  readonly detail: string;
}

/** What was found; lists are cut at `listMax`, the counts are whole. */
export interface Findings {
  readonly gaps: readonly CandleGap[];
  readonly gapCount: number;
  readonly missing: number;
  readonly outliers: readonly Outlier[];
  readonly outlierCount: number;
}

/** Candles on each side that a candle is compared with. */
const neighbours = 5;
/** How many scaled median absolute deviations make a spike; 0.6745 of a normal distribution's deviation is its MAD. */
const spikeDeviations = 25;
const madOfDeviation = 0.6745;
/** Smaller moves are no spike however calm the market is. */
const spikeMoveMinimum = 0.03;
/** Candles in a row without volume that are worth a word. */
const quietBarsMinimum = 12;
const listMax = 1_000;

/** Examines a series. `hasVolume` is false for mark prices, whose volumes are all zero. */
export function examine(columns: CandleColumns, timeframeMs: number, hasVolume: boolean): Findings {
  const gaps = findGaps(columns.openTimeMs, timeframeMs);
  const outliers = [
    ...findSpikes(columns),
    ...(hasVolume ? findQuietRuns(columns, timeframeMs) : []),
    ...findInconsistent(columns),
  ].sort((left, right) => left.fromMs - right.fromMs);
  return {
    gaps: gaps.slice(0, listMax),
    gapCount: gaps.length,
    missing: gaps.reduce((sum, gap) => sum + gap.missing, 0),
    outliers: outliers.slice(0, listMax),
    outlierCount: outliers.length,
  };
}

/** Rows of spikes: high or low far from the median close of the candles around, measured by the series' own spread. */
export function spikeRows(columns: CandleColumns): { row: number; move: number }[] {
  const { close, high, low } = columns;
  const rows = close.length;
  if (rows <= 2 * neighbours) return [];
  const moves = new Float64Array(rows);
  const around = new Float64Array(2 * neighbours);
  for (let row = 0; row < rows; row += 1) {
    const first = Math.min(Math.max(0, row - neighbours), rows - 2 * neighbours - 1);
    for (let at = first, into = 0; into < around.length; at += 1) {
      if (at === row) continue;
      around[into] = close[at] as number;
      into += 1;
    }
    const middle = median(around.sort());
    moves[row] = Math.max((high[row] as number) / middle, middle / (low[row] as number)) - 1;
  }
  const typical = median(Float64Array.from(moves).sort());
  const spread = median(moves.map((move) => Math.abs(move - typical)).sort()) / madOfDeviation;
  const limit = Math.max(spikeMoveMinimum, typical + spikeDeviations * spread);
  const found: { row: number; move: number }[] = [];
  moves.forEach((move, row) => {
    if (move > limit) found.push({ row, move });
  });
  return found;
}

function findSpikes(columns: CandleColumns): Outlier[] {
  return spikeRows(columns).map(({ row, move }) => {
    const timeMs = columns.openTimeMs[row] as number;
    const detail = `${(move * 100).toFixed(1)} % away from the candles around (high ${columns.high[row]}, low ${columns.low[row]})`;
    return { kind: 'spike', fromMs: timeMs, toMs: timeMs, bars: 1, detail };
  });
}

function findQuietRuns(columns: CandleColumns, timeframeMs: number): Outlier[] {
  const { openTimeMs, volume } = columns;
  const found: Outlier[] = [];
  let begin = 0;
  for (let row = 0; row <= volume.length; row += 1) {
    const isNext =
      row > begin && (openTimeMs[row] as number) - (openTimeMs[row - 1] as number) === timeframeMs;
    if (row < volume.length && volume[row] === 0 && (row === begin || isNext)) continue;
    if (row - begin >= quietBarsMinimum) {
      found.push({
        kind: 'no-volume',
        fromMs: openTimeMs[begin] as number,
        toMs: openTimeMs[row - 1] as number,
        bars: row - begin,
        detail: `${row - begin} candles in a row without volume`,
      });
    }
    begin = row < volume.length && volume[row] === 0 ? row : row + 1;
  }
  return found;
}

function findInconsistent({ openTimeMs, open, high, low, close }: CandleColumns): Outlier[] {
  const found: Outlier[] = [];
  for (let row = 0; row < close.length; row += 1) {
    const top = Math.max(open[row] as number, close[row] as number);
    const bottom = Math.min(open[row] as number, close[row] as number);
    if (top <= (high[row] as number) && bottom >= (low[row] as number)) continue;
    const timeMs = openTimeMs[row] as number;
    const detail = `open ${open[row]} or close ${close[row]} lies outside of low ${low[row]} and high ${high[row]}`;
    found.push({ kind: 'inconsistent', fromMs: timeMs, toMs: timeMs, bars: 1, detail });
  }
  return found;
}

/** The median of sorted values; the mean of the two in the middle where their number is even. */
function median(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
