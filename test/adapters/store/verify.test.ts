/** Verification: a sound journal passes, and each planted corruption is found by the check meant for it. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { verifyJournal, verifyJournalInSlices } from '../../../src/adapters/store/verify.ts';
import type { AuditBody } from '../../../src/shared/events/audit.ts';
import {
  botSnapshot,
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

describe('verify', () => {
  test('a sound journal: chain ok, every identity holds', async () => {
    const { folder, chain, journal } = soundJournal();
    journal.close();
    const report = verifyJournal({ folder, mode: 'demo' });
    expect(report).toEqual({
      records: 15,
      chain: 'ok',
      duplicates: 0,
      lostFills: 0,
      identities: { checked: report.identities.checked, failed: 0 },
      lastHash: chain.hash,
      problems: [],
      pendingFills: 0,
    });
    expect(report.identities.checked).toBeGreaterThan(60);
    expect(await verifyJournalInSlices({ folder, mode: 'demo' })).toEqual(report);
  });

  test('beside a running host', () => {
    const { folder, chain, journal } = soundJournal();
    expect(verifyJournal({ folder, mode: 'demo' }).chain).toBe('ok');
    journal.commit(chain.checkpoint([intent('x-3')]));
    expect(verifyJournal({ folder, mode: 'demo' }).records).toBe(16);
    journal.close();
  });

  const edits: [name: string, sql: string, problem: RegExp, chain: RegExp][] = [
    [
      'a record edited by hand',
      "UPDATE audit SET body = replace(body, '307.5', '307.4') WHERE kind = 'fill'",
      /record 10 was changed/,
      /record 10 was changed/,
    ],
    [
      'white space put into a record',
      "UPDATE audit SET body = replace(body, ':', ': ') WHERE sequence = 3",
      /record 3 was changed/,
      /record 3 was changed/,
    ],
    [
      'the time of a record',
      'UPDATE audit SET time_ms = time_ms + 1 WHERE sequence = 4',
      /record 4 was changed/,
      /record 4 was changed/,
    ],
    [
      'the count of market events',
      'UPDATE audit SET market_events = 4 WHERE sequence = 4',
      /record 4 was changed/,
      /record 4 was changed/,
    ],
    [
      'a record that is no JSON',
      "UPDATE audit SET body = '{' WHERE sequence = 4",
      /record 4 cannot be read/,
      /record 4 cannot be read/,
    ],
    [
      'a record deleted',
      'DELETE FROM audit WHERE sequence = 8',
      /record 8 is missing/,
      /record 8 is missing/,
    ],
    [
      'the last records deleted',
      'DELETE FROM audit WHERE sequence > 13',
      /record 15 was durable/,
      /record 15 was durable and is missing/,
    ],
    [
      'a hash replaced',
      "UPDATE audit SET hash = 'ab' WHERE sequence = 5",
      /record 5 was changed/,
      /record 5 was changed/,
    ],
    [
      'a filter column',
      "UPDATE audit SET bot = 'b2' WHERE sequence = 9",
      /filter columns of record 9/,
      /^ok$/,
    ],
    [
      'the kind column',
      "UPDATE audit SET kind = 'fault' WHERE sequence = 6",
      /filter columns of record 6/,
      /^ok$/,
    ],
    [
      'the state of a stored order',
      "UPDATE orders SET state = 'OPEN' WHERE client_order_id = 'x-1'",
      /stored order x-1 differs/,
      /^ok$/,
    ],
    [
      'the size of a stored order',
      'UPDATE orders SET body = replace(body, \'"lots":30\', \'"lots":31\')',
      /stored order x-2 differs/,
      /^ok$/,
    ],
    [
      'a stored order deleted',
      "DELETE FROM orders WHERE client_order_id = 'x-2'",
      /1 orders are stored, but the records tell of 2/,
      /^ok$/,
    ],
    [
      'a stored fill deleted',
      "DELETE FROM fills WHERE trade_id = 't1'",
      /the stored fill of record 10 differs/,
      /^ok$/,
    ],
    [
      'a stored fill edited',
      "UPDATE fills SET body = replace(body, '\"0.5\"', '\"0.4\"') WHERE trade_id = 't1'",
      /the stored fill of record 10 differs/,
      /^ok$/,
    ],
    [
      'a stored fill made up',
      "INSERT INTO fills SELECT 99, venue, instrument, 't9', client_order_id, bot, leg, realised, reconciled, venue_time_ms, rules_id, body FROM fills LIMIT 1",
      /3 fills are stored, but the records tell of 2/,
      /^ok$/,
    ],
    [
      'a balance edited',
      "UPDATE ledger_balances SET amount = '8770' WHERE account = 'bot:b1' AND currency = 'USDT'",
      /bot:b1 at sim-a is stored with 8770 USDT, its legs sum to 8769/,
      /^ok$/,
    ],
    [
      'a balance made up',
      "INSERT INTO ledger_balances VALUES ('main', 'sim-a', 'DOGE', '1')",
      /8 balances are stored, the records tell of 7/,
      /^ok$/,
    ],
    [
      'a stored leg edited',
      "UPDATE ledger_legs SET amount = '0.6' WHERE amount = '0.5'",
      /ledger entry of record 9 differs/,
      /^ok$/,
    ],
    [
      'a stored entry deleted',
      'DELETE FROM ledger_legs WHERE sequence = 2',
      /ledger entry of record 2 differs/,
      /^ok$/,
    ],
    [
      'the position of a bot',
      'UPDATE bots SET body = replace(body, \'"lots":20\', \'"lots":21\')',
      /bot b1 is stored with 21 lots/,
      /^ok$/,
    ],
    ['a bot deleted', 'DELETE FROM bots', /the records tell of b1/, /^ok$/],
    [
      'the core put back',
      'UPDATE kernel_core SET sequence = 14',
      /core is at record 14, the records end at 15/,
      /^ok$/,
    ],
  ];

  test.each(edits)('finds %s', (_name, sql, problem, chain) => {
    const { folder, journal } = soundJournal();
    journal.close();
    const db = new Database(join(folder, 'demo.sqlite'));
    db.pragma('foreign_keys = OFF');
    expect(db.prepare(sql).run().changes).toBeGreaterThan(0);
    db.close();
    const report = verifyJournal({ folder, mode: 'demo' });
    expect(report.problems.join('\n')).toMatch(problem);
    expect(report.chain).toMatch(chain);
    expect(report.identities.failed).toBeGreaterThan(0);
  });

  /** Bugs of an engine: records that are well chained and wrong. Projections are made by the journal itself. */
  const wrong: [name: string, bodies: AuditBody[], problem: RegExp][] = [
    ['an illegal step', [stateChange('x-1', 'FILLED', 'OPEN')], /order x-1 must not go from FILLED to OPEN/],
    [
      'a late cancel of a terminal order',
      [stateChange('x-1', 'FILLED', 'CANCELED')],
      /must not go from FILLED to CANCELED/,
    ],
    [
      'a step to the same state',
      [stateChange('x-2', 'UNKNOWN', 'UNKNOWN')],
      /must not go from UNKNOWN to UNKNOWN/,
    ],
    [
      'an overfill',
      [fillEntry('x-1/t3', 1), fillBody(fillOf('x-1', 't3', 1), 21, '1291.5')],
      /fills 21 lots of an order of 20/,
    ],
    [
      'a wrong sum of money',
      [fillEntry('x-2/t4', 1), fillBody(fillOf('x-2', 't4', 1), 1, '61.4')],
      /says 61.4 was paid in all, but its fills sum to 61.5/,
    ],
    [
      'a fill on the other side',
      [fillEntry('x-2/t4', 1, 'sell'), fillBody(fillOf('x-2', 't4', 1, { side: 'sell' }), 1, '61.5')],
      /fill t4 of order x-2 does not fit its order/,
    ],
    [
      'a fill for another bot',
      [fillEntry('x-2/t4', 1), fillBody(fillOf('x-2', 't4', 1), 1, '61.5', { bot: 'b7' as never })],
      /names another venue, bot or leg/,
    ],
    [
      'FILLED without its fills',
      [stateChange('x-2', 'UNKNOWN', 'FILLED')],
      /order x-2 is FILLED with 0 of 30 lots/,
    ],
    [
      'an entry that does not sum to zero',
      [
        {
          kind: 'ledger',
          cause: 'adjust',
          reference: 'r',
          legs: [leg('main', 'USDT', '1'), leg('adjust', 'USDT', '-0.99')],
        },
      ],
      /legs in USDT sum to 0.01/,
    ],
    [
      'a fill without its entry',
      [fillBody(fillOf('x-2', 't4', 1), 1, '61.5')],
      /market account of sim-a received -0.02 BTC, the fills say -0.021/,
    ],
    [
      'a fill booked into the ledger twice',
      [fillEntry('x-1/t2', 15)],
      /market account of sim-a received -0.035 BTC, the fills say -0.02/,
    ],
    [
      'a fee that nobody paid',
      [
        {
          kind: 'ledger',
          cause: 'fee',
          reference: 'r',
          legs: [leg('bot:b1', 'USDT', '-1'), leg('fees', 'USDT', '1')],
        },
      ],
      /fees account of sim-a received 2 USDT, the fills say 1/,
    ],
    ['an intent that is open already', [intent('x-3', { state: 'OPEN' })], /the intent of order x-3 is OPEN/],
    [
      'a venue id that belongs to two orders',
      [stateChange('x-2', 'UNKNOWN', 'OPEN', '', 'v-x-1')],
      /venue order v-x-1 .* belongs to x-1 and to x-2/,
    ],
    [
      'an identity the kernel saw fail',
      [{ kind: 'identity-failed', name: 'cash', message: 'off by one' }],
      /the kernel found that cash failed: off by one/,
    ],
    [
      "our fill taken for somebody else's",
      [{ kind: 'external-fill', venue: simA, fill: fillOf('x-2', 't4', 1) }],
      /fill t4 of our order x-2 was taken for somebody else's/,
    ],
  ];

  test.each(wrong)('finds %s', (_name, bodies, problem) => {
    const { folder, chain, journal } = soundJournal();
    journal.commit(chain.checkpoint(bodies, []));
    journal.close();
    const report = verifyJournal({ folder, mode: 'demo' });
    expect(report.problems.join('\n')).toMatch(problem);
    expect(report.identities.failed).toBeGreaterThan(0);
    expect(report.chain).toBe('ok');
  });

  test('counts an order sent twice and a fill booked twice, should the constraints ever be gone', () => {
    const { folder, chain, journal } = soundJournal();
    journal.close();
    // Written past the journal, which refuses both.
    const db = new Database(join(folder, 'demo.sqlite'));
    const insert = db.prepare('INSERT INTO audit VALUES (?, 1, ?, ?, ?, ?, 3, ?, ?, ?, ?)');
    for (const body of [intent('x-1'), fillBody(fillOf('x-1', 't1', 5), 25, '1537.5')]) {
      const record = chain.record(body);
      insert.run(
        record.sequence,
        record.timeMs,
        body.kind,
        'b1',
        'x-1',
        'abc',
        JSON.stringify(body),
        record.previousHash,
        record.hash,
      );
    }
    db.close();
    const report = verifyJournal({ folder, mode: 'demo' });
    expect(report.chain).toBe('ok');
    expect(report.duplicates).toBe(2);
    expect(report.problems).toContain('order x-1 was intended twice, in records 6 and 16');
    expect(report.problems).toContain(`record 17 books fill sim-a|${btc}|t1|x-1 a second time`);
  });

  test('a late fill of a cancelled order is no fault', () => {
    const { folder, chain, journal } = soundJournal();
    journal.commit(
      chain.checkpoint(
        [
          stateChange('x-2', 'UNKNOWN', 'CANCELED', 'found cancelled'),
          fillEntry('x-2/t5', 2),
          fillBody(fillOf('x-2', 't5', 2), 2, '123', { reconciled: true }),
        ],
        [botSnapshot(22)],
      ),
    );
    journal.close();
    expect(verifyJournal({ folder, mode: 'demo' }).problems).toEqual([]);
  });

  test('a perpetual moves profit only; its position is the sum of signed fills', () => {
    const folder = dataFolder();
    const journal = Journal.open({ folder, mode: 'demo' });
    const perpetual = instrumentOf({ kind: 'perpetual', symbol: 'BTC/USDT:USDT' });
    journal.saveInstruments([perpetual]);
    const chain = new Chain();
    const sell = { side: 'sell' as const };
    const profit = (legs: ReturnType<typeof leg>[]): AuditBody => ({
      kind: 'ledger',
      cause: 'fill',
      reference: 'r',
      legs,
    });
    const fee = [leg('bot:b1', 'USDT', '-0.5'), leg('fees', 'USDT', '0.5')];
    const history = (lots: number): AuditBody[] => [
      ...openingEntries,
      { kind: 'bot-created', definition: botSnapshot(0).definition },
      intent('x-1'),
      profit(fee),
      fillBody(fillOf('x-1', 't1', 20), 20, '1230'),
      stateChange('x-1', 'PENDING_CREATE', 'FILLED'),
      intent('x-2', sell),
      profit([leg('market', 'USDT', '-3'), leg('bot:b1', 'USDT', '3'), ...fee]),
      fillBody(fillOf('x-2', 't2', lots, sell), lots, '738', { realised: '3' }),
      stateChange('x-2', 'PENDING_CREATE', 'PARTIALLY_FILLED'),
    ];
    journal.commit(chain.checkpoint(history(12), [botSnapshot(8)]));
    journal.close();
    expect(verifyJournal({ folder, mode: 'demo' }).problems).toEqual([]);
  });
});
