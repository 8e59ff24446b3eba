/** Replays of stored order books as jobs. */

import { describe, expect, it } from 'vitest';
import { replayL2 } from '../../../src/adapters/compute/l2.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { JobCancelled } from '../../../src/app/jobs/job-runner.ts';
import { replayStored } from '../../../src/app/research/replay-stored.ts';
import { contract } from '../../../src/shared/api/contract.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import { at, bookColumns, folderWithBook, market, opening, startMs } from '../backtest/book-fixture.ts';

const { askDepth, bidDepth } = tickKinds;
const { venue, symbol: instrument } = market;
const addon = loadNative();

/** Two seconds after the start the ask comes down to 100 for a while: it fills whoever bids that much. */
const rows = [
  ...opening,
  at(1_000, bidDepth, 100, 4),
  at(2_000, bidDepth, 100, 0),
  at(2_000, askDepth, 100, 1),
  at(2_500, askDepth, 100, 0),
  at(2_500, bidDepth, 99, 11),
  at(5_000, bidDepth, 97, 1),
];
const quiet = { isCancelled: () => false, progress: () => undefined, onCancel: () => undefined };

async function library(): Promise<DataLibrary> {
  return new DataLibrary(addon, await folderWithBook(bookColumns(rows)));
}

const request = (more: object = {}) =>
  contract['recordings/replay'].request.parse({
    venue,
    instrument,
    strategy: 'grid',
    params: { levels: 1, intervalTicks: 1, halfSpreadIntervals: 0.5, size: [1, 2], maxPosition: 10 },
    latencyMs: 5,
    makerFee: -0.0001,
    ...more,
  });

describe('a replay of a stored order book', () => {
  it('gives every combination as the native replay gives it, the best first, and how the best one went', async () => {
    const stored = await library();
    const seen: number[] = [];
    const view = await replayStored(
      addon,
      stored,
      request(),
    )({
      ...quiet,
      progress: ({ done }) => seen.push(done ?? -1),
    });
    expect(contract['recordings/replay'].request.safeParse({ ...request(), limit: 0 }).success).toBe(false);
    const direct = await replayL2(
      addon,
      stored.l2.path(market),
      {
        stepMs: 100,
        latency: { kind: 'constant', entryMs: 5, responseMs: 5 },
        queue: { kind: 'power', exponent: 2 },
        matching: 'partial',
        makerFee: -0.0001,
        takerFee: 0.0005,
      },
      [1, 2].map((size) => ({
        strategy: 'grid' as const,
        levels: 1,
        interval: { ticks: 1 },
        halfSpreadIntervals: 0.5,
        size,
        maxPosition: 10,
      })),
    );
    expect(view.sets).toBe(2);
    expect(view.recording).toMatchObject({
      rows: rows.length,
      tick: '1',
      lot: '1',
      firstMs: startMs + 1_000,
      gaps: 0,
    });
    const byEquity = [...direct].sort((one, other) => other.equity - one.equity);
    expect(view.results.map(({ equity }) => equity)).toEqual(byEquity.map(({ equity }) => equity));
    expect(view.results.map(({ params }) => params['size']).sort()).toEqual([1, 2]);
    // The bid at 100 was passed by the ask: one was bought, with a rebate of 0.0001 of their value.
    const small = view.results.find(({ params }) => params['size'] === 1);
    expect(small).toMatchObject({ fills: 1, position: 1, balance: -100, volume: 1, value: 100 });
    expect(small?.fee).toBeCloseTo(-0.01, 12);
    expect(view.best.equity.at(-1)).toBeCloseTo(view.results[0]?.equity ?? Number.NaN, 9);
    expect(view.best.timesMs).toHaveLength(view.best.positions.length);
    const one = await replayStored(addon, stored, request({ limit: 1 }))(quiet);
    expect([one.sets, one.results.length, one.results[0]]).toEqual([2, 1, view.results[0]]);
  });

  it('names what is wrong before it starts, and ends when it is told', async () => {
    const stored = await library();
    const refusals: [object, string][] = [
      [{ params: { levels: 1 } }, 'params.size'],
      [{ params: { ...request().params, levles: 1 } }, 'params.levles'],
      [{ lowestPrice: 5 }, 'highestPrice'],
      [{ highestPrice: 5 }, 'lowestPrice'],
      [{ instrument: 'ETH/USDT' }, 'instrument'],
    ];
    for (const [more, field] of refusals) {
      let told: unknown;
      try {
        replayStored(addon, stored, request(more));
      } catch (error) {
        told = error;
      }
      expect(told, field).toMatchObject({ field });
    }
    const halfLot = replayStored(addon, stored, request({ params: { ...request().params, size: 0.5 } }));
    await expect(halfLot(quiet)).rejects.toMatchObject({ code: 'bad-input', field: 'params' });
    const cancelled = replayStored(addon, stored, request());
    await expect(cancelled({ ...quiet, onCancel: (stop) => stop() })).rejects.toBeInstanceOf(JobCancelled);
  });
});
