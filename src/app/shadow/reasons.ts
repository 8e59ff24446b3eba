/** Why only one side has a trade: the likeliest reason the journal gives, in words. */

import type { Instrument } from '../../shared/domain/instrument.ts';
import type { RiskScope } from '../../shared/domain/risk.ts';
import type { ShadowLoneTrip, ShadowTrip } from '../../shared/lab/shadow.ts';
import type { BotRun, RunOrder } from './read-run.ts';
import type { RunTrip } from './run-trips.ts';

type Reason = ShadowLoneTrip['reason'];

export interface ReasonContext {
  readonly run: BotRun;
  readonly bot: string;
  readonly instrument: Instrument;
  /** All trips of the run, those it brought into the compared time too. */
  readonly runTrips: readonly RunTrip[];
  readonly backtestTrips: readonly ShadowTrip[];
  readonly fromMs: number;
  readonly timeframeMs: number;
  readonly toleranceMs: number;
}

/** Says why the run has no trade where the backtest entered. */
export function whyMissed(trip: ShadowTrip, context: ReasonContext): Reason {
  const { run, timeframeMs, toleranceMs } = context;
  const { entryTimeMs: atMs } = trip;
  // A tick of the clock more: what is recorded with the candle's close still tells of this moment.
  const nowMs = atMs + 1_000;
  const fromMs = atMs - timeframeMs;
  const untilMs = atMs + toleranceMs;
  const inWindow = ({ timeMs }: { readonly timeMs: number }): boolean =>
    timeMs >= fromMs && timeMs <= untilMs;

  const host = lastUntil(run.hosts, nowMs);
  if (host?.isOn === false) return { code: 'host-off', text: `the host was off (${host.reason})` };
  const state = lastUntil(run.states, nowMs);
  if (state !== undefined && state.state !== 'RUNNING') {
    const because = state.reason === '' ? '' : `: ${state.reason}`;
    return { code: 'not-running', text: `the bot was ${state.state} since ${clock(state.timeMs)}${because}` };
  }
  const halt = riskAt(context, nowMs);
  if (halt !== undefined) return { code: 'halted', text: `risk was ${halt.state}: ${halt.reason}` };
  const denial = run.denials.find(inWindow);
  if (denial !== undefined) {
    return { code: 'denied', text: `risk refused the order (${denial.code}): ${denial.message}` };
  }
  const order = run.orders.find(
    (sent) => inWindow(sent) && !sent.filled && (sent.order.side === 'buy') === (trip.side === 1),
  );
  if (order !== undefined) return orderReason(order);
  const held = openAt(context.runTrips, atMs, toleranceMs);
  if (held !== undefined) return heldReason(held, context.fromMs, 'run');
  const why = lastUntil(run.whys, untilMs);
  if (why !== undefined) return { code: 'bot-waited', text: `the bot said ${why.code}: ${why.text}` };
  return { code: 'unknown', text: 'the journal gives no reason' };
}

/** Says why the backtest has no trade where the run entered. */
export function whyExtra(trip: RunTrip, context: ReasonContext): Reason {
  if (trip.entryOrder?.order.origin === 'manual') {
    return { code: 'manual', text: 'a person placed the order; the strategy did not ask for it' };
  }
  if (trip.isReconciled) {
    return { code: 'reconciled', text: 'a fill was found only when the venue was compared' };
  }
  const held = openAt(context.backtestTrips, trip.entryTimeMs, context.toleranceMs);
  if (held !== undefined) return heldReason(held, context.fromMs, 'backtest');
  return {
    code: 'unknown',
    text: 'the candles give the strategy no reason to enter here: it acted on prices inside a candle, or on what it held before',
  };
}

function orderReason({ order, reason, state }: RunOrder): Reason {
  const because = reason === '' ? '' : `: ${reason}`;
  if (state === 'OPEN' || state === 'PENDING_CREATE' || state === 'PENDING_CANCEL') {
    return { code: 'order-unfilled', text: `order ${order.clientOrderId} was sent and got no fill` };
  }
  return {
    code: 'order-failed',
    text: `order ${order.clientOrderId} ended ${state} without a fill${because}`,
  };
}

function heldReason(held: ShadowTrip, fromMs: number, side: 'run' | 'backtest'): Reason {
  const since = clock(held.entryTimeMs);
  return held.entryTimeMs < fromMs
    ? {
        code: 'carried-position',
        text: `the ${side} still held a position of before the compared time (${since})`,
      }
    : { code: 'out-of-step', text: `the ${side} still held the position it entered at ${since}` };
}

/** The trip that was open at a time and did not begin near it. */
function openAt<Trip extends ShadowTrip>(
  trips: readonly Trip[],
  atMs: number,
  nearMs: number,
): Trip | undefined {
  return trips.find((trip) => trip.entryTimeMs < atMs - nearMs && trip.exitTimeMs > atMs);
}

/** The strictest state of the scopes the bot lies in, unless all are active. */
function riskAt({ bot, instrument, run }: ReasonContext, atMs: number): BotRun['risks'][number] | undefined {
  const newest = new Map<string, BotRun['risks'][number]>();
  for (const risk of run.risks) {
    if (risk.timeMs <= atMs && covers(risk.scope, bot, instrument))
      newest.set(JSON.stringify(risk.scope), risk);
  }
  const strict = [...newest.values()].filter(({ state }) => state !== 'ACTIVE');
  return strict.find(({ state }) => state === 'HALTED') ?? strict[0];
}

function covers(scope: RiskScope, bot: string, instrument: Instrument): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'venue':
      return scope.venue === instrument.venue;
    case 'bot':
      return scope.bot === bot;
    case 'instrument':
      return scope.instrument === instrument.id;
  }
}

function lastUntil<Item extends { readonly timeMs: number }>(
  items: readonly Item[],
  untilMs: number,
): Item | undefined {
  return items.findLast(({ timeMs }) => timeMs <= untilMs);
}

/** Gives `2026-01-01 12:30:05` UTC. */
export function clock(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');
}
