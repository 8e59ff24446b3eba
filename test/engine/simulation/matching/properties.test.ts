/** What must hold for money and orders whatever is traded. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryCostPortion } from '../../../../src/engine/simulation/matching/account.ts';
import type { PaperVenue } from '../../../../src/engine/simulation/matching/paper-venue.ts';
import {
  applyPaperVenueChanges,
  type PaperVenueState,
} from '../../../../src/engine/simulation/matching/venue-state.ts';
import { Decimal } from '../../../../src/shared/domain/decimal.ts';
import { type Instrument, notionalOf, quantityOf } from '../../../../src/shared/domain/instrument.ts';
import { perpetual, spot, VenueTable } from './harness.ts';
import { operation, RandomTrader } from './random-trading.ts';

const instruments: readonly { readonly name: string; readonly instrument: Instrument }[] = [
  { name: 'spot, fee in quote', instrument: spot },
  { name: 'spot, fee in what is received', instrument: { ...spot, feeCurrencyRule: 'received' } },
  { name: 'perpetual, leverage 3', instrument: perpetual },
];
const operations = fc.array(operation, { minLength: 20, maxLength: 120 });
/** One fixed seed keeps the suite steady; FC_SEED and FC_RUNS search further. */
const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 150), seed: Number(process.env['FC_SEED'] ?? 1) };

function tableFor(instrument: Instrument): VenueTable {
  const table = new VenueTable(instrument, { leverage: 3, balances: { USDT: '1500', BTC: '5' } });
  table.book([998, 200, 997, 200], [1002, 200, 1003, 200]);
  return table;
}

/** Gives the balances the fills and payments lead to: for a perpetual less the cost of what is still open. */
function expectedTotals(state: PaperVenueState, instrument: Instrument): Map<string, Decimal> {
  const totals = new Map([
    ['USDT', Decimal.parse('1500')],
    ['BTC', Decimal.parse('5')],
  ]);
  const add = (currency: string, amount: Decimal) => {
    totals.set(currency, (totals.get(currency) ?? Decimal.zero).plus(amount));
  };
  for (const fill of state.fills) {
    const sign = fill.side === 'buy' ? -1 : 1;
    add('USDT', notionalOf(instrument, fill.priceTicks, fill.lots).timesInteger(sign));
    if (instrument.kind === 'spot') add('BTC', quantityOf(instrument, fill.lots).timesInteger(-sign));
    add(fill.feeCurrency, Decimal.parse(fill.fee).negated());
  }
  for (const payment of state.fundingPayments) add(payment.currency, Decimal.parse(payment.amount));
  for (const position of state.positions) {
    add('USDT', Decimal.parse(position.entryNotional).timesInteger(Math.sign(position.lots)));
  }
  return totals;
}

describe.each(instruments)('random trading: $name', ({ instrument }) => {
  it('balances are never negative, and free and locked are exactly the whole', () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const table = tableFor(instrument);
        const trader = new RandomTrader();
        for (const step of steps) {
          trader.perform(table, step);
          const totals = table.venue.snapshot().balances;
          for (const { currency, free, locked } of table.report().balances) {
            expect(Decimal.parse(free).isNegative).toBe(false);
            expect(Decimal.parse(locked).isNegative).toBe(false);
            expect(Decimal.parse(free).plus(Decimal.parse(locked)).toString()).toBe(totals[currency]);
          }
        }
      }),
      runs,
    );
  });

  it('every fee, fill and payment is in the balances and nothing else is', () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const table = tableFor(instrument);
        const trader = new RandomTrader();
        for (const step of steps) trader.perform(table, step);
        const state = table.venue.snapshot();
        for (const [currency, total] of expectedTotals(state, instrument)) {
          expect(`${currency} ${state.balances[currency]}`).toBe(`${currency} ${total}`);
        }
      }),
      runs,
    );
  });

  it('fills respect limits and sizes; refused orders never fill; events tell the same as the ledger', () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const table = tableFor(instrument);
        const trader = new RandomTrader();
        for (const step of steps) trader.perform(table, step);
        const state = table.venue.snapshot();
        const filled = new Map<string, number>();
        for (const fill of state.fills) {
          const input = trader.orders.get(fill.clientOrderId);
          filled.set(fill.clientOrderId, (filled.get(fill.clientOrderId) ?? 0) + fill.lots);
          if (input === undefined) continue;
          const limited = input.type === 'limit' || input.type === 'stop-limit';
          if (limited && input.side === 'buy')
            expect(fill.priceTicks).toBeLessThanOrEqual(input.priceTicks ?? 0);
          if (limited && input.side === 'sell') {
            expect(fill.priceTicks).toBeGreaterThanOrEqual(input.priceTicks ?? 0);
          }
          if (input.postOnly) expect(fill.liquidity).toBe('maker');
        }
        for (const order of state.orders) {
          expect(order.filledLots).toBe(filled.get(order.clientOrderId) ?? 0);
          if (order.status !== 'rejected') expect(order.filledLots).toBeLessThanOrEqual(order.lots);
          else expect(order.filledLots).toBe(0);
          if (order.status !== 'open') expect(order.boundLots).toBe(0);
        }
        const told = table.events.flatMap((event) => (event.kind === 'order-filled' ? [event.fill] : []));
        expect(told).toEqual(state.fills);
      }),
      runs,
    );
  });

  it('one print never fills more of our buys, nor of our sells, than was traded', () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const table = tableFor(instrument);
        const trader = new RandomTrader();
        for (const step of steps) {
          const before = table.venue.snapshot().fills.length;
          trader.perform(table, step);
          if (step.kind !== 'trade') continue;
          const makers = table.venue
            .snapshot()
            .fills.slice(before)
            .filter((fill) => fill.liquidity === 'maker');
          for (const side of ['buy', 'sell']) {
            const lots = makers.filter((fill) => fill.side === side).map((fill) => fill.lots);
            expect(lots.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(step.lots);
          }
        }
      }),
      runs,
    );
  });

  it('the first state plus all changes is exactly the present state', () => {
    fc.assert(
      fc.property(operations, fc.integer({ min: 1, max: 9 }), (steps, drainEvery) => {
        const table = tableFor(instrument);
        const trader = new RandomTrader();
        let kept = table.venue.snapshot();
        steps.forEach((step, index) => {
          trader.perform(table, step);
          if (index % drainEvery !== 0 || !table.venue.hasChanges) return;
          kept = JSON.parse(JSON.stringify(applyPaperVenueChanges(kept, table.venue.drainChanges())));
        });
        kept = applyPaperVenueChanges(kept, table.venue.drainChanges());
        expect(withoutQueues(kept)).toEqual(withoutQueues(table.venue.snapshot()));
        expect(table.venue.hasChanges).toBe(false);
      }),
      runs,
    );
  });

  it('a venue restored from plain data goes on exactly like the one that was never stopped', () => {
    fc.assert(
      fc.property(operations, operations, (before, after) => {
        const table = tableFor(instrument);
        const trader = new RandomTrader();
        for (const step of before) trader.perform(table, step);
        // One quiet millisecond: a restored venue only looks at what is not newer than its last change.
        table.advance(1);
        const saved = JSON.parse(
          JSON.stringify({ account: table.venue.snapshot(), market: table.venue.marketSnapshot() }),
        );
        const twin = tableFor(instrument);
        Object.assign(twin, table, {
          venue: restoredVenue(instrument, saved),
          events: [],
          take: (event: (typeof twin.events)[number]) => twin.events.push(event),
        });
        const alike = Object.assign(new RandomTrader(), trader, { orders: new Map(trader.orders) });
        table.events.length = 0;
        for (const step of after) {
          trader.perform(table, step);
          alike.perform(twin, step);
        }
        expect(twin.events).toEqual(table.events);
        expect(twin.venue.snapshot()).toEqual(table.venue.snapshot());
      }),
      runs,
    );
  });
});

describe('cost of a partly closed position', () => {
  it('the parts of an entry cost always add up to the whole', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), parts, (coefficient, closings) => {
        const whole = Decimal.of(coefficient, 4);
        let left = whole;
        let open = closings.reduce((sum, lots) => sum + lots, 0);
        let taken = Decimal.zero;
        for (const lots of closings) {
          const portion = entryCostPortion(left, lots, open);
          taken = taken.plus(portion);
          left = left.minus(portion);
          open -= lots;
        }
        expect(taken.toString()).toBe(whole.toString());
        expect(left.isZero).toBe(true);
      }),
    );
  });
});

function restoredVenue(
  instrument: Instrument,
  saved: ConstructorParameters<typeof PaperVenue>[2],
): PaperVenue {
  return new VenueTable(instrument, { leverage: 3 }, saved).venue;
}

/** Queue estimates move with every print and are not part of the durable truth. */
function withoutQueues(state: PaperVenueState): PaperVenueState {
  const byName = <Item extends { readonly instrument: string }>(items: readonly Item[]) =>
    [...items].sort((left, right) => (left.instrument < right.instrument ? -1 : 1));
  return {
    ...state,
    orders: state.orders.map((order) => ({ ...order, queueAheadLots: 0 })),
    positions: byName(state.positions),
  };
}
