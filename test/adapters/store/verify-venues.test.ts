/** The journal against the books of the venues: lost, pending and invented fills, orders without intent. */

import { describe, expect, test } from 'vitest';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { verifyJournal } from '../../../src/adapters/store/verify.ts';
import type { VenueTruth } from '../../../src/adapters/store/verify-venues.ts';
import { fillKey } from '../../../src/engine/kernel/snapshot.ts';
import { clientOrderId } from '../../../src/shared/domain/nominal.ts';
import type { AuditBody } from '../../../src/shared/events/audit.ts';
import {
  btc,
  Chain,
  dataFolder,
  fillBody,
  fillEntry,
  fillOf,
  instrumentOf,
  simA,
  soundHistory,
  stateChange,
} from './fixtures.ts';

function soundJournal(): { folder: string; chain: Chain; journal: Journal } {
  const folder = dataFolder();
  const journal = Journal.open({ folder, mode: 'demo' });
  journal.saveInstruments([instrumentOf()]);
  const chain = new Chain();
  for (const checkpoint of soundHistory(chain)) journal.commit(checkpoint);
  return { folder, chain, journal };
}

describe('verify against the venues', () => {
  const reconciled = (drift: string[] = []): AuditBody => ({
    kind: 'reconciled',
    venue: simA,
    ordersChecked: 1,
    fillsFound: 0,
    ordersClosed: 0,
    drift,
  });
  const truthFill = (id: string, tradeId: string, timeMs = 1_000_000) => ({
    venue: simA,
    key: fillKey(simA, btc, tradeId, clientOrderId(id)),
    clientOrderId: id,
    timeMs,
  });
  const soundFills = [truthFill('x-1', 't1'), truthFill('x-1', 't2')];
  const soundOrders = [
    { venue: simA, clientOrderId: 'x-1', venueOrderId: 'v-x-1' },
    { venue: simA, clientOrderId: 'x-2', venueOrderId: 'v-x-2' },
  ];
  const truth = (fills = soundFills, orders = soundOrders): VenueTruth => ({
    allFills: () => fills,
    allOrders: () => orders,
  });

  function verifyWith(venues: VenueTruth, extra: AuditBody[] = [reconciled(), reconciled()]) {
    const { folder, chain, journal } = soundJournal();
    journal.commit(chain.checkpoint(extra));
    journal.close();
    return verifyJournal({ folder, mode: 'demo', venues });
  }

  test('the same books: nothing lost', () => {
    const report = verifyWith(truth());
    expect([report.lostFills, report.pendingFills, report.problems]).toEqual([0, 0, []]);
  });

  test('a fill older than a whole reconciliation that was never booked is lost', () => {
    const report = verifyWith(truth([...soundFills, truthFill('x-2', 't3')]));
    expect(report.lostFills).toBe(1);
    expect(report.problems).toEqual([`fill sim-a|${btc}|t3|x-2 of the venue was never booked`]);
  });

  test('a fill newer than the last reconciliation is pending, not lost', () => {
    const report = verifyWith(truth([...soundFills, truthFill('x-2', 't3', 1_000_017)]));
    expect([report.lostFills, report.pendingFills, report.problems]).toEqual([0, 1, []]);
  });

  test('a fill out of reach of every later reconciliation is lost, too', () => {
    const late = fillOf('x-2', 't9', 1, { venueTimeMs: 1_070_000 as never });
    const extra = [
      fillEntry('x-2/t9', 1),
      fillBody(late, 1, '61.5'),
      stateChange('x-2', 'UNKNOWN', 'PARTIALLY_FILLED'),
    ];
    const fills = [...soundFills, truthFill('x-2', 't9', 1_070_000), truthFill('x-2', 't3', 1_005_000)];
    expect(verifyWith(truth(fills), extra).lostFills).toBe(1);
  });

  test('a fill the venue does not know was made up', () => {
    const report = verifyWith(truth([truthFill('x-1', 't1')]));
    expect(report.problems).toEqual([`fill sim-a|${btc}|t2|x-1 was booked, but the venue has no such fill`]);
  });

  test('an order with our prefix and without intent', () => {
    const report = verifyWith(
      truth(soundFills, [...soundOrders, { venue: simA, clientOrderId: 'x-7', venueOrderId: 'v7' }]),
    );
    expect(report.problems).toEqual(['sim-a has order x-7, which bears our prefix but has no intent']);
  });

  test("an order of somebody else is left alone, and so are the venue's own fills", () => {
    const report = verifyWith(
      truth(
        [...soundFills, truthFill('liq-1', 't8')],
        [...soundOrders, { venue: simA, clientOrderId: 'liq-1', venueOrderId: 'v8' }],
      ),
    );
    expect(report.problems).toEqual([]);
  });

  test('one order of the venue under two of our ids was placed twice', () => {
    const report = verifyWith(
      truth(soundFills, [
        { venue: simA, clientOrderId: 'x-1', venueOrderId: 'v-x-1' },
        { venue: simA, clientOrderId: 'x-2', venueOrderId: 'v-x-1' },
      ]),
    );
    expect(report.duplicates).toBe(1);
  });

  test('another venue id than the journal has', () => {
    const report = verifyWith(
      truth(soundFills, [{ venue: simA, clientOrderId: 'x-1', venueOrderId: 'v-other' }]),
    );
    expect(report.problems).toEqual(['order x-1 is v-other at sim-a, but v-x-1 in the journal']);
  });
});
