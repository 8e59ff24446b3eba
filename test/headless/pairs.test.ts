import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { lastLine, newDataFolder, sextant } from './sextant.ts';

const startMs = 1_700_000_000_000 - (1_700_000_000_000 % 60_000);
const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** A folder with three series: two that swing around each other with a period of six bars, one on its own. */
function folderOfSeries(): string {
  const folder = newDataFolder();
  mkdirSync(folder, { recursive: true });
  let [walk, other] = [100, 50];
  const rows: Record<string, string[]> = { LEAD: [], LAG: [], OWN: [] };
  for (let row = 0; row < 300; row += 1) {
    walk *= 1 + 0.01 * Math.sin(row * row);
    other *= 1 + 0.01 * Math.sin(row * row * 1.7 + 1);
    const swing = 1 + 0.004 * Math.sin((row * Math.PI) / 3) + 0.002 * Math.sin(row * row * 0.9);
    for (const [name, price] of [
      ['LEAD', walk],
      ['LAG', walk * swing],
      ['OWN', other],
    ] as const) {
      // One bar is missing in one of them.
      if (name === 'OWN' && row === 100) continue;
      rows[name]?.push(`${startMs + row * 60_000},${price},${price},${price},${price},1`);
    }
  }
  for (const [name, lines] of Object.entries(rows)) {
    writeFileSync(join(folder, `${name}.csv`), `timestamp,open,high,low,close,volume\n${lines.join('\n')}\n`);
  }
  return folder;
}

const scan = (...flags: string[]) => sextant(['pairs', 'scan', ...flags, '--json']);

test('a folder: the pair that swings around each other, aligned, with all its numbers', async () => {
  const said = await scan('--folder', folderOfSeries());
  expect(said.stderr).toBe('');
  expect(said.code).toBe(0);
  const result = lastLine(said);
  expect(result).toMatchObject({
    kind: 'result',
    method: 'engle-granger',
    timeframeMs: 60_000,
    bars: 299,
    from: startMs,
    to: startMs + 299 * 60_000,
    missing: 1,
    tested: 3,
    total: 1,
  });
  expect(result['series']).toMatchObject([
    { name: 'LAG', bars: 300, missing: 0, notCommon: 1 },
    { name: 'LEAD', bars: 300, missing: 0, notCommon: 1 },
    { name: 'OWN', bars: 299, missing: 1, notCommon: 0 },
  ]);
  const [row] = result['rows'] as Record<string, number | string>[];
  expect(row).toMatchObject({ first: 'LAG', second: 'LEAD', lag: 1, verdict: 'pair' });
  expect(result['hedged']).toBe(1);
  expect(row?.['hedgeRatio']).toBeCloseTo(1, 1);
  expect(row?.['p']).toBeLessThan(1e-6);
  expect(row?.['halfLifeBars']).toBeGreaterThan(0);
  expect(row?.['halfLifeBars']).toBeLessThan(3);
  // A period of six bars crosses twice in each.
  expect(row?.['zeroCrossings']).toBeGreaterThan(80);
  expect(row?.['correlation']).toBeGreaterThan(0.5);
});

test('johansen finds the same pair; people get a table', async () => {
  const folder = folderOfSeries();
  const result = lastLine(await scan('--folder', folder, '--method', 'johansen', '--p-max', '0.01'));
  const [row] = result['rows'] as Record<string, number | string>[];
  expect(row).toMatchObject({ first: 'LAG', second: 'LEAD' });
  expect(row?.['trace']).toBeGreaterThan(19.9349);
  const said = await sextant(['pairs', 'scan', '--folder', folder]);
  expect(said.stdout).toContain('LAG    LEAD');
  expect(said.stdout).toContain('3 pairs tested on 299 common bars');
});

test.skipIf(!existsSync(shared))('the pairs of the reference file', async () => {
  const reference = JSON.parse(
    readFileSync(join(shared, 'reference/cointegration_expected.json'), 'utf8'),
  ) as {
    pairs: { a: string; b: string; coint_maxlag1: { t: number; p: number }; spread: { half_life: number } }[];
  };
  // The second pair: XMR against DASH, cointegrated at 1 %.
  const pair = reference.pairs[1];
  if (pair === undefined) throw new Error('the reference file has no second pair');
  const files = ['--candles', join(shared, pair.a), join(shared, pair.b)];
  const { rows } = lastLine(await scan(...files, '--half-life-max', 'any')) as unknown as {
    rows: { t: number; p: number; halfLifeBars: number }[];
  };
  expect(rows[0]?.t).toBeCloseTo(pair.coint_maxlag1.t, 9);
  expect(rows[0]?.p).toBeCloseTo(pair.coint_maxlag1.p, 9);
  expect(rows[0]?.halfLifeBars).toBeCloseTo(pair.spread.half_life, 7);
  // Its half-life is 64 bars: by default that is too long.
  expect(lastLine(await scan(...files))).toMatchObject({ passed: 1, total: 0 });
});

describe('what is refused, with exit code and field', () => {
  const cases: readonly [name: string, flags: readonly string[], exitCode: number, field: string][] = [
    ['no files', [], 2, 'candles'],
    ['one file', ['--candles', 'a.csv'], 2, 'candles'],
    ['a file twice', ['--candles', 'a.csv', 'a.csv'], 2, 'candles'],
    ['no such file', ['--candles', 'no-such-a.csv', 'no-such-b.csv'], 4, 'candles'],
    ['no such folder', ['--folder', 'no-such-folder'], 4, 'folder'],
    ['unknown method', ['--method', 'x'], 2, 'method'],
    ['unknown timeframe', ['--timeframe', '7m'], 2, 'timeframe'],
    ['p of 0', ['--p-max', '0'], 2, 'p-max'],
    ['johansen at 3 %', ['--method', 'johansen', '--p-max', '0.03'], 2, 'p-max'],
    ['half a lag', ['--lag', '1.5'], 2, 'lag'],
    ['johansen by aic', ['--method', 'johansen', '--lag', 'aic'], 2, 'lag'],
    ['half-life of 0', ['--half-life-max', '0'], 2, 'half-life-max'],
    ['too few bars', ['--bars', '10'], 2, 'bars'],
  ];
  for (const [name, flags, exitCode, field] of cases) {
    test(name, async () => {
      const said = await scan(...flags);
      expect(lastLine(said)).toMatchObject({ kind: 'error', field });
      expect(said.code).toBe(exitCode);
    });
  }

  test('a damaged file: file and line are named', async () => {
    const folder = folderOfSeries();
    const file = join(folder, 'OWN.csv');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\n[^\n]*\n$/, '\nnonsense\n'));
    const said = await scan('--folder', folder);
    expect(said.code).toBe(2);
    expect(lastLine(said)).toMatchObject({
      kind: 'error',
      field: 'candles',
      message: expect.stringMatching(/OWN\.csv, line 300/),
    });
  });
});
