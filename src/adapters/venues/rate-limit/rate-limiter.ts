/**
 * One request budget per venue, shared by every bot. A request draws from several linked pools at once; protective
 * requests (cancels, stops) go before orders, orders before data, and data may never use up the last of a pool.
 */

import { type RatePool, TokenBucket } from './bucket.ts';
import type { AdapterClock } from './clock.ts';

/** Weight a request draws from each pool, by pool name. */
export type RateCost = Readonly<Record<string, number>>;

/** `protect` is for cancels and stop orders, `trade` for other orders, `data` for everything else. */
export type RatePriority = 'protect' | 'trade' | 'data';

/** Share of a pool each priority may fill: the rest stays free for what matters more. */
const ceilingShare: Readonly<Record<RatePriority, number>> = { protect: 1, trade: 0.95, data: 0.85 };
const priorities: readonly RatePriority[] = ['protect', 'trade', 'data'];

/** Why a request was not let through: the wait is longer than the caller accepts, or can never end. */
export type RateRefusal = 'banned' | 'paused' | 'wait-too-long' | 'too-heavy' | 'queue-full' | 'canceled';

/** Thrown by `acquire`. `retryInMs` says when it makes sense to ask again. */
export class RateLimitError extends Error {
  override readonly name = 'RateLimitError';
  readonly reason: RateRefusal;
  readonly retryInMs: number;
  constructor(reason: RateRefusal, retryInMs: number, message: string) {
    super(message);
    this.reason = reason;
    this.retryInMs = retryInMs;
  }
}

/** The live state of the budget, for the screen and for metrics. */
export interface RateGauge {
  readonly pools: readonly {
    readonly name: string;
    readonly used: number;
    readonly limit: number;
    readonly windowMs: number;
  }[];
  readonly waiting: number;
  /** Time until requests may leave again after a 429; 0 when they may now. */
  readonly pausedForMs: number;
  /** Time until a ban (418) ends; 0 when there is none. */
  readonly bannedForMs: number;
  readonly granted: number;
  readonly tooManyRequests: number;
}

export interface RateLimiterOptions {
  readonly venue: string;
  readonly pools: readonly RatePool[];
  readonly clock: AdapterClock;
  /** Most requests that may wait at once; more are refused. */
  readonly queueMaximum?: number;
}

export interface AcquireOptions {
  readonly priority?: RatePriority;
  /** Longest wait the caller accepts, in ms; refused at once when it is known to be longer. */
  readonly waitMaximumMs?: number;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter {
  readonly cost: RateCost;
  readonly priority: RatePriority;
  readonly deadlineMs: number;
  readonly grant: () => void;
  readonly refuse: (error: RateLimitError) => void;
}

const waitMaximumDefaultMs = 60_000;
const queueMaximumDefault = 10_000;
/** A 429 or 418 without a Retry-After header. */
const pauseDefaultMs = 60_000;
const banDefaultMs = 600_000;

/** Weighted limiter with linked pools, priorities, pauses and bans. */
export class RateLimiter {
  readonly venue: string;
  readonly #clock: AdapterClock;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #queues: Record<RatePriority, Waiter[]> = { protect: [], trade: [], data: [] };
  readonly #queueMaximum: number;
  #pausedUntilMs = 0;
  #bannedUntilMs = 0;
  #granted = 0;
  #tooManyRequests = 0;
  #callOffTimer: (() => void) | undefined;

  constructor(options: RateLimiterOptions) {
    this.venue = options.venue;
    this.#clock = options.clock;
    this.#queueMaximum = options.queueMaximum ?? queueMaximumDefault;
    for (const pool of options.pools) this.#buckets.set(pool.name, new TokenBucket(pool));
    this.#pausedUntilMs = Number.NEGATIVE_INFINITY;
    this.#bannedUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Resolves when a request of this cost may leave. Rejects with `RateLimitError`. */
  acquire(cost: RateCost, options: AcquireOptions = {}): Promise<void> {
    const priority = options.priority ?? 'data';
    const nowMs = this.#clock.monotonicMs();
    const waitMaximumMs = options.waitMaximumMs ?? waitMaximumDefaultMs;
    const signal = options.signal;
    if (signal?.aborted === true) return Promise.reject(this.#canceled());
    const blockedMs = this.#blockedForMs(nowMs);
    if (blockedMs > waitMaximumMs) return Promise.reject(this.#blocked(nowMs));
    if (this.#poolWaitMs(cost, priority, nowMs) === Number.POSITIVE_INFINITY) {
      return Promise.reject(
        new RateLimitError(
          'too-heavy',
          Number.POSITIVE_INFINITY,
          `${this.venue}: a request of ${describe(cost)} never fits its rate pools`,
        ),
      );
    }
    if (this.#waitingCount() >= this.#queueMaximum) {
      return Promise.reject(
        new RateLimitError(
          'queue-full',
          1_000,
          `${this.venue}: ${this.#queueMaximum} requests are waiting already`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        remove();
        reject(this.#canceled());
      };
      const waiter: Waiter = {
        cost,
        priority,
        deadlineMs: nowMs + waitMaximumMs,
        grant: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        refuse: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      const queue = this.#queues[priority];
      const remove = () => {
        const index = queue.indexOf(waiter);
        if (index >= 0) queue.splice(index, 1);
        this.#pump();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      queue.push(waiter);
      this.#pump();
    });
  }

  /** Takes tokens for something that is happening already, such as a new connection; never waits. */
  spend(cost: RateCost): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [name, weight] of Object.entries(cost)) this.#buckets.get(name)?.take(weight, nowMs);
  }

  /** Gives how long a request of this cost would have to wait if nobody else asked; 0 when it could go now. */
  waitMs(cost: RateCost, priority: RatePriority = 'data'): number {
    const nowMs = this.#clock.monotonicMs();
    return Math.max(this.#blockedForMs(nowMs), this.#poolWaitMs(cost, priority, nowMs));
  }

  /**
   * Tells the limiter how a venue answered. 429 pauses every request for `retryAfterMs`, 418 bans them all: nothing
   * leaves before the end, not even a cancel, because each request makes a ban longer.
   */
  onStatus(status: number, retryAfterMs?: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (status === 429) {
      this.#tooManyRequests += 1;
      this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + (retryAfterMs ?? pauseDefaultMs));
    } else if (status === 418) {
      this.#tooManyRequests += 1;
      this.#bannedUntilMs = Math.max(this.#bannedUntilMs, nowMs + (retryAfterMs ?? banDefaultMs));
    } else {
      return;
    }
    this.#pump();
  }

  /** Takes over the use a venue reports in its reply headers when it is higher than ours. */
  onVenueUsed(poolName: string, used: number): void {
    if (!Number.isFinite(used) || used < 0) return;
    this.#buckets.get(poolName)?.raiseTo(used, this.#clock.monotonicMs());
  }

  /** Gives what is used, what waits, and how long a pause or ban still lasts. */
  gauge(): RateGauge {
    const nowMs = this.#clock.monotonicMs();
    return {
      pools: [...this.#buckets.values()].map((bucket) => ({
        name: bucket.pool.name,
        used: bucket.used(nowMs),
        limit: bucket.pool.limit,
        windowMs: bucket.pool.windowMs,
      })),
      waiting: this.#waitingCount(),
      pausedForMs: Math.max(0, this.#pausedUntilMs - nowMs),
      bannedForMs: Math.max(0, this.#bannedUntilMs - nowMs),
      granted: this.#granted,
      tooManyRequests: this.#tooManyRequests,
    };
  }

  #waitingCount(): number {
    return this.#queues.protect.length + this.#queues.trade.length + this.#queues.data.length;
  }

  #blockedForMs(nowMs: number): number {
    return Math.max(0, this.#pausedUntilMs - nowMs, this.#bannedUntilMs - nowMs);
  }

  #blocked(nowMs: number): RateLimitError {
    const retryInMs = this.#blockedForMs(nowMs);
    const seconds = Math.ceil(retryInMs / 1_000);
    return this.#bannedUntilMs > nowMs
      ? new RateLimitError(
          'banned',
          retryInMs,
          `${this.venue} has banned this address for another ${seconds} s; no request leaves before`,
        )
      : new RateLimitError(
          'paused',
          retryInMs,
          `${this.venue} asked to wait ${seconds} s before the next request`,
        );
  }

  #canceled(): RateLimitError {
    return new RateLimitError('canceled', 0, `${this.venue}: the request was called off`);
  }

  #poolWaitMs(cost: RateCost, priority: RatePriority, nowMs: number): number {
    let waitMs = 0;
    for (const [name, weight] of Object.entries(cost)) {
      const bucket = this.#buckets.get(name);
      if (bucket === undefined || weight <= 0) continue;
      // A single heavy request must stay possible: it may use the whole pool when the pool is empty.
      const ceiling = Math.max(
        Math.min(weight, bucket.pool.limit),
        bucket.pool.limit * ceilingShare[priority],
      );
      waitMs = Math.max(waitMs, bucket.waitMs(weight, ceiling, nowMs));
    }
    return waitMs;
  }

  /** Lets go whatever may go now, refuses what waited too long, and arms the timer for the next change. */
  #pump(): void {
    this.#callOffTimer?.();
    this.#callOffTimer = undefined;
    const nowMs = this.#clock.monotonicMs();
    const blockedMs = this.#blockedForMs(nowMs);
    let wakeInMs = Number.POSITIVE_INFINITY;
    const held = new Set<string>();
    for (const priority of priorities) {
      const queue = this.#queues[priority];
      this.#refuseLate(queue, nowMs, blockedMs);
      while (queue.length > 0) {
        const waiter = queue[0] as Waiter;
        wakeInMs = Math.min(wakeInMs, Math.max(1, waiter.deadlineMs - nowMs));
        const waitMs = blockedMs > 0 ? blockedMs : this.#poolWaitMs(waiter.cost, priority, nowMs);
        const overtakes = Object.keys(waiter.cost).some((name) => held.has(name));
        if (waitMs > 0 || overtakes) {
          if (waitMs > 0) wakeInMs = Math.min(wakeInMs, waitMs);
          // What waits here keeps its pools: nothing less important may take the tokens it waits for.
          for (const name of Object.keys(waiter.cost)) held.add(name);
          break;
        }
        queue.shift();
        for (const [name, weight] of Object.entries(waiter.cost))
          this.#buckets.get(name)?.take(weight, nowMs);
        this.#granted += 1;
        waiter.grant();
      }
    }
    if (wakeInMs !== Number.POSITIVE_INFINITY) {
      this.#callOffTimer = this.#clock.after(wakeInMs, () => this.#pump());
    }
  }

  #refuseLate(queue: Waiter[], nowMs: number, blockedMs: number): void {
    for (let index = 0; index < queue.length; ) {
      const waiter = queue[index] as Waiter;
      const late = nowMs >= waiter.deadlineMs;
      if (!late && nowMs + blockedMs <= waiter.deadlineMs) {
        index += 1;
        continue;
      }
      queue.splice(index, 1);
      waiter.refuse(
        blockedMs > 0
          ? this.#blocked(nowMs)
          : new RateLimitError(
              'wait-too-long',
              1_000,
              `${this.venue}: the request budget was used up for too long (${describe(waiter.cost)})`,
            ),
      );
    }
  }
}

function describe(cost: RateCost): string {
  return Object.entries(cost)
    .map(([name, weight]) => `${name} ${weight}`)
    .join(', ');
}

/** Parses a Retry-After header (seconds or an HTTP date) to milliseconds; undefined when there is none. */
export function parseRetryAfterMs(header: string | null | undefined, nowWallMs: number): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  if (/^\d{1,9}(\.\d+)?$/.test(header.trim())) return Math.ceil(Number(header) * 1_000);
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowWallMs);
}
