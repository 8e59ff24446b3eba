import { describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import type { SourceCandles } from '../../../src/app/backtest/load-series.ts';
import type { JobProgress } from '../../../src/app/jobs/job-runner.ts';
import { scanStored } from '../../../src/app/pairs/scan-stored.ts';
import { contract } from '../../../src/shared/api/contract.ts';
import { ApiError } from '../../../src/shared/api/result.ts';

const addon = loadNative();
const hourMs = 3_600_000;
const bars = 400;

/** A walk whose steps are those of a small generator: the same every time. */
function walk(seed: number): Float64Array {
  let state = seed;
  let price = 100;
  return Float64Array.from({ length: bars }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    price += state / 2_147_483_648 - 0.5;
    return price;
  });
}

const first = walk(7);
const noise = walk(31);
const closes: Readonly<Record<string, Float64Array>> = {
  'AAA/USDT': first,
  // Twice the first and steps of another walk, which come back at once: the pair that must be found.
  'BBB/USDT': first.map((price, bar) => 2 * price + (noise[bar] as number) - (noise[bar - 1] ?? 100)),
  'CCC/USDT': walk(9_999),
};

const readStored = async ({ instrument }: { readonly instrument: string }): Promise<SourceCandles> => {
  const close = closes[instrument];
  if (close === undefined) throw new ApiError('not-found', `there are no candles of ${instrument}`);
  const openTimeMs = close.map((_price, row) => row * hourMs);
  const columns = { openTimeMs, open: close, high: close, low: close, close, volume: close };
  return { columns, timeframeMs: hourMs, priceDecimals: 2, volumeDecimals: 0 };
};
const scan = (instruments: readonly string[], more: object = {}) =>
  scanStored(
    addon,
    readStored,
    contract['pairs/scan'].request.parse({
      series: instruments.map((instrument) => ({ venue: 'own', instrument, timeframe: '1h' })),
      prices: 'plain',
      ...more,
    }),
  );
const news: JobProgress[] = [];
const control = {
  isCancelled: () => false,
  onCancel: () => undefined,
  progress: (one: JobProgress) => news.push(one),
};

describe('a scan of stored series', () => {
  it('finds the pair that was made, with its hedge', async () => {
    const found = await scan(Object.keys(closes))(control);
    expect(found).toMatchObject({ method: 'engle-granger', timeframeMs: hourMs, bars, tested: 3 });
    const [best] = found.rows;
    expect([best?.first, best?.second].sort()).toEqual(['AAA/USDT 1h (own)', 'BBB/USDT 1h (own)']);
    const hedge = best?.first.startsWith('AAA') ? 0.5 : 2;
    expect(best?.hedgeRatio).toBeCloseTo(hedge, 1);
    expect(best?.p).toBeLessThan(1e-6);
    expect(news.length).toBeGreaterThan(2);
    const pValues = found.rows.map(({ p = 1 }) => p);
    expect(pValues).toEqual([...pValues].sort((left, right) => left - right));
  });

  it('refuses before it reads what cannot be scanned', async () => {
    expect(() => scan(['AAA/USDT', 'AAA/USDT'])).toThrow(/AAA\/USDT 1h \(own\) is named twice/);
    expect(() => scan(['AAA/USDT', 'BBB/USDT'], { method: 'johansen', pMaximum: 0.02 })).toThrow(/pMaximum/);
    await expect(scan(['AAA/USDT', 'NONE/USDT'])(control)).rejects.toMatchObject({ code: 'not-found' });
    const stopped = { ...control, isCancelled: () => true };
    await expect(scan(['AAA/USDT', 'BBB/USDT'])(stopped)).rejects.toMatchObject({ name: 'JobCancelled' });
  });
});
