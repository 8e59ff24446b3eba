/** JSON lists: candles of CCXT or freqtrade, candle objects, trades of freqtrade. Held in memory, so bounded in size. */

import { type CandleRow, CandleTableBuilder } from '../candle-files/candle-table.ts';
import { DataFileError } from '../candle-files/data-file-error.ts';
import { readWholeText } from '../candle-files/text-file.ts';
import { parseTimestampValue } from '../candle-files/timestamps.ts';
import type { DataFormat, EachTrade, FilePeek, ImportedData, ImportOptions } from './format.ts';
import { joinTrades } from './trade-candles.ts';

const bytesMaximum = 512 * 1024 * 1024;
const objectNames: Readonly<Record<Exclude<keyof CandleRow, 'line'>, readonly string[]>> = {
  openTimeMs: ['timestamp', 'time', 'openTimeMs', 'openTime', 'open_time', 'date', 't', 'start'],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'v', 'vol'],
};

/** The list in a JSON file: the file itself, or a member of it named data, candles, trades or result. Throws `DataFileError`. */
async function readList(path: string): Promise<readonly unknown[]> {
  const text = (await readWholeText(path, bytesMaximum)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = `it is not JSON (${(error as Error).message})`;
    throw new DataFileError({ code: 'damaged', path, reason, hint: 'Write the file again.' });
  }
  const members = value as Readonly<Record<string, unknown>> | null;
  const list = [
    value,
    members?.['data'],
    members?.['candles'],
    members?.['trades'],
    members?.['result'],
  ].find(Array.isArray);
  if (list !== undefined) return list as readonly unknown[];
  throw new DataFileError({
    code: 'unknown-format',
    path,
    reason: 'there is no list of candles or trades in it',
    hint: 'Write [[time, open, high, low, close, volume], …].',
  });
}

function numberOf(path: string, line: number, column: string, value: unknown): number {
  const number =
    typeof value === 'string' && /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(value) ? Number(value) : value;
  if (typeof number === 'number') return number;
  const reason = `${JSON.stringify(value)?.slice(0, 40) ?? 'nothing'} is not a number`;
  throw new DataFileError({
    code: 'bad-value',
    path,
    line,
    column,
    reason,
    hint: 'Repair or remove the row.',
  });
}

function timeOf(path: string, line: number, value: unknown, options: ImportOptions): number {
  const timeMs = parseTimestampValue(value, options.timestampUnit);
  if (timeMs !== undefined) return timeMs;
  const reason = `${JSON.stringify(value)?.slice(0, 40) ?? 'nothing'} is not a time`;
  const hint = 'Use seconds or milliseconds since 1970, or ISO text.';
  throw new DataFileError({ code: 'bad-value', path, line, column: 'timestamp', reason, hint });
}

async function readCandles(path: string, options: ImportOptions): Promise<ImportedData> {
  const builder = new CandleTableBuilder(path, options);
  for (const [index, row] of (await readList(path)).entries()) {
    const line = index + 1;
    const cell = (name: keyof typeof objectNames, position: number): unknown => {
      if (Array.isArray(row)) return row[position] as unknown;
      const members = (typeof row === 'object' && row !== null ? row : {}) as Readonly<
        Record<string, unknown>
      >;
      const found = objectNames[name].find((candidate) => Object.hasOwn(members, candidate));
      return found === undefined ? undefined : members[found];
    };
    builder.add({
      line,
      openTimeMs: timeOf(path, line, cell('openTimeMs', 0), options),
      open: numberOf(path, line, 'open', cell('open', 1)),
      high: numberOf(path, line, 'high', cell('high', 2)),
      low: numberOf(path, line, 'low', cell('low', 3)),
      close: numberOf(path, line, 'close', cell('close', 4)),
      volume: numberOf(path, line, 'volume', cell('volume', 5)),
    });
  }
  return { kind: 'candles', table: builder.finish(), lastIsProvisional: false };
}

/** freqtrade: [timestamp, id, type, side, price, amount, cost]. */
const eachTradeOfList: EachTrade = async (path, options, onTrade) => {
  for (const [index, row] of (await readList(path)).entries()) {
    const line = index + 1;
    const cells = Array.isArray(row) ? (row as readonly unknown[]) : [];
    const [time, id, , side, price, amount] = cells;
    onTrade({
      line,
      timeMs: timeOf(path, line, time, options),
      price: numberOf(path, line, 'price', price),
      amount: numberOf(path, line, 'amount', amount),
      ...(typeof id === 'string' && id !== '' ? { id } : {}),
      ...(side === 'buy' || side === 'sell' ? { side } : {}),
    });
  }
};

const isJson = ({ head }: FilePeek): boolean => /^\uFEFF?\s*[[{]/.test(head);

export const jsonFormats: readonly DataFormat[] = [
  {
    id: 'freqtrade-trades',
    title: 'Trades JSON of freqtrade: [time, id, type, side, price, amount, cost]',
    detect: (peek) => isJson(peek) && /^\s*\[\s*\[[^\]]*"(?:buy|sell)"/.test(peek.head),
    eachTrade: eachTradeOfList,
    read: joinTrades(eachTradeOfList),
  },
  {
    id: 'json',
    title: 'Candles JSON: lists as CCXT gives them, or objects',
    detect: isJson,
    read: readCandles,
  },
];
