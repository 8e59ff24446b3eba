/** One bot at run time: its definition, its strategy's handlers and state, and what execution knows of its orders. */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { BotId, EpochMs } from '../../shared/domain/nominal.ts';
import type { BotState } from '../../shared/events/audit.ts';
import type { BotDefinition, StopPolicy } from '../../shared/events/control.ts';
import type { Position } from '../portfolio/position.ts';
import type {
  AnyStrategy,
  DesiredOrder,
  GivenWhy,
  StrategyHandlers,
  Subscription,
  WatchedPrices,
  Why,
} from '../strategy/api.ts';
import { type BlockedLeg, rowGapMs } from './blocked-legs.ts';
import type { BotSnapshot, ClosingProgress, UnfilledSends } from './snapshot.ts';

const closingNotBegun: ClosingProgress = { attempts: 0, lots: null, notBeforeMs: 0 };
export const noSendsUnfilled: UnfilledSends = { times: 0, message: '', atMs: 0 };

/** Gives how many orders the venue has ended in a row; a row that is old is over. */
export function unfilledInRow({ times, atMs }: Pick<UnfilledSends, 'times' | 'atMs'>, nowMs: number): number {
  return nowMs - atMs <= rowGapMs ? times : 0;
}

/** Refusals in a row from which on a person is told. */
export const refusalsTold = 3;

export class BotRuntime {
  definition: BotDefinition;
  readonly strategy: AnyStrategy;
  readonly instrument: Instrument;
  readonly position: Position;
  /** Parameters as the strategy's schema gives them. */
  params: unknown;
  state: BotState;
  stateReason: string;
  stopPolicy: StopPolicy | null;
  strategyState: unknown;
  readonly legs: Map<string, number>;
  fillCount: number;
  readonly createdAtMs: EpochMs;
  startedAtMs: EpochMs | null;
  readonly stake: { readonly money: Decimal; readonly baseCost: Decimal };

  /** Present while the strategy runs. */
  handlers: StrategyHandlers | undefined;
  subscription: Subscription;
  /** The list declared by the last `keep`. */
  desired: readonly DesiredOrder[] = [];
  keepChanged = false;
  readonly blocked = new Map<string, BlockedLeg>();
  /** Single orders in a row that the venue ended without a fill. */
  unfilledSends: UnfilledSends;
  /** Reasons of legs that wait for an older order. */
  waiting = new Map<string, string>();
  stopRequest: { readonly reason: string; readonly policy: StopPolicy } | undefined;
  /** Times of the orders sent in the last ten seconds. */
  readonly sentAtMs: number[] = [];
  closing: ClosingProgress = closingNotBegun;
  /** True when a person asked for the stop: it then closes the position even while trading is halted. */
  stopByHand = false;
  /** Timers that fell due while the strategy could not hear them. */
  readonly dueTimers = new Set<string>();
  /** Prices `onQuote` matters at, for feeds that can leave the others out. */
  watched: WatchedPrices = 'every-price';
  changed = true;
  private reason: (GivenWhy & { readonly atMs: EpochMs }) | null;

  constructor(strategy: AnyStrategy, instrument: Instrument, position: Position, snapshot: BotSnapshot) {
    this.definition = snapshot.definition;
    this.strategy = strategy;
    this.instrument = instrument;
    this.position = position;
    this.params = strategy.params.parse(snapshot.definition.params);
    this.state = snapshot.state;
    this.stateReason = snapshot.stateReason;
    this.stopPolicy = snapshot.stopPolicy;
    this.strategyState = snapshot.strategyState ?? strategy.initialState(this.params);
    this.legs = new Map(Object.entries(snapshot.legs));
    this.reason = snapshot.why;
    this.fillCount = snapshot.fillCount;
    this.stopByHand = snapshot.stopByHand ?? false;
    this.closing = snapshot.closing ?? closingNotBegun;
    this.unfilledSends = snapshot.unfilledSends ?? noSendsUnfilled;
    this.createdAtMs = snapshot.createdAtMs;
    this.startedAtMs = snapshot.startedAtMs;
    this.stake = {
      money: Decimal.parse(snapshot.stake.money),
      baseCost: Decimal.parse(snapshot.stake.baseCost),
    };
    this.subscription = strategy.subscribe(this.params);
  }

  get id(): BotId {
    return this.definition.id;
  }

  /** What the bot last decided or what blocks it, and since when. */
  get why(): (Why & { readonly atMs: EpochMs }) | null {
    const { reason } = this;
    if (reason === null) return null;
    const { text } = reason;
    if (typeof text === 'string') return { ...reason, text };
    const spoken = { ...reason, text: text() };
    this.reason = spoken;
    return spoken;
  }

  /** Code of the last reason, without making its words. */
  get whyCode(): string | undefined {
    return this.reason?.code;
  }

  /** What the venue does to the bot's orders, once it has refused several in a row; undefined while it does not. */
  refusal(nowMs: number): (Why & { readonly atMs: number }) | undefined {
    let { message, atMs } = this.unfilledSends;
    let times = unfilledInRow(this.unfilledSends, nowMs);
    let what = 'orders';
    let nextCheckMs = this.reason?.nextCheckMs;
    for (const [leg, blocked] of this.blocked) {
      if (blocked.ended === undefined || blocked.untilMs === 0) continue;
      if (unfilledInRow(blocked.ended, nowMs) <= times || !this.wishesFor(leg)) continue;
      ({ times, atMs, message } = blocked.ended);
      what = `orders of ${leg}`;
      nextCheckMs = blocked.untilMs as EpochMs;
    }
    if (times < refusalsTold) return undefined;
    const { symbol, venue } = this.instrument;
    return {
      code: 'ORDERS_REFUSED',
      text:
        `${venue} has ended ${times} ${what} in a row without a fill (${message}). ` +
        `See there whether ${symbol} trades, and whether this account may place such orders; then edit the bot, or ` +
        `pause and resume it to begin anew`,
      nextCheckMs,
      atMs,
    };
  }

  private wishesFor(leg: string): boolean {
    return this.desired.some((wish) => wish.leg === leg);
  }

  giveReason(reason: GivenWhy, atMs: EpochMs): void {
    const { code, text, nextCheckMs } = reason;
    this.reason = nextCheckMs === undefined ? { code, text, atMs } : { code, text, nextCheckMs, atMs };
  }

  /** Whether a move from one price to another, both included, touches one the strategy wants to hear of. */
  wantsPrice(fromTicks: number, toTicks: number): boolean {
    if (!this.subscription.quotes) return false;
    if (this.watched === 'every-price') return true;
    const low = Math.min(fromTicks, toTicks);
    const high = Math.max(fromTicks, toTicks);
    for (const ticks of this.watched) if (ticks >= low && ticks <= high) return true;
    return false;
  }

  /** Gives the key prefix of this bot's timers. */
  get timerPrefix(): string {
    return `bot|${this.id}|`;
  }

  /** Counts attempts to close the position anew. */
  beginClosing(): void {
    this.closing = closingNotBegun;
  }

  /** Gives what survives a restart; `timers` are those still running. */
  snapshot(timers: BotSnapshot['timers'], nowMs: EpochMs): BotSnapshot {
    return {
      definition: this.definition,
      state: this.state,
      stateReason: this.stateReason,
      stopPolicy: this.stopPolicy,
      stopByHand: this.stopByHand,
      closing: this.closing,
      unfilledSends: this.unfilledSends,
      strategyState: this.strategyState,
      legs: Object.fromEntries(this.legs),
      timers: [...timers, ...[...this.dueTimers].map((name) => ({ name, atMs: nowMs }))],
      why: this.why,
      position: this.position.snapshot(),
      stake: { money: this.stake.money.toString(), baseCost: this.stake.baseCost.toString() },
      fillCount: this.fillCount,
      createdAtMs: this.createdAtMs,
      startedAtMs: this.startedAtMs,
    };
  }
}

/** Why a bot that runs has not begun: its venue is not ready, or its market has no price. */
export function waitToBegin({ symbol, venue }: Instrument, isVenueReady: boolean): Omit<Why, 'nextCheckMs'> {
  return isVenueReady
    ? { code: 'WAITING_FOR_MARKET', text: `waiting for a valid price of ${symbol}` }
    : { code: 'WAITING_FOR_VENUE', text: `waiting for ${venue} to be connected and compared` };
}
