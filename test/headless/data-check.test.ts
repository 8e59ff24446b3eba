import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { lastLine, newDataFolder, sextant } from './sextant.ts';

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

test('a repair that lost rows ends as damage does, not as a success, and so does putting the damaged file back', async () => {
  const folder = newDataFolder();
  const file = join(dirname(folder), 'many.csv');
  const line = (_: unknown, minute: number): string =>
    `${1_700_000_040_000 + minute * 60_000},100,101,99,100,1`;
  writeFileSync(
    file,
    ['timestamp,open,high,low,close,volume', ...Array.from({ length: 1500 }, line)].join('\n'),
  );
  const market = ['--venue', 'binance', '--instrument', 'BTC/USDT', '--data', folder];
  expect((await sextant(['data', 'import', '--file', file, ...market])).code).toBe(0);
  const path = join(folder, 'market-data', 'candles', 'binance', 'BTC%2FUSDT.1m.candles');
  const bytes = readFileSync(path);
  // In the open prices of the first 1,024 rows.
  bytes.fill(0xff, 12_288 + 8192, 12_288 + 8200);
  writeFileSync(path, bytes);
  const repaired = await sextant(['data', 'repair', ...market, '--json']);
  expect(repaired.code).toBe(6);
  expect(lastLine(repaired)).toMatchObject({ kind: 'result', bars: 476, lostBars: 1024, damage: [] });
  expect((await sextant(['data', 'check', ...market])).code).toBe(0);
  const undone = await sextant(['data', 'repair', ...market, '--undo', '--json']);
  expect(undone.code).toBe(6);
  expect(lastLine(undone)['damage']).toHaveLength(1);
});
