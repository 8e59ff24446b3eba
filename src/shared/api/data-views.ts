/** The library of market data as clients see it. */

import { z } from 'zod';

export const seriesKindText = z.enum(['candles', 'marks', 'funding', 'trades', 'l2']);

/** A stored series; times are those of the first and the last candle, null where there is none. */
export const dataSeriesView = z.object({
  dataKind: seriesKindText,
  venue: z.string(),
  instrument: z.string(),
  /** Empty for funding rates, trades and order books. */
  timeframe: z.string(),
  bars: z.number().int(),
  from: z.number().nullable(),
  to: z.number().nullable(),
  /** Whether the last candle may still change. */
  provisional: z.boolean(),
  bytes: z.number(),
  /** Why it cannot be read; null for one that can. */
  problem: z.string().nullable(),
});
export type DataSeriesView = z.infer<typeof dataSeriesView>;

/** A format that can be imported. */
export const dataFormatView = z.object({ id: z.string(), title: z.string() });
