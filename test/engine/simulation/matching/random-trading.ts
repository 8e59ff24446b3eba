/** Random but reasonable trading for property tests: a walking market and orders of every kind. */

import fc from 'fast-check';
import type { Side } from '../../../../src/shared/domain/order.ts';
import type { OrderInput, VenueTable } from './harness.ts';

export type Operation =
  | {
      readonly kind: 'book';
      readonly middle: number;
      readonly half: number;
      readonly sizes: readonly number[];
    }
  | { readonly kind: 'delta'; readonly side: Side; readonly rank: number; readonly lots: number }
  | { readonly kind: 'trade'; readonly offset: number; readonly lots: number; readonly aggressor: Side }
  | { readonly kind: 'mark'; readonly offset: number; readonly rate: string }
  | { readonly kind: 'order'; readonly order: Omit<OrderInput, 'id'> }
  | { readonly kind: 'cancel'; readonly back: number }
  | { readonly kind: 'wait'; readonly ms: number };

const side = fc.constantFrom<Side>('buy', 'sell');
const ticks = fc.integer({ min: 880, max: 1120 });

const order = fc.record({
  side,
  lots: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 10, max: 400 }) },
    fc.integer({ min: -2, max: 200_000 }),
  ),
  type: fc.constantFrom('market', 'limit', 'limit', 'limit', 'stop', 'stop-limit'),
  priceTicks: ticks,
  triggerTicks: ticks,
  timeInForce: fc.constantFrom('gtc', 'gtc', 'gtc', 'ioc', 'fok'),
  postOnly: fc.boolean(),
  reduceOnly: fc.integer({ min: 0, max: 4 }).map((chance) => chance === 0),
});

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('book' as const),
      middle: fc.integer({ min: 930, max: 1070 }),
      half: fc.integer({ min: 1, max: 4 }),
      sizes: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('delta' as const),
      side,
      rank: fc.integer({ min: 0, max: 9 }),
      lots: fc.integer({ min: 0, max: 300 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      offset: fc.integer({ min: -8, max: 8 }),
      lots: fc.integer({ min: 1, max: 300 }),
      aggressor: side,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      offset: fc.integer({ min: -500, max: 500 }),
      rate: fc.constantFrom('0.0001', '-0.0003', '0'),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('order' as const), order }) as fc.Arbitrary<Operation>,
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('cancel' as const), back: fc.integer({ min: 1, max: 12 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000_000 }) }),
  },
);

/** Carries out operations on a table; the market's middle is remembered between them. */
export class RandomTrader {
  readonly orders = new Map<string, Omit<OrderInput, 'id'>>();
  private middle = 1000;
  private half = 2;
  private count = 0;

  perform(table: VenueTable, step: Operation): void {
    switch (step.kind) {
      case 'book': {
        this.middle = step.middle;
        this.half = step.half;
        const level = (sign: number) =>
          step.sizes.flatMap((lots, rank) => [this.middle + sign * (this.half + rank), lots]);
        table.book(level(-1), level(1));
        break;
      }
      case 'delta': {
        const sign = step.side === 'buy' ? -1 : 1;
        const level = [this.middle + sign * (this.half + step.rank), step.lots];
        table.delta(step.side === 'buy' ? level : [], step.side === 'sell' ? level : []);
        break;
      }
      case 'trade':
        table.trade(this.middle + step.offset, step.lots, step.aggressor);
        break;
      case 'mark':
        table.mark(
          this.middle + step.offset,
          step.rate,
          (Math.floor(table.nowMs / 3_600_000) + 1) * 3_600_000,
        );
        break;
      case 'order': {
        const { priceTicks, triggerTicks, ...rest } = step.order;
        const input = {
          ...rest,
          ...(rest.type === 'limit' || rest.type === 'stop-limit' ? { priceTicks: priceTicks ?? 0 } : {}),
          ...(rest.type === 'stop' || rest.type === 'stop-limit' ? { triggerTicks: triggerTicks ?? 0 } : {}),
        };
        this.count += 1;
        this.orders.set(`o${this.count}`, input);
        table.submit({ ...input, id: `o${this.count}` });
        break;
      }
      case 'cancel':
        table.cancel(`o${Math.max(1, this.count + 1 - step.back)}`);
        break;
      case 'wait':
        table.advance(step.ms);
        break;
    }
  }
}
