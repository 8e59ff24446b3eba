/** Hourly candles of our own making: a seeded random walk whose drift turns every few weeks, so that trends can be followed. */

import { writeFileSync } from 'node:fs';
import { RandomStream } from '../../../src/engine/simulation/random.ts';

const hourMs = 3_600_000;

export interface CandleFile {
  readonly firstMs: number;
  readonly candles: number;
  /** Candles left out, counted from the first: a hole from `at` on. */
  readonly gap?: { readonly at: number; readonly candles: number };
  /** A row (from 1, the header is line 1) whose high lies below its low. */
  readonly badLine?: number;
  /** Another market that follows the same walk at this multiple, give or take a little that comes back at once. */
  readonly multiple?: number;
}

/** Writes them as CSV with a header; the same options give the same bytes. */
export function writeCandles(
  path: string,
  { firstMs, candles, gap, badLine, multiple = 1 }: CandleFile,
): void {
  const random = new RandomStream('e2e', 'candle-file');
  const apart = new RandomStream('e2e', 'candle-file-apart');
  const lines = ['timestamp,open,high,low,close,volume'];
  let price = 40_000;
  for (let index = 0; index < candles; index += 1) {
    const drift = Math.sin((index / 420) * 2 * Math.PI) * 0.0009;
    const open = price;
    price = open * Math.exp(drift + (random.uniform() - 0.5) * 0.03);
    const high = Math.max(open, price) * (1 + random.uniform() * 0.003);
    const low = Math.min(open, price) * (1 - random.uniform() * 0.003);
    if (gap !== undefined && index >= gap.at && index < gap.at + gap.candles) continue;
    const isBad = lines.length + 1 === badLine;
    const factor = multiple === 1 ? 1 : multiple * (1 + (apart.uniform() - 0.5) * 0.004);
    const prices = [open, isBad ? low : high, isBad ? high : low, price].map((value) =>
      (value * factor).toFixed(2),
    );
    lines.push([firstMs + index * hourMs, ...prices, (5 + random.uniform() * 20).toFixed(3)].join(','));
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}
