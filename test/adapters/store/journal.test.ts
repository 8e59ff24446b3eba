import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { StoreError } from '../../../src/adapters/store/store-error.ts';
import { verifyJournal } from '../../../src/adapters/store/verify.ts';
import { genesisHash } from '../../../src/shared/events/audit.ts';
import {
  bot1,
  btc,
  Chain,
  dataFolder,
  fillBody,
  fillOf,
  instrumentOf,
  intent,
  openingEntries,
  soundHistory,
  stateChange,
} from './fixtures.ts';

function openDemo(folder: string): Journal {
  const journal = Journal.open({ folder, mode: 'demo', wallClock: () => 5_000 });
  journal.saveInstruments([instrumentOf()]);
  return journal;
}

function reasonOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error.reason;
    throw error;
  }
  return 'no error';
}

describe('journal', () => {
  test('a first start gives an empty snapshot', () => {
    const journal = openDemo(dataFolder());
    expect(journal.load()).toEqual({
      lastSequence: 0,
      lastHash: genesisHash,
      core: null,
      bots: [],
      orders: [],
      fillKeys: [],
      ledger: [],
      lastFillMs: {},
      fundingPayments: [],
    });
    journal.close();
  });

  test('gives back after a restart what was committed', () => {
    const folder = dataFolder();
    const chain = new Chain();
    const journal = openDemo(folder);
    for (const checkpoint of soundHistory(chain)) journal.commit(checkpoint);
    expect(journal.durableSequence).toBe(15);
    journal.close();

    const again = openDemo(folder);
    const snapshot = again.load();
    again.close();
    expect(again.durableSequence).toBe(15);
    expect(snapshot.lastHash).toBe(chain.hash);
    expect(snapshot.core?.timeMs).toBe(1_000_015);
    expect(snapshot.bots.map(({ definition, position }) => [definition.id, position.lots])).toEqual([
      ['b1', 20],
    ]);
    expect(
      snapshot.orders.map((order) => [
        order.clientOrderId,
        order.state,
        order.filledLots,
        order.filledNotional,
        order.reason,
      ]),
    ).toEqual([
      ['x-1', 'FILLED', 20, '1230', undefined],
      ['x-2', 'UNKNOWN', 0, '0', 'no answer in time'],
    ]);
    expect(snapshot.orders[0]?.venueOrderId).toBe('v-x-1');
    expect(snapshot.fillKeys).toEqual([`sim-a|${btc}|t1|x-1`, `sim-a|${btc}|t2|x-1`]);
    expect(snapshot.lastFillMs).toEqual({ 'sim-a': 1_000_000 });
    // 10,000 − 0.02 × 61,500 − 2 × 0.5 = 8,769
    expect(
      Object.fromEntries(snapshot.ledger.map((row) => [`${row.account} ${row.currency}`, row.amount])),
    ).toEqual({
      'external USDT': '-100000',
      'main USDT': '90000',
      'bot:b1 BTC': '0.02',
      'bot:b1 USDT': '8769',
      'market BTC': '-0.02',
      'market USDT': '1230',
      'fees USDT': '1',
    });
  });

  test('files are readable by their owner only', () => {
    const folder = join(dataFolder(), 'new');
    const journal = openDemo(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of ['demo.sqlite', 'demo.sqlite-wal', 'demo.sqlite-shm', 'demo.tail']) {
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    journal.close();
  });

  const refusals: [name: string, reason: string, attack: (chain: Chain, journal: Journal) => void][] = [
    [
      'a gap in the numbers',
      'inconsistent',
      (chain, journal) => {
        chain.sequence += 1;
        journal.commit(chain.checkpoint([intent('x-9')]));
      },
    ],
    [
      'another previous hash',
      'inconsistent',
      (chain, journal) => {
        chain.hash = 'f'.repeat(64);
        journal.commit(chain.checkpoint([intent('x-9')]));
      },
    ],
    [
      'a record that was changed after it was hashed',
      'inconsistent',
      (chain, journal) => {
        const checkpoint = chain.checkpoint([intent('x-9')]);
        const [record] = checkpoint.records;
        journal.commit({ ...checkpoint, records: [{ ...record, timeMs: 7 } as never] });
      },
    ],
    [
      'an order that was intended before',
      'inconsistent',
      (chain, journal) => {
        journal.commit(chain.checkpoint([intent('x-1')]));
      },
    ],
    [
      'a state of an order without intent',
      'inconsistent',
      (chain, journal) => {
        journal.commit(chain.checkpoint([stateChange('x-9', 'OPEN', 'CANCELED')]));
      },
    ],
    [
      'a state that leaves from elsewhere',
      'inconsistent',
      (chain, journal) => {
        journal.commit(chain.checkpoint([stateChange('x-2', 'OPEN', 'CANCELED')]));
      },
    ],
    [
      'sums that skip a fill',
      'inconsistent',
      (chain, journal) => {
        journal.commit(chain.checkpoint([fillBody(fillOf('x-2', 't9', 5), 9, '553.5')]));
      },
    ],
    [
      'the same fill again',
      'booked-twice',
      (chain, journal) => {
        journal.commit(chain.checkpoint([fillBody(fillOf('x-1', 't1', 5), 25, '1537.5')]));
      },
    ],
    [
      'the same fill with other content',
      'booked-twice',
      (chain, journal) => {
        journal.commit(chain.checkpoint([fillBody(fillOf('x-1', 't1', 1, { fee: '9' }), 21, '1291.5')]));
      },
    ],
    [
      'an order on an instrument without rules',
      'inconsistent',
      (chain, journal) => {
        journal.commit(chain.checkpoint([intent('x-9', { instrument: 'sim-a:ETH/USDT' as never })]));
      },
    ],
  ];

  test.each(refusals)('refuses %s whole, and goes on', (_name, reason, attack) => {
    const folder = dataFolder();
    const chain = new Chain();
    const journal = openDemo(folder);
    for (const checkpoint of soundHistory(chain)) journal.commit(checkpoint);
    const before = journal.load();
    const position = { sequence: chain.sequence, hash: chain.hash, timeMs: chain.timeMs };

    expect(reasonOf(() => attack(chain, journal))).toBe(reason);

    expect(journal.load()).toEqual(before);
    expect(journal.durableSequence).toBe(15);
    journal.commit(new Chain(position).checkpoint([intent('x-3')]));
    expect(journal.durableSequence).toBe(16);
    journal.close();
    expect(verifyJournal({ folder, mode: 'demo' }).problems).toEqual([]);
  });

  test('a refused checkpoint leaves none of its records behind', () => {
    const folder = dataFolder();
    const chain = new Chain();
    const journal = openDemo(folder);
    journal.commit(chain.checkpoint(openingEntries));
    const bad = chain.checkpoint([intent('x-1'), intent('x-2'), intent('x-1')]);
    expect(reasonOf(() => journal.commit(bad))).toBe('inconsistent');
    expect(journal.queries.recordCount()).toBe(2);
    expect(journal.queries.orders({ limit: 10, offset: 0 }).total).toBe(0);
    journal.close();
  });

  test('each mode has its own file; a file under another name is refused', async () => {
    const folder = dataFolder();
    const journal = openDemo(folder);
    journal.commit(new Chain().checkpoint(openingEntries));
    journal.close();
    const paper = Journal.open({ folder, mode: 'paper' });
    expect(paper.durableSequence).toBe(0);
    paper.close();
    const { renameSync, rmSync } = await import('node:fs');
    rmSync(join(folder, 'paper.tail'));
    renameSync(join(folder, 'demo.sqlite'), join(folder, 'paper.sqlite'));
    expect(reasonOf(() => Journal.open({ folder, mode: 'paper' }))).toBe('wrong-mode');
  });

  test('removed bots are gone, edited ones keep their place', () => {
    const folder = dataFolder();
    const journal = openDemo(folder);
    const chain = new Chain();
    for (const checkpoint of soundHistory(chain)) journal.commit(checkpoint);
    journal.commit({ ...chain.checkpoint([{ kind: 'bot-removed', bot: bot1 }]), removedBots: [bot1] });
    expect(journal.load().bots).toEqual([]);
    journal.close();
  });
});
