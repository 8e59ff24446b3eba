import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  importL2,
  type L2ParameterSet,
  L2Recording,
  type L2RunOptions,
  l2Info,
  replayL2,
} from '../../../src/adapters/compute/l2.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { failureOf, temporaryFolder } from './support.ts';

const addon = loadNative();
const startMs = 1_700_000_000_000;

const csvHead = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount';

/** A line of a Tardis file; received 5 ms after it happened. */
function line(ms: number, isSnapshot: boolean, side: string, price: string, amount: string): string {
  const us = (startMs + ms) * 1000;
  return `deribit,BTC-PERPETUAL,${us},${us + 5000},${isSnapshot},${side},${price},${amount}`;
}

const book = [
  line(0, true, 'bid', '100.0', '5'),
  line(0, true, 'bid', '99.5', '7'),
  line(0, true, 'ask', '101.0', '5'),
  // The ask comes down to 100 for a while: it fills whoever bids that much.
  line(400, false, 'ask', '100.0', '1'),
  line(500, false, 'ask', '100.0', '0'),
  line(900, false, 'bid', '99.0', '1'),
];

const options: L2RunOptions = {
  stepMs: 100,
  latency: { kind: 'constant', entryMs: 10, responseMs: 20 },
  queue: { kind: 'risk-averse' },
  matching: 'whole',
  makerFee: -0.0001,
  takerFee: 0.0005,
  keepsFills: true,
};

const grid: L2ParameterSet = {
  strategy: 'grid',
  levels: 1,
  interval: { ticks: 1 },
  halfSpreadIntervals: 0,
  size: 2,
  maxPosition: 2,
};

async function imported(lines: readonly string[] = book): Promise<string> {
  const folder = temporaryFolder();
  const source = join(folder, 'source.csv');
  writeFileSync(source, [csvHead, ...lines, ''].join('\n'));
  const target = join(folder, 'recording.l2');
  await importL2(addon, source, target, { format: 'tardis-csv' });
  return target;
}

test('an import tells what it found, and the file tells it again', async () => {
  const path = await imported();
  const info = l2Info(addon, path);
  expect(info).toMatchObject({
    symbol: 'BTC-PERPETUAL',
    rows: 7,
    tick: '0.5',
    lot: '1',
    snapshots: 1,
    gaps: 0,
  });
  expect(info).toMatchObject({
    firstMs: startMs + 5,
    lastMs: startMs + 905,
    lowestPrice: 99,
    highestPrice: 101,
  });
});

test('a grid by hand: filled where the ask crosses it, heard of after the latency', async () => {
  const [result] = await replayL2(addon, await imported(), options, [grid]);
  expect(result?.fillList).toEqual([
    { timeMs: startMs + 400, arrivalMs: startMs + 420, side: 'buy', price: 100, size: 2, maker: true },
  ]);
  expect(result).toMatchObject({
    fills: 1,
    position: 2,
    balance: -200,
    volume: 2,
    value: 200,
    bestBid: 99.5,
  });
  expect(result?.fee).toBeCloseTo(-0.02, 12);
  // The ask at 100 took the bid there away. 2 at a mid of (99.5 + 101) / 2 are worth 200.5.
  expect(result?.equity).toBeCloseTo(0.52, 12);
  expect(result?.samplePositions.at(0)).toBe(0);
  expect(result?.samplePositions.at(-1)).toBe(2);
});

test('results are the same on any number of threads, and progress is told', async () => {
  const recording = await L2Recording.load(addon, await imported(), { repeats: 50, alignMs: 100 });
  expect(recording.events).toBe(7 * 50 + 49);
  const sets: L2ParameterSet[] = Array.from({ length: 9 }, (_, index) => ({
    ...grid,
    maxPosition: 2 + 2 * index,
    interval: index % 2 === 0 ? { ticks: 1 } : { relative: 0.005 },
  }));
  sets.push({
    strategy: 'quoter',
    riskAversion: 0.1,
    arrivalDecay: 1,
    horizonS: 1,
    halfLifeS: 1,
    requoteTicks: 1,
    size: 1,
    maxPosition: 3,
  });
  const drawn: L2RunOptions = {
    ...options,
    queue: { kind: 'logarithm' },
    matching: 'partial',
    latency: { kind: 'log-normal', minimumMs: 1, medianMs: 5, sigma: 0.5, seed: 11 },
  };
  const runs = [];
  for (const threads of [1, 2, 8])
    runs.push(JSON.stringify(await recording.run({ ...drawn, threads }, sets)));
  expect(runs[1]).toBe(runs[0]);
  expect(runs[2]).toBe(runs[0]);
  expect(JSON.parse(runs[0] ?? '[]')).toHaveLength(10);
});

test('bad input names line and reason, and leaves no file', async () => {
  const folder = temporaryFolder();
  const source = join(folder, 'source.csv');
  writeFileSync(source, [csvHead, ...book, line(0, false, 'bid', '1', '1')].join('\n'));
  const target = join(folder, 'recording.l2');
  const failure = await failureOf(() => importL2(addon, source, target, { format: 'tardis-csv' }));
  expect(failure).toEqual({
    code: 'BAD_ROWS',
    message: `${source}, line 8: time runs back by 900 ms against the line before`,
  });
  expect(readdirSync(folder)).toEqual(['source.csv']);
  const wrong = await failureOf(() => importL2(addon, source, target, { format: 'bybit-book' }));
  expect(wrong.message).toContain('line 1: not an order book frame');
  const missing = await failureOf(() =>
    importL2(addon, join(folder, 'no'), target, { format: 'trade-list' }),
  );
  expect(missing.code).toBe('NOT_FOUND');
  writeFileSync(source, [csvHead, ...book].join('\n'));
  const stopped = await failureOf(() =>
    importL2(addon, source, target, { format: 'tardis-csv' }, { signal: AbortSignal.abort() }),
  );
  expect(stopped.code).toBe('CANCELLED');
  expect(await failureOf(() => l2Info(addon, source))).toMatchObject({ code: 'NOT_AN_L2_FILE' });
});

test('a damaged recording is refused', async () => {
  const path = await imported();
  const bytes = readFileSync(path);
  bytes[4096] = (bytes[4096] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const failure = await failureOf(() => replayL2(addon, path, options, [grid]));
  expect(failure.code).toBe('DAMAGED');
  expect(failure.message).toContain('rows 0 to 6: checksum of column exchange time is wrong');
});

test.each<[string, Partial<L2RunOptions>, Partial<typeof grid>, RegExp]>([
  ['half a lot', {}, { size: 1.5 }, /size 1.5 is not a whole number of lots of 1/],
  ['no levels', {}, { levels: 0 }, /parameter set 1: grid: levels must be 1 to 64/],
  ['odd levels', {}, { levels: 1.5 }, /levels must be a whole number/],
  ['no step', { stepMs: 0 }, {}, /step must be at least a nanosecond/],
  [
    'negative latency',
    { latency: { kind: 'constant', entryMs: -1, responseMs: 0 } },
    {},
    /entryMs must be 0 to/,
  ],
  ['no exponent', { queue: { kind: 'power', exponent: Number.NaN } }, {}, /exponent of the queue model/],
  ['a fee of 200 %', { makerFee: 2 }, {}, /fees must lie between/],
])('numbers that cannot be are refused: %s', async (_, run, change, reason) => {
  const set = { ...grid, ...change } as L2ParameterSet;
  const failure = await failureOf(async () =>
    replayL2(addon, await imported(), { ...options, ...run }, [set]),
  );
  expect(failure.code).toBe('BAD_ARGUMENT');
  expect(failure.message).toMatch(reason);
});

const shared = join(import.meta.dirname, '../../../../shared');
const recordingFile = join(shared, 'data/l2/binance_usdm_btcusdt_20240808.gz');
const peerFile = join(shared, 'peers/results/hftbacktest.json');

test.skipIf(!existsSync(recordingFile) || !existsSync(peerFile))(
  'a real recording gives the fills of hftbacktest (skipped without the shared data)',
  async () => {
    const path = join(temporaryFolder(), 'recording.l2');
    await importL2(addon, recordingFile, path, { format: 'binance-frames', sequence: 'as-recorded' });
    const peers = (
      JSON.parse(readFileSync(peerFile, 'utf8')) as { rows: { result: Record<string, number> }[] }
    ).rows;
    const replay: L2RunOptions = {
      ...options,
      latency: { kind: 'constant', entryMs: 10, responseMs: 10 },
      queue: { kind: 'power', exponent: 2 },
      makerFee: -0.00005,
      takerFee: 0.0007,
      positionSum: 'float',
    };
    const eight = { lowestPrice: 55530.3, highestPrice: 67870.3, repeats: 8, alignMs: 100 };
    const tenAndTen: L2ParameterSet = {
      strategy: 'grid',
      levels: 10,
      interval: { ticks: 5 },
      size: 0.01,
      maxPosition: 0.1,
    };
    const sets: L2ParameterSet[] = [{ strategy: 'watch' }, tenAndTen];
    const [watched, filled] = await replayL2(addon, path, { ...replay, ...eight }, sets);
    expect(watched?.bestTicksSum).toBe(peers[2]?.result['sum']);
    expect(watched?.steps).toBe(27_661);
    expect(filled?.fills).toBe(12_188);
    expect(filled?.fillList).toHaveLength(12_188);
    const theirs = peers[3]?.result ?? {};
    expect(filled?.balance).toBeCloseTo(theirs['balance'] ?? Number.NaN, 6);
    expect(filled?.fee).toBeCloseTo(theirs['fee'] ?? Number.NaN, 9);
    expect(filled?.volume).toBeCloseTo(theirs['trading_volume'] ?? Number.NaN, 9);
    expect(filled?.value).toBeCloseTo(theirs['trading_value'] ?? Number.NaN, 6);
    // Summed exactly, the position stops at its limit, where a sum of doubles stays a hair below it: the peer gives
    // these figures too when its position is rounded to lots.
    const [exact] = await replayL2(addon, path, { ...replay, ...eight, positionSum: 'exact' }, [tenAndTen]);
    expect(exact).toMatchObject({ fills: 12_172, balance: -822.73, fee: -375.541228 });
  },
);
