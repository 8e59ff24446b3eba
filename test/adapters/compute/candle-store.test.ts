import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { candleAt, mergeColumns, sliceColumns } from '../../../src/adapters/compute/candle-columns.ts';
import { CandleStore } from '../../../src/adapters/compute/candle-store.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { minuteMs, minutes } from './series.ts';
import { failureOf, temporaryFolder } from './support.ts';

const addon = loadNative();
const perpetual = { venue: 'binance', symbol: 'BTC/USDT:USDT', timeframeMs: minuteMs };
const fileOf = (folder: string): string => join(folder, 'binance', 'BTC%2FUSDT%3AUSDT.1m.candles');

function openStore(folder = temporaryFolder()): { store: CandleStore; folder: string } {
  const store = new CandleStore(addon, folder);
  onTestFinished(() => store.close());
  return { store, folder };
}

test('rows come back as they went in, also in another store', async () => {
  const { store, folder } = openStore();
  expect(await store.append(perpetual, minutes(0, 3000))).toEqual({
    rows: 3000,
    added: 3000,
    replacedLast: false,
    recovered: false,
  });
  expect(store.read(perpetual)).toEqual(minutes(0, 3000));
  await store.append(perpetual, minutes(3000, 3001));
  expect(store.read(perpetual)).toEqual(minutes(0, 3001));
  expect(openStore(folder).store.read(perpetual)).toEqual(minutes(0, 3001));
});

test('ranges are half open; a limit keeps the oldest or the newest', async () => {
  const { store } = openStore();
  await store.append(perpetual, minutes(0, 2000));
  const range = { fromMs: 10 * minuteMs, toMs: 20 * minuteMs };
  expect(store.read(perpetual, range)).toEqual(minutes(10, 20));
  expect(store.read(perpetual, { ...range, limit: 3 })).toEqual(minutes(10, 13));
  expect(store.read(perpetual, { ...range, limit: 3, keep: 'newest' })).toEqual(minutes(17, 20));
  expect(store.read(perpetual, { fromMs: 5000 * minuteMs })).toEqual(minutes(0, 0));
  for (const limit of [-1, 1.5, Number.NaN]) {
    expect((await failureOf(() => store.read(perpetual, { limit }))).code).toBe('BAD_ARGUMENT');
  }
  expect((await failureOf(() => store.read(perpetual, { fromMs: Number.NaN }))).code).toBe('BAD_ARGUMENT');
});

test('what was never stored is not found, and asking does not create it', async () => {
  const { store, folder } = openStore(join(temporaryFolder(), 'not', 'there'));
  expect(store.info(perpetual)).toBeUndefined();
  expect(store.latest(perpetual)).toBeUndefined();
  expect(store.list()).toEqual([]);
  expect((await failureOf(() => store.read(perpetual))).code).toBe('NOT_FOUND');
  expect((await failureOf(() => store.verify(perpetual))).code).toBe('NOT_FOUND');
  expect(existsSync(folder)).toBe(false);
});

test('a provisional candle is replaced until it is final', async () => {
  const { store } = openStore();
  const forming = minutes(0, 5);
  forming.close[4] = 100.5;
  await store.append(perpetual, forming, { lastIsProvisional: true });
  expect(store.latest(perpetual)).toEqual({ candle: candleAt(forming, 4), isProvisional: true });

  const buried = await failureOf(() => store.append(perpetual, minutes(5, 6)));
  expect(buried).toEqual({
    code: 'PROVISIONAL_LAST',
    message: expect.stringMatching(/must begin with its final form/),
  });

  expect(await store.append(perpetual, minutes(4, 6))).toMatchObject({
    rows: 6,
    added: 1,
    replacedLast: true,
  });
  expect(store.latest(perpetual)).toEqual({ candle: candleAt(minutes(5, 6), 0), isProvisional: false });
  const late = await failureOf(() => store.append(perpetual, minutes(5, 6), { lastIsProvisional: true }));
  expect(late.code).toBe('FINAL_LAST');
  expect(store.read(perpetual)).toEqual(minutes(0, 6));
});

test.each([
  ['older rows', () => minutes(2, 8), 'NOT_AFTER_LAST', /append only newer rows/],
  [
    'NaN',
    () => ({ ...minutes(5, 7), high: Float64Array.of(200, Number.NaN) }),
    'BAD_ROWS',
    /row 1 .*high is NaN/,
  ],
  ['zero price', () => ({ ...minutes(5, 7), low: Float64Array.of(0, 1) }), 'BAD_ROWS', /row 0 .*low is 0/],
  [
    'swapped rows',
    () => ({ ...minutes(5, 7), openTimeMs: minutes(5, 7).openTimeMs.reverse() }),
    'BAD_ROWS',
    /does not come after/,
  ],
  [
    'low above high',
    () => ({ ...minutes(5, 6), low: Float64Array.of(900) }),
    'BAD_ROWS',
    /low 900 is above high/,
  ],
  [
    'columns of different lengths',
    () => ({ ...minutes(5, 7), volume: new Float64Array(1) }),
    'BAD_ROWS',
    /column volume has 1 rows/,
  ],
])('rows that do not fit change nothing: %s', async (_, rows, code, message) => {
  const { store, folder } = openStore();
  await store.append(perpetual, minutes(0, 5));
  const before = readFileSync(fileOf(folder));
  const failure = await failureOf(() => store.append(perpetual, rows()));
  expect(failure).toEqual({ code, message: expect.stringMatching(message) });
  expect(readFileSync(fileOf(folder)).equals(before)).toBe(true);
});

test('merge puts rows before, between and behind those stored', async () => {
  const { store } = openStore();
  await store.merge(perpetual, minutes(100, 200));
  const corrected = minutes(150, 160);
  corrected.volume.fill(7);
  await store.merge(perpetual, corrected);
  await store.merge(perpetual, minutes(0, 100));
  await store.merge(perpetual, minutes(199, 250), { lastIsProvisional: true });
  const expected = mergeColumns(minutes(0, 250), corrected);
  expect(expected.openTimeMs).toHaveLength(250);
  expect(store.read(perpetual)).toEqual(expected);
  expect(store.latest(perpetual)?.isProvisional).toBe(true);
  // Filling in history does not make the last candle final.
  await store.merge(perpetual, minutes(10, 20));
  expect(store.latest(perpetual)?.isProvisional).toBe(true);
});

test('writes of one series happen one after the other', async () => {
  const { store } = openStore();
  const appends = Array.from({ length: 30 }, (_, part) =>
    store.append(perpetual, minutes(part * 50, part * 50 + 50)),
  );
  const rows = (await Promise.all(appends)).map((summary) => summary.rows);
  expect(rows).toEqual(Array.from({ length: 30 }, (_, part) => part * 50 + 50));
  // One that fails does not hold up the next.
  const bad = failureOf(() => store.append(perpetual, minutes(0, 1)));
  const good = store.append(perpetual, minutes(1500, 1501));
  expect((await bad).code).toBe('NOT_AFTER_LAST');
  expect((await good).rows).toBe(1501);
  expect(store.read(perpetual)).toEqual(minutes(0, 1501));
});

test('a file that another program is writing to is busy, and can be read', async () => {
  const { store, folder } = openStore();
  await store.append(perpetual, minutes(0, 10));
  const other = new addon.CandleWriter(fileOf(folder), 'binance:BTC/USDT:USDT', minuteMs);
  await other.append(minutes(10, 20), false);
  expect(store.read(perpetual)).toEqual(minutes(0, 20));
  const failure = await failureOf(() => store.append(perpetual, minutes(20, 30)));
  expect(failure).toEqual({ code: 'BUSY', message: expect.stringMatching(/already open for writing/) });
  await other.rewrite(minutes(5, 15), false);
  other.close();
  expect(store.read(perpetual)).toEqual(minutes(5, 15));
  await store.append(perpetual, minutes(15, 16));
});

test('damage is named by block and rows; verify tells what is intact; a repair keeps it', async () => {
  const { store, folder } = openStore();
  await store.append(perpetual, minutes(0, 3000));
  const bytes = readFileSync(fileOf(folder));
  // A price of row 1500 (block 1): data, one block, time and open columns.
  bytes[12_288 + (6 * 8 * 1024 + 32) + 2 * 8192 + (1500 - 1024) * 8 + 2]! ^= 1;
  writeFileSync(fileOf(folder), bytes);

  const second = openStore(folder).store;
  const failure = await failureOf(() => second.read(perpetual));
  expect(failure.code).toBe('DAMAGED');
  expect(failure.message).toMatch(
    /block 1 \(rows 1024 to 2047\): checksum of column high is wrong; repair the series, which keeps/,
  );
  const report = await second.verify(perpetual);
  expect(report).toMatchObject({ rows: 3000, intactRows: 1024 });
  expect(report.damage).toHaveLength(1);
  expect(second.read(perpetual, { limit: report.intactRows })).toEqual(minutes(0, 1024));

  const damagedFile = `${fileOf(folder)}.damaged`;
  expect(await second.repair(perpetual)).toEqual({
    keptRows: 1976,
    lostRows: 1024,
    damage: report.damage,
    damagedFile,
  });
  expect(readFileSync(damagedFile).equals(bytes)).toBe(true);
  // Rows 1024 to 2047 are the damaged block; those behind it have check sums of their own.
  const saved = second.read(perpetual);
  expect(saved.openTimeMs).toHaveLength(1976);
  expect(sliceColumns(saved, 0, 1024)).toEqual(minutes(0, 1024));
  expect(sliceColumns(saved, 1024, 1976)).toEqual(minutes(2048, 3000));
  await second.putBack(perpetual, damagedFile);
  expect(readFileSync(fileOf(folder)).equals(bytes)).toBe(true);
  expect(existsSync(damagedFile)).toBe(false);
  await second.repair(perpetual);
  await second.merge(perpetual, minutes(1024, 2048));
  expect(await second.repair(perpetual)).toBeUndefined();
  expect(second.read(perpetual)).toEqual(minutes(0, 3000));
  expect(second.list()).toEqual([perpetual]);
});

test('a repair takes no earlier damaged file away, and a last candle that may change stays so', async () => {
  const { store, folder } = openStore();
  await store.append(perpetual, minutes(0, 1500), { lastIsProvisional: true });
  await store.close();
  const bytes = readFileSync(fileOf(folder));
  bytes[12_288 + 8192]! ^= 1;
  writeFileSync(fileOf(folder), bytes);
  writeFileSync(`${fileOf(folder)}.damaged`, 'earlier');
  const second = openStore(folder).store;
  expect(await second.repair(perpetual)).toMatchObject({
    keptRows: 476,
    lostRows: 1024,
    damagedFile: `${fileOf(folder)}.damaged.2`,
  });
  expect(readFileSync(`${fileOf(folder)}.damaged`, 'utf8')).toBe('earlier');
  expect(second.info(perpetual)).toMatchObject({ rows: 476, lastIsProvisional: true });
});

test('a file whose header is lost is set aside by a repair', async () => {
  const { store, folder } = openStore();
  await store.append(perpetual, minutes(0, 10));
  await store.close();
  const bytes = readFileSync(fileOf(folder));
  bytes[20]! ^= 1;
  writeFileSync(fileOf(folder), bytes);
  expect((await failureOf(() => store.read(perpetual))).message).toMatch(
    /the header is damaged; repair the series/,
  );
  expect(await store.repair(perpetual)).toMatchObject({ keptRows: 0, damage: ['the header is damaged'] });
  expect(store.info(perpetual)?.rows).toBe(0);
  expect(existsSync(`${fileOf(folder)}.damaged`)).toBe(true);
});

test('a half-written append is dropped and reported once', async () => {
  const { store, folder } = openStore();
  await store.append(perpetual, minutes(0, 10));
  const slots = readFileSync(fileOf(folder)).subarray(4096, 12_288);
  await store.append(perpetual, minutes(10, 2000));
  await store.close();
  // The rows reached the disk, their commit did not.
  const crashed = readFileSync(fileOf(folder));
  crashed.set(slots, 4096);
  writeFileSync(fileOf(folder), crashed);

  const after = openStore(folder).store;
  expect(after.read(perpetual)).toEqual(minutes(0, 10));
  expect(after.info(perpetual)?.unfinishedAppend).toBe(true);
  expect(await after.append(perpetual, minutes(10, 11))).toMatchObject({ rows: 11, recovered: true });
  expect(await after.append(perpetual, minutes(11, 2000))).toMatchObject({ rows: 2000, recovered: false });
  expect(after.read(perpetual)).toEqual(minutes(0, 2000));
});

test('foreign, newer, cut and misplaced files are refused and left alone', async () => {
  const { store, folder } = openStore();
  await store.append(perpetual, minutes(0, 100));
  await store.close();
  const good = readFileSync(fileOf(folder));
  const newer = Buffer.from(good);
  newer.writeUInt32LE(2, 8);
  const cases: [string, Buffer, string][] = [
    ['foreign', Buffer.from('timestamp,open,high,low,close,volume\n'.repeat(500)), 'NOT_A_CANDLE_FILE'],
    ['empty', Buffer.alloc(0), 'NOT_A_CANDLE_FILE'],
    ['newer', newer, 'NEWER_VERSION'],
    ['cut', good.subarray(0, 6000), 'DAMAGED'],
  ];
  for (const [name, bytes, code] of cases) {
    writeFileSync(fileOf(folder), bytes);
    expect((await failureOf(() => store.read(perpetual))).code, name).toBe(code);
    expect((await failureOf(() => store.append(perpetual, minutes(100, 101)))).code, name).toBe(code);
    expect(readFileSync(fileOf(folder)).equals(bytes), name).toBe(true);
  }
  writeFileSync(fileOf(folder), good);
  mkdirSync(join(folder, 'kraken'));
  copyFileSync(fileOf(folder), join(folder, 'kraken', 'BTC%2FUSDT%3AUSDT.1m.candles'));
  const misplaced = { ...perpetual, venue: 'kraken' };
  for (const call of [() => store.read(misplaced), () => store.append(misplaced, minutes(100, 101))]) {
    const failure = await failureOf(call);
    expect(failure).toEqual({ code: 'OTHER_SERIES', message: expect.stringMatching(/copied or renamed/) });
  }
  // Cut under an open reader: an error, not a crash.
  expect(store.read(perpetual)).toEqual(minutes(0, 100));
  truncateSync(fileOf(folder), 13_000);
  expect((await failureOf(() => store.read(perpetual))).code).toBe('DAMAGED');
});

test('the list names every series and nothing else', async () => {
  const { store, folder } = openStore();
  const ether = { venue: 'binance', symbol: 'ETH/USDT', timeframeMs: 3_600_000 };
  const simulated = { venue: 'a venue/..', symbol: '../x', timeframeMs: 1500 };
  for (const series of [perpetual, ether, simulated]) await store.append(series, minutes(0, 2));
  writeFileSync(join(folder, 'notes.txt'), '');
  writeFileSync(join(folder, 'binance', 'notes.txt'), '');
  mkdirSync(join(folder, 'binance', 'X.1m.candles'));
  expect(store.list()).toEqual([simulated, perpetual, ether]);
});

test('verifying tells its progress and can be stopped', async () => {
  const { store, folder } = openStore();
  await store.append(perpetual, minutes(0, 5000));
  await expect(store.verify(perpetual, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  const control = new addon.TaskControl();
  expect(control.progress).toBe(0);
  const report = await addon.verifyCandleFile(fileOf(folder), control);
  expect(report).toEqual({ rows: 5000, intactRows: 5000, damage: [], unfinishedAppend: false });
  expect(control.progress).toBe(1);
});

test('more series than readers are kept open', async () => {
  const { store } = openStore();
  const all = Array.from({ length: 80 }, (_, index) => ({ ...perpetual, symbol: `S${index}` }));
  for (const [index, series] of all.entries()) await store.append(series, minutes(index, index + 2));
  for (const round of [1, 2]) {
    for (const [index, series] of all.entries()) {
      expect(store.read(series), `round ${round}`).toEqual(minutes(index, index + 2));
    }
  }
});
