/** One running stream: watches over WebSocket, is asked over REST when silent, and knows how old its data are. */

import { Refusal, type RefusalLog } from '../normalise/refusal.ts';
import { JitteredBackoff, type RandomSource } from '../rate-limit/backoff.ts';
import { type AdapterClock, waitFor } from '../rate-limit/clock.ts';
import type { Connection, ExchangeConnections, StreamHolder } from './connections.ts';
import type { StreamFreshness } from './freshness.ts';
import type { StreamHandler, StreamName } from './stream-handler.ts';
import { reasonOf } from './venue-error.ts';

/** Times that decide about silence, in ms. */
export interface FreshnessLimits {
  /** Data older than this must not be traded on. */
  readonly staleAfterMs: number;
  /** After so much silence of a book, REST is asked whether it is the market or the stream that is quiet. */
  readonly probeAfterMs: number;
  /** How often trades and candles are asked for while they have no stream. */
  readonly sparsePollMs: number;
  /** How long a stream may be down before the venue counts as disconnected. */
  readonly disconnectedAfterMs: number;
  /** How long a stream that contradicts REST may take to catch up. */
  readonly mismatchMs: number;
}

export interface StreamOptions {
  readonly name: StreamName;
  readonly symbol: string;
  readonly essential: boolean;
  readonly handler: StreamHandler;
  readonly connections: ExchangeConnections;
  readonly clock: AdapterClock;
  readonly random: RandomSource;
  readonly limits: FreshnessLimits;
  readonly refusals: RefusalLog;
  readonly signal: AbortSignal;
  /** Told of errors that are not bad input: bugs. */
  readonly onFault: (error: unknown) => void;
}

const never = Number.NEGATIVE_INFINITY;

export class Stream implements StreamHolder {
  connection: Connection | undefined;
  readonly #options: StreamOptions;
  readonly #createdMs: number;
  readonly #watchBackoff: JitteredBackoff;
  readonly #pollBackoff: JitteredBackoff;
  #watchable: boolean;
  #lastFrameMs = never;
  #lastPollMs = never;
  #lostMs = never;
  #polling = false;
  #staleReason: string | undefined;
  #mismatchSinceMs: number | undefined;
  #lastError = '';

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#createdMs = options.clock.monotonicMs();
    this.#watchable = options.handler.watchable;
    this.#watchBackoff = new JitteredBackoff({ random: options.random, baseMs: 250 });
    this.#pollBackoff = new JitteredBackoff({ random: options.random, baseMs: 500, maximumMs: 10_000 });
  }

  get label(): string {
    return `${this.#options.symbol} ${this.#options.name}`;
  }

  get live(): boolean {
    return this.connection?.opened === true && !this.connection.lost;
  }

  /** Watches until the signal aborts, or until the venue turns out not to have such a stream. */
  async run(): Promise<void> {
    const { handler, connections, clock, signal } = this.#options;
    while (this.#watchable && !signal.aborted) {
      if (!this.live) await connections.permit(signal);
      if (signal.aborted) return;
      try {
        const data = await connections.run(this, () => handler.watch());
        if (signal.aborted) return;
        this.#onFrame(data);
      } catch (error) {
        if (signal.aborted) return;
        this.#lastError = reasonOf(error);
        if (isUnsupported(error)) {
          this.#watchable = false;
          return;
        }
        await waitFor(clock, this.#watchBackoff.failed(clock.monotonicMs()), signal);
      }
    }
  }

  /** Looks after time: asks REST, notices staleness, lets the handler finish what is due. */
  tick(): void {
    const { limits, handler, clock, essential } = this.#options;
    const nowMs = clock.monotonicMs();
    handler.onTick();
    const ageMs = nowMs - Math.max(this.#lastFrameMs, this.#lastPollMs, this.#createdMs);
    const pollAfterMs = essential ? limits.probeAfterMs : limits.sparsePollMs;
    if (ageMs >= pollAfterMs && (essential || !this.live || !this.#watchable)) this.#poll();
    if (essential && this.#hasData && ageMs >= limits.staleAfterMs)
      this.markStale(`no data for ${(ageMs / 1_000).toFixed(1)} s`);
    if (!essential && this.live) this.#staleReason = undefined;
    if (this.#mismatchSinceMs !== undefined && nowMs - this.#mismatchSinceMs >= limits.mismatchMs)
      this.#resubscribe(nowMs);
  }

  markStale(reason: string): void {
    this.#staleReason ??= reason;
  }

  /** Notes that its connection is dead. Where no frame ever came over it, REST carries the stream and nothing changes. */
  onDead(): void {
    if (!this.#deliversFrames) return;
    const silentS = (this.streamAgeMs() / 1_000).toFixed(1);
    this.markStale(`silent for ${silentS} s, its connection does not answer; connecting anew`);
  }

  /** Silence of the stream itself, in ms; REST answers do not count. */
  streamAgeMs(): number {
    return this.#options.clock.monotonicMs() - Math.max(this.#lastFrameMs, this.#createdMs);
  }

  /** Notes that a connection of its is gone. One that never gave a frame takes nothing with it. */
  onLost(connection: Connection, reason: string): void {
    this.#lastError = reason;
    this.#mismatchSinceMs = undefined;
    if (connection.opened && this.#lastFrameMs >= connection.openedMs)
      this.#lostMs = this.#options.clock.monotonicMs();
  }

  freshness(): StreamFreshness {
    const nowMs = this.#options.clock.monotonicMs();
    const lastMs = Math.max(this.#lastFrameMs, this.#lastPollMs);
    const down = lastMs === never || this.#lostMs > lastMs;
    return {
      label: this.label,
      essential: this.#options.essential,
      ageMs: nowMs - lastMs,
      staleReason: this.#staleReason,
      down,
      downForMs: down ? nowMs - Math.max(this.#lostMs, this.#createdMs) : 0,
      polled: !down && this.#lastPollMs > this.#lastFrameMs && !this.#deliversFrames,
      lastError: this.#lastError,
    };
  }

  /** Whether the present connection has given a frame of this stream. */
  get #deliversFrames(): boolean {
    return this.live && this.#lastFrameMs >= (this.connection as Connection).openedMs;
  }

  get #hasData(): boolean {
    return this.#lastFrameMs !== never || this.#lastPollMs !== never;
  }

  #onFrame(data: unknown): void {
    const { handler, clock } = this.#options;
    if (!this.#believe(() => handler.onWatched(data))) return;
    this.#lastFrameMs = clock.monotonicMs();
    this.#watchBackoff.opened(this.#lastFrameMs);
    this.#staleReason = undefined;
    this.#mismatchSinceMs = undefined;
  }

  #poll(): void {
    const { handler, clock, signal } = this.#options;
    const startedMs = clock.monotonicMs();
    if (this.#polling || signal.aborted || this.#pollBackoff.waitMs(startedMs) > 0) return;
    this.#polling = true;
    handler
      .poll()
      .then((data) => {
        // A frame that arrived meanwhile is newer than the answer.
        if (signal.aborted || this.#lastFrameMs >= startedMs) return;
        let differs = false;
        if (
          !this.#believe(() => {
            differs = handler.onPolled(data);
          })
        )
          return;
        const nowMs = clock.monotonicMs();
        this.#lastPollMs = nowMs;
        this.#pollBackoff.opened(nowMs);
        this.#staleReason = undefined;
        if (this.live && differs && this.#lastFrameMs !== never) this.#mismatchSinceMs ??= nowMs;
      })
      .catch((error: unknown) => {
        this.#lastError = reasonOf(error);
        this.#pollBackoff.failed(clock.monotonicMs());
      })
      .finally(() => {
        this.#polling = false;
      });
  }

  /** The book moved and the stream did not say so: its subscription is lost, whatever the connection says. */
  #resubscribe(nowMs: number): void {
    this.#mismatchSinceMs = undefined;
    if (!this.live || this.connection === undefined) return;
    const silentS = ((nowMs - this.#lastFrameMs) / 1_000).toFixed(1);
    this.markStale(`silent for ${silentS} s while the market moved; subscribing anew`);
    this.#options.connections.drop(
      this.connection,
      `${this.label} was silent for ${silentS} s while the market moved`,
    );
  }

  /** Runs a handler; bad input is counted and gives false, anything else is reported as a fault. */
  #believe(take: () => void): boolean {
    try {
      take();
      return true;
    } catch (error) {
      if (error instanceof Refusal) this.#options.refusals.note(error, this.label);
      else this.#options.onFault(error);
      return false;
    }
  }
}

function isUnsupported(error: unknown): boolean {
  const name = error instanceof Error ? error.constructor.name : '';
  return name === 'NotSupported' || name === 'BadSymbol' || name === 'ArgumentsRequired';
}
