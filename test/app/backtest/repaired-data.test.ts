/** Candles that a repair made up are not told as if somebody had traded in them. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { storedCandles } from '../../../src/app/backtest/stored-candles.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { importFile } from '../../../src/app/data/import-file.ts';
import { repairSeries, undoRepair } from '../../../src/app/data/repair.ts';
import { measureResult } from '../../../src/app/report/measure.ts';
import { type Timeframe, timeframeMs } from '../../../src/shared/domain/candle.ts';
import { hourMs, runScript, scriptedStrategy, testFolder } from './scripted.ts';

const firstMs = Date.UTC(2024, 0, 1);
const control = { isCancelled: () => false, progress: () => undefined, onCancel: () => undefined };

it('a filled gap stays a gap in warnings and grade, at longer timeframes too, until it is undone', async () => {
  const folder = testFolder();
  const library = new DataLibrary(loadNative(), folder);
  const path = join(folder, 'candles.csv');
  // Forty hours without the five from 10:00 on.
  const rows = Array.from({ length: 40 }, (_, hour) => hour)
    .filter((hour) => hour < 10 || hour >= 15)
    .map((hour) => `${firstMs + hour * hourMs},100,101,99,100,5`);
  writeFileSync(path, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
  const nowMs = firstMs + 1_000 * hourMs;
  const series = { kind: 'candles', venue: 'v', symbol: 'BTC/USDT', timeframeMs: hourMs } as const;
  await importFile(library, { file: path, venue: 'v', symbol: 'BTC/USDT' }, control, nowMs);
  const run = async (timeframe: Timeframe) => {
    const source = { kind: 'store', venue: 'v', instrument: 'BTC/USDT', timeframe } as const;
    const result = await runScript(
      [],
      () => ({}),
      { series: [{ source }] },
      {
        readStored: storedCandles(folder),
        findStrategy: () => scriptedStrategy(() => ({}), [timeframeMs(timeframe)]),
      },
    );
    const { checks } = measureResult(loadNative(), result).confidence;
    const gaps = checks.find(({ id }) => id === 'gaps');
    return { warnings: result.warnings, gaps: [gaps?.outcome, gaps?.finding] };
  };
  expect(await run('1h')).toEqual({
    warnings: ['5 candles of BTC/USDT are missing: nothing trades in the gaps.'],
    gaps: ['failed', '5 of 40 candles are missing (12.50 %).'],
  });
  const fetchRange = () => Promise.reject(new Error('not asked for'));
  await repairSeries(library, series, { gaps: 'fill', outliers: 'keep' }, { control, nowMs, fetchRange });
  expect(await run('1h')).toEqual({
    warnings: [
      '5 candles of BTC/USDT lie in gaps that a repair filled: nobody traded there, but the run may have.',
    ],
    gaps: ['failed', '5 of 40 candles are missing or were made up by a repair (12.50 %).'],
  });
  // 10:00 to 14:00 lie in the candles of 8:00 and 12:00.
  expect((await run('4h')).warnings).toEqual([
    '2 candles of BTC/USDT lie in gaps that a repair filled: nobody traded there, but the run may have.',
  ]);
  await undoRepair(library, series, control);
  expect((await run('1h')).warnings).toEqual([
    '5 candles of BTC/USDT are missing: nothing trades in the gaps.',
  ]);
  await library.close();
});
