/** The tape of one instrument. */

import { epochMs } from '../../../shared/domain/nominal.ts';
import { Refusal } from '../normalise/refusal.ts';
import { unifiedTrade } from '../normalise/unified.ts';
import { type HandlerContext, type StreamHandler, supports } from './stream-handler.ts';

const rememberedTrades = 20_000;
/** A venue may send the last trades at subscription: those from before it never meet our orders. */
const firstTradeToleranceMs = 2_000;

/** Trades, each once, however often the venue sends it. */
export class TradesHandler implements StreamHandler {
  readonly #context: HandlerContext;
  readonly watchable: boolean;
  #notBeforeMs: number;
  readonly #seen = new Set<string>();
  #lastVenueTimeMs = 0;

  constructor(context: HandlerContext) {
    this.#context = context;
    this.watchable = supports(context.exchange, 'watchTrades');
    this.#notBeforeMs = context.venueMs() - firstTradeToleranceMs;
  }

  watch(): Promise<unknown> {
    return this.#context.exchange.watchTrades(this.#context.target.instrument.symbol);
  }

  poll(): Promise<unknown> {
    const { exchange, target } = this.#context;
    const { symbol, kind } = target.instrument;
    // Binance's default over REST are aggregated trades, whose ids are not those of the stream.
    const method = kind === 'spot' ? 'publicGetTrades' : 'fapiPublicGetTrades';
    return exchange.fetchTrades(
      symbol,
      undefined,
      100,
      exchange.id === 'binance' ? { fetchTradesMethod: method } : {},
    );
  }

  onWatched(data: unknown): void {
    this.#take(data);
  }

  onPolled(data: unknown): boolean {
    // A venue may number trades differently over REST: what is older than the last one seen was seen.
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#lastVenueTimeMs);
    this.#take(data);
    return false;
  }

  onTick(): void {
    // No trades are no news: silence of a tape is judged by its connection.
  }

  #take(data: unknown): void {
    const { target, emit, refusals, wallMs } = this.#context;
    if (!Array.isArray(data)) throw new Refusal('missing-field', 'trades', 'trades are not a list');
    const receiveTimeMs = epochMs(Math.floor(wallMs()));
    const sameTrades = new Map<string, number>();
    for (const entry of data as readonly unknown[]) {
      try {
        const trade = unifiedTrade(entry, target.unified, receiveTimeMs, () =>
          this.#fallbackId(entry, sameTrades),
        );
        if (trade.venueTimeMs < this.#notBeforeMs || this.#seen.has(trade.tradeId)) continue;
        this.#remember(trade.tradeId);
        this.#lastVenueTimeMs = Math.max(this.#lastVenueTimeMs, trade.venueTimeMs);
        emit(trade);
      } catch (error) {
        refusals.note(error, `${target.instrument.symbol} trades`);
      }
    }
  }

  /** Names a trade by what it is; the n-th equal one of a batch gets the number n. */
  #fallbackId(entry: unknown, sameTrades: Map<string, number>): string {
    const trade = entry as Readonly<Record<string, unknown>>;
    const what = `${String(trade['timestamp'])}:${String(trade['price'])}:${String(trade['amount'])}:${String(trade['side'])}`;
    const count = (sameTrades.get(what) ?? 0) + 1;
    sameTrades.set(what, count);
    return `${what}:${count}`;
  }

  #remember(tradeId: string): void {
    this.#seen.add(tradeId);
    if (this.#seen.size <= rememberedTrades) return;
    const oldest = this.#seen.values().next().value;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}
