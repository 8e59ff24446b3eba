/**
 * Backtests over a real order book recording: no fill before its queue is gone, levels walked, the same from run to run, and the
 * fills of the native replay where both follow the same conventions.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { L2Recording } from '../../../src/adapters/compute/l2.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import {
  kindAt,
  lotsAt,
  type TickColumns,
  wholeMsAt,
} from '../../../src/adapters/tick-files/tick-columns.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { importFile } from '../../../src/app/data/import-file.ts';
import { epochMs, priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import type { Fill } from '../../../src/shared/domain/order.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import type { BacktestSpecInput } from '../../../src/shared/lab/spec.ts';
import { grid } from '../../../src/strategies/grid/grid.ts';
import { runOnBook } from './book-fixture.ts';
import type { Script } from './scripted.ts';

const recording = join(import.meta.dirname, '../../../../shared/data/l2/binance_usdm_btcusdt_20240808.gz');
const market = { venue: 'own', symbol: 'BTC/USDT:USDT' };
const control = { isCancelled: () => false, progress: () => undefined, onCancel: () => undefined };
type SeriesInput = BacktestSpecInput['series'][number];
/** Half a million rows, several times over: on a machine with much else to do. */
const slowMs = 180_000;
const latencyMs = 10;
/** Quotes stand at multiples of this and stay there while the price lies between. */
const intervalTicks = 100;
const stepMs = 100;

/** A fill with when the venue had taken the order in. */
interface SeenFill {
  readonly side: 'buy' | 'sell';
  readonly ticks: number;
  readonly lots: number;
  readonly maker: boolean;
  readonly arrivedMs: number;
  readonly filledMs: number;
}

/** The rule of the native grid with one level, no spread and no lean: a bid below and an ask above, one lot each. */
function quotes(fills: SeenFill[], firstMs: number): Script {
  return (context) => {
    let number = 0;
    const arrivals = new Map<string, number>();
    // Steps keep to the grid of the first one, whenever the first quote comes.
    const nextStep = () => firstMs + Math.ceil((context.nowMs() + 1 - firstMs) / stepMs) * stepMs;
    return {
      onStart: () => context.setTimer('step', epochMs(nextStep())),
      onTimer() {
        context.setTimer('step', epochMs(nextStep()));
        const quote = context.quote();
        if (quote === undefined) return;
        const wanted = {
          buy: Math.floor(quote.bidTicks / intervalTicks) * intervalTicks,
          sell: Math.ceil(quote.askTicks / intervalTicks) * intervalTicks,
        };
        const taken = new Set<number>();
        for (const order of context.openOrders()) {
          taken.add(order.priceTicks ?? 0);
          const isWanted = wanted[order.side] === order.priceTicks;
          if (!isWanted && order.state === 'OPEN') context.cancel(order.clientOrderId);
        }
        for (const side of ['buy', 'sell'] as const) {
          if (taken.has(wanted[side])) continue;
          number += 1;
          const leg = `q${number}`;
          arrivals.set(leg, context.nowMs() + latencyMs);
          const priced = { type: 'limit', priceTicks: priceTicks(wanted[side]), postOnly: true } as const;
          context.send({ leg, side, lots: quantityLots(1), ...priced });
        }
      },
      onFill({ liquidity, lots, priceTicks: ticks, side, venueTimeMs }, { leg }) {
        const arrivedMs = arrivals.get(leg) ?? Number.NaN;
        fills.push({ side, ticks, lots, maker: liquidity === 'maker', arrivedMs, filledMs: venueTimeMs });
      },
    };
  };
}

describe.skipIf(!existsSync(recording))('a real recording (skipped without the shared data)', () => {
  let folder: string;
  let columns: TickColumns;
  let firstMs: number;
  const source = {
    kind: 'store',
    venue: 'own',
    instrument: market.symbol,
    timeframe: '1m',
    data: 'l2',
  } as const;
  const overrides = {
    series: [{ source, venue: 'own' }] as SeriesInput[],
    capital: '10000000',
    latency: { kind: 'constant', ms: latencyMs },
  } as const;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sextant-books-'));
    const library = new DataLibrary(loadNative(), folder);
    await importFile(library, { file: recording, ...market, kind: 'l2' }, control, 0);
    const read = await library.l2.read(market);
    if (read === undefined) throw new Error('nothing was stored');
    columns = read;
    // The native replay decides each step from the first event of either clock on.
    const firstNs = columns.exchangeNs.reduce((least, ns) => (ns < least ? ns : least));
    firstMs = Number(firstNs / 1_000_000n) + stepMs;
  }, slowMs);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'fills the quotes that the native replay fills, and nothing before its queue is gone',
    async () => {
      const fills: SeenFill[] = [];
      const first = await runOnBook(folder, quotes(fills, firstMs), overrides, { withAudit: true });
      const again: SeenFill[] = [];
      const second = await runOnBook(folder, quotes(again, firstMs), overrides, { withAudit: true });
      expect(again).toEqual(fills);
      expect(second.auditHash).toBe(first.auditHash);
      expect(fills.every(({ lots, maker }) => lots === 1 && maker)).toBe(true);

      // Cancels spread evenly over the queue and orders of one lot: so far the conventions are the same.
      const path = new DataLibrary(loadNative(), folder).l2.path(market);
      const tape = await L2Recording.load(loadNative(), path);
      const [theirs] = await tape.run(
        {
          stepMs,
          latency: { kind: 'constant', entryMs: latencyMs, responseMs: latencyMs },
          queue: { kind: 'power', exponent: 1 },
          matching: 'partial',
          makerFee: 0,
          takerFee: 0,
          keepsFills: true,
        },
        [
          {
            strategy: 'grid',
            levels: 1,
            interval: { ticks: intervalTicks },
            halfSpreadIntervals: 0,
            size: 0.001,
            maxPosition: 1_000_000,
          },
        ],
      );
      const native = (theirs?.fillList ?? []).map(({ price, side, timeMs }) => ({
        side,
        ticks: Math.round(price * 10),
        timeMs,
      }));
      expect(fills.length).toBeGreaterThan(100);
      expect(fills.map(({ side, ticks }) => [side, ticks])).toEqual(
        native.map(({ side, ticks }) => [side, ticks]),
      );
      // A trade beyond a quote fills it here whoever took: one who bids more would have met the quote. The native replay waits for a
      // taker of the other side, or for the book. After a trade it also takes a cancel as a part of the level as it was before the
      // trade, where we take it as a part of what the trade has left.
      const apart = fills.map(({ filledMs }, index) =>
        Math.abs(filledMs - (native[index]?.timeMs ?? Number.NaN)),
      );
      expect(apart.filter((ms) => !(ms < 1)).length).toBeLessThanOrEqual(3);
      expect(Math.max(...apart)).toBeLessThan(50);

      const queued = queuesOf(columns, fills);
      expect(queued.filter(({ isPassed }) => isPassed)).toHaveLength(fills.length);
      // Most of them really had to wait for those before them.
      expect(queued.filter(({ aheadLots, isCrossed }) => aheadLots > 0 && !isCrossed).length).toBeGreaterThan(
        10,
      );
    },
    slowMs,
  );

  it(
    'a market order takes the levels as they stand when it arrives',
    async () => {
      const [atMs, lots] = [firstMs + 100_000, 40_000];
      const fills: [number, number][] = [];
      await runOnBook(
        folder,
        (context) => ({
          onStart: () => context.setTimer('buy', epochMs(atMs)),
          onTimer: () => context.send({ leg: 'buy', side: 'buy', type: 'market', lots: quantityLots(lots) }),
          onFill: (fill: Fill) => fills.push([fill.priceTicks, fill.lots]),
        }),
        overrides,
      );
      const asks = new Map<number, number>();
      for (const row of byExchange(columns)) {
        if (wholeMsAt(columns.exchangeNs, row) > atMs + latencyMs) break;
        if (kindAt(columns, row) === tickKinds.askDepth)
          asks.set(columns.priceTicks[row] as number, lotsAt(columns, row));
        else if (kindAt(columns, row) >= tickKinds.bidClear) asks.clear();
      }
      const expected: [number, number][] = [];
      let left = lots;
      for (const [ticks, size] of [...asks].sort(([one], [other]) => one - other)) {
        if (left === 0) break;
        if (size === 0) continue;
        expected.push([ticks, Math.min(left, size)]);
        left -= Math.min(left, size);
      }
      expect(expected.length).toBeGreaterThan(20);
      expect(fills).toEqual(expected);
    },
    slowMs,
  );

  it(
    'the grid that trades live runs on it',
    async () => {
      const result = await runOnBook(
        folder,
        () => ({}),
        {
          ...overrides,
          strategy: 'grid',
          params: { lower: '61500', upper: '61900', levels: 81, mode: 'neutral' },
        },
        { findStrategy: () => grid },
      );
      expect(result.counts.fills).toBeGreaterThan(100);
      expect(result.warnings.join()).not.toContain('stopped early');
    },
    slowMs,
  );
});

/** Rows in the order in which they happened at the exchange. */
function byExchange({ exchangeNs }: TickColumns): number[] {
  const times = Array.from(exchangeNs, (ns) => Number(ns - (exchangeNs[0] as bigint)));
  const rows = times.map((_, row) => row);
  return rows.sort((one, other) => (times[one] as number) - (times[other] as number) || one - other);
}

interface Queued {
  /** What stood at the price when the order arrived. */
  aheadLots: number;
  /** What has traded there since, and what the level has lost. */
  goneLots: number;
  /** Whether a trade beyond the price, or the other side of the book, has passed it. */
  isCrossed: boolean;
  isPassed: boolean;
}

/** Looks at the recording itself, without queue estimates: could the order have filled by then at all? */
function queuesOf(columns: TickColumns, fills: readonly SeenFill[]): Queued[] {
  const levels = { buy: new Map<number, number>(), sell: new Map<number, number>() };
  const queued = fills.map((): Queued => ({ aheadLots: -1, goneLots: 0, isCrossed: false, isPassed: false }));
  const look = (row: number): void => {
    const timeMs = wholeMsAt(columns.exchangeNs, row);
    const [kind, ticks, lots] = [
      kindAt(columns, row),
      columns.priceTicks[row] as number,
      lotsAt(columns, row),
    ];
    for (let index = 0; index < fills.length; index += 1) {
      const { arrivedMs, filledMs, side, ticks: own } = fills[index] as SeenFill;
      if (timeMs <= arrivedMs || timeMs > filledMs) continue;
      const queue = queued[index] as Queued;
      if (queue.aheadLots < 0) queue.aheadLots = levels[side].get(own) ?? 0;
      const beyond = side === 'buy' ? ticks < own : ticks > own;
      const trades = kind === tickKinds.buyTrade || kind === tickKinds.sellTrade;
      const hits = kind === (side === 'buy' ? tickKinds.sellTrade : tickKinds.buyTrade);
      const offers = kind === (side === 'buy' ? tickKinds.askDepth : tickKinds.bidDepth);
      const stands = kind === (side === 'buy' ? tickKinds.bidDepth : tickKinds.askDepth);
      if ((trades && beyond) || (offers && lots > 0 && (beyond || ticks === own))) queue.isCrossed = true;
      if (hits && ticks === own) queue.goneLots += lots;
      if (stands && ticks === own) queue.goneLots += Math.max(0, (levels[side].get(own) ?? 0) - lots);
      queue.isPassed = queue.isCrossed || queue.goneLots > queue.aheadLots;
    }
    if (kind === tickKinds.bidDepth) levels.buy.set(ticks, lots);
    else if (kind === tickKinds.askDepth) levels.sell.set(ticks, lots);
  };
  for (const row of byExchange(columns)) look(row);
  return queued;
}
