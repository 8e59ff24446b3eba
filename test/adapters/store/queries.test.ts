import { describe, expect, test } from 'vitest';
import { describeAudit } from '../../../src/adapters/store/describe-audit.ts';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { JournalReader } from '../../../src/adapters/store/journal-reader.ts';
import { contract } from '../../../src/shared/api/contract.ts';
import { fillView, journalRowView, orderStepView, orderView } from '../../../src/shared/api/views.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import { defaultRiskLimits } from '../../../src/shared/domain/risk.ts';
import type { AuditBody } from '../../../src/shared/events/audit.ts';
import {
  bot1,
  btc,
  Chain,
  dataFolder,
  definition,
  fillBody,
  fillOf,
  instrumentOf,
  intent,
  leg,
  orderOf,
  simA,
  soundHistory,
  stateChange,
} from './fixtures.ts';

const page = { limit: 100, offset: 0 };

function soundJournal(): { journal: Journal; chain: Chain; folder: string } {
  const folder = dataFolder();
  const journal = Journal.open({ folder, mode: 'demo' });
  journal.saveInstruments([instrumentOf()]);
  const chain = new Chain();
  for (const checkpoint of soundHistory(chain)) journal.commit(checkpoint);
  return { journal, chain, folder };
}

describe('queries', () => {
  test('orders, newest first, in prices and quantities', () => {
    const { journal } = soundJournal();
    const { rows, total } = journal.queries.orders(page);
    expect(total).toBe(2);
    expect(rows.map((row) => orderView.parse(row))).toEqual(rows);
    expect(rows.map(({ clientOrderId, state }) => [clientOrderId, state])).toEqual([
      ['x-2', 'UNKNOWN'],
      ['x-1', 'FILLED'],
    ]);
    expect(rows[1]).toMatchObject({
      venue: 'sim-a',
      symbol: 'BTC/USDT',
      price: '61500',
      triggerPrice: null,
      quantity: '0.02',
      filled: '0.02',
      averagePrice: '61500',
      venueOrderId: 'v-x-1',
    });
    expect(rows[0]).toMatchObject({ filled: '0', averagePrice: null, reason: 'no answer in time' });
    journal.close();
  });

  const filters: [
    name: string,
    request: Parameters<Journal['queries']['orders']>[0],
    ids: string[],
    total: number,
  ][] = [
    ['open', { ...page, state: 'open' }, ['x-2'], 1],
    ['closed', { ...page, state: 'closed' }, ['x-1'], 1],
    ['another bot', { ...page, bot: 'b2' }, [], 0],
    ['bot and venue', { ...page, bot: 'b1', venue: 'sim-a' }, ['x-2', 'x-1'], 2],
    ['another venue', { ...page, venue: 'sim-b' }, [], 0],
    ['since later', { ...page, sinceMs: 1_000_001 }, [], 0],
    ['second page', { limit: 1, offset: 1 }, ['x-1'], 2],
  ];
  test.each(filters)('orders: %s', (_name, request, ids, total) => {
    const { journal } = soundJournal();
    const result = journal.queries.orders(request);
    expect([result.rows.map((row) => row.clientOrderId), result.total]).toEqual([ids, total]);
    journal.close();
  });

  test('the average price is the exact sum of money by the quantity', () => {
    const { journal, chain } = soundJournal();
    journal.commit(
      chain.checkpoint([
        intent('x-3'),
        fillBody(fillOf('x-3', 't7', 1, { priceTicks: 6_000_000 as never }), 1, '60'),
        fillBody(fillOf('x-3', 't8', 2, { priceTicks: 6_000_001 as never }), 3, '180.00002'),
      ]),
    );
    // 180.00002 / 0.003 = 60000.00666…
    expect(journal.queries.orders({ limit: 1, offset: 0 }).rows[0]?.averagePrice).toBe('60000.006666666667');
    journal.close();
  });

  test('a change of tick and lot size leaves old orders as they were', () => {
    const { journal, chain } = soundJournal();
    journal.saveInstruments([
      instrumentOf({ tickSize: Decimal.parse('0.1'), lotSize: Decimal.parse('0.0001') }),
    ]);
    journal.commit(chain.checkpoint([intent('x-3', { priceTicks: 615_000 as never })]));
    const { rows } = journal.queries.orders(page);
    expect(rows.map(({ price, quantity }) => [price, quantity])).toEqual([
      ['61500', '0.002'],
      ['61500', '0.03'],
      ['61500', '0.02'],
    ]);
    journal.close();
  });

  test('the life of an order, step by step', () => {
    const { journal } = soundJournal();
    const { order, states, fills } = journal.queries.order('x-1');
    expect(order.state).toBe('FILLED');
    expect(states.map((step) => orderStepView.parse(step))).toEqual(states);
    expect(states.map(({ sequence, step, state, detail }) => [sequence, step, state, detail])).toEqual([
      [
        6,
        'Intent',
        'PENDING_CREATE',
        'passed risk, durable before sending: limit buy of 0.02 BTC at 61500 USDT, post-only',
      ],
      [8, 'Acknowledged', 'OPEN', 'accepted (venue id v-x-1)'],
      [10, 'Fill', null, 'bought 0.005 BTC at 61500 USDT, fee 0.5 USDT (maker); 0.005 BTC in all'],
      [11, 'Partly filled', 'PARTIALLY_FILLED', 'The order is partly filled'],
      [13, 'Fill', null, 'bought 0.015 BTC at 61500 USDT, fee 0.5 USDT (maker); 0.02 BTC in all'],
      [14, 'Filled', 'FILLED', 'The order is filled'],
    ]);
    expect(fills.map(({ tradeId, notional }) => [tradeId, notional])).toEqual([
      ['t1', '307.5'],
      ['t2', '922.5'],
    ]);
    expect(() => journal.queries.order('x-77')).toThrow('there is no order x-77');
    journal.close();
  });

  test('a refused cancel reads as one', () => {
    const { journal, chain } = soundJournal();
    journal.commit(
      chain.checkpoint([
        intent('x-3'),
        stateChange('x-3', 'PENDING_CREATE', 'OPEN'),
        {
          kind: 'cancel-requested',
          clientOrderId: orderOf('x-3').clientOrderId,
          bot: bot1,
          reason: 'by hand',
        },
        stateChange('x-3', 'OPEN', 'PENDING_CANCEL', 'by hand'),
        stateChange('x-3', 'PENDING_CANCEL', 'OPEN', 'too late'),
      ]),
    );
    expect(journal.queries.order('x-3').states.map(({ step }) => step)).toEqual([
      'Intent',
      'Acknowledged',
      'Cancel asked',
      'Cancel sent',
      'Cancel refused',
    ]);
    journal.close();
  });

  test('fills, newest first, without those of other programs', () => {
    const { journal, chain } = soundJournal();
    journal.commit(
      chain.checkpoint([{ kind: 'external-fill', venue: simA, fill: fillOf('foreign', 't9', 3) }]),
    );
    const { rows, total } = journal.queries.fills(page);
    expect(rows.map((row) => fillView.parse(row))).toEqual(rows);
    expect([rows.map(({ tradeId }) => tradeId), total]).toEqual([['t2', 't1'], 2]);
    expect(rows[0]).toMatchObject({
      bot: 'b1',
      price: '61500',
      quantity: '0.015',
      notional: '922.5',
      realised: '0',
      reconciled: false,
    });
    expect(journal.queries.fills({ ...page, bot: 'b9' }).total).toBe(0);
    journal.close();
  });

  test('the journal in words, newest first, filtered and paged', () => {
    const { journal } = soundJournal();
    const all = journal.queries.journal({ limit: 5 });
    expect(all.total).toBe(15);
    expect(all.rows.map((row) => journalRowView.parse(row))).toEqual(all.rows);
    expect(all.rows[0]).toMatchObject({
      sequence: 15,
      kind: 'order-state',
      bot: 'b1',
      text: 'Order x-2 is UNKNOWN: the venue may or may not have it, it counts in full until proven: no answer in time',
    });
    const sequences = (request: Parameters<Journal['queries']['journal']>[0]): [number[], number] => {
      const { rows, total } = journal.queries.journal(request);
      return [rows.map((row) => row.sequence), total];
    };
    expect(sequences({ limit: 2, beforeSequence: 9 })).toEqual([[8, 7], 15]);
    expect(sequences({ limit: 9, kinds: ['fill', 'run-started'] })).toEqual([[13, 10, 1], 3]);
    expect(sequences({ limit: 1, bot: 'b1', kinds: ['fill'] })).toEqual([[13], 2]);
    expect(sequences({ limit: 9, search: 'No Answer' })).toEqual([[15], 1]);
    expect(sequences({ limit: 9, search: 'run-start' })).toEqual([[1], 1]);
    expect(sequences({ limit: 9, search: '%' })).toEqual([[], 0]);
    expect(sequences({ limit: 9, search: "x' OR 1=1 --" })).toEqual([[], 0]);
    journal.close();
  });

  test('whole records keep their chain', () => {
    const { journal } = soundJournal();
    const { rows, total } = journal.queries.records(3, 2);
    expect([rows.map(({ sequence }) => sequence), total]).toEqual([[3, 4], 15]);
    expect(rows[1]?.previousHash).toBe(rows[0]?.hash);
    contract['journal/records'].response.parse({ rows, total, records: rows });
    journal.close();
  });

  test('a reader sees the same, with and without a running host', () => {
    const { journal, folder } = soundJournal();
    const expected = journal.queries.orders(page);
    const beside = JournalReader.open(folder, 'demo');
    expect(beside.queries.orders(page)).toEqual(expected);
    expect(beside.load()).toEqual(journal.load());
    beside.close();
    journal.close();
    const alone = JournalReader.open(folder, 'demo');
    expect(alone.queries.orders(page)).toEqual(expected);
    expect(alone.instruments.list().map(({ id }) => id)).toEqual([btc]);
    alone.close();
    const again = Journal.open({ folder, mode: 'demo' });
    expect(again.durableSequence).toBe(15);
    again.close();
  });
});

describe('every kind of record in words', () => {
  const rules = (): ReturnType<typeof instrumentOf> => instrumentOf();
  const cases: [text: string, body: AuditBody][] = [
    [
      'Started in demo mode, version 0.1.0, seed 7',
      { kind: 'run-started', mode: 'demo', version: '0.1.0', seed: '7' },
    ],
    ['Stopped: asked by hand', { kind: 'run-stopped', reason: 'asked by hand' }],
    ['Bot b1 "Grid one" created: grid on sim-a:BTC/USDT', { kind: 'bot-created', definition }],
    ['Bot b1 "Grid one" edited', { kind: 'bot-edited', definition }],
    ['Bot b1 removed', { kind: 'bot-removed', bot: bot1 }],
    ['Bot b1 has FAILED: it threw', { kind: 'bot-state', bot: bot1, state: 'FAILED', reason: 'it threw' }],
    [
      'Bot b1: waits for 61000 (WAITING_FOR_TRIGGER)',
      { kind: 'bot-why', bot: bot1, code: 'WAITING_FOR_TRIGGER', text: 'waits for 61000' },
    ],
    [
      'Order x-1 intended by b1: limit buy of 0.02 BTC at 61500 USDT, post-only on sim-a:BTC/USDT',
      intent('x-1'),
    ],
    [
      'Order x-1 intended by b1: stop-limit sell of 0.02 BTC at 61500 USDT triggered at 61600 USDT, IOC, reduce-only on sim-a:BTC/USDT',
      intent('x-1', {
        side: 'sell',
        type: 'stop-limit',
        triggerTicks: 6_160_000 as never,
        timeInForce: 'ioc',
        postOnly: false,
        reduceOnly: true,
      }),
    ],
    [
      'Risk denied an order of b1 (l) on sim-a:BTC/USDT: 12 % off (PRICE_BAND)',
      { kind: 'order-denied', bot: bot1, leg: 'l', instrument: btc, code: 'PRICE_BAND', message: '12 % off' },
    ],
    [
      'Order x-1 was rejected: insufficient-funds',
      stateChange('x-1', 'PENDING_CREATE', 'REJECTED', 'insufficient-funds'),
    ],
    [
      'Cancel of order x-1 asked: edited',
      { kind: 'cancel-requested', clientOrderId: orderOf('x-1').clientOrderId, bot: bot1, reason: 'edited' },
    ],
    [
      'Bot b1 bought 0.005 BTC at 61500 USDT, fee 0.5 USDT (maker) on sim-a:BTC/USDT, found by reconciling',
      fillBody(fillOf('x-1', 't', 5), 5, '307.5', { reconciled: true }),
    ],
    [
      'An order that is not ours sold 0.005 BTC at 61500 USDT, fee 0.5 USDT (maker) on sim-a:BTC/USDT',
      { kind: 'external-fill', venue: simA, fill: fillOf('z', 't', 5, { side: 'sell' }) },
    ],
    [
      'Money moved between accounts (bot:b1): main -5 USDT, bot:b1 +5 USDT',
      {
        kind: 'ledger',
        cause: 'allocation',
        reference: 'bot:b1',
        legs: [leg('main', 'USDT', '-5'), leg('bot:b1', 'USDT', '5')],
      },
    ],
    [
      'Funding of -0.12 USDT for BTC/USDT at sim-a, bot b1',
      {
        kind: 'funding',
        venue: simA,
        bot: bot1,
        instrument: btc,
        paymentId: 'p',
        amount: '-0.12',
        currency: 'USDT',
      },
    ],
    [
      'Risk: venue sim-a is HALTED: by hand',
      { kind: 'risk-state', scope: { kind: 'venue', venue: simA }, state: 'HALTED', reason: 'by hand' },
    ],
    [
      'Risk limits changed: at most 50000 an order, 100000 a bot, 500000 in all',
      { kind: 'risk-limits', limits: defaultRiskLimits },
    ],
    [
      'Venue sim-a is stale: silent for 5 s',
      { kind: 'venue-connection', venue: simA, state: 'stale', message: 'silent for 5 s' },
    ],
    ['Book of sim-a:BTC/USDT is valid', { kind: 'book', instrument: btc, state: 'valid', message: '' }],
    [
      'Reconciled with sim-a: 1 order compared, 2 fills found, 0 orders closed: BTC: 1 too many',
      {
        kind: 'reconciled',
        venue: simA,
        ordersChecked: 1,
        fillsFound: 2,
        ordersClosed: 0,
        drift: ['BTC: 1 too many'],
      },
    ],
    ['IDENTITY FAILED cash: off by 1', { kind: 'identity-failed', name: 'cash', message: 'off by 1' }],
    ['Fault in strategy grid: it threw', { kind: 'fault', where: 'strategy grid', message: 'it threw' }],
  ];
  test.each(cases)('%s', (text, body) => {
    expect(describeAudit(body, rules)).toBe(text);
  });

  test('no kind is left out', () => {
    expect(new Set(cases.map(([, body]) => body.kind)).size).toBe(22);
  });

  test('without rules it speaks of ticks and lots', () => {
    expect(describeAudit(intent('x-1'), () => undefined)).toContain('limit buy of 20 lots at 6150000 ticks');
  });
});
