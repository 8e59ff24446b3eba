/** Commands and answers on their way: latency, order of arrival, lost answers, reports. */

import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../../src/shared/domain/nominal.ts';
import { orderOf, spot, VenueTable } from './harness.ts';

const bids = [999, 500];
const asks = [1001, 500];

describe('latency', () => {
  it('an order arrives after the way out and is told after the way back', () => {
    const table = new VenueTable(spot, {
      toVenueLatency: { kind: 'constant', ms: 30 },
      toClientLatency: { kind: 'constant', ms: 20 },
    });
    table.book(bids, asks);
    table.submit({ id: 'o1', side: 'buy', lots: 20 });
    expect(table.venue.nextTimeMs()).toBe(1030);
    table.advance(29);
    expect(table.venue.snapshot().orders).toEqual([]);
    table.book(bids, [1005, 500]);
    table.advance(1);
    expect(table.venue.snapshot().fills[0]).toMatchObject({ priceTicks: 1005, venueTimeMs: 1030 });
    expect(table.events).toEqual([]);
    table.advance(20);
    expect(table.story('o1')).toBe('accepted, taker 20@1005');
    expect(table.events[0]).toMatchObject({ timeMs: 1050 });
    expect(table.venue.nextTimeMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('random latency keeps the order of commands and of answers', () => {
    const table = new VenueTable(spot, {
      toVenueLatency: { kind: 'log-normal', medianMs: 20, sigma: 1, maxMs: 500 },
      toClientLatency: { kind: 'log-normal', medianMs: 20, sigma: 1, maxMs: 500 },
    });
    table.book(bids, asks);
    const ids = Array.from({ length: 50 }, (_, index) => `o${index}`);
    for (const id of ids) {
      table.submit({ id, side: 'buy', lots: 20, priceTicks: 900 });
      table.advance(3);
    }
    table.advance(5000);
    const accepted = table.events.flatMap((event) => (event.kind === 'order-accepted' ? [event] : []));
    expect(accepted.map((event) => event.clientOrderId)).toEqual(ids);
    const times = accepted.map((event) => event.timeMs);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    expect(new Set(times).size).toBeGreaterThan(4);
  });

  it('says which command is about to be applied, before it is', () => {
    const seen: [number, number][] = [];
    const table: VenueTable = new VenueTable(spot, {
      onCommandArrival: (auditSequence) => seen.push([auditSequence, table.venue.snapshot().orders.length]),
    });
    table.book(bids, asks);
    table.venue.submit(
      {
        kind: 'submit-order',
        venue: spot.venue,
        order: orderOf(spot, { id: 'o1', side: 'buy', lots: 20 }),
        auditSequence: 77,
      },
      epochMs(table.nowMs),
    );
    expect(seen).toEqual([]);
    table.advance(0);
    expect(seen).toEqual([[77, 0]]);
  });
});

describe('lost answers', () => {
  it('the order is at the venue, the client learns only that the outcome is unknown', () => {
    const table = new VenueTable(spot, { faults: { lostAnswerProbability: 1, answerTimeoutMs: 10_000 } });
    table.book(bids, asks);
    table.submit({ id: 'o1', side: 'buy', lots: 20, priceTicks: 1000 });
    table.submit({ id: 'o2', side: 'buy', lots: 1 });
    table.advance(9999);
    expect(table.events).toEqual([]);
    table.advance(1);
    expect(table.story('o1')).toBe('outcome-unknown');
    expect(table.story('o2')).toBe('outcome-unknown');
    const report = table.report(['o1', 'o2', 'o3']);
    expect(report.orders.map((order) => [order.clientOrderId, order.state])).toEqual([
      ['o1', 'open'],
      ['o2', 'rejected'],
    ]);
    expect(report.provenAbsent).toEqual(['o3']);
  });

  it('loses about the asked share', () => {
    const table = new VenueTable(spot, { faults: { lostAnswerProbability: 0.3, answerTimeoutMs: 10 } });
    table.book(bids, asks);
    for (let index = 0; index < 1000; index += 1) table.submit({ id: `o${index}`, side: 'buy', lots: 1 });
    table.advance(10);
    const lost = table.events.filter((event) => event.kind === 'order-outcome-unknown').length;
    expect(lost).toBeGreaterThan(250);
    expect(lost).toBeLessThan(350);
    expect(table.events).toHaveLength(1000);
  });
});

describe('account report', () => {
  it('lists open orders, asked orders, and fills since a time', () => {
    const table = new VenueTable();
    table.book(bids, asks);
    table.submit({ id: 'early', side: 'buy', lots: 20 });
    table.advance(1000);
    table.submit({ id: 'late', side: 'buy', lots: 30 });
    table.submit({ id: 'open', side: 'buy', lots: 40, priceTicks: 990 });
    const report = table.report(['early'], 2000);
    expect(report.orders.map((order) => `${order.clientOrderId} ${order.state} ${order.filledLots}`)).toEqual(
      ['open open 0', 'early filled 20'],
    );
    expect(report.fills.map((fill) => fill.clientOrderId)).toEqual(['late']);
    expect(table.report([], 1000).fills).toHaveLength(2);
    expect(table.report([], 2001).fills).toHaveLength(0);
  });

  it('comes after everything that happened before it was written', () => {
    const table = new VenueTable(spot, {
      toClientLatency: { kind: 'log-normal', medianMs: 50, sigma: 1, maxMs: 900 },
    });
    table.book(bids, asks);
    for (let index = 0; index < 30; index += 1) {
      table.submit({ id: `o${index}`, side: 'buy', lots: 20 });
      table.requestReport();
      table.advance(7);
    }
    table.advance(5000);
    const told = new Set<string>();
    let reports = 0;
    for (const event of table.events) {
      if (event.kind === 'order-filled') told.add(event.fill.tradeId);
      if (event.kind !== 'account-report') continue;
      reports += 1;
      expect(event.fills.map((fill) => fill.tradeId)).toEqual([...told]);
    }
    expect(reports).toBe(30);
  });
});
