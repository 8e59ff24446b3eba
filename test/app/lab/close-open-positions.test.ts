/** The end of a walk-forward window, worked out by hand. */

import { expect, it } from 'vitest';
import { closeOpenPositions } from '../../../src/app/lab/close-open-positions.ts';
import { type BacktestResult, emptyTrades, exitReasons } from '../../../src/shared/lab/result.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';

function run(side: 1 | -1, quantity: number, left: number): BacktestResult {
  const trades = emptyTrades(2);
  // One that has ended before, which stays as it is.
  trades.exitReason[0] = exitReasons.indexOf('signal');
  trades.profit[0] = 50;
  trades.side[1] = side;
  trades.quantity[1] = quantity;
  trades.entryPrice[1] = 100;
  // What was left of it is valued at the last close, 110; the rest was sold there too.
  trades.exitPrice[1] = 110;
  trades.fees[1] = 1;
  trades.profit[1] = side * quantity * 10 - 1;
  trades.exitReason[1] = exitReasons.indexOf('open');
  return {
    spec: backtestSpec.parse({
      strategy: 'ma-cross',
      series: [{ source: { kind: 'file', path: 'a.csv' } }],
      slippage: 0.001,
    }),
    instruments: [{ tickSize: '0.5' }],
    trades,
    equity: {
      length: 2,
      timeMs: new Float64Array(2),
      equity: Float64Array.of(1000, 1100),
      exposure: Float64Array.of(0, 0.4),
    },
    openPositions: [{ trade: 1, quantity: left, lastPrice: 110, takerFee: 0.002 }],
    fees: 5,
    slippage: 3,
    finalEquity: 1100,
  } as unknown as BacktestResult;
}

it('sells a long position one step below the close, and takes the fee', () => {
  // 110 less 0.1 % is 109.89: down to the tick of 0.5 it is 109.5. Four of them cost 2 in slippage, 0.876 in fees.
  const before = run(1, 4, 4);
  const after = closeOpenPositions(before);
  expect(after.trades.exitPrice[1]).toBeCloseTo(109.5, 12);
  expect(after.trades.slippage[1]).toBeCloseTo(2, 12);
  expect(after.trades.fees[1]).toBeCloseTo(1.876, 12);
  expect(after.trades.profit[1]).toBeCloseTo(4 * 10 - 1 - 2 - 0.876, 12);
  expect(after.trades.profitRatio[1]).toBeCloseTo((39 - 2.876) / 400, 12);
  expect(exitReasons[after.trades.exitReason[1] as number]).toBe('time');
  expect([...after.equity.equity]).toEqual([1000, 1100 - 2.876]);
  expect([...after.equity.exposure]).toEqual([0, 0]);
  expect(after.finalEquity).toBeCloseTo(1097.124, 9);
  expect(after.fees).toBeCloseTo(5.876, 12);
  expect(after.slippage).toBeCloseTo(5, 12);
  expect(after.openPositions).toEqual([]);
  // What had ended, and the run itself, are as they were.
  expect([after.trades.profit[0], before.trades.profit[1], before.equity.equity[1]]).toEqual([50, 39, 1100]);
});

it('buys a short position back one step above', () => {
  // 110 and 0.1 % is 110.11: up to 110.5. Four cost 2 in slippage and 0.884 in fees.
  const after = closeOpenPositions(run(-1, 4, 4));
  expect(after.trades.exitPrice[1]).toBeCloseTo(110.5, 12);
  expect(after.finalEquity).toBeCloseTo(1100 - 2.884, 9);
  expect(after.trades.profit[1]).toBeCloseTo(-41 - 2.884, 12);
});

it('closes what is left of a trade that was left in part', () => {
  // One of four: 0.5 in slippage, 0.219 in fees; the average exit is (3 × 110 + 109.5) / 4.
  const after = closeOpenPositions(run(1, 4, 1));
  expect(after.trades.exitPrice[1]).toBeCloseTo(109.875, 12);
  expect(after.finalEquity).toBeCloseTo(1100 - 0.719, 9);
});

it('leaves a run without an open position alone', () => {
  const closed = { ...run(1, 4, 4), openPositions: [] };
  expect(closeOpenPositions(closed)).toBe(closed);
});
