/** Round trips of a run, made of the fills the journal has. */

import { type Instrument, priceNumber } from '../../shared/domain/instrument.ts';
import { sideSign } from '../../shared/domain/order.ts';
import type { ExitReason } from '../../shared/lab/result.ts';
import type { ShadowTrip } from '../../shared/lab/shadow.ts';
import { exitReasonOf } from '../backtest/exit-reason.ts';
import type { BotRun, RunOrder } from './read-run.ts';

/** A trip of the run, with the fills' orders that say how it came about. */
export interface RunTrip extends ShadowTrip {
  readonly entryOrder: RunOrder | undefined;
  /** True when a fill of it was found by reconciling. */
  readonly isReconciled: boolean;
}

export interface RunTripOptions {
  readonly instrument: Instrument;
  /** Fills and funding from here on do not count. */
  readonly toMs: number;
  /** Value of what is still open then. */
  readonly lastClose: number;
  /** Base currency held before the first fill, and what it was worth a unit. */
  readonly held: { readonly quantity: number; readonly price: number; readonly timeMs: number } | undefined;
  /** Gives the close of the newest candle that had closed at a time, or undefined before the first. */
  readonly closeBefore: (timeMs: number) => number | undefined;
}

/** What is open, while fills come. */
interface OpenTrip {
  readonly side: 1 | -1;
  readonly entryTimeMs: number;
  readonly entryOrder: RunOrder | undefined;
  entryQuantity: number;
  entryValue: number;
  /** Fees that were taken out of what was bought. */
  baseFees: number;
  exitQuantity: number;
  exitValue: number;
  fees: number;
  funding: number;
  slippage: number;
  isReconciled: boolean;
}

/**
 * Gives the round trips, by entry. A fee taken in base currency lowers what is held and is counted at the fill's price.
 * Less than a lot that is left over ends a trip: it cannot be sold, and is valued like what was sold. A fill that turns
 * the position around ends one trip and begins the next, fees shared by quantity.
 */
export function tripsOf(run: Pick<BotRun, 'fills' | 'funding'>, options: RunTripOptions): RunTrip[] {
  const { closeBefore, held, instrument, lastClose, toMs } = options;
  const lot = instrument.lotSize.toNumber();
  const trips: RunTrip[] = [];
  let open: OpenTrip | undefined;
  if (held !== undefined && held.quantity >= lot) {
    open = begin(1, held.timeMs, undefined);
    open.entryQuantity = held.quantity;
    open.entryValue = held.quantity * held.price;
  }
  const payments = run.funding.filter(({ timeMs }) => timeMs < toMs);
  let paid = 0;
  const payUntil = (timeMs: number): void => {
    for (let next = payments[paid]; next !== undefined && next.timeMs <= timeMs; next = payments[paid]) {
      if (open !== undefined) open.funding += next.amount;
      paid += 1;
    }
  };
  // One that reconciling found stands late in the journal, and belongs where it happened.
  const fills = [...run.fills].sort((left, right) => left.fill.venueTimeMs - right.fill.venueTimeMs);
  for (const { fill, order, reconciled } of fills) {
    if (fill.venueTimeMs >= toMs) break;
    payUntil(fill.venueTimeMs);
    const price = priceNumber(instrument, fill.priceTicks);
    const sign = sideSign(fill.side);
    const isBaseFee = fill.feeCurrency === instrument.base && instrument.kind === 'spot';
    const fee = Number(fill.fee) * (isBaseFee ? price : 1);
    const lost =
      fill.liquidity === 'maker' ? 0 : sign * (price - aimOf(order, instrument, closeBefore, price, sign));
    const whole = fill.lots * lot;
    let left = whole;
    if (open !== undefined && open.side !== sign) {
      const closed = Math.min(left, openQuantity(open));
      open.exitQuantity += closed;
      open.exitValue += closed * price;
      open.fees += (fee * closed) / whole;
      open.slippage += lost * closed;
      open.isReconciled ||= reconciled;
      left -= closed;
      if (openQuantity(open) < lot * (1 - 1e-6)) {
        trips.push(end(open, fill.venueTimeMs, exitReasonOf(fill, order?.order)));
        open = undefined;
      }
    }
    // What a sale on a spot market sells beyond the trip are left-overs of earlier ones, no short position.
    if (left < lot / 2 || (instrument.kind === 'spot' && sign < 0)) continue;
    open ??= begin(sign, fill.venueTimeMs, order);
    open.entryQuantity += left;
    open.entryValue += left * price;
    open.baseFees += isBaseFee ? (Number(fill.fee) * left) / whole : 0;
    open.fees += (fee * left) / whole;
    open.slippage += lost * left;
    open.isReconciled ||= reconciled;
  }
  payUntil(toMs);
  if (open !== undefined) {
    const rest = openQuantity(open);
    open.exitQuantity += rest;
    open.exitValue += rest * lastClose;
    trips.push(end(open, toMs, 'open'));
  }
  return trips;
}

function begin(side: 1 | -1, entryTimeMs: number, entryOrder: RunOrder | undefined): OpenTrip {
  return {
    side,
    entryTimeMs,
    entryOrder,
    entryQuantity: 0,
    entryValue: 0,
    baseFees: 0,
    exitQuantity: 0,
    exitValue: 0,
    fees: 0,
    funding: 0,
    slippage: 0,
    isReconciled: false,
  };
}

/** What can still be sold (bought back, for a short). */
function openQuantity(trip: OpenTrip): number {
  return trip.entryQuantity - trip.baseFees - trip.exitQuantity;
}

function end(trip: OpenTrip, exitTimeMs: number, reason: ExitReason): RunTrip {
  const quantity = trip.entryQuantity - trip.baseFees;
  const entryPrice = trip.entryValue / trip.entryQuantity;
  const exitPrice = trip.exitValue / trip.exitQuantity;
  return {
    side: trip.side,
    entryTimeMs: trip.entryTimeMs,
    exitTimeMs,
    quantity,
    entryPrice,
    exitPrice,
    fees: trip.fees,
    funding: trip.funding,
    slippage: trip.slippage,
    profit: trip.side * quantity * (exitPrice - entryPrice) - trip.fees + trip.funding,
    isOpen: reason === 'open',
    exitReason: reason,
    entryOrder: trip.entryOrder,
    isReconciled: trip.isReconciled,
  };
}

/**
 * The price an order was decided at: the trigger of a stop, else the close of the newest candle that had closed when the
 * order was made, or the limit of a limit order that took where that is better: it asked for no less.
 */
function aimOf(
  order: RunOrder | undefined,
  instrument: Instrument,
  closeBefore: RunTripOptions['closeBefore'],
  filledAt: number,
  sign: number,
): number {
  if (order === undefined) return filledAt;
  const { priceTicks, triggerTicks } = order.order;
  if (triggerTicks !== undefined) return priceNumber(instrument, triggerTicks);
  const decided = closeBefore(order.timeMs) ?? filledAt;
  if (priceTicks === undefined) return decided;
  const limit = priceNumber(instrument, priceTicks);
  return sign > 0 ? Math.min(limit, decided) : Math.max(limit, decided);
}
