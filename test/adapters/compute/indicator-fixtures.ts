/**
 * 800 candles and what other programs make of them: `test/fixtures/indicators`. `candles.csv` is an arbitrary walk of whole
 * cents; `peer-values.csv` has some rows of each series at full precision, `peer-series.csv` the program and the call that gave
 * it (candles as input, close where the call takes one column, a parameter not named has the program's default).
 */

import { readFileSync } from 'node:fs';
import { createCatalogue } from '../../../src/adapters/compute/catalogue.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';

const catalogue = createCatalogue(loadNative());

function linesOf(name: string): string[] {
  const url = new URL(`../../fixtures/indicators/${name}`, import.meta.url);
  return readFileSync(url, 'utf8').trim().split('\n');
}

const candleRows = linesOf('candles.csv')
  .slice(1)
  .map((line) => line.split(',').map(Number));

function column(index: number): Float64Array {
  return Float64Array.from(candleRows, (row) => row[index] as number);
}

/** The number of candles. */
export const rowCount = candleRows.length;

/** The value of a row; NaN before the first. */
export function at(values: Float64Array, row: number): number {
  return values[row] ?? Number.NaN;
}

/** A column made row by row. */
export function series(value: (row: number) => number): Float64Array {
  return Float64Array.from({ length: rowCount }, (_, row) => value(row));
}

const high = column(2);
const low = column(3);

/** The candles by column, and the median price. */
export const candles = {
  time: column(0),
  open: column(1),
  high,
  low,
  close: column(4),
  volume: column(5),
  median: series((row) => (at(high, row) + at(low, row)) / 2),
};

/** The outputs of one of our indicators over the candles, or over other columns by the name of the input. */
export function ours(
  id: string,
  params: Readonly<Record<string, number>> = {},
  columns: Readonly<Record<string, Float64Array>> = {},
): Readonly<Record<string, Float64Array>> {
  return catalogue.run(id, params, { ...candles, ...columns }).outputs;
}

/** One output of `ours`: `real` unless named. */
export function output(
  id: string,
  params: Readonly<Record<string, number>> = {},
  name = 'real',
  columns: Readonly<Record<string, Float64Array>> = {},
): Float64Array {
  const found = ours(id, params, columns)[name];
  if (found === undefined) throw new Error(`${id} has no output ${name}`);
  return found;
}

/** A series of another program: who made it, and its rows that were kept. */
export interface PeerSeries {
  readonly program: string;
  readonly call: string;
  readonly values: ReadonlyMap<number, number>;
}

/** All series of other programs by name. */
export function readPeers(): ReadonlyMap<string, PeerSeries> {
  const [header = '', ...lines] = linesOf('peer-values.csv');
  const table = lines.map((line) => line.split(','));
  const names = header.split(',');
  return new Map(
    linesOf('peer-series.csv')
      .slice(1)
      .map((line) => {
        const [, name = '', program = '', call = ''] = /^([^,]*),([^,]*),"(.*)"$/.exec(line) ?? [];
        const place = names.indexOf(name);
        if (place < 1) throw new Error(`peer-values.csv has no column ${name}`);
        const known = table.filter((cells) => cells[place] !== '');
        const values = new Map(known.map((cells) => [Number(cells[0]), Number(cells[place])]));
        return [name, { program, call, values }] as const;
      }),
  );
}

/** How far two numbers lie apart, on the scale of the expected one or of 1. */
export function apart(found: number, expected: number): number {
  return Math.abs(found - expected) / Math.max(1, Math.abs(expected));
}
