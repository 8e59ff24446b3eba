/** Best prices of one instrument, where a whole book is not wanted. */

import { epochMs } from '../../../shared/domain/nominal.ts';
import { unifiedQuote } from '../normalise/unified.ts';
import { type HandlerContext, type StreamHandler, supports } from './stream-handler.ts';

/** Best bid and ask from a stream of its own, where a whole book is not wanted. */
export class QuotesHandler implements StreamHandler {
  readonly #context: HandlerContext;
  readonly #bidsAsks: boolean;
  readonly watchable: boolean;
  #last = '';

  constructor(context: HandlerContext) {
    this.#context = context;
    this.#bidsAsks = supports(context.exchange, 'watchBidsAsks');
    this.watchable = this.#bidsAsks || supports(context.exchange, 'watchTicker');
  }

  async watch(): Promise<unknown> {
    const { exchange, target } = this.#context;
    const symbol = target.instrument.symbol;
    if (!this.#bidsAsks) return exchange.watchTicker(symbol);
    const tickers = (await exchange.watchBidsAsks([symbol])) as Readonly<Record<string, unknown>>;
    return tickers[symbol];
  }

  poll(): Promise<unknown> {
    return this.#context.exchange.fetchTicker(this.#context.target.instrument.symbol);
  }

  onWatched(data: unknown): void {
    this.#take(data);
  }

  onPolled(data: unknown): boolean {
    const before = this.#last;
    this.#take(data);
    return before !== '' && before !== this.#last;
  }

  onTick(): void {
    // As with the book: the feed's watchdog looks after silence.
  }

  #take(data: unknown): void {
    const { target, emit, wallMs } = this.#context;
    const quote = unifiedQuote(data, target.unified, epochMs(Math.floor(wallMs())));
    this.#last = `${quote.bidTicks}:${quote.askTicks}`;
    emit(quote);
  }
}
