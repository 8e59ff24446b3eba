/** Order book recordings written in a test, and runs of a script over them. */

import { loadNative } from '../../../src/adapters/compute/native.ts';
import { allocateTicks, packTick, type TickColumns } from '../../../src/adapters/tick-files/tick-columns.ts';
import type { BacktestOptions } from '../../../src/app/backtest/backtest-options.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { storedCandles } from '../../../src/app/backtest/stored-candles.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { epochMs, priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import type { BacktestResult } from '../../../src/shared/lab/result.ts';
import { type BacktestSpecInput, backtestSpec } from '../../../src/shared/lab/spec.ts';
import { type Script, scriptedStrategy, testFolder } from './scripted.ts';

/** 2023-11-15, 0:00 UTC. */
export const startMs = 1_700_006_400_000;
export const market = { venue: 'own', symbol: 'BTC/USDT' };
export const minuteMs = 60_000;
/** The recording as the source of a series, joined to minutes. */
export const bookSource = {
  kind: 'store',
  venue: 'own',
  instrument: 'BTC/USDT',
  timeframe: '1m',
  data: 'l2',
} as const;

/** Milliseconds after the start at the exchange and at the recorder; what; price in ticks; size in lots. */
export type BookRow = readonly [
  exchange: number,
  received: number,
  kind: (typeof tickKinds)[keyof typeof tickKinds],
  ticks: number,
  lots: number,
];

const nsPerMs = 1_000_000n;
const { askDepth, bidDepth, buyTrade, clearAll, sellTrade } = tickKinds;

/** Rows as the store keeps them; a tick and a lot are 1. */
export function bookColumns(rows: readonly BookRow[], step = { mantissa: 1, decimals: 0 }): TickColumns {
  const columns = allocateTicks(rows.length, step, { mantissa: 1, decimals: 0 });
  for (const [row, [exchange, received, kind, ticks, lots]] of rows.entries()) {
    columns.exchangeNs[row] = BigInt(startMs + exchange) * nsPerMs;
    columns.receiveNs[row] = BigInt(startMs + received) * nsPerMs;
    columns.priceTicks[row] = ticks;
    columns.packed[row] = packTick(kind, BigInt(lots));
  }
  return columns;
}

/** A data folder with the recording. */
export async function folderWithBook(columns: TickColumns, gaps = 0): Promise<string> {
  const folder = testFolder();
  const library = new DataLibrary(loadNative(), folder);
  const counts = { lines: columns.packed.length, skipped: 0, dropped: 0, snapshots: 1, gaps };
  await library.l2.write(market, columns, counts);
  return folder;
}

/** Runs a script over the recording of a folder: minutes, 100,000 of money, no fees and no delay unless told. */
export function runOnBook(
  folder: string,
  script: Script,
  overrides: Partial<BacktestSpecInput> = {},
  options: Partial<BacktestOptions> = {},
): Promise<BacktestResult> {
  const spec = backtestSpec.parse({
    strategy: 'scripted',
    capital: '100000',
    makerFee: 0,
    takerFee: 0,
    series: [{ source: bookSource, venue: 'own' }],
    ...overrides,
  });
  return runBacktest(spec, {
    findStrategy: () => scriptedStrategy(script, [minuteMs]),
    readStored: storedCandles(folder),
    ...options,
  });
}

/** Where the exchange and the recorder have one clock. */
export const at = (ms: number, ...[kind, ticks, lots]: [BookRow[2], number, number]): BookRow => [
  ms,
  ms,
  kind,
  ticks,
  lots,
];

/** Bids 99 × 10, 98 × 5; asks 101 × 4, 102 × 6, 103 × 20. */
export const opening: readonly BookRow[] = [
  at(1_000, clearAll, 0, 0),
  at(1_000, bidDepth, 99, 10),
  at(1_000, bidDepth, 98, 5),
  at(1_000, askDepth, 101, 4),
  at(1_000, askDepth, 102, 6),
  at(1_000, askDepth, 103, 20),
];

/** A resting order of four at 99 fills here bit by bit. */
export const story: readonly BookRow[] = [
  ...opening,
  // One buys at 101: 3 are left.
  at(2_000, buyTrade, 101, 1),
  at(2_000, askDepth, 101, 3),
  // Six sell at 99: of the 10 before us 4 are left, as the level says then.
  at(3_000, sellTrade, 99, 6),
  at(3_000, bidDepth, 99, 4),
  // Two join behind us.
  at(4_000, bidDepth, 99, 6),
  // Three of six cancel: 4 × 3 / 6 = 2 stay before us.
  at(5_000, bidDepth, 99, 3),
  // Three sell at 99: two go to those before us, one to us.
  at(6_000, sellTrade, 99, 3),
  at(6_000, bidDepth, 99, 0),
  // Two sell at 98, below our price: both must have passed us.
  at(7_000, sellTrade, 98, 2),
  at(7_000, bidDepth, 98, 3),
  // Five offer at 99: one of them takes our last one.
  at(8_000, askDepth, 99, 5),
  at(10_000, bidDepth, 98, 5),
  at(70_000, buyTrade, 101, 1),
];

export interface SeenFill {
  readonly side: string;
  readonly price: number;
  readonly lots: number;
  readonly liquidity: string;
  /** Milliseconds after the start, at the venue and when the strategy hears of it. */
  readonly venueMs: number;
  readonly heardMs: number;
}

/** Sends orders at times of the strategy's clock and writes down what fills. */
export function orders(
  fills: SeenFill[],
  plan: Readonly<Record<number, Parameters<Parameters<Script>[0]['send']>[0]>>,
): Script {
  return (context) => ({
    onStart() {
      for (const ms of Object.keys(plan)) context.setTimer(ms, epochMs(startMs + Number(ms)));
    },
    onTimer(name) {
      const order = plan[Number(name)];
      if (order !== undefined) context.send(order);
    },
    onFill({ liquidity, lots, priceTicks: price, side, venueTimeMs }) {
      const [venueMs, heardMs] = [venueTimeMs - startMs, context.nowMs() - startMs];
      fills.push({ side, price, lots, liquidity, venueMs, heardMs });
    },
  });
}

export const bid = {
  leg: 'bid',
  side: 'buy',
  type: 'limit',
  lots: quantityLots(4),
  priceTicks: priceTicks(99),
} as const;
export const buy = (lots: number) =>
  ({ leg: 'buy', side: 'buy', type: 'market', lots: quantityLots(lots) }) as const;
export const sell = (lots: number) =>
  ({ leg: 'sell', side: 'sell', type: 'market', lots: quantityLots(lots) }) as const;
