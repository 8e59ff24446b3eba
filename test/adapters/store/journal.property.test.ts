/**
 * Random legal histories: whatever order states, fills, ledger entries and funding come in which order and cut into
 * which checkpoints, a restart gives back exactly what an in-memory fold of the same records gives.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { verifyJournal } from '../../../src/adapters/store/verify.ts';
import { isLegalTransition } from '../../../src/engine/execution/transitions.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import { quantityLots } from '../../../src/shared/domain/nominal.ts';
import { liveOrderStates, type OrderState, orderStates } from '../../../src/shared/domain/order.ts';
import type { AuditBody } from '../../../src/shared/events/audit.ts';
import {
  bot1,
  btc,
  Chain,
  dataFolder,
  fillBody,
  fillEntry,
  fillOf,
  instrumentOf,
  intent,
  leg,
  openingEntries,
  simA,
  stateChange,
} from './fixtures.ts';

type Step =
  | { readonly kind: 'new'; readonly lots: number }
  | { readonly kind: 'state'; readonly order: number; readonly to: OrderState; readonly reason: string }
  | { readonly kind: 'fill'; readonly order: number; readonly lots: number }
  | { readonly kind: 'funding'; readonly amount: number }
  | { readonly kind: 'cut' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('new' as const), lots: fc.integer({ min: 1, max: 50 }) }),
  fc.record({
    kind: fc.constant('state' as const),
    order: fc.nat(9),
    to: fc.constantFrom(...orderStates.filter((state) => state !== 'FILLED' && state !== 'PARTIALLY_FILLED')),
    reason: fc.constantFrom('', 'because', 'naïve “quotes” \\ "x"\n'),
  }),
  fc.record({ kind: fc.constant('fill' as const), order: fc.nat(9), lots: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant('funding' as const), amount: fc.integer({ min: -1000, max: 1000 }) }),
  fc.record({ kind: fc.constant('cut' as const) }),
);

/** The fold, written apart from the store: small, with numbers where the store has texts. */
interface Model {
  state: OrderState;
  readonly lots: number;
  filled: number;
  reason: string;
}

/** Makes legal bodies of the steps and keeps the model beside them; steps that would be illegal are left out. */
class World {
  readonly chain = new Chain();
  readonly orders: Model[] = [];
  readonly checkpoints: AuditBody[][] = [[...openingEntries]];
  fills: string[] = [];
  payments: string[] = [];
  botMicros = 10_000_000_000n;
  botLots = 0;

  private push(...bodies: AuditBody[]): void {
    (this.checkpoints.at(-1) as AuditBody[]).push(...bodies);
  }

  private move(index: number, to: OrderState, reason: string): void {
    const model = this.orders[index] as Model;
    this.push(stateChange(`x-${index}`, model.state, to, reason));
    model.state = to;
    model.reason = reason;
  }

  apply(one: Step): void {
    if (one.kind === 'cut') this.checkpoints.push([]);
    else if (one.kind === 'new') this.add(one.lots);
    else if (one.kind === 'funding') this.fund(one.amount);
    else if (one.kind === 'state') {
      const model = this.orders[one.order];
      if (model !== undefined && isLegalTransition(model.state, one.to))
        this.move(one.order, one.to, one.reason);
    } else this.fill(one.order, one.lots);
  }

  private add(lots: number): void {
    if (this.orders.length >= 10) return;
    this.push(intent(`x-${this.orders.length}`, { lots: quantityLots(lots) }));
    this.orders.push({ state: 'PENDING_CREATE', lots, filled: 0, reason: '' });
  }

  private fill(index: number, wanted: number): void {
    const model = this.orders[index];
    if (model === undefined || model.filled === model.lots) return;
    const lots = Math.min(wanted, model.lots - model.filled);
    model.filled += lots;
    const trade = `t${this.fills.length}`;
    const id = `x-${index}`;
    const notional = Decimal.parse('61.5').timesInteger(model.filled).toString();
    this.push(fillEntry(`${id}/${trade}`, lots), fillBody(fillOf(id, trade, lots), model.filled, notional));
    this.fills.push(`${simA}|${btc}|${trade}|${id}`);
    // 61.5 USDT a lot and 0.5 USDT fee, in millionths.
    this.botMicros -= BigInt(lots) * 61_500_000n + 500_000n;
    this.botLots += lots;
    if (!liveOrderStates.has(model.state)) return;
    if (model.filled === model.lots) this.move(index, 'FILLED', 'filled');
    else if (isLegalTransition(model.state, 'PARTIALLY_FILLED'))
      this.move(index, 'PARTIALLY_FILLED', 'partly filled');
  }

  private fund(amount: number): void {
    const paymentId = `p${this.payments.length}`;
    const text = Decimal.of(BigInt(amount), 6).toString();
    const negated = Decimal.of(BigInt(-amount), 6).toString();
    this.push(
      {
        kind: 'ledger',
        cause: 'funding',
        reference: paymentId,
        legs: [leg('funding', 'USDT', negated), leg('bot:b1', 'USDT', text)],
      },
      { kind: 'funding', venue: simA, bot: bot1, instrument: btc, paymentId, amount: text, currency: 'USDT' },
    );
    this.payments.push(paymentId);
    this.botMicros += BigInt(amount);
  }
}

describe('journal, any legal history', () => {
  test('a restart gives what the fold gives, and verification finds nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), (steps) => {
        const world = new World();
        for (const one of steps) world.apply(one);
        const folder = dataFolder();
        const journal = Journal.open({ folder, mode: 'demo' });
        journal.saveInstruments([instrumentOf()]);
        for (const bodies of world.checkpoints) journal.commit(world.chain.checkpoint(bodies));
        journal.close();

        const again = Journal.open({ folder, mode: 'demo' });
        const snapshot = again.load();
        again.close();
        expect([snapshot.lastSequence, snapshot.lastHash]).toEqual([world.chain.sequence, world.chain.hash]);
        const stored = new Map(snapshot.orders.map((order) => [order.clientOrderId as string, order]));
        expect(
          world.orders.map((_model, index) => {
            const order = stored.get(`x-${index}`);
            return [order?.state, order?.lots, order?.filledLots, order?.filledNotional, order?.reason ?? ''];
          }),
        ).toEqual(
          world.orders.map((model) => [
            model.state,
            model.lots,
            model.filled,
            Decimal.parse('61.5').timesInteger(model.filled).toString(),
            model.reason,
          ]),
        );
        expect(snapshot.fillKeys).toEqual(world.fills);
        expect(snapshot.fundingPayments).toEqual(world.payments);
        const balance = (account: string, currency: string): string | undefined =>
          snapshot.ledger.find((row) => row.account === account && row.currency === currency)?.amount;
        expect(balance('bot:b1', 'USDT')).toBe(Decimal.of(world.botMicros, 6).toString());
        expect(balance('bot:b1', 'BTC') ?? '0').toBe(Decimal.of(BigInt(world.botLots), 3).toString());
        expect(verifyJournal({ folder, mode: 'demo' }).problems).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
