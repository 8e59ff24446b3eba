/**
 * Legs of a bot that could not be placed: why, and when they are tried again. Every refusal in a row makes the wait
 * longer, whether our own risk denied the order or the venue ended it without a fill.
 */

import type { Decimal } from '../../shared/domain/decimal.ts';
import type { ClientOrderId } from '../../shared/domain/nominal.ts';
import type { Order } from '../../shared/domain/order.ts';
import type { NeededMoney, RiskVerdict } from '../../shared/domain/risk.ts';
import type { DesiredOrder } from '../strategy/api.ts';
import { closeRetryMaximumMs, retryDelayMs } from '../strategy/retry.ts';

/** Why a leg is not placed now, and when it is tried again. */
export interface BlockedLeg {
  readonly code: string;
  readonly message: string;
  readonly untilMs: number;
  readonly by: 'risk' | 'venue';
  /** Denials of our own risk in a row. */
  readonly denials: number;
  /** What was wished for when our own risk denied it: another wish need not wait. */
  readonly denied?: DesiredOrder | undefined;
  /** What the order needs where only that was missing. On a perpetual it needs nothing once it raises no exposure any more. */
  readonly need?: NeededMoney | undefined;
  /** What must end before another try makes sense: the clock is not looked at until then. */
  readonly waitsFor?: 'money' | ClientOrderId | undefined;
  /** What the venue did to orders of the leg in a row; a denial of our own in between does not end it. */
  readonly ended?: EndedOrders | undefined;
}

/** Orders of one leg that a venue ended in a row, none of them filled. */
interface EndedOrders {
  readonly times: number;
  /** When the last one ended, its price, and what the venue said. */
  readonly atMs: number;
  readonly ticks: number | undefined;
  readonly message: string;
}

/** Waits after our own risk denied a leg: the reason may pass soon, and asking again costs nothing. */
const deniedDelaysMs = [1_000, 2_000, 10_000, 30_000];
/**
 * The same where money is missing on a perpetual: what frees it is heard of at once, so the clock is only for what the
 * price does to an open position. On spot nothing else frees money, and no clock is needed.
 */
const unfundedDelaysMs = [...deniedDelaysMs, 120_000, 600_000];
/** Refusals further apart than this, twice the longest wait, are not of one row. */
export const rowGapMs = 1_200_000;
/** An order that rested for this long was good for something: its end begins a new row. */
const restedEnoughMs = 60_000;
/** Shortest wait of an order that the venue ended, once its price or the money has changed since: three tries a minute. */
const otherPriceMs = 20_000;

export const unfundedCode = 'INSUFFICIENT_FUNDS';

/** Gives when a leg that our own risk denied is tried again. */
function deniedUntilMs(code: string, denials: number, nowMs: number): number {
  const delaysMs = code === unfundedCode ? unfundedDelaysMs : deniedDelaysMs;
  const delayMs = delaysMs[Math.min(denials, delaysMs.length) - 1] as number;
  return nowMs + delayMs;
}

/** Gives a leg whose waiting for one of our own orders is over: it is tried when it would have been by the clock alone. */
export function afterCrossing(blocked: BlockedLeg, nowMs: number): BlockedLeg {
  let { denials, untilMs } = blocked;
  while (untilMs <= nowMs && denials < deniedDelaysMs.length) {
    denials += 1;
    untilMs = deniedUntilMs(blocked.code, denials, untilMs);
  }
  const everyMs = deniedDelaysMs[deniedDelaysMs.length - 1] as number;
  if (untilMs <= nowMs) untilMs += (Math.floor((nowMs - untilMs) / everyMs) + 1) * everyMs;
  return { ...blocked, denials, untilMs, waitsFor: undefined };
}

/**
 * Gives a leg its venue had no money for after an order that filled or ended may have freed some: one that fills in many
 * parts must not send every such leg with each of them.
 */
export function afterMoneyFreed(blocked: BlockedLeg): BlockedLeg {
  const soonestMs = (blocked.ended?.atMs ?? 0) + otherPriceMs;
  return { ...blocked, untilMs: Math.min(blocked.untilMs, soonestMs) };
}

/** Why our own risk denied a wish. */
export type DenialOfLeg = Pick<
  Extract<RiskVerdict, { outcome: 'denied' }>,
  'message' | 'need' | 'crossing'
> & {
  readonly code: string;
};

/** Gives the leg after our own risk denied a wish. */
export function deniedLeg(
  before: BlockedLeg | undefined,
  denied: DesiredOrder,
  why: DenialOfLeg,
  isSpot: boolean,
  nowMs: number,
): BlockedLeg {
  const { code, message, need, crossing } = why;
  const denials = (before?.denials ?? 0) + 1;
  const untilMs = deniedUntilMs(code, denials, nowMs);
  const waitsFor = crossing ?? (isSpot && need !== undefined ? 'money' : undefined);
  return { code, message, need, waitsFor, denied, denials, by: 'risk', untilMs, ended: before?.ended };
}

/**
 * Gives the leg after the venue refused an order of it, or ended one that had rested: that one is sent again at once the
 * first time, since the venue may have cancelled everything for a reason that is over.
 */
export function endedLeg(
  before: BlockedLeg | undefined,
  order: Order,
  why: { readonly code: string; readonly message: string },
  isRefused: boolean,
  nowMs: number,
): BlockedLeg {
  const { code, message } = why;
  const ticks = order.priceTicks ?? order.triggerTicks;
  const last = before?.ended;
  const isOfRow =
    last !== undefined && nowMs - last.atMs <= rowGapMs && nowMs - order.createdAtMs < restedEnoughMs;
  const times = (isOfRow ? last.times : 0) + 1;
  const maximumMs = order.reduceOnly || order.purpose !== undefined ? closeRetryMaximumMs : undefined;
  const delayMs = isRefused || times > 1 ? retryDelayMs(isRefused ? times : times - 1, maximumMs) : 0;
  const ended = { times, atMs: nowMs, ticks, message: `${code}: ${message}` };
  return { code, message, by: 'venue', denials: 0, untilMs: nowMs + delayMs, ended };
}

/**
 * Gives a leg that our own risk denies no more: what an earlier wish lacked or waited for is not known to hold, and a later
 * denial is the first of its row. What the venue did to its orders stays known.
 */
export function passedLeg(blocked: BlockedLeg): BlockedLeg {
  return { ...blocked, untilMs: 0, denials: 0, waitsFor: undefined, need: undefined };
}

/** Gives when a wish of a blocked leg may be tried. */
export function mayBeTriedMs(blocked: BlockedLeg, wish: DesiredOrder): number {
  const { ended } = blocked;
  if (blocked.by === 'venue' && ended !== undefined) {
    const isOtherPrice = (wish.priceTicks ?? wish.triggerTicks) !== ended.ticks;
    return isOtherPrice ? Math.min(blocked.untilMs, ended.atMs + otherPriceMs) : blocked.untilMs;
  }
  if (isOtherWish(blocked, wish)) return 0;
  return blocked.waitsFor === undefined ? blocked.untilMs : Number.POSITIVE_INFINITY;
}

/**
 * Whether a wish that was denied for want of money still lacks it: then there is no need to judge it again. Not said of
 * wishes without a price, whose value moves with the market.
 */
export function stillLacksMoney(
  blocked: BlockedLeg,
  wish: DesiredOrder,
  freeOf: (currency: string) => Decimal,
  stillNeedsIt: () => boolean,
): boolean {
  const { need } = blocked;
  if (need === undefined || wish.priceTicks === undefined || isOtherWish(blocked, wish) || !stillNeedsIt())
    return false;
  return freeOf(need.currency).compare(need.amount) < 0;
}

function isOtherWish({ denied }: BlockedLeg, wish: DesiredOrder): boolean {
  return (
    denied === undefined ||
    denied.lots !== wish.lots ||
    denied.priceTicks !== wish.priceTicks ||
    denied.triggerTicks !== wish.triggerTicks ||
    denied.side !== wish.side ||
    denied.type !== wish.type ||
    (denied.postOnly ?? false) !== (wish.postOnly ?? false) ||
    (denied.reduceOnly ?? false) !== (wish.reduceOnly ?? false)
  );
}
