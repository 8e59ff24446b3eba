/** What every kind of stream has in common: how it is watched, asked, and what is done with its data. */

import type { Exchange } from 'ccxt';
import type { MarketEvent } from '../../../shared/events/market.ts';
import type { RefusalLog } from '../normalise/refusal.ts';
import type { CcxtInstrument } from './instruments.ts';

export type StreamName = 'book' | 'trades' | 'candles' | 'quotes';

/** What a handler works with. */
export interface HandlerContext {
  readonly exchange: Exchange;
  readonly target: CcxtInstrument;
  readonly emit: (event: MarketEvent) => void;
  /** Counts values that were not believed; a handler goes on with the others. */
  readonly refusals: RefusalLog;
  readonly wallMs: () => number;
  /** The venue's clock, as far as its offset is known. */
  readonly venueMs: () => number;
}

/** One kind of data of one instrument, over WebSocket (`watch`) and over REST (`poll`). */
export interface StreamHandler {
  readonly watchable: boolean;
  watch(): Promise<unknown>;
  poll(): Promise<unknown>;
  /** Takes what `watch` gave. Throws `Refusal` when nothing of it could be used. */
  onWatched(data: unknown): void;
  /** Takes what `poll` gave; true when it differs from what the stream said last. */
  onPolled(data: unknown): boolean;
  /** Called a few times a second, for what depends on time alone. */
  onTick(): void;
}

/** Whether the exchange's class says it can do something. */
export function supports(exchange: Exchange, method: string): boolean {
  return Boolean((exchange.has as Readonly<Record<string, unknown>>)[method]);
}
