/** The venue's own candles of one instrument. */

import type { Candle } from '../../../shared/domain/candle.ts';
import { type EpochMs, epochMs } from '../../../shared/domain/nominal.ts';
import { Refusal } from '../normalise/refusal.ts';
import { unifiedCandle } from '../normalise/unified.ts';
import { type HandlerContext, type StreamHandler, supports } from './stream-handler.ts';

/** A venue may correct a candle shortly after its end. */
const finalAfterMs = 2_000;

/** Candles of one timeframe: provisional while they form, final once when their time is over. */
export class CandlesHandler implements StreamHandler {
  readonly #context: HandlerContext;
  readonly #timeframe: string;
  readonly #timeframeMs: number;
  readonly watchable: boolean;
  #current: Candle | undefined;
  #finalUpToMs = 0;

  constructor(context: HandlerContext, timeframe: string, timeframeMs: number) {
    this.#context = context;
    this.#timeframe = timeframe;
    this.#timeframeMs = timeframeMs;
    this.watchable = supports(context.exchange, 'watchOHLCV');
  }

  watch(): Promise<unknown> {
    return this.#context.exchange.watchOHLCV(this.#context.target.instrument.symbol, this.#timeframe);
  }

  poll(): Promise<unknown> {
    return this.#context.exchange.fetchOHLCV(
      this.#context.target.instrument.symbol,
      this.#timeframe,
      undefined,
      2,
    );
  }

  onWatched(data: unknown): void {
    this.#take(data);
  }

  onPolled(data: unknown): boolean {
    this.#take(data);
    return false;
  }

  onTick(): void {
    const current = this.#current;
    if (current === undefined) return;
    if (this.#context.venueMs() >= current.openTimeMs + this.#timeframeMs + finalAfterMs)
      this.#finish(current);
  }

  #take(data: unknown): void {
    const { refusals, target } = this.#context;
    if (!Array.isArray(data)) throw new Refusal('missing-field', 'candles', 'candles are not a list');
    for (const row of data as readonly unknown[]) {
      try {
        this.#update(unifiedCandle(row));
      } catch (error) {
        refusals.note(error, `${target.instrument.symbol} candles`);
      }
    }
  }

  #update(candle: Candle): void {
    if (candle.openTimeMs < this.#finalUpToMs) return;
    const current = this.#current;
    if (current !== undefined && candle.openTimeMs < current.openTimeMs) return;
    if (current !== undefined && candle.openTimeMs > current.openTimeMs) this.#finish(current);
    this.#current = candle;
    this.#emit(candle, false);
  }

  #finish(candle: Candle): void {
    this.#current = undefined;
    this.#finalUpToMs = candle.openTimeMs + this.#timeframeMs;
    this.#emit(candle, true);
  }

  #emit(candle: Candle, final: boolean): void {
    const { target, emit, wallMs } = this.#context;
    const receiveTimeMs = epochMs(Math.floor(wallMs()));
    const venueTimeMs: EpochMs = final ? epochMs(candle.openTimeMs + this.#timeframeMs) : receiveTimeMs;
    emit({
      kind: 'candle',
      instrument: target.instrument.id,
      venueTimeMs,
      receiveTimeMs,
      timeframeMs: this.#timeframeMs,
      candle,
      final,
    });
  }
}
