/**
 * Trades as CSV: one round trip a line, columns as in `TradeTable` (instrument by symbol, side and exit reason in words), and
 * `accountReturn`: the profit as a fraction of the account when the trade ended, which is what Monte Carlo runs on.
 */

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DataFileError } from '../../adapters/candle-files/data-file-error.ts';
import { returnsOfProfits } from '../../adapters/compute/robustness.ts';
import { type BacktestResult, exitReasons, tradeColumns } from '../../shared/lab/result.ts';
import { exactMoney, exactOfTrade } from './exact-numbers.ts';
import { exactTrades, reportSchema } from './report-json.ts';

const returnColumn = 'accountReturn';
const bytesMaximum = 256 * 1024 * 1024;

/** Gives the trades of a result as CSV text. */
export function tradesCsv({ trades, instruments, startEquity }: BacktestResult): string {
  // Of the profits as they stand here and in JSON, so that both files give the same Monte Carlo run.
  const profits = exactTrades({ trades, instruments }).profit.map((profit) => profit ?? Number.NaN);
  const returns = returnsOfProfits(profits, exactMoney(startEquity));
  const lines = [[...tradeColumns, returnColumn].join(',')];
  for (let row = 0; row < trades.length; row++) {
    const cells = tradeColumns.map((name) => {
      const instrument = instruments[trades.instrument[row] as number];
      const value = exactOfTrade(name, trades[name][row] as number, instrument);
      if (name === 'instrument') return quoted(instruments[value]?.symbol ?? String(value));
      if (name === 'side') return value > 0 ? 'long' : 'short';
      return name === 'exitReason' ? (exitReasons[value] ?? String(value)) : plainNumber(value);
    });
    lines.push([...cells, plainNumber(returns[row] as number)].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** A number without an exponent: spreadsheets read 1e-7 as text. */
function plainNumber(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return value.toFixed(20).replace(/0+$/, '').replace(/\.$/, '');
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What a Monte Carlo run needs of a file of trades: returns of the trades that ended. */
export interface TradeReturns {
  readonly returns: Float64Array;
  /** Trades that had not ended and are left out. */
  readonly openTrades: number;
}

/** The part of a JSON report (`report-json.ts`) that is read here. */
const reportTrades = z.object({
  schema: z.literal(reportSchema.name),
  startEquity: z.number().positive(),
  trades: z.object({ profit: z.array(z.number()), exitReason: z.array(z.number()) }),
});

/**
 * Reads a JSON report, a file written by `tradesCsv`, or any CSV with a column `profit` (money, in the order the trades ended) and no
 * `accountReturn`: then `startEquity` is the account they began with. Throws `DataFileError` with line and reason.
 */
export async function readTradeReturns(path: string, startEquity: number): Promise<TradeReturns> {
  const text = await readText(path);
  if (text.trimStart().startsWith('{')) return readReport(path, text);
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  const [header = '', ...rows] = lines;
  const names = cellsOf(header);
  const hasReturns = names.includes(returnColumn);
  const column = hasReturns ? returnColumn : 'profit';
  const place = names.indexOf(column);
  if (place < 0) {
    throw new DataFileError({
      code: 'missing-column',
      path,
      line: 1,
      reason: `there is neither a column "${returnColumn}" nor "profit"`,
      hint: 'Write the file with "backtest --trades-out".',
    });
  }
  const reasonPlace = names.indexOf('exitReason');
  const values: number[] = [];
  let openTrades = 0;
  rows.forEach((row, index) => {
    const cells = cellsOf(row);
    const cell = (cells[place] ?? '').trim();
    const value = cell === '' ? Number.NaN : Number(cell);
    if (cells.length !== names.length || !Number.isFinite(value)) {
      const isShort = cells.length !== names.length;
      throw new DataFileError({
        code: 'bad-value',
        path,
        line: index + 2,
        column: isShort ? undefined : column,
        reason: isShort
          ? `${cells.length} columns, the header has ${names.length}`
          : `"${cell.slice(0, 40)}" is not a number`,
        hint: 'Mend the line or write the file again.',
      });
    }
    if (reasonPlace >= 0 && cells[reasonPlace] === 'open') openTrades += 1;
    else values.push(value);
  });
  const returns = hasReturns ? Float64Array.from(values) : returnsOfProfits(values, startEquity);
  return enough(path, { returns, openTrades });
}

function readReport(path: string, text: string): TradeReturns {
  let parsed: ReturnType<typeof reportTrades.safeParse>;
  try {
    parsed = reportTrades.safeParse(JSON.parse(text));
  } catch {
    parsed = reportTrades.safeParse(undefined);
  }
  if (!parsed.success) {
    throw new DataFileError({
      code: 'unknown-format',
      path,
      reason: 'this is JSON, but no report of a backtest',
      hint: 'Write it with "backtest --report FILE.json".',
    });
  }
  const { trades, startEquity } = parsed.data;
  const isOpen = (row: number): boolean => exitReasons[trades.exitReason[row] ?? -1] === 'open';
  const closed = trades.profit.filter((_, row) => !isOpen(row));
  const returns = returnsOfProfits(closed, startEquity);
  return enough(path, { returns, openTrades: trades.profit.length - closed.length });
}

function enough(path: string, found: TradeReturns): TradeReturns {
  if (found.returns.length >= 2) return found;
  throw new DataFileError({
    code: 'empty',
    path,
    reason: `${found.returns.length} ended trades; at least 2 are needed`,
    hint: 'Test over a longer time.',
  });
}

async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new DataFileError({
      code: isMissing ? 'not-found' : 'not-readable',
      path,
      reason: isMissing ? 'there is no such file' : String((error as Error).message),
      hint: 'Check the path.',
    });
  }
  if (bytes.length > bytesMaximum) {
    throw new DataFileError({
      code: 'too-large',
      path,
      reason: 'more than 256 MB',
      hint: 'A file of trades is a line a trade.',
    });
  }
  return bytes.toString('utf8');
}

/** Cells of a line; quotes may hold commas. */
function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  for (const [, inQuotes, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(inQuotes === undefined ? (plain ?? '') : inQuotes.replaceAll('""', '"'));
  }
  return cells;
}
