/** The world as a whole: the same however it is driven, the same after a stop, and honest after a crash. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  applyPaperVenueChanges,
  type PaperVenueState,
} from '../../../src/engine/simulation/matching/venue-state.ts';
import {
  demoWorldConfig,
  SimulatedWorld,
  type SimulatedWorldState,
} from '../../../src/engine/simulation/world.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import { epochMs, instrumentId, venueId } from '../../../src/shared/domain/nominal.ts';
import type { Side } from '../../../src/shared/domain/order.ts';
import type { MarketEvent } from '../../../src/shared/events/market.ts';
import type { VenueEvent } from '../../../src/shared/events/venue.ts';
import { type OrderInput, orderOf, perpetual, spot } from './matching/harness.ts';

const startMs = epochMs(1_760_000_012_345);
const minute = 60_000;
const config = demoWorldConfig('world-test', startMs);

type Event = MarketEvent | VenueEvent;

/** Collects a hash over every event and the venue events themselves. */
class Tape {
  readonly venueEvents: VenueEvent[] = [];
  count = 0;
  private readonly hash = createHash('sha256');
  readonly take = (event: Event): void => {
    this.count += 1;
    this.hash.update(JSON.stringify(event));
    if ('venue' in event) this.venueEvents.push(event);
  };
  digest(): string {
    return this.hash.copy().digest('hex');
  }
}

interface Planned {
  readonly atMs: number;
  readonly venue: string;
  readonly order: OrderInput;
}

/** Orders at fixed times around the price a world starts with: some rest, some take, some stop. */
function plannedOrders(world: SimulatedWorld): Planned[] {
  const plans: Planned[] = [];
  const symbols = [
    ['sim-a', 'BTC/USDT', 20_000],
    ['sim-b', 'ETH/USDT', 20_000],
    ['sim-perp', 'BTC/USDT:USDT', 300],
  ] as const;
  for (const [venue, symbol, lots] of symbols) {
    const instrument = instrumentId(venue, symbol);
    const close = world.history(instrument, minute, 1)[0]?.close ?? 0;
    const tick = Number(
      world
        .instruments()
        .find((known) => known.id === instrument)
        ?.tickSize.toString(),
    );
    for (let index = 0; index < 24; index += 1) {
      const side: Side = index % 2 === 0 ? 'buy' : 'sell';
      const away = 1 + (side === 'buy' ? -1 : 1) * 0.00015 * (index % 7);
      const kind = index % 6;
      const base = { id: `${venue}-${index}`, instrument, side, lots: Math.ceil(lots / (4 + kind)) };
      const priceTicks = Math.round((close * away) / tick);
      const order: OrderInput =
        kind === 5
          ? { ...base, type: 'market' }
          : kind === 4
            ? { ...base, type: 'stop', triggerTicks: Math.round((close * (2 - away)) / tick) }
            : { ...base, priceTicks };
      plans.push({ atMs: startMs + 1500 + index * 7_777, venue, order });
    }
  }
  return plans.sort((left, right) => left.atMs - right.atMs);
}

function submit(world: SimulatedWorld, { venue, order, atMs }: Planned): void {
  const instrument = venue === 'sim-perp' ? perpetual : spot;
  const command = { kind: 'submit-order', venue: venueId(venue), auditSequence: 1 } as const;
  world.submit({ ...command, order: orderOf(instrument, order) }, epochMs(atMs));
}

/** Lives to `untilMs` in slices of `sliceMs`, sending each order when its time has come. */
function drive(
  world: SimulatedWorld,
  plans: readonly Planned[],
  untilMs: number,
  sliceMs: number,
  take: Tape['take'],
) {
  let next = plans.findIndex((plan) => plan.atMs > world.nowMs);
  if (next < 0) next = plans.length;
  for (let edge = Math.min(untilMs, world.nowMs + sliceMs); ; edge = Math.min(untilMs, edge + sliceMs)) {
    for (; (plans[next]?.atMs ?? Number.POSITIVE_INFINITY) <= edge; next += 1) {
      const plan = plans[next] as Planned;
      while (world.nextTimeMs() < plan.atMs) world.step(take);
      submit(world, plan);
    }
    while (world.nextTimeMs() <= edge) world.step(take);
    if (edge === untilMs) return;
  }
}

function lived(sliceMs: number, minutes: number): { world: SimulatedWorld; tape: Tape } {
  const world = new SimulatedWorld(config);
  const tape = new Tape();
  drive(world, plannedOrders(world), startMs + minutes * minute, sliceMs, tape.take);
  return { world, tape };
}

function saved(world: SimulatedWorld): SimulatedWorldState {
  return JSON.parse(JSON.stringify(world.save())) as SimulatedWorldState;
}

describe('the demo world', () => {
  it('has the promised venues, instruments and funds', () => {
    const world = new SimulatedWorld(config);
    expect(world.instruments().map((instrument) => instrument.id)).toEqual([
      'sim-a:BTC/USDT',
      'sim-a:ETH/USDT',
      'sim-a:SOL/USDT',
      'sim-b:BTC/USDT',
      'sim-b:ETH/USDT',
      'sim-b:SOL/USDT',
      'sim-perp:BTC/USDT:USDT',
      'sim-perp:ETH/USDT:USDT',
    ]);
    expect(world.venueState(venueId('sim-a')).balances).toEqual({ USDT: '100000', BTC: '0.5', ETH: '5' });
    expect(world.venueState(venueId('sim-perp')).balances).toEqual({ USDT: '100000' });
    const own = new SimulatedWorld(demoWorldConfig('s', startMs, { 'sim-b': { USDT: '5' } }));
    expect(own.venueState(venueId('sim-b')).balances).toEqual({ USDT: '5' });
  });

  it('steps moment by moment: never back, the cause before what it causes', () => {
    const world = new SimulatedWorld(config);
    const plans = plannedOrders(world);
    for (const plan of plans.slice(0, 20)) submit(world, { ...plan, atMs: startMs });
    let before = 0;
    let fills = 0;
    for (let index = 0; index < 8000; index += 1) {
      const expected = world.nextTimeMs();
      world.step((event) => {
        const timeMs = 'receiveTimeMs' in event ? event.receiveTimeMs : event.timeMs;
        expect(timeMs).toBe(expected);
        expect(timeMs).toBeGreaterThanOrEqual(before);
        before = timeMs;
        if (event.kind === 'order-filled') {
          fills += 1;
          expect(event.fill.venueTimeMs).toBeLessThanOrEqual(timeMs);
        }
      });
      expect(world.nowMs).toBe(expected);
    }
    expect(fills).toBeGreaterThan(0);
  });
});

describe('determinism', () => {
  it('is the same whether it is lived in one go or in slices of any length', () => {
    const reference = lived(Number.MAX_SAFE_INTEGER, 6);
    const fills = reference.tape.venueEvents.filter((event) => event.kind === 'order-filled');
    expect(fills.length).toBeGreaterThan(30);
    for (const sliceMs of [1, 333, 60_000])
      expect(lived(sliceMs, 6).tape.digest()).toBe(reference.tape.digest());
  });

  it('is another one for another seed', () => {
    const [left, right] = ['1', '2'].map((seed) => {
      const tape = new Tape();
      const world = new SimulatedWorld(demoWorldConfig(seed, startMs));
      for (let index = 0; index < 2000; index += 1) world.step(tape.take);
      return tape.digest();
    });
    expect(left).not.toBe(right);
  });

  it('a new instrument does not shift the others', () => {
    const only = (names: readonly string[]) => {
      const venues = config.venues.map((venue) => ({
        ...venue,
        instruments: venue.instruments.filter((one) => names.includes(one.underlying)),
      }));
      const world = new SimulatedWorld({ ...config, venues });
      const hash = createHash('sha256');
      while (world.nextTimeMs() < startMs + 2 * minute) {
        world.step((event) => {
          if ('instrument' in event && event.instrument === 'sim-a:BTC/USDT')
            hash.update(JSON.stringify(event));
        });
      }
      return hash.digest('hex');
    };
    expect(only(['BTC'])).toBe(only(['BTC', 'ETH', 'SOL']));
  });

  it('does not repeat itself: hours later the path is another', () => {
    const world = new SimulatedWorld(config);
    const closes: number[] = [];
    world.fastForward(epochMs(startMs + 120 * minute));
    for (const candle of world.history(instrumentId('sim-a', 'BTC/USDT'), minute, 119))
      closes.push(candle.close);
    const changes = closes.slice(1).map((close, index) => (close / (closes[index] as number) - 1).toFixed(7));
    expect(changes).toHaveLength(118);
    expect(new Set(changes).size).toBeGreaterThan(115);
  });
});

describe('going on after a stop', () => {
  it('a restored world is exactly the uninterrupted one when nothing is under way', () => {
    const reference = lived(Number.MAX_SAFE_INTEGER, 4);
    const first = new SimulatedWorld(config);
    const plans = plannedOrders(first);
    const tape = new Tape();
    drive(first, plans, startMs + 2 * minute, 500, tape.take);
    while (!first.isIdle) first.step(tape.take);
    const second = new SimulatedWorld(config, saved(first));
    expect(second.nowMs).toBe(first.nowMs);
    drive(second, plans, startMs + 4 * minute, 500, tape.take);
    expect(tape.digest()).toBe(reference.tape.digest());
    expect(saved(second)).toEqual(saved(reference.world));
  });

  it('lives on alone: fast-forwarding gives the same truth as listening', () => {
    const first = new SimulatedWorld(config);
    const plans = plannedOrders(first);
    drive(first, plans, startMs + minute, 500, () => undefined);
    const second = new SimulatedWorld(config, saved(first));
    while (!first.isIdle) first.step(() => undefined);
    const third = new SimulatedWorld(config, saved(first));
    second.fastForward(epochMs(startMs + 10 * minute));
    third.fastForward(epochMs(startMs + 10 * minute));
    while (first.nextTimeMs() <= startMs + 10 * minute) first.step(() => undefined);
    expect(third.venueState(venueId('sim-a'))).toEqual(first.venueState(venueId('sim-a')));
    expect(third.venueState(venueId('sim-b'))).toEqual(first.venueState(venueId('sim-b')));
    expect(third.nowMs).toBe(startMs + 10 * minute);
    expect(third.venueState(venueId('sim-a')).fills.length).toBeGreaterThan(0);
  });

  it('a day away lived sparsely still fills orders and leaves no hole in the candles', () => {
    const world = new SimulatedWorld({ ...config, recordedMinutesMax: 2000 });
    const plans = plannedOrders(world);
    drive(world, plans, startMs + minute, 500, () => undefined);
    const before = world.venueState(venueId('sim-a')).fills.length;
    world.fastForward(epochMs(startMs + 24 * 60 * minute), 30);
    expect(world.venueState(venueId('sim-a')).fills.length).toBeGreaterThan(before);
    const candles = world.history(instrumentId('sim-a', 'BTC/USDT'), minute, 1600);
    expect(candles).toHaveLength(1600);
    candles.slice(1).forEach((candle, index) => {
      expect(candle.openTimeMs - (candles[index]?.openTimeMs ?? 0)).toBe(minute);
    });
  });

  it('after a crash the venue’s newer truth stands: no fill is lost, doubled or rewritten', () => {
    const world = new SimulatedWorld(config);
    const plans = plannedOrders(world);
    const ids = ['sim-a', 'sim-b', 'sim-perp'].map(venueId);
    const truth = new Map<string, PaperVenueState>(ids.map((id) => [id, world.venueState(id)]));
    const persist = () => {
      for (const changes of world.drainChanges()) {
        truth.set(
          changes.venue,
          applyPaperVenueChanges(truth.get(changes.venue) as PaperVenueState, changes),
        );
      }
    };
    const tape = new Tape();
    const stepAndPersist = (event: Event) => tape.take(event);
    drive(world, plans, startMs + minute, 500, stepAndPersist);
    persist();
    const oldSave = JSON.parse(JSON.stringify(world.save(false))) as SimulatedWorldState;
    expect(() => new SimulatedWorld(config, oldSave)).toThrow(/without orders and fills/);
    drive(world, plans, startMs + 3 * minute, 100, stepAndPersist);
    persist();
    const fillsBefore = ids.flatMap((id) => world.venueState(id).fills);
    // The crash: the market is a minute old and more, the venues' own files are up to date.
    const venues = oldSave.venues.map((venue) => ({
      ...venue,
      account: truth.get(venue.account.venue) as PaperVenueState,
    }));
    const again = new SimulatedWorld(config, { ...oldSave, venues });
    again.fastForward(epochMs(startMs + 3 * minute));
    const fillsAfter = ids.flatMap((id) => again.venueState(id).fills);
    for (const fill of fillsBefore) expect(fillsAfter).toContainEqual(fill);
    // What was already lived is only looked at: nothing new appears at or before the last known change.
    for (const id of ids) {
      const { asOfMs, fills } = truth.get(id) as PaperVenueState;
      expect(again.venueState(id).fills.filter((fill) => fill.venueTimeMs <= asOfMs)).toEqual(fills);
    }
    again.fastForward(epochMs(startMs + 8 * minute));
    for (const id of ids) {
      const state = again.venueState(id);
      expect(new Set(state.fills.map((fill) => fill.tradeId)).size).toBe(state.fills.length);
      for (const order of state.orders) {
        const filled = state.fills.filter((fill) => fill.clientOrderId === order.clientOrderId);
        expect(filled.reduce((sum, fill) => sum + fill.lots, 0)).toBe(order.filledLots);
        expect(order.filledLots).toBeLessThanOrEqual(order.lots);
      }
      for (const amount of Object.values(state.balances))
        expect(Decimal.parse(amount).isNegative).toBe(false);
    }
  });

  it('refuses a state of another seed and commands for an unknown venue', () => {
    const world = new SimulatedWorld(config);
    expect(() => new SimulatedWorld({ ...config, seed: 'other' }, saved(world))).toThrow(/another seed/);
    const plan = plannedOrders(world)[0] as Planned;
    expect(() => submit(world, { ...plan, venue: 'binance' })).toThrow(/no venue binance/);
  });

  it('shows its books to a listener that joins late', () => {
    const { world } = lived(1000, 1);
    const seen: Event[] = [];
    world.emitBooks((event) => seen.push(event));
    expect(seen.map((event) => event.kind)).toEqual(Array(8).fill(['book-snapshot', 'quote']).flat());
    const books = new Map<string, number>();
    for (const event of seen) if (event.kind === 'book-snapshot') books.set(event.instrument, event.sequence);
    for (let index = 0; index < 500; index += 1) {
      world.step((event) => {
        if (event.kind !== 'book-delta') return;
        expect(event.firstSequence).toBe((books.get(event.instrument) ?? -1) + 1);
        books.set(event.instrument, event.lastSequence);
      });
    }
  });
});
