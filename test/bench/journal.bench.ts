/** Durable order intents a second: one commit an intent, and many in one commit (group commit). */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../src/adapters/store/journal.ts';
import type { Checkpoint } from '../../src/engine/kernel/snapshot.ts';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import type { Instrument } from '../../src/shared/domain/instrument.ts';
import {
  botId,
  clientOrderId,
  epochMs,
  instrumentId,
  priceTicks,
  quantityLots,
  venueId,
} from '../../src/shared/domain/nominal.ts';
import { defaultRiskLimits } from '../../src/shared/domain/risk.ts';
import {
  type AuditRecord,
  auditHashInput,
  auditVersion,
  genesisHash,
} from '../../src/shared/events/audit.ts';
import { type BenchRow, costRow, percentile, rateRow } from './bench-row.ts';

const instrument: Instrument = {
  id: instrumentId('sim-a', 'BTC/USDT'),
  venue: venueId('sim-a'),
  symbol: 'BTC/USDT',
  kind: 'spot',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: Decimal.parse('0.01'),
  lotSize: Decimal.parse('0.00001'),
  minimumLots: 1,
  maximumLots: 1_000_000_000,
  minimumNotional: Decimal.parse('10'),
  makerFeeRate: Decimal.parse('0.001'),
  takerFeeRate: Decimal.parse('0.001'),
  feeCurrencyRule: 'quote',
  leverageMax: 1,
  maintenanceMarginRate: Decimal.zero,
  fundingIntervalHours: 0,
};

function checkpoints(count: number, intentsEach: number): Checkpoint[] {
  let sequence = 0;
  let previousHash = genesisHash;
  return Array.from({ length: count }, () => {
    const records: AuditRecord[] = [];
    for (let index = 0; index < intentsEach; index += 1) {
      sequence += 1;
      const timeMs = epochMs(1_700_000_000_000 + sequence);
      const draft = {
        version: auditVersion,
        sequence,
        timeMs,
        marketEvents: 12,
        marketDigest: '8f14e45fceea167a',
        body: {
          kind: 'order-intent' as const,
          order: {
            clientOrderId: clientOrderId(`sx-7f3a-${sequence}`),
            bot: botId(`b${sequence % 5}`),
            leg: `level-${sequence % 40}`,
            origin: 'keep' as const,
            instrument: instrument.id,
            side: 'buy' as const,
            type: 'limit' as const,
            lots: quantityLots(2000),
            priceTicks: priceTicks(6_150_000 + (sequence % 1000)),
            timeInForce: 'gtc' as const,
            postOnly: true,
            reduceOnly: false,
            state: 'PENDING_CREATE' as const,
            filledLots: quantityLots(0),
            filledNotional: '0',
            createdAtMs: timeMs,
            updatedAtMs: timeMs,
          },
        },
        previousHash,
      };
      const hash = createHash('sha256').update(auditHashInput(draft)).digest('hex');
      previousHash = hash;
      records.push({ ...draft, hash });
    }
    const core = {
      timeMs: epochMs(1_700_000_000_000 + sequence),
      nextOrderNumber: sequence,
      nextReportNumber: 1,
      riskStates: [],
      riskLimits: defaultRiskLimits,
      manualPositions: [],
      identitiesChecked: sequence,
      identitiesFailed: 0,
    };
    return { records, bots: [], removedBots: [], core };
  });
}

interface Timing {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

function measure(count: number, intentsEach: number): Timing {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-'));
  const journal = Journal.open({ folder, mode: 'demo' });
  try {
    journal.saveInstruments([instrument]);
    const work = checkpoints(count, intentsEach);
    const times: number[] = [];
    const start = performance.now();
    for (const checkpoint of work) {
      const before = performance.now();
      journal.commit(checkpoint);
      times.push(performance.now() - before);
    }
    const seconds = (performance.now() - start) / 1000;
    return {
      perSecond: Math.round((count * intentsEach) / seconds),
      medianMs: percentile(times, 0.5),
      p99Ms: percentile(times, 0.99),
    };
  } finally {
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Measures on the disk of the temporary folder; a virtual disk may flatter. */
export function journalBenchmarks(): BenchRow[] {
  const single = measure(5_000, 1);
  const group = measure(200, 100);
  const rounded = (value: number): number => Number(value.toPrecision(4));
  return [
    rateRow('journal: durable intents, one a commit', single.perSecond, 'intents/s', 2_000),
    rateRow('journal: durable intents, 100 a commit', group.perSecond, 'intents/s', 10_000),
    costRow('journal: durable intent p50', rounded(single.medianMs), 'ms', 1),
    costRow('journal: durable intent p99', rounded(single.p99Ms), 'ms', 2),
  ];
}

if (import.meta.main) {
  for (const row of journalBenchmarks()) process.stdout.write(`${JSON.stringify(row)}\n`);
}
