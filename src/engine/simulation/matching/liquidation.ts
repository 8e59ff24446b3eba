/**
 * Liquidation of perpetuals: when equity falls below maintenance margin the venue cancels all orders of the
 * settle currency and closes every position at the book, but never beyond the price at which the account would
 * owe money (the venue's insurance fund bears the rest, as on real venues).
 */

import { Decimal } from '../../../shared/domain/decimal.ts';
import {
  type Instrument,
  maintenanceOf,
  maintenanceRateAt,
  notionalOf,
  priceOf,
  quantityOf,
} from '../../../shared/domain/instrument.ts';
import { clientOrderId, type InstrumentId } from '../../../shared/domain/nominal.ts';
import type { PaperAccount } from './account.ts';
import type { MatchingDesk } from './matching-desk.ts';
import type { BookingParts, OrderBooking } from './order-booking.ts';

interface LiquidationParts extends BookingParts {
  readonly booking: OrderBooking;
  readonly desk: MatchingDesk;
}

/** Closes everything settled in `settle` when the account can no longer carry it; gives whether it did. */
export function liquidateIfNeeded(parts: LiquidationParts, settle: string): boolean {
  const { account, booking, ledger, markets } = parts;
  const open = account.openPositions(settle);
  if (open.length === 0 || open.some((instrument) => booking.markOf(instrument.id) <= 0)) return false;
  const equity = account.total(settle).plus(account.unrealized(settle, booking.markOf));
  if (equity.compare(account.maintenanceRequired(settle, booking.markOf)) >= 0) return false;
  for (const order of [...ledger.open.values()]) {
    const { instrument } = markets.get(order.instrument) ?? {};
    if (order.status === 'open' && instrument?.kind === 'perpetual' && instrument.settle === settle) {
      booking.close(order, 'canceled', 'liquidation');
    }
  }
  // Winners first, so that their profit covers the losers.
  const profit = (instrument: Instrument) => account.unrealizedOf(instrument, booking.markOf(instrument.id));
  open.sort((left, right) => profit(right).compare(profit(left)));
  for (const instrument of open) closePosition(parts, instrument);
  return true;
}

function closePosition(parts: LiquidationParts, instrument: Instrument): void {
  const { account, booking, desk, ledger, markets } = parts;
  const market = markets.get(instrument.id);
  const position = account.positionLots(instrument.id);
  if (market === undefined || position === 0) return;
  const side = position > 0 ? 'sell' : 'buy';
  const id = clientOrderId(`liq-${ledger.venue}-${ledger.takeLiquidationNumber()}`);
  const order = booking.addVenueOrder(id, instrument, side, Math.abs(position));
  const worst = bankruptcyTicks(account, instrument, position);
  const clamp = (ticks: number) => (side === 'sell' ? Math.max(ticks, worst) : Math.min(ticks, worst));
  const plan = desk.planTake(market, side, Math.abs(position), 0);
  const levels = plan.ticks.map((ticks, at) => ({
    ticks,
    lots: plan.lots[at] ?? 0,
    rank: plan.ranks[at] ?? 0,
  }));
  for (const level of levels) {
    const filled = booking.fill(market, order, clamp(level.ticks), level.lots, 'taker');
    if (filled > 0) market.depthAgainst(side).take(level.rank, filled);
  }
  // What the book cannot take, the venue takes over at the last price it reached.
  const lastTicks = levels.at(-1)?.ticks ?? market.markTicks;
  booking.fill(market, order, clamp(lastTicks), order.lots - order.filledLots, 'taker');
}

/** Gives the price at which closing the whole position, fee included, leaves exactly nothing. */
function bankruptcyTicks(account: PaperAccount, instrument: Instrument, position: number): number {
  const quantity = quantityOf(instrument, Math.abs(position));
  const entry = account.entryNotional(instrument.id);
  const wallet = account.total(instrument.settle);
  const fee = instrument.takerFeeRate;
  const tick = priceOf(instrument, 1);
  if (position > 0) {
    const perTick = quantity.times(tick).times(Decimal.one.minus(fee));
    return Math.max(1, Number(entry.minus(wallet).dividedBy(perTick, 0, 'up').coefficient));
  }
  const perTick = quantity.times(tick).times(Decimal.one.plus(fee));
  return Math.max(1, Number(entry.plus(wallet).dividedBy(perTick, 0, 'down').coefficient));
}

/**
 * Gives the price in ticks at which the equity behind an open position falls below its maintenance margin while every
 * other price stands still: the next one down for a long position, up for a short one. Undefined when there is none.
 * Doubles: a place to look, `liquidateIfNeeded` decides exactly.
 */
export function liquidationTicks(
  account: PaperAccount,
  instrument: Instrument,
  markOf: (instrument: InstrumentId) => number,
): number | undefined {
  const lots = account.positionLots(instrument.id);
  const nowTicks = markOf(instrument.id);
  if (lots === 0 || nowTicks <= 0) return undefined;
  const { settle } = instrument;
  const unrealized = account.unrealized(settle, markOf).minus(account.unrealizedOf(instrument, nowTicks));
  const required = account
    .maintenanceRequired(settle, markOf)
    .minus(maintenanceOf(instrument, notionalOf(instrument, nowTicks, Math.abs(lots))));
  const others = account.total(settle).plus(unrealized).minus(required).toNumber();
  const entry = account.entryNotional(instrument.id).toNumber();
  const perTick = notionalOf(instrument, 1, Math.abs(lots)).toNumber();
  const side = Math.sign(lots);
  const isSafe = (ticks: number): boolean => {
    const value = perTick * ticks;
    return others + side * (value - entry) >= value * maintenanceRateAt(instrument, value);
  };
  if (!isSafe(nowTicks)) return nowTicks;
  let safe = nowTicks;
  let unsafe = side > 0 ? 1 : nowTicks * 2;
  while (side < 0 && isSafe(unsafe) && unsafe < Number.MAX_SAFE_INTEGER / 2) unsafe *= 2;
  if (isSafe(unsafe)) return undefined;
  while (Math.abs(safe - unsafe) > 1) {
    const middle = Math.floor((safe + unsafe) / 2);
    if (isSafe(middle)) safe = middle;
    else unsafe = middle;
  }
  return unsafe;
}
