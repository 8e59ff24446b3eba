import { describe, expect, it } from 'vitest';
import type { BotRun } from '../../../src/app/shadow/read-run.ts';
import { type ReasonContext, whyExtra, whyMissed } from '../../../src/app/shadow/reasons.ts';
import type { RunTrip } from '../../../src/app/shadow/run-trips.ts';
import type { Instrument } from '../../../src/shared/domain/instrument.ts';
import { tripOf } from './trip.ts';

const nothing: BotRun = {
  definitions: [],
  states: [{ timeMs: 0, state: 'RUNNING', reason: '' }],
  hosts: [{ timeMs: 0, isOn: true, reason: '' }],
  risks: [],
  denials: [],
  whys: [],
  orders: [],
  fills: [],
  funding: [],
};
const atMs = 600_000;

function context(run: Partial<BotRun>, more: Partial<ReasonContext> = {}): ReasonContext {
  return {
    run: { ...nothing, ...run },
    bot: 'b1',
    instrument: { id: 'v:X/USDT', venue: 'v' } as unknown as Instrument,
    runTrips: [],
    backtestTrips: [],
    fromMs: 0,
    timeframeMs: 60_000,
    toleranceMs: 120_000,
    ...more,
  };
}
const missed = (run: Partial<BotRun>, more?: Partial<ReasonContext>) =>
  whyMissed(tripOf(), context(run, more));
const runTrip = (change: Partial<RunTrip>): RunTrip => ({
  ...tripOf(change),
  entryOrder: change.entryOrder,
  isReconciled: change.isReconciled ?? false,
});

describe('why a trade was missed', () => {
  it('names the state of host, bot and risk at the entry', () => {
    expect(missed({ hosts: [{ timeMs: 1, isOn: false, reason: 'closed' }] }).text).toBe(
      'the host was off (closed)',
    );
    expect(missed({ states: [{ timeMs: 5_000, state: 'PAUSED', reason: 'asked' }] })).toEqual({
      code: 'not-running',
      text: 'the bot was PAUSED since 1970-01-01 00:00:05: asked',
    });
    const halt = { timeMs: 1, scope: { kind: 'all' as const }, state: 'HALTED' as const, reason: 'by hand' };
    expect(missed({ risks: [halt] })).toEqual({ code: 'halted', text: 'risk was HALTED: by hand' });
    // Lifted before the entry, or of another bot: no reason.
    const lifted = { ...halt, timeMs: 2, state: 'ACTIVE' as const };
    expect(missed({ risks: [halt, lifted] }).code).toBe('unknown');
    expect(missed({ risks: [{ ...halt, scope: { kind: 'bot', bot: 'b2' as never } }] }).code).toBe('unknown');
  });

  it('names a refusal, a failed order, a position, and what the bot said', () => {
    const denial = { timeMs: atMs + 10, leg: 'T1', code: 'DATA_STALE', message: 'too old' };
    expect(missed({ denials: [denial] }).text).toBe('risk refused the order (DATA_STALE): too old');
    expect(missed({ denials: [{ ...denial, timeMs: atMs - 60_001 }] }).code).toBe('unknown');
    const order = {
      order: { clientOrderId: 'o1', side: 'buy' } as never,
      timeMs: atMs,
      state: 'REJECTED',
      reason: 'no funds',
      filled: false,
    };
    expect(missed({ orders: [order] }).text).toBe('order o1 ended REJECTED without a fill: no funds');
    expect(missed({ orders: [{ ...order, state: 'OPEN' }] }).code).toBe('order-unfilled');
    const held = runTrip({ entryTimeMs: 100_000 });
    expect(missed({}, { runTrips: [held] }).code).toBe('out-of-step');
    expect(missed({}, { runTrips: [held], fromMs: 200_000 }).code).toBe('carried-position');
    expect(missed({ whys: [{ timeMs: 1, code: 'FUNDS_SHORT', text: 'needs more' }] }).text).toBe(
      'the bot said FUNDS_SHORT: needs more',
    );
  });
});

describe('why the run traded alone', () => {
  it('tells orders by hand, late fills and being out of step apart', () => {
    const manual = { order: { origin: 'manual' } } as never;
    expect(whyExtra(runTrip({ entryOrder: manual }), context({})).code).toBe('manual');
    expect(whyExtra(runTrip({ isReconciled: true }), context({})).code).toBe('reconciled');
    const backtestTrips = [tripOf({ entryTimeMs: 100_000 })];
    expect(whyExtra(runTrip({}), context({}, { backtestTrips })).code).toBe('out-of-step');
    expect(whyExtra(runTrip({}), context({})).code).toBe('unknown');
  });
});
