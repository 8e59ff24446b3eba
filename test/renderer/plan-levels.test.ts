/** How a plan and a ladder look on the chart. */
import { describe, expect, it } from 'vitest';
import {
  byPrice,
  distanceRate,
  levelsOfLadder,
  levelsOfPlan,
  mayStart,
  sortedLadder,
  violationsByField,
} from '../../src/renderer/bots/plan-levels.ts';
import { groupSpace } from '../../src/renderer/format/decimal-text.ts';
import type { LadderRowView, OrderView, PlanView } from '../../src/shared/api/views.ts';

const level = (
  key: string,
  side: 'buy' | 'sell',
  price: string,
  more: Partial<PlanView['levels'][number]> = {},
) => ({
  key,
  side,
  type: 'limit' as const,
  role: 'grid',
  price,
  quantity: '0.001',
  notional: '60',
  funds: '60',
  fundsCurrency: 'USDT',
  restsNow: true,
  ...more,
});
const plan: PlanView = {
  summary: '',
  referencePrice: '62000',
  levels: [
    level('L1', 'buy', '60000', { netProfitRate: '0.00367' }),
    level('L2', 'sell', '64000', { restsNow: false }),
  ],
  funds: [],
  worstLoss: null,
  breakEven: null,
  liquidationPrice: null,
  lines: [
    { price: '60000.0', label: 'Lower price', role: 'range' },
    { price: '58000', label: 'Stop loss', role: 'stop' },
  ],
  figures: [],
  violations: [
    { code: 'MIN_NOTIONAL', field: 'investment', message: 'too small', severity: 'warning' },
    { code: 'FUNDS', field: 'investment', message: 'too much', severity: 'error' },
    { code: 'RATE', field: 'investment', message: 'later', severity: 'warning' },
    { code: 'OTHER', field: 'unknown', message: 'elsewhere', severity: 'warning' },
    { code: 'NONE', message: 'no field', severity: 'error' },
  ],
};

describe('levelsOfPlan', () => {
  const levels = levelsOfPlan(plan, 5, ['60000']);
  it('orders have the colour of their side, with quantity and net profit; waiting ones are dashed', () => {
    expect(
      levels.slice(0, 2).map(({ tone, look, label }) => [tone, look, label.replaceAll(groupSpace, ' ')]),
    ).toEqual([
      ['up', 'solid', 'buy 0.00100 +0.37 %'],
      ['down', 'dashed', 'sell 0.00100'],
    ]);
  });
  it('a line under a handle leaves its label to the handle, though its price is written otherwise', () => {
    expect(levels.slice(2).map(({ tone, label }) => [tone, label])).toEqual([
      ['accent', ''],
      ['danger', 'Stop loss'],
    ]);
  });
});

describe('the ladder', () => {
  const row = (key: string, plannedPrice: string, actual: Partial<OrderView> | null): LadderRowView => ({
    key,
    side: 'buy',
    plannedPrice,
    plannedQuantity: '1',
    actual: actual as OrderView | null,
    missingReason: actual === null ? 'halted' : '',
  });
  it('an order that rests is drawn where it is, a missing one grey where it should be', () => {
    const levels = levelsOfLadder([row('a', '10', { price: '10.5', quantity: '2' }), row('b', '9', null)], 1);
    expect(levels.map(({ price, tone, look, label }) => [price, tone, look, label])).toEqual([
      [10.5, 'up', 'solid', 'buy 2.0'],
      [9, 'muted', 'dotted', 'missing buy'],
    ]);
  });
  it('is sorted by exact price, highest first', () => {
    const rows = [row('a', '9.9', null), row('b', '10.00000000000000001', null), row('c', '10', null)];
    expect(sortedLadder(rows).map(({ key }) => key)).toEqual(['b', 'c', 'a']);
  });
});

describe('violations', () => {
  it('stand at their field, the error before warnings; those of no field stand apart', () => {
    const { byField, others } = violationsByField(plan, ['investment', 'lower']);
    expect([...byField].map(([field, violation]) => [field, violation.code])).toEqual([
      ['investment', 'FUNDS'],
    ]);
    expect(others.map(({ code }) => code)).toEqual(['OTHER', 'NONE']);
  });
  it('an error blocks the start, warnings and their absence do not, no plan does', () => {
    expect(mayStart(plan)).toBe(false);
    expect(
      mayStart({ ...plan, violations: plan.violations.filter((one) => one.severity === 'warning') }),
    ).toBe(true);
    expect(mayStart(null)).toBe(false);
  });
});

it('orders of a plan lie as on the chart; what has no price comes first', () => {
  const levels = [level('a', 'buy', '1'), level('b', 'buy', '30'), level('m', 'buy', 'market')];
  expect(byPrice(levels).map(({ key }) => key)).toEqual(['m', 'b', 'a']);
});

it('distance from the reference, signed', () => {
  expect([distanceRate('99', '100'), distanceRate('101.5', '100'), distanceRate('1', '0')]).toEqual([
    '-0.01',
    '0.015',
    null,
  ]);
});
