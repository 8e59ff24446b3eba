/** The part of the contract that belongs to the Lab: data, backtests, studies and the jobs they run as. */

import { z } from 'zod';
import { dataFormatView, dataSeriesView, seriesKindText } from './data-views.ts';
import { jobKinds, jobView } from './job-view.ts';
import { method } from './method.ts';
import { idText, listLimit, nameText, timeMs, venueText } from './primitives.ts';

const job = z.object({ job: jobView });

const timeframe = z
  .string()
  .max(8)
  .regex(/^[1-9]\d{0,4}[smhdw]$/, 'must be a timeframe such as 1m, 4h or 1d');
const symbol = z.string().min(1).max(60);
const dataTarget = { venue: venueText, instrument: symbol };
const storedSeries = {
  ...dataTarget,
  kind: seriesKindText.default('candles'),
  timeframe: timeframe.optional(),
};

export const labMethods = {
  'data/list': method(
    'read',
    'Stored market data, and the formats that can be imported',
    z.strictObject({}),
    z.object({ series: z.array(dataSeriesView), formats: z.array(dataFormatView) }),
  ),
  'data/import': method(
    'admin',
    'Imports a file of the host: candles, trades, mark prices or funding rates; whole or not at all',
    z.strictObject({
      ...dataTarget,
      file: z.string().min(1).max(4096),
      timeframe: timeframe.optional(),
      format: idText.optional(),
      kind: z.enum(['candles', 'marks']).optional(),
      columns: z
        .partialRecord(z.enum(['timestamp', 'open', 'high', 'low', 'close', 'volume']), nameText)
        .optional(),
      timeUnit: z.enum(['s', 'ms', 'us', 'ns', 'iso']).optional(),
      duplicates: z.enum(['refuse', 'keep-first', 'keep-last']).default('refuse'),
      sort: z.boolean().default(false),
    }),
    job,
  ),
  'data/download': method(
    'admin',
    'Downloads candles from a venue; goes on where an earlier download ended',
    z.strictObject({
      venue: venueText,
      instruments: z.array(symbol).min(1).max(100),
      timeframes: z.array(timeframe).min(1).max(12),
      fromMs: timeMs,
      toMs: timeMs.optional(),
    }),
    job,
  ),
  'data/check': method(
    'trade',
    'Check sums, gaps and outliers of a stored series',
    z.strictObject(storedSeries),
    job,
  ),
  'data/repair': method(
    'admin',
    'Fills or downloads gaps, drops outliers, or undoes the last repair',
    z.strictObject({
      ...storedSeries,
      gaps: z.enum(['keep', 'fill', 'download']).default('keep'),
      outliers: z.enum(['keep', 'drop']).default('keep'),
      undo: z.boolean().default(false),
    }),
    job,
  ),
  'data/remove': method('admin', 'Forgets a stored series', z.strictObject(storedSeries), z.object({})),

  'jobs/list': method(
    'read',
    'Long-running work, newest first',
    z.strictObject({
      kinds: z.array(z.enum(jobKinds)).max(jobKinds.length).optional(),
      limit: listLimit.default(100),
    }),
    z.object({ jobs: z.array(jobView) }),
  ),
  'jobs/show': method('read', 'One job with its progress or result', z.strictObject({ job: idText }), job),
  'jobs/cancel': method(
    'trade',
    'Ends a job at its next step; what it has stored stays whole',
    z.strictObject({ job: idText }),
    job,
  ),
} as const;
