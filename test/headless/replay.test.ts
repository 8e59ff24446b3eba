/** `replay` on real recorded frames: the same audit hash twice, and a book that is never crossed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Line, lastLine, newDataFolder, sextant } from './sextant.ts';

const shared = process.env['SEXTANT_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url));
const frames = join(shared, 'data', 'l2', 'binance_spot_btcusdt_20240808.gz');
const params = {
  lower: '60000',
  upper: '63000',
  levels: 30,
  spacing: 'geometric',
  mode: 'long',
  investment: '5000',
  sizeMode: 'equal-quote',
};

test.skipIf(!existsSync(frames))(
  `recorded Binance frames with a grid (needs ${join('data', 'l2')} in SEXTANT_SHARED)`,
  async () => {
    const data = newDataFolder();
    const args = [
      'replay',
      '--frames',
      frames,
      '--venue',
      'binance',
      '--strategy',
      'grid',
      '--params',
      JSON.stringify(params),
    ];
    const run = async (): Promise<Line> => {
      const said = await sextant([...args, '--json', '--data', data]);
      expect(said.code, said.stdout + said.stderr).toBe(0);
      return lastLine(said);
    };
    const [first, second] = await Promise.all([run(), run()]);
    expect(first).toMatchObject({
      kind: 'result',
      identities: { failed: 0 },
      book: { snapshots: 1, gaps: 0, crossed: 0, updates: 3451 },
      unknown: 0,
    });
    expect(first['orders']).toBeGreaterThan(0);
    expect(first['auditHash']).toMatch(/^[0-9a-f]{64}$/);
    expect(second['auditHash']).toBe(first['auditHash']);
    expect(existsSync(data)).toBe(false);
  },
);
