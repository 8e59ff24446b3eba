/** The checks of the kill test: they must be able to fail. */

import { describe, expect, test } from 'vitest';
import type { KernelSnapshot } from '../../../src/engine/kernel/snapshot.ts';
import type { Order } from '../../../src/shared/domain/order.ts';
import { doubleOrders, verdictOf } from '../../kill/checks.ts';
import { botSnapshot, orderOf } from './fixtures.ts';

const sound = {
  kind: 'result',
  records: 9,
  chain: 'ok',
  duplicates: 0,
  lostFills: 0,
  identities: { checked: 5, failed: 0 },
  lastHash: 'ab',
  problems: [],
};

describe('verdict', () => {
  test('sound', () => {
    expect(verdictOf(0, JSON.stringify(sound), '')).toEqual({
      records: 9,
      identitiesChecked: 5,
      lastHash: 'ab',
      failures: [],
    });
  });
  test.each([
    ['exit code', 6, sound, 'verify exited with 6'],
    ['an error line', 0, { kind: 'error', code: 'damaged' }, 'verify exited with 0'],
    ['chain', 0, { ...sound, chain: 'record 3 was changed' }, 'chain: record 3 was changed'],
    ['duplicates', 0, { ...sound, duplicates: 1 }, 'duplicates: 1'],
    ['lost fills', 0, { ...sound, lostFills: 2 }, 'lost fills: 2'],
    ['identities', 0, { ...sound, identities: { checked: 5, failed: 1 } }, 'failed identities: 1'],
    ['nothing checked', 0, { ...sound, identities: { checked: 0, failed: 0 } }, 'no identity was checked'],
  ])('finds %s', (_name, code, line, failure) => {
    expect(verdictOf(code, JSON.stringify(line), '').failures[0]).toContain(failure);
  });
});

describe('orders after a restart', () => {
  const snapshotOf = (orders: Order[]): KernelSnapshot =>
    ({ bots: [botSnapshot(0)], orders }) as unknown as KernelSnapshot;
  test.each<[string, Order[], number]>([
    ['one order a leg', [orderOf('a'), orderOf('b', { leg: 'level-2', state: 'OPEN' })], 0],
    [
      'a replacement while the old one is being cancelled',
      [orderOf('a', { state: 'PENDING_CANCEL' }), orderOf('b')],
      0,
    ],
    ['single orders of one leg', [orderOf('a', { origin: 'send' }), orderOf('b', { origin: 'send' })], 0],
    ['one leg twice', [orderOf('a', { state: 'OPEN' }), orderOf('b', { state: 'UNKNOWN' })], 1],
    ['an orphan', [orderOf('a', { bot: 'b9' as never })], 1],
  ])('%s: %i', (_name, orders, count) => {
    expect(doubleOrders(snapshotOf(orders))).toHaveLength(count);
  });
});
