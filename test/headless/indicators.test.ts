import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lastLine, newDataFolder, sextant } from './sextant.ts';

const header = 'timestamp,open,high,low,close,volume';
const startMs = 1_700_000_000_000;

/** A folder with a candle file of these closes; every bar reaches one up and one down. */
function candleFile(closes: readonly number[]): { folder: string; file: string } {
  const folder = newDataFolder();
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder);
  const file = join(folder, 'candles.csv');
  const rows = closes.map(
    (close, row) => `${startMs + row * 60_000},${close},${close + 1},${close - 1},${close},${row + 1}`,
  );
  writeFileSync(file, [header, ...rows, ''].join('\n'));
  return { folder, file };
}

test('list: every indicator with its parameters', async () => {
  const said = await sextant(['indicators', 'list', '--json']);
  expect(said.code).toBe(0);
  const result = lastLine(said) as unknown as {
    total: number;
    indicators: { id: string; params: { name: string; defaultValue: number }[]; outputs: string[] }[];
  };
  expect(result.indicators).toHaveLength(result.total);
  const bands = result.indicators.find(({ id }) => id === 'BBANDS');
  expect(bands?.outputs).toEqual(['upperband', 'middleband', 'lowerband']);
  expect(bands?.params[0]).toMatchObject({ name: 'timeperiod', defaultValue: 20 });
});

test('run: a column for each output, empty while warming up', async () => {
  const { folder, file } = candleFile([2, 4, 9, 8]);
  const out = join(folder, 'out.csv');
  const said = await sextant([
    ...['indicators', 'run', '--name', 'minmax', '--params', '{"timeperiod":2}'],
    ...['--in', file, '--out', out, '--json'],
  ]);
  expect(said.stderr).toBe('');
  expect(lastLine(said)).toMatchObject({ kind: 'result', indicator: 'MINMAX', rows: 4, warmup: 1 });
  expect(readFileSync(out, 'utf8').split('\n')).toEqual([
    'timestamp,min,max',
    `${startMs},,`,
    `${startMs + 60_000},2,4`,
    `${startMs + 120_000},4,9`,
    `${startMs + 180_000},8,9`,
    '',
  ]);
});

test('run: more warm-up than candles is a warning in front, with what to do', async () => {
  const { folder, file } = candleFile([2, 4, 9]);
  const run = ['indicators', 'run', '--name', 'SMA', '--params', '{"timeperiod":4}'];
  const words =
    'there is no value: it needs 3 candles before its first one, and the file has 3. Shorten its periods, or give more candles.';
  const files = ['--in', file, '--out', join(folder, 'out.csv')];
  expect(lastLine(await sextant([...run, ...files, '--json']))['warnings']).toEqual([words]);
  const { stdout } = await sextant([...run, ...files]);
  expect(stdout).toMatch(/^Warning: there is no value/);
  expect(stdout).toContain('3, all of them warm up');
  // One candle more, and there is a value.
  const enough = candleFile([2, 4, 9, 5]);
  const more = ['--in', enough.file, '--out', join(enough.folder, 'out.csv'), '--json'];
  expect(lastLine(await sextant([...run, ...more]))).toMatchObject({ rows: 4, warmup: 3, warnings: [] });
});

test('run: --columns names another input', async () => {
  const { folder, file } = candleFile([2, 4, 9]);
  const out = join(folder, 'out.csv');
  const said = await sextant([
    ...['indicators', 'run', '--name', 'SMA', '--params', '{"timeperiod":2}'],
    ...['--columns', '{"close":"high"}', '--in', file, '--out', out],
  ]);
  expect(said.code).toBe(0);
  // Highs 3, 5, 10.
  expect(readFileSync(out, 'utf8')).toContain(`${startMs + 120_000},7.5\n`);
});

describe('what is refused, with exit code and field', () => {
  const cases: readonly [
    name: string,
    flags: Readonly<Record<string, string>>,
    exitCode: number,
    field: string,
  ][] = [
    ['unknown indicator', { '--name': 'NOPE' }, 4, 'name'],
    ['unknown parameter', { '--params': '{"period":2}' }, 2, 'params.period'],
    ['parameter out of bounds', { '--params': '{"timeperiod":0}' }, 2, 'params.timeperiod'],
    ['text for a number', { '--params': '{"timeperiod":"2"}' }, 2, 'params.timeperiod'],
    ['not JSON', { '--params': '{' }, 2, 'params'],
    ['input without a column', { '--name': 'MAVP' }, 2, 'columns.periods'],
    ['unknown column', { '--columns': '{"close":"vwap"}' }, 2, 'columns.close'],
    ['no such file', { '--in': 'no-such-file.csv' }, 4, 'in'],
    ['folder that does not exist', { '--out': join('no-such-folder', 'out.csv') }, 2, 'out'],
  ];
  for (const [name, flags, exitCode, field] of cases) {
    test(name, async () => {
      const { folder, file } = candleFile([2, 4, 9]);
      const out = join(folder, 'out.csv');
      const all = { '--name': 'SMA', '--in': file, '--out': out, ...flags };
      const said = await sextant(['indicators', 'run', ...Object.entries(all).flat(), '--json']);
      expect(lastLine(said)).toMatchObject({ kind: 'error', field });
      expect(said.code).toBe(exitCode);
      expect(existsSync(out)).toBe(false);
    });
  }

  test('a damaged file: the line is named and nothing is written', async () => {
    const { folder, file } = candleFile([2, 4, 9]);
    writeFileSync(file, `${readFileSync(file, 'utf8')}${startMs + 180_000},NaN,1,1,1,1\n`);
    const out = join(folder, 'out.csv');
    const said = await sextant(['indicators', 'run', '--name', 'SMA', '--in', file, '--out', out, '--json']);
    expect(said.code).toBe(2);
    expect(lastLine(said)).toMatchObject({
      kind: 'error',
      field: 'in',
      message: expect.stringContaining('line 5'),
    });
    expect(existsSync(out)).toBe(false);
  });
});
