import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { newDataFolder, sextant } from './sextant.ts';

test('a check says how much it does not show', async () => {
  const folder = newDataFolder();
  const file = join(dirname(folder), 'candles.csv');
  // 13 gaps: two minutes follow each other, the third is missing.
  const rows = Array.from({ length: 28 }, (_, row) => Math.floor(row / 2) * 3 + (row % 2));
  const line = (minute: number): string => `${1_700_000_040_000 + minute * 60_000},100,101,99,100,1`;
  writeFileSync(file, ['timestamp,open,high,low,close,volume', ...rows.map(line), ''].join('\n'));
  const market = ['--venue', 'binance', '--instrument', 'BTC/USDT', '--timeframe', '1m', '--data', folder];
  expect((await sextant(['data', 'import', '--file', file, ...market])).code).toBe(0);
  const { stdout } = await sextant(['data', 'check', ...market]);
  expect(stdout.match(/gap of 1/g)).toHaveLength(10);
  expect(stdout).toContain('… and 3 more gaps (more with --json)');
});
