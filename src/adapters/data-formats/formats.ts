/** Every format of market data that can be imported, in the order in which a file is tried against them. */

import { basename } from 'node:path';
import { readCandleColumns } from '../candle-files/csv-candles.ts';
import { DataFileError } from '../candle-files/data-file-error.ts';
import { readMagic, readTextHead } from '../candle-files/text-file.ts';
import { bookColumns, bookFormats } from './book-formats.ts';
import type { DataFormat, FilePeek, ImportOptions } from './format.ts';
import { fundingFormat } from './funding-format.ts';
import { jsonFormats } from './json-formats.ts';
import { leanFormat } from './lean-archive.ts';
import { tradeFormats } from './trade-formats.ts';

const peekBytes = 16 * 1024;

const parquetFormat: DataFormat = {
  id: 'parquet',
  title: 'Candles Parquet',
  detect: ({ magic }) => magic.toString('latin1') === 'PAR1',
  read: async (path, options) => {
    const { readCandleParquet } = await import('../candle-files/parquet-candles.ts');
    return { kind: 'candles', table: await readCandleParquet(path, options), lastIsProvisional: false };
  },
};

const names = {
  open: ['open', 'o'],
  close: ['close', 'c'],
  volume: ['volume', 'vol', 'v', 'volume_base', 'base_volume'],
};
const hasOne = ({ cells }: FilePeek, wanted: readonly string[]): boolean =>
  cells.some((cell) => wanted.includes(cell));

const marksFormat: DataFormat = {
  id: 'marks-csv',
  title: 'Mark prices CSV: time, open, high, low, close',
  detect: (peek) => hasOne(peek, names.open) && hasOne(peek, names.close) && !hasOne(peek, names.volume),
  read: async (path, options: ImportOptions) => ({
    kind: 'marks',
    table: await readCandleColumns(path, { ...options, volumeIsOptional: true }),
    lastIsProvisional: false,
  }),
};

const csvFormat: DataFormat = {
  id: 'csv',
  title: 'Candles CSV: any column order; also without a header (Binance, Kraken, CCXT)',
  detect: ({ cells, head }) =>
    !/[\0{]/.test(head) && cells.length >= 5 && !cells.some((cell) => bookColumns.includes(cell)),
  read: async (path, options) => ({
    kind: 'candles',
    table: await readCandleColumns(path, options),
    lastIsProvisional: false,
  }),
};

/** The table; the first whose `detect` says yes is taken. */
export const dataFormats: readonly DataFormat[] = [
  parquetFormat,
  leanFormat,
  ...bookFormats,
  ...jsonFormats,
  fundingFormat,
  ...tradeFormats,
  marksFormat,
  csvFormat,
];

/** Finds out what a file is. Throws `DataFileError`, `unknown-format` when it is none of the table. */
export async function detectFormat(path: string): Promise<DataFormat> {
  const peek = await peekAt(path);
  const found = dataFormats.find((format) => format.detect(peek));
  if (found !== undefined) return found;
  throw new DataFileError({
    code: peek.head === '' ? 'empty' : 'unknown-format',
    path,
    reason: peek.head === '' ? 'there is nothing in it' : 'it is no market data that is known here',
    hint: `Known formats: ${dataFormats.map(({ id }) => id).join(', ')}; name one with --format.`,
  });
}

async function peekAt(path: string): Promise<FilePeek> {
  const magic = await readMagic(path);
  const isText = magic.toString('latin1') !== 'PAR1';
  const head = isText ? (await readTextHead(path, peekBytes)).toString('latin1') : '';
  // The mark of UTF-8 as it looks in Latin-1.
  const line =
    head
      .replace(/^\u00EF\u00BB\u00BF/, '')
      .split(/\r?\n/)
      .find((text) => text.trim() !== '') ?? '';
  const separator = line.includes('\t') ? '\t' : line.includes(';') && !line.includes(',') ? ';' : ',';
  const cells = line.split(separator).map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  );
  return { fileName: basename(path), magic, head, cells };
}
