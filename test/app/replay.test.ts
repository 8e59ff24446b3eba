import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runReplay } from '../../src/app/run-replay.ts';
import { temporaryFolder } from './terminal-harness.ts';

const shared =
  process.env['SEXTANT_SHARED'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const frames = join(shared, 'l2', 'binance_spot_btcusdt_20240808.gz');

function candleFile(folder: string): string {
  const path = join(folder, 'candles.csv');
  const rows = ['timestamp,open,high,low,close,volume'];
  for (let minute = 0; minute < 400; minute += 1) {
    // A saw: 30 minutes up, 30 minutes down, one unit a minute around 1000.
    const phase = minute % 60;
    const open = 1000 + (phase < 30 ? phase : 60 - phase);
    const close = 1000 + (phase + 1 <= 30 ? phase + 1 : 59 - phase);
    rows.push(
      `${1_700_000_040_000 + minute * 60_000},${open}.00,${Math.max(open, close)}.50,${Math.min(open, close) - 1}.50,${close}.00,40.0000`,
    );
  }
  writeFileSync(path, `${rows.join('\n')}\n`);
  return path;
}

describe('a replay of candles', () => {
  it('walks each candle, trades, and gives the same hash twice', async () => {
    const folder = temporaryFolder();
    try {
      const options = {
        frames: candleFile(folder.path),
        venue: 'binance',
        instrument: 'BTC/USDT',
        strategy: 'ma-cross',
        params: { timeframe: '1m', fastPeriod: 5, slowPeriod: 20 },
        latencyMs: 50,
      };
      const first = await runReplay(options);
      expect(first.trades).toBe(1600);
      expect(first.fills).toBeGreaterThan(4);
      expect(first.identities.failed).toBe(0);
      expect(first.warnings).toEqual([]);
      const useless = { ...options.params, sizeType: 'quote', orderPercent: '50' };
      expect((await runReplay({ ...options, params: useless })).warnings).toEqual([
        'BTC/USDT: orderPercent 50 is not used: it needs sizeType percent, and that is quote.',
      ]);
      expect(first.assumptions.some((text) => text.includes('Inside a candle'))).toBe(true);
      expect((await runReplay(options)).auditHash).toBe(first.auditHash);
      expect(
        (await runReplay({ ...options, params: { ...options.params, slowPeriod: 25 } })).auditHash,
      ).not.toBe(first.auditHash);
    } finally {
      folder.remove();
    }
  });

  it('asks for the market a candle file does not name', async () => {
    const folder = temporaryFolder();
    try {
      const options = { frames: candleFile(folder.path), venue: 'binance', latencyMs: 50 };
      await expect(runReplay(options)).rejects.toMatchObject({ code: 'bad-input', field: 'instrument' });
    } finally {
      folder.remove();
    }
  });
});

const hasFrames = existsSync(frames);
if (!hasFrames) process.stderr.write(`no recorded frames at ${frames}: their replay is skipped\n`);

describe.skipIf(!hasFrames)('a replay of recorded frames', () => {
  it('rebuilds the book without a gap or a crossing, twice alike', async () => {
    const options = {
      frames,
      venue: 'binance',
      strategy: 'grid',
      params: { lower: '61000', upper: '62500', levels: 30, investment: '50000' },
      latencyMs: 50,
    };
    const first = await runReplay(options);
    // One delta lies before the snapshot: 3451 updates, one snapshot, nothing missing.
    expect(first.book).toMatchObject({
      updates: 3451,
      snapshots: 1,
      gaps: 0,
      crossed: 0,
      bestBid: '61685.99',
      bestAsk: '61686',
    });
    expect(first.trades).toBe(9757);
    expect(first.fills).toBeGreaterThan(10);
    expect((await runReplay(options)).auditHash).toBe(first.auditHash);
  });
});
