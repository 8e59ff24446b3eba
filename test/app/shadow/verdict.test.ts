import { expect, it } from 'vitest';
import { attributePair, totalsOf } from '../../../src/app/shadow/attribute.ts';
import { verdictOf } from '../../../src/app/shadow/verdict.ts';
import { tripOf } from './trip.ts';

/** A pair whose run bought and sold one at these prices, where the backtest sold at `modelled`. */
function verdict(bought: number, sold: number, modelled: number): string[] {
  const of = (exitPrice: number) =>
    tripOf({ quantity: 1, entryPrice: bought, exitPrice, fees: 0, slippage: 0 });
  const pairs = [attributePair(of(sold), of(modelled))];
  return verdictOf({ pairs, missed: [], extra: [], quote: 'BTC', totals: totalsOf(pairs, [], []) });
}

it('tells small money of a great currency with the digits it needs', () => {
  // 0.003 BTC less: some hundred dollars, and no rounding.
  const [first, , causes] = verdict(0.08, 0.082, 0.085);
  expect(first).toBe(
    "The run's profit is 0.002000 BTC, the backtest's 0.005000 BTC: the run did 0.003000 BTC worse.",
  );
  expect(causes).toBe('The difference in BTC, largest cause first: decisions at other prices −0.003000.');
  expect(verdict(0.08, 0.082, 0.082)[0]).toContain(': the same.');
});

it('tells larger money to two places, and takes less for the same', () => {
  expect(verdict(100, 110, 110.004)[0]).toBe(
    "The run's profit is 10.00 BTC, the backtest's 10.00 BTC: the same.",
  );
  expect(verdict(100, 110, 112)[0]).toContain('the run did 2.00 BTC worse');
});
