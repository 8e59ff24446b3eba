import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { measureResult } from '../../src/app/report/measure.ts';
import { reportJson } from '../../src/app/report/report-json.ts';
import { tradesCsv } from '../../src/app/report/trade-file.ts';
import { sampleRun } from '../app/report/sample-result.ts';
import { lastLine, newDataFolder, sextant } from './sextant.ts';

function file(text: string): string {
  const folder = newDataFolder();
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'trades.csv');
  writeFileSync(path, text);
  return path;
}

test('shuffles the trades of a backtest; equal seeds give equal results on any number of threads', async () => {
  const result = sampleRun({ bars: 6000 });
  const path = file(tradesCsv(result));
  const run = async (...more: string[]) => {
    const said = await sextant(['montecarlo', '--trades', path, '--runs', '2000', '--json', ...more]);
    expect(said.stderr).toBe('');
    return lastLine(said);
  };
  const found = await run('--threads', '1');
  expect(found).toMatchObject({
    kind: 'result',
    method: 'shuffle',
    runs: 2000,
    seed: 1,
    trades: result.trades.length,
  });
  const original = found['original'] as { finalValue: number };
  expect(original.finalValue).toBeCloseTo(result.finalEquity / result.startEquity, 9);
  expect(['suspect', 'normal']).toContain(found['verdict']);
  expect(found['fan']).toHaveLength(51);
  expect(await run('--threads', '2')).toEqual(found);
  expect(await run('--seed', '2')).not.toEqual(found);
});

test('a JSON report says the same as the trades as CSV', async () => {
  const result = sampleRun({ bars: 3000 });
  const json = reportJson(measureResult(loadNative(), result), 0);
  const run = async (text: string) =>
    lastLine(await sextant(['montecarlo', '--trades', file(text), '--runs', '500', '--json']));
  expect(await run(json)).toEqual(await run(tradesCsv(result)));
  expect(await run('{"schema":"another"}')).toMatchObject({ field: 'trades' });
});

test('a lucky order is suspect', async () => {
  // Gains and losses take turns: no other order falls so little.
  const profits = Array.from({ length: 200 }, (_, row) => (row % 2 === 0 ? 110 : -100));
  const said = await sextant(['montecarlo', '--trades', file(`profit\n${profits.join('\n')}\n`), '--json']);
  expect(lastLine(said)).toMatchObject({ verdict: 'suspect', drawdownRank: 1 });
  const words = await sextant(['montecarlo', '--trades', file(`profit\n${profits.join('\n')}\n`)]);
  expect(words.stdout).toContain('the order of the trades was lucky');
});

test.each([
  [
    'a value that is no number',
    ['profit\n1\nx\n'],
    2,
    'trades',
    /line 3: column "profit": "x" is not a number/,
  ],
  ['a line cut short', ['profit,side\n1,long\n2\n'], 2, 'trades', /line 3: 1 columns, the header has 2/],
  ['another file', ['time,price\n1,2\n'], 2, 'trades', /neither a column "accountReturn" nor "profit"/],
  ['one trade', ['profit\n1\n'], 2, 'trades', /1 ended trades; at least 2/],
  [
    'a method nobody knows',
    ['profit\n1\n2\n', '--method', 'dice'],
    2,
    'method',
    /shuffle, bootstrap, blocks, missed, noise, random-entries/,
  ],
  [
    'a block longer than the trades',
    ['profit\n1\n2\n', '--method', 'blocks', '--block', '3'],
    2,
    'block',
    /1 to 2/,
  ],
  ['a flag of another method', ['profit\n1\n2\n', '--block', '3'], 2, 'block', /belongs to --method blocks/],
  ['a second thing to work on', ['profit\n1\n2\n', '--candles', 'a.csv'], 2, 'candles', /--trades already/],
  ['trades for candles with noise', ['profit\n1\n2\n', '--method', 'noise'], 2, 'trades', /does not go with/],
  ['noise in trades', ['profit\n1\n2\n', '--noise', '1'], 2, 'noise', /belongs to --method noise/],
  ['runs that are none', ['profit\n1\n2\n', '--runs', '0'], 2, 'runs', /from 1 to/],
])('refuses %s', async (_name, [text = '', ...flags], code, field, message) => {
  const said = await sextant(['montecarlo', '--trades', file(text), '--json', ...flags]);
  expect(said.code).toBe(code);
  expect(lastLine(said)).toMatchObject({ kind: 'error', field, message: expect.stringMatching(message) });
});

test('a missing file is not found', async () => {
  const said = await sextant(['montecarlo', '--trades', 'nowhere.csv', '--json']);
  expect(said.code).toBe(4);
});
