/** Funding rates as CSV: a time and a rate. */

import { DataFileError } from '../candle-files/data-file-error.ts';
import { readDelimitedRows, type WantedColumn } from './delimited-rows.ts';
import type { DataFormat, FundingTable, ImportedData, ImportOptions } from './format.ts';

const columns: Readonly<Record<'timestamp' | 'rate', WantedColumn>> = {
  timestamp: { names: ['timestamp', 'time', 'calc_time', 'funding_time', 'fundingtime', 'date'] },
  rate: { names: ['funding_rate', 'fundingrate', 'last_funding_rate', 'rate'] },
};

interface FundingRow {
  readonly line: number;
  readonly timeMs: number;
  readonly rate: number;
}

async function readFunding(path: string, options: ImportOptions): Promise<ImportedData> {
  const { timestampUnit, signal } = options;
  const rows: FundingRow[] = [];
  await readDelimitedRows(path, columns, { hasHeader: true, timestampUnit, signal }, (row) => {
    const rate = row.number('rate');
    // A venue caps its rate at a few percent; a rate of one would take the whole position.
    if (!(Math.abs(rate) < 1)) throw row.bad('rate', `${rate} is not a part of the notional`);
    rows.push({ line: row.line, timeMs: row.timeMs('timestamp'), rate });
  });
  return { kind: 'funding', table: fundingTable(path, rows, options) };
}

function fundingTable(path: string, rows: readonly FundingRow[], options: ImportOptions): FundingTable {
  const { sort = false, duplicates: choice = 'refuse' } = options;
  const ordered = sort ? [...rows].sort((left, right) => left.timeMs - right.timeMs) : rows;
  const kept: FundingRow[] = [];
  for (const row of ordered) {
    const last = kept.at(-1);
    const fault = (code: 'out-of-order' | 'duplicate', reason: string, hint: string): DataFileError =>
      new DataFileError({ code, path, line: row.line, column: 'timestamp', reason, hint });
    if (last === undefined || row.timeMs > last.timeMs) kept.push(row);
    else if (row.timeMs < last.timeMs) {
      throw fault(
        'out-of-order',
        `${row.timeMs} comes after ${last.timeMs}`,
        'Sort the file, or import with --sort.',
      );
    } else if (row.rate !== last.rate) {
      if (choice === 'refuse') {
        throw fault(
          'duplicate',
          `${row.timeMs} occurs twice, with other values`,
          'Choose with --duplicates.',
        );
      }
      if (choice === 'keep-last') kept[kept.length - 1] = row;
    }
  }
  if (kept.length === 0) {
    const reason = 'there is no funding rate in it';
    throw new DataFileError({ code: 'empty', path, reason, hint: 'Check the file.' });
  }
  return {
    length: kept.length,
    timeMs: Float64Array.from(kept, ({ timeMs }) => timeMs),
    rate: Float64Array.from(kept, ({ rate }) => rate),
    duplicates: rows.length - kept.length,
  };
}

export const fundingFormat: DataFormat = {
  id: 'funding-csv',
  title: 'Funding rates CSV: time, funding_rate',
  detect: ({ cells }) => cells.some((cell) => columns.rate.names.includes(cell)),
  read: readFunding,
};
