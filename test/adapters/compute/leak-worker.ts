/**
 * Runs one scenario a hundred thousand times in a process of its own (`node --expose-gc leak-worker.ts SCENARIO FOLDER`) and
 * prints by how many megabytes the memory of the process grew after a warm-up of half as many.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { CandleStore } from '../../../src/adapters/compute/candle-store.ts';
import { createCatalogue } from '../../../src/adapters/compute/catalogue.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { minuteMs, minutes } from './series.ts';

const [scenario = '', folder = ''] = process.argv.slice(2);
const addon = loadNative();
const catalogue = createCatalogue(addon);
const store = new CandleStore(addon, folder);
const series = { venue: 'sim', symbol: 'BTC/USDT', timeframeMs: minuteMs };
const input = Float64Array.from({ length: 64 }, (_, row) => 100 + (row % 7));
const kept: unknown[] = [];

const scenarios: Record<string, (call: number) => unknown> = {
  columns: () => catalogue.run('BBANDS', { timeperiod: 5 }, { close: input }),
  streams: (call) => catalogue.stream('SMA', { timeperiod: 200 }).update(Float64Array.of(call)),
  errors: () => {
    try {
      addon.runIndicator('SMA', Float64Array.of(0), [input], [input]);
    } catch (error) {
      return error;
    }
    throw new Error('period zero was accepted');
  },
  reads: () => store.read(series, { limit: 20, keep: 'newest' }),
  // Proves that the measurement sees a leak.
  kept: () => kept.push(catalogue.stream('SMA', { timeperiod: 200 })),
};

const work = scenarios[scenario];
const collect = globalThis.gc;
if (work === undefined || collect === undefined)
  throw new Error(`no scenario ${scenario}, or no --expose-gc`);

async function usedMegabytes(calls: number, call: (index: number) => unknown): Promise<number> {
  for (let index = 0; index < calls; index++) {
    call(index);
    // Finalisers of native objects run in a later turn of the event loop.
    if (index % 500 === 0) await nextTurn();
  }
  collect?.();
  await nextTurn();
  collect?.();
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  return (rss - heapTotal + heapUsed) / 2 ** 20;
}

await store.append(series, minutes(0, 3000));
const before = await usedMegabytes(50_000, work);
const after = await usedMegabytes(100_000, work);
await store.close();
process.stdout.write(JSON.stringify({ growthMegabytes: after - before }));
