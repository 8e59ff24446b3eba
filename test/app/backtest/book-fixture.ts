/** Order book recordings written in a test, and runs of a script over them. */

import { loadNative } from '../../../src/adapters/compute/native.ts';
import { allocateTicks, packTick, type TickColumns } from '../../../src/adapters/tick-files/tick-columns.ts';
import { type BacktestOptions, runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { storedCandles } from '../../../src/app/backtest/stored-candles.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import type { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import type { BacktestResult } from '../../../src/shared/lab/result.ts';
import { type BacktestSpecInput, backtestSpec } from '../../../src/shared/lab/spec.ts';
import { type Script, scriptedStrategy, testFolder } from './scripted.ts';

/** 2023-11-15, 0:00 UTC. */
export const startMs = 1_700_006_400_000;
export const market = { venue: 'own', symbol: 'BTC/USDT' };
export const minuteMs = 60_000;

/** Milliseconds after the start at the exchange and at the recorder; what; price in ticks; size in lots. */
export type BookRow = readonly [
  exchange: number,
  received: number,
  kind: (typeof tickKinds)[keyof typeof tickKinds],
  ticks: number,
  lots: number,
];

const nsPerMs = 1_000_000n;

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
  const source = {
    kind: 'store',
    venue: 'own',
    instrument: market.symbol,
    timeframe: '1m',
    data: 'l2',
  } as const;
  const spec = backtestSpec.parse({
    strategy: 'scripted',
    capital: '100000',
    makerFee: 0,
    takerFee: 0,
    series: [{ source, venue: 'own' }],
    ...overrides,
  });
  return runBacktest(spec, {
    findStrategy: () => scriptedStrategy(script, [minuteMs]),
    readStored: storedCandles(folder),
    ...options,
  });
}
