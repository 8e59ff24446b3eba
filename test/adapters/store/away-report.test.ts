import { describe, expect, test } from 'vitest';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { JournalReader } from '../../../src/adapters/store/journal-reader.ts';
import { awayReportView } from '../../../src/shared/api/views.ts';
import type { AuditBody } from '../../../src/shared/events/audit.ts';
import {
  Chain,
  dataFolder,
  fillBody,
  fillOf,
  instrumentOf,
  intent,
  type simA,
  soundHistory,
  stateChange,
} from './fixtures.ts';

const started: AuditBody = { kind: 'run-started', mode: 'demo', version: '0.1.0', seed: '7' };
const reconciled = (venue: string, fillsFound = 0, drift: string[] = []): AuditBody => ({
  kind: 'reconciled',
  venue: venue as typeof simA,
  ordersChecked: 1,
  fillsFound,
  ordersClosed: 0,
  drift,
});

/** One run of the program: `nowMs` by the wall clock. */
function run(folder: string, nowMs: number): Journal {
  const journal = Journal.open({ folder, mode: 'demo', wallClock: () => nowMs });
  journal.saveInstruments([instrumentOf()]);
  journal.runs.begin('0.1.0', nowMs);
  return journal;
}

/** The sound history with one more open order, stopped cleanly or not, and the start of the next run. */
function restarted(clean: boolean): { folder: string; chain: Chain; journal: Journal } {
  const folder = dataFolder();
  const chain = new Chain();
  const first = run(folder, 1_000_000);
  for (const checkpoint of soundHistory(chain)) first.commit(checkpoint);
  first.commit(
    chain.checkpoint([intent('x-3'), stateChange('x-3', 'PENDING_CREATE', 'OPEN', 'ok', 'v-x-3')]),
  );
  first.appendEquity(null, chain.timeMs, { USDT: '10000' });
  if (clean) {
    first.commit(chain.checkpoint([{ kind: 'run-stopped', reason: 'asked' }]));
    first.runs.end(1_060_000);
  }
  first.close();
  const journal = run(folder, 1_000_000 + 7_260_000);
  journal.commit(chain.checkpoint([started]));
  return { folder, chain, journal };
}

/** x-2 found filled in part and then cancelled, x-3 still open, then ordinary trading after the reconciliation. */
const found: AuditBody[] = [
  fillBody(fillOf('x-2', 't7', 10), 10, '615', { reconciled: true }),
  stateChange('x-2', 'UNKNOWN', 'CANCELED', 'closed at the venue'),
  reconciled('sim-a', 1, ['USDT: the venue has 1, the journal says 2']),
];
const later: AuditBody[] = [
  fillBody(fillOf('x-3', 't8', 20), 20, '1230', { reconciled: true }),
  stateChange('x-3', 'OPEN', 'FILLED'),
  reconciled('sim-a', 1),
];

describe('while you were away', () => {
  test('a first start has nothing to tell', () => {
    const journal = run(dataFolder(), 5);
    journal.commit(new Chain().checkpoint([started]));
    expect(awayReportView.parse(journal.awayReport())).toMatchObject({
      fromMs: null,
      offlineMs: 0,
      crashed: false,
      lines: [],
    });
    expect(journal.awayReportPending).toBe(false);
    journal.close();
  });

  test('after a crash: what reconciling found, and nothing of what came later', () => {
    const { folder, chain, journal } = restarted(false);
    journal.commit(chain.checkpoint(found));
    journal.appendEquity(null, chain.timeMs, { USDT: '9990' });
    journal.commit(chain.checkpoint(later));
    journal.appendEquity(null, chain.timeMs, { USDT: '9000' });
    const report = awayReportView.parse(journal.awayReport());
    expect(report).toMatchObject({
      fromMs: 1_000_017,
      toMs: 1_000_018,
      // Last sign of life at 1,000,000, started at 8,260,000.
      offlineMs: 7_260_000,
      crashed: true,
      ordersAdopted: 1,
      drift: ['sim-a: USDT: the venue has 1, the journal says 2'],
      equityBefore: { USDT: '10000' },
      equityAfter: { USDT: '9990' },
    });
    expect(report.fillsFound.map(({ tradeId }) => tradeId)).toEqual(['t7']);
    expect(report.ordersClosed.map(({ clientOrderId, state }) => [clientOrderId, state])).toEqual([
      ['x-2', 'CANCELED'],
    ]);
    expect(report.lines).toEqual([
      'The program ended without a clean stop and was off for 2 h 1 min.',
      '1 fill found, 1 order closed, 1 order taken over.',
      'b1 bought 0.01 BTC/USDT at 61500 on sim-a',
      'b1: buy order x-2 of 0.03 BTC/USDT is CANCELED: closed at the venue',
      'DIFFERENCE sim-a: USDT: the venue has 1, the journal says 2',
    ]);
    journal.close();
    const reader = JournalReader.open(folder, 'demo');
    expect(reader.awayReport()).toEqual(report);
    reader.close();
  });

  test('a clean stop is told as one; quiet times are not worth a notice', () => {
    const { chain, journal } = restarted(true);
    journal.commit(chain.checkpoint([reconciled('sim-a')]));
    const report = journal.awayReport();
    expect(report).toMatchObject({ crashed: false, offlineMs: 7_200_000, ordersAdopted: 2, fillsFound: [] });
    expect(journal.awayReportPending).toBe(false);
    journal.close();
  });

  test('dismissed until the next restart', () => {
    const { folder, chain, journal } = restarted(false);
    journal.commit(chain.checkpoint(found));
    expect(journal.awayReportPending).toBe(true);
    journal.dismissAwayReport();
    expect(journal.awayReportPending).toBe(false);
    journal.close();
    const next = run(folder, 9_000_000);
    expect(next.awayReportPending).toBe(false);
    next.commit(chain.checkpoint([started]));
    expect(next.awayReportPending).toBe(true);
    next.close();
  });

  test('records of a run before its own start line belong to it', () => {
    const folder = dataFolder();
    const chain = new Chain();
    const first = run(folder, 1_000);
    first.commit(chain.checkpoint([started, { kind: 'run-stopped', reason: 'asked' }]));
    first.runs.end(2_000);
    first.close();
    const second = run(folder, 3_000);
    second.commit(chain.checkpoint([{ kind: 'fault', where: 'x', message: 'early' }, started]));
    expect(second.awayReport()).toMatchObject({ crashed: false, fromMs: 1_000_002, toMs: 1_000_003 });
    second.close();
  });

  test('each venue counts up to its own first reconciliation', () => {
    const { chain, journal } = restarted(true);
    journal.commit(
      chain.checkpoint([reconciled('sim-b'), ...found, ...later, reconciled('sim-b', 3, ['late'])]),
    );
    const report = journal.awayReport();
    expect(report.fillsFound.map(({ tradeId }) => tradeId)).toEqual(['t7']);
    expect(report.drift).toEqual(['sim-a: USDT: the venue has 1, the journal says 2']);
    journal.close();
  });
});
