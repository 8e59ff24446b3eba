import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataFileError } from '../../../src/adapters/candle-files/data-file-error.ts';
import { readCandleFile } from '../../../src/adapters/candle-files/read-candle-file.ts';
import { sharedDataFile } from '../venues/support/shared-data.ts';

const header = 'timestamp,open,high,low,close,volume';
const good = [
  '1704067200000,100,110,90,105,1.5',
  '1704070800000,105,111,99.5,106.25,2',
  '1704074400000,106.25,107,106,106.5,0',
];
const fixture = (name: string) => new URL(`../../fixtures/venues/${name}`, import.meta.url).pathname;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'candle-files-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let fileNumber = 0;
function file(content: string | Buffer): string {
  fileNumber += 1;
  const path = join(folder, `${fileNumber}.csv`);
  writeFileSync(path, content);
  return path;
}

async function refusal(path: string, options = {}): Promise<DataFileError> {
  try {
    await readCandleFile(path, options);
  } catch (error) {
    if (error instanceof DataFileError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('candle CSV', () => {
  it('reads columns, timeframe and decimals', async () => {
    const table = await readCandleFile(file([header, ...good].join('\n')));
    expect(table.length).toBe(3);
    expect([...table.openTimeMs]).toEqual([1_704_067_200_000, 1_704_070_800_000, 1_704_074_400_000]);
    expect([...table.close]).toEqual([105, 106.25, 106.5]);
    expect([table.timeframeMs, table.priceDecimals, table.volumeDecimals, table.missing]).toEqual([
      3_600_000, 2, 1, 0,
    ]);
  });

  it.each([
    ['gzip', gzipSync([header, ...good].join('\n'))],
    ['Windows line ends and a last line end', [header, ...good, ''].join('\r\n')],
    [
      'another order and extra columns',
      'Volume,Close,count,Low,High,Open,Date\n1.5,105,7,90,110,100,1704067200000\n2,106.25,9,99.5,111,105,1704070800000',
    ],
    ['seconds', [header, ...good].join('\n').replaceAll('000,10', ',10')],
    ['semicolons', [header, ...good].join('\n').replaceAll(',', ';')],
    [
      'ISO text',
      `${header}\n2024-01-01T00:00:00Z,100,110,90,105,1.5\n2024-01-01 01:00:00,105,111,99.5,106.25,2`,
    ],
    ['a byte order mark', `\uFEFF${[header, ...good].join('\n')}`],
  ])('reads %s', async (_name, content) => {
    const table = await readCandleFile(file(content));
    expect([table.openTimeMs[0], table.openTimeMs[1]]).toEqual([1_704_067_200_000, 1_704_070_800_000]);
    expect([table.open[0], table.high[0], table.low[0], table.close[0], table.volume[0]]).toEqual([
      100, 110, 90, 105, 1.5,
    ]);
    expect(table.close[1]).toBe(106.25);
  });

  it('maps columns by the names it is given', async () => {
    const path = file('when,first,top,bottom,last,size\n1704067200,100,110,90,105,1.5');
    const table = await readCandleFile(path, {
      columns: {
        timestamp: 'when',
        open: 'first',
        high: 'top',
        low: 'bottom',
        close: 'last',
        volume: 'size',
      },
    });
    expect([table.length, table.high[0], table.timeframeMs]).toEqual([1, 110, 0]);
  });

  it('reports gaps with their ends', async () => {
    const rows = ['1704067200000', '1704070800000', '1704085200000'].map((time) => `${time},1,1,1,1,1`);
    const table = await readCandleFile(file([header, ...rows].join('\n')));
    expect(table.gaps).toEqual([{ fromMs: 1_704_074_400_000, toMs: 1_704_081_600_000, missing: 3 }]);
  });

  const badRow = (row: string) => [header, good[0], row, good[2]].join('\n');
  it.each([
    ['missing column', 'timestamp,open,high,low,close\n1704067200000,1,1,1,1', 'missing-column', 1, 'volume'],
    ['text for a price', badRow('1704070800000,abc,111,99.5,106,2'), 'bad-value', 3, 'open'],
    ['NaN', badRow('1704070800000,NaN,111,99.5,106,2'), 'bad-value', 3, 'open'],
    ['1e400', badRow('1704070800000,1e400,111,99.5,106,2'), 'bad-value', 3, 'open'],
    ['comma as decimal point', badRow('1704070800000,"1,5",111,99.5,106,2'), 'bad-value', 3, 'open'],
    ['zero price', badRow('1704070800000,105,111,0,106,2'), 'not-positive', 3, 'low'],
    ['negative price', badRow('1704070800000,105,111,-99.5,106,2'), 'not-positive', 3, 'low'],
    ['negative volume', badRow('1704070800000,105,111,99.5,106,-2'), 'bad-value', 3, 'volume'],
    ['empty cell', badRow('1704070800000,105,,99.5,106,2'), 'bad-value', 3, 'high'],
    ['cut row', badRow('1704070800000,105,111'), 'bad-value', 3, 'low'],
    ['low above high', badRow('1704070800000,105,99,111,106,2'), 'inconsistent-candle', 3, undefined],
    ['close above high', badRow('1704070800000,105,111,99.5,112,2'), 'inconsistent-candle', 3, undefined],
    ['duplicate time', badRow('1704067200000,105,111,99.5,106,2'), 'duplicate', 3, 'timestamp'],
    ['reversed time', badRow('1704063600000,105,111,99.5,106,2'), 'out-of-order', 3, 'timestamp'],
    ['time as a word', badRow('yesterday,105,111,99.5,106,2'), 'bad-value', 3, 'timestamp'],
    ['time of another unit', badRow('1704070800,105,111,99.5,106,2'), 'bad-value', 3, 'timestamp'],
    ['no rows', header, 'empty', undefined, undefined],
    ['empty file', '', 'empty', undefined, undefined],
    ['cut gzip', gzipSync([header, ...good].join('\n')).subarray(0, -12), 'truncated', undefined, undefined],
    ['damaged gzip', flipped(gzipSync([header, ...good].join('\n'))), 'damaged', undefined, undefined],
    ['a line without end', `${header}\n${'9'.repeat(9_000_000)}`, 'too-large', 2, undefined],
  ])('refuses %s with line and reason', async (_name, content, code, line, column) => {
    const path = file(content as string | Buffer);
    const error = await refusal(path);
    expect([error.code, error.line, error.column]).toEqual([code, line, column]);
    expect(error.message).toContain(path);
    expect(error.hint.length).toBeGreaterThan(5);
  });

  it('says that a file is not there', async () => {
    expect((await refusal(join(folder, 'none.csv'))).code).toBe('not-found');
  });
});

describe('candle Parquet', () => {
  it('reads times and doubles', async () => {
    const table = await readCandleFile(fixture('candles-1h.parquet'));
    expect([table.length, table.openTimeMs[0], table.timeframeMs]).toEqual([5, 1_704_067_200_000, 3_600_000]);
    expect([table.open[0], table.high[1], table.low[2], table.close[3], table.volume[4]]).toEqual([
      42_283.58, 42_775, 42_500, 42_330.49, 715.4176,
    ]);
  });

  it('names the row of a NaN, and a column that is missing', async () => {
    const error = await refusal(fixture('candles-nan.parquet'));
    expect([error.code, error.line, error.column]).toEqual(['bad-value', 4, 'low']);
    const missing = await refusal(fixture('candles-1h.parquet'), { columns: { close: 'last' } });
    expect([missing.code, missing.column]).toEqual(['missing-column', 'last']);
  });

  it('refuses a cut file', async () => {
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(fixture('candles-1h.parquet'));
    expect((await refusal(file(bytes.subarray(0, bytes.length - 40)))).code).toBe('damaged');
  });
});

describe('real candles', () => {
  const path = sharedDataFile('ohlcv/binance_spot_BTCUSDT_1h_2020-2024.csv.gz');
  it.skipIf(path === undefined)(
    'finds the hours Binance was down (needs the shared data folder)',
    async () => {
      const table = await readCandleFile(path as string);
      // 2020 to 2024 are 1827 days of 24 hours.
      expect([table.length, table.missing, table.gaps.length]).toEqual([43_816, 1_827 * 24 - 43_816, 15]);
      expect([table.open[0], table.priceDecimals]).toEqual([7_195.24, 2]);
    },
  );
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 6] = (copy[copy.length - 6] as number) ^ 0xff;
  return copy;
}
