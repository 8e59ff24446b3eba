/** The pictures of a report. */

import type { MeasuredResult, ReportPrice } from '../measure.ts';
import { chart, chartY, dot, innerX, type Line, round, type Tick } from './chart.ts';
import { number, percent, price as priceText } from './format.ts';
import { type Range, rangeOf, spread, ticks } from './scale.ts';
import { timeTicks } from './time-axis.ts';

const dayMs = 86_400_000;
/** Where values span more than this, equal distances show equal ratios. */
const logarithmicFrom = 8;
const drawnTrades = 300;
const drawnDots = 1200;
const histogramBars = 41;

const timeRange = ({ result }: MeasuredResult): Range => ({
  low: result.fromMs,
  high: Math.max(result.toMs, result.fromMs + 1),
});

/** Equity, with holding for comparison; the fall from the peak beneath, on the same time axis. */
export function equityCharts(measured: MeasuredResult): string {
  const { price } = measured;
  const { timeMs, equity } = measured.result.equity;
  const x = timeRange(measured);
  const start = measured.result.startEquity;
  const { drawn } = measured.performance;
  const rows = drawn.equity;
  let range = rangeOf(equity, rows, start);
  const holding = start / (price?.start ?? price?.close[0] ?? 1);
  if (price !== undefined) {
    const held = rangeOf(price.close, drawn.benchmark);
    range = { low: Math.min(range.low, held.low * holding), high: Math.max(range.high, held.high * holding) };
  }
  const isLogarithmic = range.low > 0 && range.high / range.low > logarithmicFrom;
  const scale = isLogarithmic ? Math.log10 : (value: number): number => value;
  const y = { low: scale(range.low), high: scale(range.high) };
  const lines: Line[] = [{ x: timeMs, y: equity, rows, scale, className: 'accent', fillTo: y.low }];
  if (price !== undefined) {
    const held = (value: number): number => scale(value * holding);
    lines.push({ x: timeMs, y: price.close, rows: drawn.benchmark, scale: held, className: 'other' });
  }
  const top = chart({
    label: 'Equity over time',
    height: 250,
    x,
    y,
    xTicks: [],
    yTicks: isLogarithmic ? logarithmicTicks(range) : undefined,
    baseline: scale(start),
    lines,
  });
  const falls = drawn.fallValues;
  const fallRows = falls.map((_, row) => row);
  const fallTimes = drawn.falls.map((row) => timeMs[row] as number);
  const bottom = chart({
    label: 'Drawdown over time',
    height: 100,
    x,
    y: { low: Math.min(rangeOf(falls, fallRows, 0).low, -1e-4), high: 0 },
    xTicks: timeTicks(x),
    yText: (value) => percent(value, 0),
    lines: [{ x: fallTimes, y: falls, rows: fallRows, className: 'down', fillTo: 0 }],
  });
  return `${top}<p class="chart-title">Drawdown</p>${bottom}`;
}

function logarithmicTicks({ low, high }: Range): Tick[] {
  const found: Tick[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of [1, 2, 5]) {
      const value = factor * 10 ** power;
      if (value >= low && value <= high) found.push({ at: Math.log10(value), text: number(value, 0) });
    }
  }
  return found.length > 8 ? found.filter(({ at }) => Number.isInteger(Math.round(at * 1e6) / 1e6)) : found;
}

/** Sharpe ratio over the moving window; nothing where the run is shorter than it. */
export function rollingChart(measured: MeasuredResult): string {
  const { rollingSharpe } = measured.performance.daily;
  const rows = measured.performance.drawn.rollingSharpe;
  if (rows.length < 2) return '';
  const x = timeRange(measured);
  const times = dayTimes(measured, rollingSharpe.length);
  return chart({
    label: `Sharpe ratio over ${measured.performance.rollingDays} days`,
    height: 150,
    x,
    y: rangeOf(rollingSharpe, rows, 0),
    xTicks: timeTicks(x),
    baseline: 0,
    lines: [{ x: times, y: rollingSharpe, rows, className: 'accent' }],
  });
}

/** End of each day; the first rows are left out where the column is shorter than the days. */
function dayTimes({ performance, result }: MeasuredResult, rows: number): Float64Array {
  const skipped = performance.daily.equity.length - rows;
  const end = (_: unknown, row: number): number =>
    Math.min((performance.firstDay + row + skipped + 1) * dayMs, result.toMs);
  return Float64Array.from({ length: rows }, end);
}

/** How often daily returns of each size came; days on which nothing moved are left out. */
export function histogramChart(measured: MeasuredResult): string {
  const returns = measured.performance.daily.returns.filter((value) => value !== 0);
  if (returns.length < 2) return '';
  const range = rangeOf(returns, Array.from(returns.keys()), 0);
  // Bars begin at 0, so that none mixes gains and losses.
  const width = (range.high - range.low) / histogramBars;
  const firstBar = Math.floor(range.low / width);
  const counts = new Map<number, number>();
  for (const value of returns) {
    const bar = Math.floor(value / width);
    counts.set(bar, (counts.get(bar) ?? 0) + 1);
  }
  const last = Math.max(...counts.keys());
  const x = { low: firstBar * width, high: (last + 1) * width };
  const frame = { height: 150, y: { low: 0, high: Math.max(...counts.values()) } };
  const bars = [...counts].map(([bar, count]) => {
    const left = innerX(bar * width, x);
    const right = innerX((bar + 1) * width, x);
    const top = chartY(count, frame);
    const name = bar < 0 ? 'bar down' : 'bar up';
    const size = Math.max(0.5, round(right - left - 1.5));
    return `<rect class="${name}" x="${left}" y="${top}" width="${size}" height="${round(frame.height - top)}"/>`;
  });
  const xTicks = ticks(x, 8)
    .filter((at) => (at - x.low) / (x.high - x.low) > 0.03 && (x.high - at) / (x.high - x.low) > 0.03)
    .map((at, index) => ({ at, text: percent(at, 1), minor: index % 2 === 1 }));
  return chart({
    label: 'How often daily returns of each size came',
    ...frame,
    x,
    xTicks,
    yText: (value) => number(value, 0),
    inner: bars.join(''),
  });
}

/** The trades with the largest outcomes, drawn from entry to exit on the price. */
export function tradesChart(measured: MeasuredResult, { close }: ReportPrice): string {
  const { trades, equity } = measured.result;
  const rows = measured.performance.drawn.benchmark;
  const x = timeRange(measured);
  const frame = { height: 260, y: rangeOf(close, rows) };
  // One element for all of a kind: hundreds of them would be slow to build and to show.
  const kinds = { won: '', lost: '', long: '', short: '' };
  for (const row of largestTrades(measured)) {
    const entryX = innerX(trades.entryTimeMs[row] as number, x);
    const entryY = chartY(trades.entryPrice[row] as number, frame);
    const exitX = innerX(trades.exitTimeMs[row] as number, x);
    const exitY = chartY(trades.exitPrice[row] as number, frame);
    kinds[(trades.profit[row] as number) > 0 ? 'won' : 'lost'] += `M${entryX} ${entryY}L${exitX} ${exitY}`;
    kinds[(trades.side[row] as number) > 0 ? 'long' : 'short'] += dot(entryX, entryY);
  }
  return chart({
    label: 'Trades on the price',
    ...frame,
    x,
    xTicks: timeTicks(x),
    yText: priceText,
    lines: [{ x: equity.timeMs, y: close, rows, className: 'muted' }],
    inner:
      `<path class="trade up" d="${kinds.won}"/><path class="trade down" d="${kinds.lost}"/>` +
      `<path class="entry up" d="${kinds.long}"/><path class="entry down" d="${kinds.short}"/>`,
  });
}

/** How many trades `tradesChart` draws. */
export function drawnTradesOf({ result }: MeasuredResult): number {
  return Math.min(result.trades.length, drawnTrades);
}

function largestTrades({ result: { trades } }: MeasuredResult): number[] {
  const rows = Array.from({ length: trades.length }, (_, row) => row);
  if (rows.length <= drawnTrades) return rows;
  const size = trades.profit.map(Math.abs);
  rows.sort((left, right) => (size[right] as number) - (size[left] as number) || left - right);
  return rows.slice(0, drawnTrades).sort((left, right) => left - right);
}

/** One dot a trade: its worst (or best) moment across, its outcome upwards. */
export function excursionChart(measured: MeasuredResult, which: 'mae' | 'mfe'): string {
  const { trades } = measured.result;
  const closed = Array.from({ length: trades.length }, (_, row) => row).filter(
    (row) => trades.exitReason[row] !== 0,
  );
  if (closed.length === 0) return '';
  const rows = spread(closed.length, drawnDots).map((index) => closed[index] as number);
  const across = trades[which];
  const x = rangeOf(across, rows, 0);
  const frame = { height: 200, y: rangeOf(trades.profitRatio, rows, 0) };
  let wins = '';
  let losses = '';
  for (const row of rows) {
    const outcome = trades.profitRatio[row] as number;
    const place = dot(innerX(across[row] as number, x), chartY(outcome, frame));
    if (outcome > 0) wins += place;
    else losses += place;
  }
  const xTicks = ticks(x, 6)
    .filter((at) => (at - x.low) / (x.high - x.low) > 0.04 && (x.high - at) / (x.high - x.low) > 0.04)
    .map((at, index) => ({ at, text: percent(at, 1), minor: index % 2 === 1 }));
  return chart({
    label: which === 'mae' ? 'Outcome by worst moment' : 'Outcome by best moment',
    ...frame,
    x,
    xTicks,
    yText: (value) => percent(value, 1),
    baseline: 0,
    inner: `<path class="dots up" d="${wins}"/><path class="dots down" d="${losses}"/>`,
  });
}
