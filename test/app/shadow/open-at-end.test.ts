import { expect, it } from 'vitest';
import { openAtEnd } from '../../../src/app/shadow/open-at-end.ts';
import { tripOf } from './trip.ts';

// Sold at the last close of 110 less 1 % slippage: 108.9, with a fee of 0.1 % on each side.
const end = { toMs: 60_000, lastClose: 110, tickSize: 0.1, takerFee: 0.001, slippage: 0.01 };
const closed = tripOf({
  side: 1,
  entryTimeMs: 0,
  exitTimeMs: 60_000,
  quantity: 2,
  entryPrice: 100,
  exitPrice: 108.9,
  fees: 0.2 + 0.2178,
  funding: 0,
  slippage: 2 + 2.2,
  isOpen: false,
  exitReason: 'signal',
});

it('an exit at the very last close has not been made in the run: the trip is open, without its exit costs', () => {
  const open = openAtEnd(closed, end);
  expect(open).toMatchObject({ isOpen: true, exitReason: 'open', exitPrice: 110, exitTimeMs: 60_000 });
  expect(open.fees).toBeCloseTo(0.2, 12);
  expect(open.slippage).toBeCloseTo(2, 12);
  // 2 × (110 − 100) less the fee of the entry.
  expect(open.profit).toBeCloseTo(19.8, 12);
});

it('what left earlier, at another price or not at all stays as it is', () => {
  for (const other of [
    { ...closed, exitTimeMs: 59_999 },
    { ...closed, exitPrice: 107 },
    { ...closed, isOpen: true },
  ])
    expect(openAtEnd(other, end)).toBe(other);
});
