/** A file that a flag of `backtest` names is bad: the error names that flag, the file and the line. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lastLine, sextant } from './sextant.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-backtest-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hourMs = 3_600_000;
const startMs = 1_700_006_400_000;
function written(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
const rows = Array.from({ length: 60 }, (_, hour) => `${startMs + hour * hourMs},5,6,4,5,1`);
const candles = written('BTCUSDT_1h.csv', ['timestamp,open,high,low,close,volume', ...rows]);
const perpetual = ['--instrument', 'BTC/USDT:USDT', '--strategy', 'ma-cross', '--data', join(folder, 'd')];
const badFunding = written('rates.csv', [
  'timestamp,funding_rate',
  `${startMs},0.0001`,
  `${startMs + hourMs},x`,
]);
const badMarks = written('marks.csv', ['timestamp,open,high,low,close', `${startMs},5,6,-4,5`]);
const badLatency = written('latency.csv', ['timestamp,latency', `${startMs},20`, `${startMs + hourMs},-3`]);
const badDetail = written('trades.csv', ['timestamp,price,amount', `${startMs},0,1`]);
const badCandles = written('XRPUSDT_1h.csv', [
  'timestamp,open,high,low,close,volume',
  `${startMs},1,2,3,1,1`,
]);

async function refused(command: string, ...args: string[]) {
  const said = await sextant([command, ...perpetual, ...args, '--json']);
  return { code: said.code, line: lastLine(said) };
}

it.each([
  ['funding', ['--funding', badFunding], badFunding, 'line 3: column "funding_rate": "x"'],
  ['mark', ['--mark', badMarks], badMarks, 'line 2: column "low"'],
  ['latency', ['--latency', badLatency], badLatency, 'line 3: column "latency": "-3"'],
  ['detail', ['--detail', `trades:${badDetail}`], badDetail, 'line 2: column "price": "0"'],
  ['detail', ['--detail', badCandles], badCandles, 'line 2'],
  ['candles', ['--candles', badCandles], badCandles, 'line 2'],
])('--%s', async (flag, args, path, words) => {
  const given = args.includes('--candles') ? args : ['--candles', candles, ...args];
  const { code, line } = await refused('backtest', ...given);
  expect({ code, field: line['field'] }).toEqual({ code: 2, field: flag });
  expect(line['message']).toMatch(new RegExp(`^${flag}: `));
  expect(line['message']).toContain(`${path}, ${words}`);
  expect(line['message']).not.toContain(String(line['hint']));
});

it.each([
  ['funding', ['--funding', 'no-rates.csv']],
  ['mark', ['--mark', 'no-marks.csv']],
  ['latency', ['--latency', 'no-delays.csv']],
])('--%s that is not there', async (flag, args) => {
  const { code, line } = await refused('backtest', '--candles', candles, ...args);
  expect([code, line['field'], line['code']]).toEqual([4, flag, 'not-found']);
});

it('the checks of the Lab name the flag too', async () => {
  const { code, line } = await refused('bias', '--candles', candles, '--funding', badFunding);
  expect([code, line['field']]).toEqual([2, 'funding']);
  expect(line['message']).toContain(`${badFunding}, line 3`);
});

it('a timeframe that is not the one of the file', async () => {
  const { code, line } = await refused('backtest', '--candles', candles, '--timeframe', '5m');
  expect([code, line['field']]).toEqual([2, 'timeframe']);
  expect(line['message']).toBe('timeframe: the candles are 60 minutes apart, not 5');
});

it('a row between the others is not taken for the timeframe', async () => {
  const stray = [...rows.slice(0, 9), `${startMs + 8 * hourMs + 300_000},5,6,4,5,1`, ...rows.slice(9)];
  const path = written('ETHUSDT_1h.csv', ['timestamp,open,high,low,close,volume', ...stray]);
  const { code, line } = await refused('backtest', '--candles', path);
  expect([code, line['field']]).toEqual([2, 'timeframe']);
  expect(line['message']).toBe(
    'timeframe: most candles lie 60 minutes apart, but that of 2023-11-15T08:05:00.000Z only 5',
  );
});

it('a mistyped key of a specification is named with its line and the key that was meant', async () => {
  const series = `  - source: { kind: file, path: ${JSON.stringify(candles)} }`;
  const path = written('run.yaml', ['strategy: ma-cross', 'series:', series, '    instrumnt: BTC/USDT']);
  const said = await sextant(['backtest', '--spec', `@${path}`, '--json']);
  expect(said.code).toBe(2);
  expect(lastLine(said)).toMatchObject({
    field: 'series.0.instrumnt',
    message: 'run.yaml:4: series.0.instrumnt: unknown key "instrumnt"',
    hint: 'Did you mean instrument?',
  });
});
