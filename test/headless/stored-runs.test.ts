/** What is kept and found again: backtests that are saved, and what there is to say of jobs where no host runs. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lastLine, newDataFolder, sextant } from './sextant.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-stored-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const candles = join(folder, 'BTCUSDT_1h.csv');
const rows = Array.from({ length: 600 }, (_, hour) => {
  const price = 100 + Math.abs((hour % 20) - 10);
  return `${1_700_006_400_000 + hour * 3_600_000},${price},${price + 1},${price - 1},${price},5`;
});
writeFileSync(candles, ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
const params =
  '{"fastPeriod":2,"slowPeriod":5,"stopLossPercent":"0","sizeType":"percent","orderPercent":"50"}';
const run = ['backtest', '--strategy', 'ma-cross', '--params', params, '--candles', candles];

test('a backtest is stored when asked, tells its id, is listed, shown and gone on with', async () => {
  const data = ['--data', newDataFolder()];
  const empty = await sextant(['backtests', 'list', ...data]);
  expect([empty.code, empty.stdout.trim()]).toEqual([
    0,
    'There is none yet. Keep one: bin/sextant backtest … --save',
  ]);
  expect(lastLine(await sextant([...run, ...data, '--json']))).not.toHaveProperty('backtest');
  const saved = lastLine(await sextant([...run, '--save', ...data, '--json']));
  expect(saved['backtest']).toBe('bt-1');
  const words = await sextant([...run, '--save', ...data]);
  expect(words.stdout).toMatch(/Stored as:\s+bt-2/);
  const listed = lastLine(await sextant(['backtests', 'list', ...data, '--json']));
  expect(listed).toMatchObject({
    total: 2,
    backtests: [
      { id: 'bt-2', name: 'ma-cross on BTC/USDT' },
      { id: 'bt-1', strategy: 'ma-cross', finalEquity: saved['finalEquity'] },
    ],
  });
  const shown = lastLine(await sextant(['backtests', 'show', 'bt-1', ...data, '--json']));
  expect(shown).toMatchObject({
    id: 'bt-1',
    spec: { series: [{ source: { kind: 'file', path: candles } }] },
  });
  const shuffled = lastLine(
    await sextant(['montecarlo', '--backtest', 'bt-1', '--runs', '100', ...data, '--json']),
  );
  // The last trade is still open, and no order of the closed ones has it.
  expect([shuffled['trades'], shuffled['openTrades'], saved['trades']]).toEqual([29, 1, 30]);
  const none = await sextant(['backtests', 'show', 'bt-9', ...data, '--json']);
  expect(none.code).toBe(4);
  expect(lastLine(none)['hint']).toContain('bin/sextant backtests list');
});

test('jobs without a host: none, and where results are', async () => {
  const data = ['--data', newDataFolder()];
  const listed = await sextant(['jobs', 'list', ...data, '--json']);
  expect([listed.code, lastLine(listed)]).toEqual([0, { kind: 'result', jobs: [], host: 'none' }]);
  expect(listed.stderr).toMatch(/No host runs .* so no job does\. .*backtests list, studies list.*--no-ui/);
  const shown = await sextant(['jobs', 'show', 'job-1', ...data, '--json']);
  expect(shown.code).toBe(3);
  expect(lastLine(shown)['message']).toBe(
    'jobs are work of a running host, and none runs on this data folder',
  );
});

test('a bot with some parameters needs a host, not the others; what is given must be good', async () => {
  const create = [
    'bots',
    'create',
    '--strategy',
    'grid',
    '--venue',
    'sim-a',
    '--instrument',
    'BTC/USDT',
    '--params',
  ];
  const made = async (text: string) => {
    const said = await sextant([...create, text, '--data', newDataFolder(), '--json']);
    return { code: said.code, ...lastLine(said) };
  };
  expect(await made('{"levels": 5}')).toMatchObject({
    code: 'refused',
    message: expect.stringContaining('no host'),
  });
  expect(await made('{"levels": -5}')).toMatchObject({ code: 'bad-input', field: 'params.levels' });
  expect(await made('{"levles": 5}')).toMatchObject({ field: 'params.levles', hint: 'Did you mean levels?' });
});
