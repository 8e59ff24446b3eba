import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { lastLine, newDataFolder, sextant } from './sextant.ts';

const startUs = 1_700_000_000_000_000;

/** Five lots bid at 100 and asked at 101; at 400 ms somebody sells nine there. */
function recording(): string {
  const folder = newDataFolder();
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder);
  const file = join(folder, 'book.csv');
  const row = (ms: number, side: string, price: string, amount: string): string =>
    `x,BTC,${startUs + ms * 1000},${startUs + ms * 1000},${ms === 0},${side},${price},${amount}`;
  const rows = [
    row(0, 'bid', '100', '5'),
    row(0, 'ask', '101', '5'),
    // The bid comes up to 101 and goes: it fills an offer there.
    row(400, 'bid', '101', '1'),
    row(500, 'bid', '101', '0'),
    row(501, 'ask', '101', '2'),
    row(900, 'bid', '99', '1'),
  ];
  const header = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount';
  writeFileSync(file, [header, ...rows, ''].join('\n'));
  return file;
}

const params = '{"levels":1,"intervalTicks":1,"halfSpreadIntervals":0,"size":[1,2],"maxPosition":[2,4]}';

function run(file: string, ...more: string[]) {
  return sextant(['backtest-l2', '--in', file, '--strategy', 'grid', '--params', params, ...more, '--json']);
}

test('every combination is run, best equity first', async () => {
  const said = await run(recording(), '--format', 'tardis-csv', '--maker-fee', '-0.001');
  expect(said.code).toBe(0);
  const result = lastLine(said) as unknown as {
    sets: number;
    options: unknown;
    results: {
      params: Record<string, number>;
      fills: number;
      position: number;
      fee: number;
      equity: number;
    }[];
  };
  expect(result.sets).toBe(4);
  expect(result.options).toMatchObject({
    stepMs: 100,
    matching: 'partial',
    queue: { kind: 'power', exponent: 2 },
  });
  // Two sold at 101 stand against a mid of 100.5: 1 earned, and the rebate of 0.202.
  expect(result.results[0]?.params).toMatchObject({ size: 2 });
  expect(result.results[0]).toMatchObject({ fills: 1, position: -2 });
  expect(result.results[0]?.equity).toBeCloseTo(1.202, 9);
  expect(result.results[3]?.equity).toBeCloseTo(0.601, 9);
});

test('a stored recording gives what its file gives', async () => {
  const file = recording();
  const folder = newDataFolder();
  const market = ['--venue', 'deribit', '--instrument', 'BTC/USD:BTC', '--data', folder];
  const imported = await sextant(['data', 'import', '--file', file, ...market, '--json']);
  expect(imported.code).toBe(0);
  // The book is emptied, six changes; the bid comes to the ask once.
  expect(lastLine(imported)).toMatchObject({ dataKind: 'l2', format: 'tardis-csv', bars: 7, crossed: 1 });
  const listed = await sextant(['data', 'list', '--data', folder, '--json']);
  expect(lastLine(listed)).toMatchObject({ total: 1, series: [{ dataKind: 'l2', bars: 7, timeframe: '' }] });
  const checked = await sextant(['data', 'check', ...market, '--kind', 'l2']);
  expect(checked.stdout).toMatch(/Crossed books:\s+1\n/);
  expect(checked.stdout).toContain('row 4: best bid 101 is not below best ask 101');
  const strategy = ['--strategy', 'grid', '--params', params, '--maker-fee', '-0.001'];
  const stored = lastLine(await sextant(['backtest-l2', ...market, ...strategy, '--json']));
  const read = lastLine(await run(file, '--format', 'tardis-csv', '--maker-fee', '-0.001'));
  expect(stored['results']).toEqual(read['results']);
  const unknown = await sextant(['backtest-l2', ...market.with(1, 'bybit'), ...strategy, '--json']);
  expect(lastLine(unknown)).toMatchObject({ kind: 'error', code: 'not-found', field: 'instrument' });
  const nothing = await sextant(['backtest-l2', ...strategy, '--json']);
  expect(lastLine(nothing)).toMatchObject({ kind: 'error', code: 'bad-input', field: 'in' });
});

test('what cannot be is refused with its flag', async () => {
  const file = recording();
  const refused = async (...more: string[]): Promise<Record<string, unknown>> => {
    const said = await run(file, ...more);
    expect(said.code).not.toBe(0);
    return lastLine(said) as unknown as Record<string, unknown>;
  };
  expect(await refused()).toMatchObject({ kind: 'error', code: 'bad-input', field: 'in' });
  const format = ['--format', 'tardis-csv'];
  expect(await refused('--format', 'csv')).toMatchObject({ field: 'format' });
  expect(await refused(...format, '--queue', 'front')).toMatchObject({ field: 'queue' });
  expect(await refused(...format, '--params', '{"levels":1,"levles":2}')).toMatchObject({
    field: 'params.levles',
  });
  expect(await refused(...format, '--params', '{"levels":"1"}')).toMatchObject({ field: 'params.levels' });
  expect(await refused(...format, '--params', '{"levels":1}')).toMatchObject({ field: 'params.size' });
  expect(await refused(...format, '--strategy', 'dca')).toMatchObject({ field: 'strategy' });
  expect(await refused('--format', 'bybit-book')).toMatchObject({
    field: 'in',
    message: expect.stringContaining('line 1: not an order book frame'),
  });
});
