/** The shadow of a seeded demo: a crossover bot trades for some hours, then its life runs through the backtester. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { JournalReader } from '../../../src/adapters/store/journal-reader.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { minutesOfFolder } from '../../../src/app/shadow/minutes.ts';
import { shadowBacktest } from '../../../src/app/shadow/shadow-backtest.ts';
import type { Terminal } from '../../../src/app/terminal-types.ts';
import type { JobView } from '../../../src/shared/api/job-view.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import { type ShadowResult, shadowParts } from '../../../src/shared/lab/shadow.ts';
import { findStrategy } from '../../../src/strategies/registry.ts';
import { call, startTerminal, temporaryFolder, waitFor } from '../terminal-harness.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 0, 1);
const folder = temporaryFolder();
let terminal: Terminal;
let bot = '';

beforeAll(async () => {
  terminal = await startTerminal(folder.path, { demoBots: 'running', simulateForMs: 3 * hourMs });
  await terminal.ended;
  const { bots } = await call(terminal, 'bots/list', {});
  bot = bots.find(({ strategy }) => strategy === 'ma-cross')?.id ?? '';
});
afterAll(async () => {
  await terminal.stop('test over');
  folder.remove();
});

async function shadow(request: { bot: string; fromMs?: number; toMs?: number }): Promise<JobView> {
  const { job } = await call(terminal, 'backtests/shadow', request);
  return waitFor('the shadow backtest', async () => {
    const { job: now } = await call(terminal, 'jobs/show', { job: job.id });
    return now.endedMs !== null && now;
  });
}

function sumOfParts({ totals }: ShadowResult): string {
  const parts = shadowParts.map((part) => totals.parts[part]);
  return Decimal.sum([...parts, totals.missed, totals.extra].map((text) => Decimal.parse(text))).toString();
}

describe('the shadow of a demo bot', () => {
  it('finds the same trades, explains the difference to the last digit, and agrees with the journal', async () => {
    const ended = await shadow({ bot });
    expect(ended.error).toBeNull();
    const result = ended.result as ShadowResult;
    expect([result.fromMs, result.toMs]).toEqual([startMs, startMs + 3 * hourMs]);
    expect(result.pairs.length).toBeGreaterThan(3);
    expect([result.missed, result.extra]).toEqual([[], []]);
    expect(sumOfParts(result)).toBe(result.totals.difference);
    for (const { backtest, entryDelayMs, run } of result.pairs) {
      // The same candle decided: the order came as late as the way to the venue takes.
      expect(entryDelayMs).toBeGreaterThan(0);
      expect(entryDelayMs).toBeLessThan(2_000);
      expect(run.exitReason).toBe(backtest.exitReason);
    }
    // The same decisions at the same closes: only rounding to eight digits is left of timing.
    expect(Math.abs(Number(result.totals.parts.timing))).toBeLessThan(1e-6);
    const { rows, total } = await call(terminal, 'fills/list', { bot, limit: 500 });
    expect(rows).toHaveLength(total);
    const fees = result.pairs.reduce((sum, { run }) => sum + run.fees, 0);
    expect(fees).toBeCloseTo(
      rows.reduce(
        (sum, { fee, feeCurrency, price }) =>
          sum + Number(fee) * (feeCurrency === 'USDT' ? 1 : Number(price)),
        0,
      ),
      8,
    );
    expect(result.verdict[1]).toBe(`All ${result.pairs.length} trades of the backtest and of the run match.`);
  });

  it('says why trades of a paused bot are missing, from the stored journal alone', async () => {
    const pausedMs = startMs + hourMs;
    const reader = JournalReader.open(folder.path, 'demo');
    try {
      const { rows } = reader.queries.journal({ bot, limit: 2_000 });
      // The same journal, but for the second hour's fills: the bot was paused then.
      const isKept = (row: (typeof rows)[number]) =>
        row.timeMs < pausedMs || (row.kind !== 'fill' && row.kind !== 'order-intent');
      const pause = {
        ...(rows[0] as (typeof rows)[number]),
        sequence: 1e9,
        timeMs: pausedMs,
        kind: 'bot-state',
      };
      const changed = [
        { ...pause, body: { kind: 'bot-state', bot, state: 'PAUSED', reason: 'asked for' } },
        ...rows.filter(isKept),
      ];
      const result = await shadowBacktest(
        { bot, toMs: startMs + 3 * hourMs, toleranceBars: 2, slippage: 0.0005 },
        {
          queries: {
            journal: (request) =>
              request.bot === undefined ? { rows: [], total: 0 } : { rows: changed, total: changed.length },
          },
          instruments: reader.instruments.list(),
          findStrategy,
          minutes: minutesOfFolder(loadNative(), folder.path, 'demo'),
          runner: { run: (spec) => runBacktest(spec, { findStrategy }) },
          nowMs: startMs + 3 * hourMs,
        },
        { isCancelled: () => false, progress: () => undefined },
      );
      expect(result.missed.length).toBeGreaterThan(0);
      expect(new Set(result.missed.map(({ reason }) => reason.code))).toEqual(new Set(['not-running']));
      expect(sumOfParts(result)).toBe(result.totals.difference);
    } finally {
      reader.close();
    }
  });

  it('refuses what it cannot replay', async () => {
    await expect(shadow({ bot: 'b99' })).resolves.toMatchObject({
      error: { code: 'not-found', field: 'bot' },
    });
    await expect(shadow({ bot, toMs: startMs - hourMs })).resolves.toMatchObject({
      error: { code: 'refused', field: 'toMs' },
    });
  });
});
