/** `--strategy FILE`: the example of docs/own-strategies.md runs as it stands there, and a file that does not fit is told why. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { lastLine, newDataFolder, sextant } from './sextant.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sextant-own-strategy-'));
// Inside the checkout, as the page says, in a folder that is no part of it.
mkdirSync(join(root, 'out'), { recursive: true });
const own = mkdtempSync(join(root, 'out', 'own-strategy-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(own, { recursive: true, force: true });
});

const page = readFileSync(join(root, 'docs', 'own-strategies.md'), 'utf8');
const example = (/```ts\n([\s\S]+?)```/.exec(page)?.[1] ?? '').replaceAll("'../src/", "'../../src/");

function strategyFile(name: string, code: string): string {
  const path = join(own, name);
  writeFileSync(path, code);
  return path;
}

// Ten hours at 100, then up by 10 an hour to 200, then down to 50, and there it stays.
const closes = [
  ...Array.from({ length: 10 }, () => 100),
  ...Array.from({ length: 10 }, (_, hour) => 110 + hour * 10),
  ...Array.from({ length: 15 }, (_, hour) => 190 - hour * 10),
  ...Array.from({ length: 125 }, () => 50),
];
const candles = join(folder, 'BTCUSDT_1h.csv');
const rows = closes.map((close, hour) => {
  const open = closes[hour - 1] ?? close;
  return [1_700_006_400_000 + hour * 3_600_000, open, Math.max(open, close), Math.min(open, close), close, 9];
});
writeFileSync(candles, ['timestamp,open,high,low,close,volume', ...rows.map(String)].join('\n'));
const free = ['--candles', candles, '--fee-taker', '0', '--slippage', '0', '--params', '{"bars":5}'];

async function run(command: string, strategy: string, ...args: string[]) {
  const said = await sextant([
    command,
    '--strategy',
    strategy,
    ...free,
    '--data',
    newDataFolder(),
    '--json',
    ...args,
  ]);
  return { code: said.code, line: lastLine(said), stderr: said.stderr };
}

test('the example of the page trades as it says', async () => {
  const path = strategyFile('breakout.ts', example);
  const { code, line } = await run('backtest', path, '--lot-size', '1', '--tick-size', '1');
  expect(code).toBe(0);
  // The close of 110 is the first above five highs of 100: 98 % of 10,000 buys 89 at the next open, 110. Falling, the close of
  // 160 is the first below the lows of the five candles before it (180, 190, 190, 180, 170): out at the next open, 160.
  expect(line).toMatchObject({ strategy: 'breakout', path: 'event', trades: 1, finalEquity: '14450' });
});

test('it is searched and checked like any other', async () => {
  const path = strategyFile('searched.ts', example.replace("id: 'breakout'", "id: 'searched'"));
  const few = [
    '--params',
    '{}',
    '--trials',
    '4',
    '--minimum-trades',
    '1',
    '--out-of-sample',
    '0',
    '--sampler',
    'grid',
    '--seed',
    '1',
  ];
  const found = await run('optimise', path, ...few);
  expect([found.code, found.line['message']]).toEqual([0, undefined]);
  // 10 to 60 in steps of 5.
  expect(found.line).toMatchObject({ trials: 4, gridCells: 11 });
  expect(found.stderr).toContain('The grid has 11 cells: 4 of them are tried');
  const checked = await run('bias', path, '--cuts', '3');
  expect(checked.code).toBe(0);
  expect((checked.line['verdict'] as string[])[0]).toMatch(/^No sign of lookahead/);
});

test.each([
  ['no such file', undefined, 4, /there is no such file$/, undefined],
  ['no export', 'export const plan = 1;', 2, /does not export "strategy"$/, /It exports plan\./],
  ['a syntax error', 'export const strategy = {', 2, /cannot be loaded: /, /own-strategies/],
  [
    'an import that is not there',
    "import 'no-such-package';",
    2,
    /cannot be loaded: /,
    /keep it inside Sextant/,
  ],
  [
    'a missing part',
    example.replace('supports: () => true,', ''),
    2,
    /"supports" must be a function$/,
    /own-strategies/,
  ],
  [
    'an id that is taken',
    example.replace("'breakout'", "'grid'"),
    2,
    /has the id of one that Sextant ships, grid$/,
    /another id/,
  ],
  [
    'one that throws',
    example.replace('const channel', 'throw new Error("no luck");\nconst channel'),
    3,
    /no luck/,
    undefined,
  ],
])('%s', async (name, code, exitCode, message, hint) => {
  const file = `${name.replaceAll(' ', '-')}.ts`;
  const path = code === undefined ? join(own, file) : strategyFile(file, code);
  const refused = await run('backtest', path);
  expect([refused.code, refused.line['field']]).toEqual([exitCode, 'strategy']);
  expect(refused.line['message']).toMatch(message);
  if (hint !== undefined) expect(refused.line['hint']).toMatch(hint);
});
