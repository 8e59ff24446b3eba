/** Tokens, settings, equity, venue truth: what lies beside the audit. */

import { existsSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EquityStore } from '../../../src/adapters/store/equity-store.ts';
import { Journal } from '../../../src/adapters/store/journal.ts';
import type { SqliteDatabase } from '../../../src/adapters/store/open-database.ts';
import { PaperVenueStore } from '../../../src/adapters/store/paper-venue-store.ts';
import { tokenLifetimeMs } from '../../../src/adapters/store/token-store.ts';
import { VenueTruthStore, venueTruthFile } from '../../../src/adapters/store/venue-truth.ts';
import {
  applyPaperVenueChanges,
  type PaperVenueChanges,
  type PaperVenueState,
} from '../../../src/engine/simulation/matching/venue-state.ts';
import { btc, Chain, dataFolder, fillOf, openingEntries, simA } from './fixtures.ts';

function openDemo(folder = dataFolder()): Journal {
  return Journal.open({ folder, mode: 'demo' });
}

describe('idempotency tokens', () => {
  const request = { instrument: btc, quantity: '1' };

  test('carried out once: the second call gets the first answer, over a restart too', () => {
    const folder = dataFolder();
    const journal = openDemo(folder);
    expect(journal.tokens.claim('token-0001', 'orders/place', request, 1000)).toEqual({ state: 'fresh' });
    journal.tokens.settle('token-0001', { order: 'x-1' });
    journal.close();
    const again = openDemo(folder);
    expect(again.tokens.claim('token-0001', 'orders/place', request, 2000)).toEqual({
      state: 'answered',
      response: { order: 'x-1' },
    });
    again.close();
  });

  test('claimed and never answered: not done again', () => {
    const folder = dataFolder();
    const journal = openDemo(folder);
    journal.tokens.claim('token-0001', 'orders/place', request, 1000);
    journal.close();
    const again = openDemo(folder);
    expect(again.tokens.claim('token-0001', 'orders/place', request, 2000)).toEqual({ state: 'open' });
    again.close();
  });

  test('another request or method under the same token', () => {
    const { tokens, close } = ((journal) => ({ tokens: journal.tokens, close: () => journal.close() }))(
      openDemo(),
    );
    tokens.claim('token-0001', 'orders/place', request, 1000);
    expect(tokens.claim('token-0001', 'orders/place', { ...request, quantity: '2' }, 1001).state).toBe(
      'misused',
    );
    expect(tokens.claim('token-0001', 'bots/create', request, 1001).state).toBe('misused');
    close();
  });

  test('released after a refusal, forgotten after 24 hours', () => {
    const journal = openDemo();
    journal.tokens.claim('token-0001', 'orders/place', request, 1000);
    journal.tokens.release('token-0001');
    expect(journal.tokens.claim('token-0001', 'orders/place', request, 1001).state).toBe('fresh');
    journal.tokens.settle('token-0001', 1);
    journal.tokens.release('token-0001');
    expect(journal.tokens.claim('token-0001', 'orders/place', request, 1001 + tokenLifetimeMs).state).toBe(
      'answered',
    );
    expect(journal.tokens.claim('token-0001', 'orders/place', request, 1002 + tokenLifetimeMs).state).toBe(
      'fresh',
    );
    journal.close();
  });
});

describe('settings', () => {
  test('remember, replace, forget', () => {
    const folder = dataFolder();
    const journal = openDemo(folder);
    journal.settings.set('theme', 'dark');
    journal.settings.set('layout', { left: [1, 2] });
    journal.settings.set('theme', 'light');
    journal.close();
    const again = openDemo(folder);
    expect(again.settings.all()).toEqual({ theme: 'light', layout: { left: [1, 2] } });
    again.settings.set('theme', null);
    expect(again.settings.get('theme')).toBeUndefined();
    again.close();
  });

  test('too large a value is bad input', () => {
    const journal = openDemo();
    expect(() => journal.settings.set('layout', 'x'.repeat(300_000))).toThrow('at most 262144 are kept');
    expect(journal.settings.all()).toEqual({});
    journal.close();
  });
});

describe('equity', () => {
  test('evenly chosen points, the newest always there', () => {
    const journal = openDemo();
    for (let index = 1; index <= 100; index += 1)
      journal.appendEquity(null, index * 1000, { USDT: String(index) });
    journal.appendEquity('b1', 5, { USDT: '5' });
    const times = (limit: number): number[] =>
      journal.equity.history(null, limit).map(({ timeMs }) => timeMs / 1000);
    expect(times(1000)).toHaveLength(100);
    expect(times(10)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(times(3)).toEqual([32, 66, 100]);
    expect(journal.equity.history('b1', 10)).toEqual([{ timeMs: 5, sequence: 0, values: { USDT: '5' } }]);
    journal.close();
  });
});

describe('equity that grows for ever', () => {
  test('older points are thinned out, first and newest stay', () => {
    const journal = openDemo();
    const equity = new EquityStore((journal as unknown as { db: SqliteDatabase }).db, 100);
    for (let index = 1; index <= 1000; index += 1) equity.append(null, index, 0, { USDT: String(index) });
    const times = equity.history(null, 5000).map(({ timeMs }) => timeMs);
    expect(times.length).toBeGreaterThan(70);
    expect(times.length).toBeLessThanOrEqual(100);
    expect([times[0], ...times.slice(-40)]).toEqual([
      1,
      ...Array.from({ length: 40 }, (_, index) => 961 + index),
    ]);
    journal.close();
  });
});

describe('venue truth', () => {
  const changes = (asOfMs: number, more: Partial<PaperVenueChanges>): PaperVenueChanges => ({
    venue: simA,
    asOfMs,
    counters: { nextOrderNumber: asOfMs, nextTradeNumber: 1, nextLiquidationNumber: 1 },
    orders: [],
    fills: [],
    fundingPayments: [],
    balances: {},
    positions: [],
    ...more,
  });
  const order = (id: string, status: string) =>
    ({
      clientOrderId: id,
      venueOrderId: `v-${id}`,
      instrument: btc,
      status,
    }) as unknown as PaperVenueState['orders'][number];
  const position = (lots: number) => ({ instrument: btc, lots, entryNotional: '1' });

  test('changes in, the whole state out, also after a restart', () => {
    const folder = dataFolder();
    const steps = [
      changes(1, { balances: { USDT: '100', BTC: '1' }, orders: [order('a', 'open')] }),
      changes(2, { orders: [order('b', 'open')], positions: [position(3)], fills: [fillOf('a', 't1', 1)] }),
      changes(3, { orders: [order('a', 'filled')], balances: { USDT: '50' }, positions: [position(0)] }),
    ];
    const truth = VenueTruthStore.open({ folder, mode: 'demo' });
    const store = new PaperVenueStore(truth);
    expect(store.load(simA)).toBeUndefined();
    for (const step of steps.slice(0, 2)) store.put(step);
    truth.commit();
    truth.close();
    const again = VenueTruthStore.open({ folder, mode: 'demo', mustExist: true });
    const restored = new PaperVenueStore(again);
    restored.put(steps[2] as PaperVenueChanges);
    again.commit();
    const empty: PaperVenueState = { ...changes(0, {}), version: 1 };
    expect(restored.load(simA)).toEqual(steps.reduce(applyPaperVenueChanges, empty));
    again.close();
  });

  test('nothing is written before commit, and a fill cannot be there twice', () => {
    const folder = dataFolder();
    const truth = VenueTruthStore.open({ folder, mode: 'demo' });
    truth.putState('world', '{"seed":7}');
    truth.appendFills(simA, [fillOf('a', 't1', 1)]);
    expect([truth.state('world'), truth.fills(simA)]).toEqual([undefined, []]);
    truth.commit();
    expect(truth.state('world')).toBe('{"seed":7}');
    truth.putState('world', '{"seed":8}');
    truth.appendFills(simA, [fillOf('a', 't1', 1)]);
    expect(() => truth.commit()).toThrow('UNIQUE');
    expect(truth.state('world')).toBe('{"seed":7}');
    truth.close();
    const reader = VenueTruthStore.openReadOnly({ folder, mode: 'demo' });
    expect([...reader.allFills()].map(({ key, timeMs }) => [key, timeMs])).toEqual([
      [`sim-a|${btc}|t1|a`, 1_000_000],
    ]);
    reader.close();
  });

  test('a missing file is a loss once the journal exists, and no empty one takes its place', () => {
    const folder = dataFolder();
    const journal = openDemo(folder);
    journal.commit(new Chain().checkpoint(openingEntries));
    journal.close();
    VenueTruthStore.open({ folder, mode: 'demo' }).close();
    rmSync(venueTruthFile(folder, 'demo'));
    expect(() => VenueTruthStore.open({ folder, mode: 'demo', mustExist: true })).toThrow(
      'demo-venues.sqlite is missing, but demo.sqlite shows that it held data',
    );
    expect(existsSync(venueTruthFile(folder, 'demo'))).toBe(false);
  });
});
