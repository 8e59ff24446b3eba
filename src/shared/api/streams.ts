/**
 * The stream: what the host pushes. A client says what it looks at; the host sends at most one batch a frame.
 * Audit records are numbered: a client that sees a hole asks for a new snapshot.
 */

import { z } from 'zod';
import type { AuditRecord } from '../events/audit.ts';
import type { JobView } from './job-view.ts';
import { instrumentText, timeframeText } from './primitives.ts';
import type { BookView, CandleView, QuoteView, StatusView, TradeView } from './views.ts';

/** What a client may say. A new `watch` replaces the one before. */
export const streamRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('watch'),
    /** Instruments whose book, tape and candle are wanted. */
    markets: z
      .array(
        z.strictObject({
          instrument: instrumentText,
          timeframe: timeframeText,
          depth: z.number().int().min(1).max(100),
        }),
      )
      .max(16),
    /** Quotes of all instruments, a few times a second. */
    quotes: z.boolean(),
    /** Audit records after this number; null: none. */
    auditAfter: z.number().int().min(0).nullable(),
  }),
]);
export type StreamRequest = z.infer<typeof streamRequest>;

/** News of one watched market since the last batch. */
export interface MarketNews {
  readonly instrument: string;
  readonly timeframe: string;
  /** Present when the book changed. */
  readonly book?: BookView | undefined;
  /** New trades, oldest first. */
  readonly trades: readonly TradeView[];
  /** The candle in the making and those that closed since the last batch, oldest first. */
  readonly candles: readonly CandleView[];
}

/** One batch. Every part is optional: what did not change is not sent. */
export interface StreamBatch {
  readonly kind: 'batch';
  /** Counts up by one per client; a hole means batches were dropped. */
  readonly batch: number;
  readonly timeMs: number;
  readonly quotes?: readonly QuoteView[] | undefined;
  readonly markets?: readonly MarketNews[] | undefined;
  readonly audit?: readonly AuditRecord[] | undefined;
  /** Jobs that changed; those there were before are fetched once. */
  readonly jobs?: readonly JobView[] | undefined;
  /** Sent about once a second. */
  readonly status?: StatusView | undefined;
}

/** The host dropped batches because the client was too slow, or audit numbers are not available: start anew. */
export interface StreamReset {
  readonly kind: 'reset';
  readonly reason: string;
}

export type StreamMessage = StreamBatch | StreamReset;
