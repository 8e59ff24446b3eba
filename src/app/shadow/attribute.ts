/**
 * Splits the profit difference of matched trips into its causes. The backtest's trip is first brought to the run's
 * quantity (k = quantity of the run / of the backtest); what that changes is `size`. Of the rest, fees, funding and
 * slippage are compared with k times the modelled ones, and what the prices differ by beyond slippage is `timing`: the
 * decisions were made at other prices. Amounts are rounded to eight digits first and summed as exact decimals.
 */

import { Decimal } from '../../shared/domain/decimal.ts';
import {
  type ShadowPair,
  type ShadowParts,
  type ShadowTotals,
  type ShadowTrip,
  shadowParts,
} from '../../shared/lab/shadow.ts';

/** Digits after the point of every amount. */
const moneyScale = 8;

/** Gives an amount as an exact decimal of eight digits after the point. */
function amount(value: number): Decimal {
  return Decimal.parse(value.toFixed(moneyScale));
}

/** Gives a matched pair with its difference and the parts of it. */
export function attributePair(run: ShadowTrip, backtest: ShadowTrip): ShadowPair {
  const scale = run.quantity / backtest.quantity;
  const difference = amount(run.profit).minus(amount(backtest.profit));
  const size = amount((scale - 1) * backtest.profit);
  const fees = amount(scale * backtest.fees - run.fees);
  const funding = amount(run.funding - scale * backtest.funding);
  const slippage = amount(scale * backtest.slippage - run.slippage);
  // Exactly the difference of the decision prices, times side and quantity: see the identity in the test.
  const timing = difference.minus(Decimal.sum([size, fees, funding, slippage]));
  const { side } = run;
  return {
    run,
    backtest,
    entryDelayMs: run.entryTimeMs - backtest.entryTimeMs,
    exitDelayMs: run.exitTimeMs - backtest.exitTimeMs,
    entryPriceCost: side * (run.entryPrice - backtest.entryPrice),
    exitPriceCost: side * (backtest.exitPrice - run.exitPrice),
    difference: difference.toString(),
    parts: texts({ timing, slippage, fees, funding, size }),
  };
}

/** Gives the sums of a comparison; `difference` is the sum of all parts, missed and extra trades, to the last digit. */
export function totalsOf(
  pairs: readonly ShadowPair[],
  missed: readonly ShadowTrip[],
  extra: readonly ShadowTrip[],
): ShadowTotals {
  const profits = (trips: readonly ShadowTrip[]) => Decimal.sum(trips.map(({ profit }) => amount(profit)));
  const run = profits([...pairs.map((pair) => pair.run), ...extra]);
  const backtest = profits([...pairs.map((pair) => pair.backtest), ...missed]);
  const sums = shadowParts.map((part) => [
    part,
    Decimal.sum(pairs.map(({ parts }) => Decimal.parse(parts[part]))),
  ]);
  return {
    run: run.toString(),
    backtest: backtest.toString(),
    difference: run.minus(backtest).toString(),
    parts: texts(Object.fromEntries(sums)),
    missed: profits(missed).negated().toString(),
    extra: profits(extra).toString(),
  };
}

function texts(parts: Readonly<Record<keyof ShadowParts, Decimal>>): ShadowParts {
  return {
    timing: parts.timing.toString(),
    slippage: parts.slippage.toString(),
    fees: parts.fees.toString(),
    funding: parts.funding.toString(),
    size: parts.size.toString(),
  };
}
