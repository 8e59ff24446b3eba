/** Packed columns: steps, files that the native core reads as well, the best bid and ask. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importL2, L2Recording, l2Info } from '../../../src/adapters/compute/l2.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { TopOfBook } from '../../../src/adapters/tick-files/book-tops.ts';
import { commonStep, inferStep, stepText } from '../../../src/adapters/tick-files/decimal-step.ts';
import { readPackedFile, writePackedFile } from '../../../src/adapters/tick-files/packed-file.ts';
import {
  allocateTicks,
  kindAt,
  lotsAt,
  packTick,
  type TickColumns,
} from '../../../src/adapters/tick-files/tick-columns.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import { temporaryFolder } from '../compute/support.ts';

const addon = loadNative();
const { askClear, askDepth, bidClear, bidDepth, buyTrade, clearAll } = tickKinds;
const noCounts = { lines: 0, skipped: 0, dropped: 0, snapshots: 0, gaps: 0 };

/** Rows of kind, price in ticks, lots; a millisecond apart. */
function columnsOf(rows: readonly (readonly [number, number, number])[]): TickColumns {
  const columns = allocateTicks(rows.length, { mantissa: 5, decimals: 1 }, { mantissa: 1, decimals: 3 });
  for (const [row, [kind, ticks, lots]] of rows.entries()) {
    columns.exchangeNs[row] = 1_700_000_000_000_000_000n + BigInt(row) * 1_000_000n;
    columns.receiveNs[row] = (columns.exchangeNs[row] as bigint) + 500n;
    columns.priceTicks[row] = ticks;
    columns.packed[row] = packTick(kind, BigInt(lots));
  }
  return columns;
}

describe('steps', () => {
  it.each([
    [[100, 100.5, 99], '0.5', [200, 201, 198]],
    [[0.00001234, 0.00000617], '0.00000617', [2, 1]],
    [[0.1, 0.25], '0.05', [2, 5]],
    [[1e-7, 3e-7], '0.0000001', [1, 3]],
    [[1200, 300], '300', [4, 1]],
  ])('%j has the coarsest step %s', (values, step, units) => {
    const found = inferStep(values);
    expect(found === undefined ? '' : stepText(found.step)).toBe(step);
    expect([...(found?.units ?? [])]).toEqual(units);
  });

  it('two series meet at the step that divides both', () => {
    // 0.5 and 0.2: 0.1, five and two of it.
    expect(commonStep({ mantissa: 5, decimals: 1 }, { mantissa: 2, decimals: 1 })).toEqual({
      step: { mantissa: 1, decimals: 1 },
      factors: [5, 2],
    });
    // 10 and 0.25: 0.25 divides 10 forty times.
    expect(commonStep({ mantissa: 10, decimals: 0 }, { mantissa: 25, decimals: 2 })).toEqual({
      step: { mantissa: 25, decimals: 2 },
      factors: [40, 1],
    });
  });
});

describe('files', () => {
  it('are those of the native core, byte for byte', async () => {
    const folder = temporaryFolder();
    const source = join(folder, 'source.csv');
    const head = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount';
    const lines = Array.from({ length: 70_000 }, (_, row) => {
      const us = 1_700_000_000_000_000 + row * 1_000;
      return `deribit,BTC,${us},${us + 7},${row < 2},${row % 2 === 0 ? 'bid' : 'ask'},${100 + (row % 7) * 0.5},${row % 5}`;
    });
    writeFileSync(source, [head, ...lines, ''].join('\n'));
    const ours = join(folder, 'ours.ticks');
    const theirs = join(folder, 'theirs.ticks');
    const info = await importL2(addon, source, theirs, { format: 'tardis-csv' });
    const columns = await readPackedFile(theirs);
    expect(columns.packed.length).toBe(info.rows);
    await writePackedFile(ours, info.symbol, columns, info);
    expect(readFileSync(ours).equals(readFileSync(theirs))).toBe(true);
  });

  it('written here are read and run by the native core', async () => {
    const path = join(temporaryFolder(), 'x.ticks');
    await writePackedFile(
      path,
      'BTC/USDT',
      columnsOf([
        [bidDepth, 200, 3],
        [askDepth, 202, 4],
        [buyTrade, 202, 1],
      ]),
      {
        ...noCounts,
        lines: 3,
      },
    );
    expect(l2Info(addon, path)).toMatchObject({
      symbol: 'BTC/USDT',
      rows: 3,
      lines: 3,
      trades: 1,
      tick: '0.5',
      lot: '0.001',
      lowestPrice: 100,
      highestPrice: 101,
    });
    expect((await L2Recording.load(addon, path)).events).toBe(3);
  });

  it('a changed byte is found and its rows are named', async () => {
    const path = join(temporaryFolder(), 'x.ticks');
    await writePackedFile(
      path,
      'X',
      columnsOf([
        [bidDepth, 200, 3],
        [askDepth, 202, 4],
      ]),
      noCounts,
    );
    const bytes = readFileSync(path);
    bytes[4096 + 16 + 16] = (bytes[4096 + 16 + 16] as number) ^ 1;
    writeFileSync(path, bytes);
    await expect(readPackedFile(path)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('rows 0 to 1: the check sum of price is wrong'),
    });
  });
});

describe('the best bid and ask', () => {
  it('follow levels that come, go, and are cleared', () => {
    const columns = columnsOf([
      [bidDepth, 100, 1],
      [bidDepth, 102, 1],
      [askDepth, 110, 1],
      [askDepth, 105, 1],
      [bidDepth, 102, 0],
      [bidDepth, 101, 1],
      [bidDepth, 102, 2],
      [bidClear, 101, 0],
      [askClear, 105, 0],
      [buyTrade, 500, 1],
      [clearAll, 0, 0],
      [askDepth, 104, 1],
    ]);
    const book = new TopOfBook();
    const tops = [...columns.packed.keys()].map((row) => {
      book.apply(columns, row);
      return [book.bid(), book.ask()];
    });
    expect(tops).toEqual([
      [100, undefined],
      [102, undefined],
      [102, 110],
      [102, 105],
      [100, 105],
      [101, 105],
      [102, 105],
      [100, 105],
      [100, 110],
      [100, 110],
      [undefined, undefined],
      [undefined, 104],
    ]);
    expect([kindAt(columns, 6), lotsAt(columns, 6)]).toEqual([bidDepth, 2]);
  });
});
