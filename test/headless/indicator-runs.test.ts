import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createCatalogue } from '../../src/adapters/compute/catalogue.ts';
import { loadNative } from '../../src/adapters/compute/native.ts';
import type { CommandContext } from '../../src/headless/cli/context.ts';
import { runIndicator } from '../../src/headless/commands/indicators.ts';
import { lastLine, newDataFolder, sextant } from './sextant.ts';

const header = 'timestamp,open,high,low,close,volume';

/** What a command needs where only its file matters. */
const silent = { output: { result: () => undefined } } as unknown as CommandContext;

function newFolder(): string {
  const folder = newDataFolder();
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The numbers of one column of a CSV file; NaN where it is empty. */
function columnOf(path: string, name: string): number[] {
  const [first = '', ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const index = first.split(',').indexOf(name);
  return rows.map((row) => {
    const field = row.split(',')[index];
    return field === '' || field === undefined ? Number.NaN : Number(field);
  });
}

test('every indicator runs over a candle file', async () => {
  const folder = newFolder();
  const file = join(folder, 'candles.csv');
  const rows = Array.from({ length: 260 }, (_, row) => {
    const close = 100 + 7 * Math.sin(row / 5) + ((row * 37) % 11);
    const open = close + ((row * 13) % 7) - 3;
    const [high, low] = [Math.max(open, close) + 1 + (row % 3), Math.min(open, close) - 1 - (row % 2)];
    return [1_700_000_000_000 + row * 1_800_000, open, high, low, close, 10 + ((row * 29) % 17)].join(',');
  });
  writeFileSync(file, [header, ...rows, ''].join('\n'));
  const { indicators } = createCatalogue(loadNative());
  expect(indicators.length).toBeGreaterThanOrEqual(235);
  // Prices lie outside of the domain of these two.
  const undefinedForPrices = ['ACOS', 'ASIN'];
  for (const info of indicators) {
    const out = join(folder, `${info.id}.csv`);
    // The periods of MAVP are no candle column.
    const columns = info.inputs.includes('periods') ? '{"periods":"volume"}' : undefined;
    expect(await runIndicator(silent, { name: info.id, in: file, out, columns }), info.id).toBe(0);
    expect(readFileSync(out, 'utf8').split('\n')[0]).toBe(['timestamp', ...info.outputs].join(','));
    for (const output of info.outputs) {
      const values = columnOf(out, output);
      expect(values, info.id).toHaveLength(260);
      if (undefinedForPrices.includes(info.id)) continue;
      expect(values.at(-1), `${info.id} ${output}`).not.toBeNaN();
    }
  }
});

const archive = fileURLToPath(
  new URL('../../../shared/data/reference/stock_indicators_standard.tar.gz', import.meta.url),
);

test.skipIf(!existsSync(archive))('the command line gives the published series', async () => {
  const folder = newFolder();
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  const [, ...quotes] = readFileSync(join(folder, 'quotes/default.csv'), 'utf8').trimEnd().split(/\r?\n/);
  const file = join(folder, 'candles.csv');
  const rows = quotes.map((row) => {
    const [date, ...values] = row.split(',');
    return [Date.parse(`${date}T00:00:00Z`), ...values.map((value) => value.trim())].join(',');
  });
  writeFileSync(file, [header, ...rows, ''].join('\n'));
  const cases: readonly [name: string, params: string, output: string, file: string, field: string][] = [
    ['SMA', '{"timeperiod":20}', 'real', 'sma', 'sma'],
    ['RSI', '{}', 'real', 'rsi', 'rsi'],
    ['ALMA', '{}', 'real', 'alma', 'alma'],
    ['BBANDS', '{}', 'upperband', 'bb', 'upperBand'],
    ['KVO', '{}', 'signal', 'kvo', 'signal'],
    ['PMO', '{}', 'signal', 'pmo', 'signal'],
    ['ULCER', '{}', 'real', 'ulcer', 'ulcerIndex'],
    ['CHANDELIER', '{}', 'long', 'chexit', 'chandelierExit'],
  ];
  for (const [name, params, output, series, field] of cases) {
    const out = join(folder, `${name}.csv`);
    const said = await sextant([
      ...['indicators', 'run', '--name', name, '--params', params, '--in', file, '--out', out, '--json'],
    ]);
    expect(lastLine(said)).toMatchObject({ kind: 'result', indicator: name, rows: 502 });
    const expected = (
      JSON.parse(readFileSync(join(folder, `results/${series}.standard.json`), 'utf8')) as Record<
        string,
        number | null
      >[]
    ).map((row) => row[field] ?? Number.NaN);
    const found = columnOf(out, output);
    expect(found).toHaveLength(expected.length);
    for (const [row, value] of expected.entries()) {
      const error = Math.abs((found[row] as number) - value) / Math.max(1, Math.abs(value));
      if (Number.isNaN(value)) expect(found[row], `${name} row ${row}`).toBeNaN();
      else expect(error, `${name} row ${row}`).toBeLessThan(1e-11);
    }
  }
});
