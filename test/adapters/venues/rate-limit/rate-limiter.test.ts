import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitteredBackoff } from '../../../../src/adapters/venues/rate-limit/backoff.ts';
import { TokenBucket } from '../../../../src/adapters/venues/rate-limit/bucket.ts';
import { priorityOf, ratePresetFor } from '../../../../src/adapters/venues/rate-limit/presets.ts';
import {
  parseRetryAfterMs,
  type RateCost,
  RateLimiter,
} from '../../../../src/adapters/venues/rate-limit/rate-limiter.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

const minuteMs = 60_000;

function limiterOf(clock: VirtualClock, pools = ratePresetFor('binance', 50).pools): RateLimiter {
  return new RateLimiter({ venue: 'binance', pools, clock });
}

function used(limiter: RateLimiter, pool: string): number {
  const found = limiter.gauge().pools.find((candidate) => candidate.name === pool);
  if (found === undefined) throw new Error(`no pool ${pool}`);
  return found.used;
}

/** Asks and records the outcome in `log`. */
function ask(
  limiter: RateLimiter,
  log: string[],
  name: string,
  cost: RateCost,
  options: Parameters<RateLimiter['acquire']>[1] = {},
): void {
  limiter.acquire(cost, options).then(
    () => log.push(name),
    (error) => log.push(`${name}!${error.reason}`),
  );
}

describe('token bucket', () => {
  it('never lets more than the limit through in any window, whatever the pattern', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ gapMs: fc.integer({ min: 0, max: 700 }), weight: fc.integer({ min: 1, max: 7 }) }),
          { maxLength: 200 },
        ),
        (requests) => {
          const bucket = new TokenBucket({ name: 'p', limit: 10, windowMs: 1_000 });
          const taken: { atMs: number; weight: number }[] = [];
          let nowMs = 0;
          for (const request of requests) {
            nowMs += request.gapMs;
            nowMs += bucket.waitMs(request.weight, 10, nowMs);
            bucket.take(request.weight, nowMs);
            taken.push({ atMs: nowMs, weight: request.weight });
          }
          for (const start of taken) {
            const inWindow = taken.filter((one) => one.atMs >= start.atMs && one.atMs < start.atMs + 1_000);
            expect(inWindow.reduce((sum, one) => sum + one.weight, 0)).toBeLessThanOrEqual(10);
          }
        },
      ),
    );
  });

  it('gives every token back after one window and one slot', () => {
    const bucket = new TokenBucket({ name: 'p', limit: 60, windowMs: 60_000 });
    bucket.take(60, 500);
    expect(bucket.used(60_400)).toBe(60);
    expect(bucket.waitMs(1, 60, 500)).toBe(60_500);
    expect(bucket.used(61_000)).toBe(0);
  });

  it('refuses a pool without a limit', () => {
    expect(() => new TokenBucket({ name: 'p', limit: 0, windowMs: 1 })).toThrow(
      /limit and a window above zero/,
    );
  });
});

describe('linked pools (Binance numbers)', () => {
  it('states the four spot pools of the venue', () => {
    const stated = ratePresetFor('binance', 50)
      .pools.slice(0, 4)
      .map((pool) => [pool.name, pool.limit, pool.windowMs]);
    expect(stated).toEqual([
      ['RAW_REQUESTS', 61_000, 300_000],
      ['REQUEST_WEIGHT', 6_000, 60_000],
      ['ORDERS_10S', 100, 10_000],
      ['ORDERS_DAY', 200_000, 86_400_000],
    ]);
  });

  it('draws one order from all four', async () => {
    const clock = new VirtualClock();
    const limiter = limiterOf(clock);
    await limiter.acquire(
      ratePresetFor('binance', 50).costOf({ api: 'private', method: 'POST', path: 'order', ccxtCost: 0.2 }),
      { priority: 'trade' },
    );
    expect(
      ['RAW_REQUESTS', 'REQUEST_WEIGHT', 'ORDERS_10S', 'ORDERS_DAY'].map((pool) => used(limiter, pool)),
    ).toEqual([1, 1, 1, 1]);
  });

  it('stops the 101st order of ten seconds and lets it go when the window has passed', async () => {
    const clock = new VirtualClock();
    const limiter = limiterOf(clock);
    let granted = 0;
    for (let index = 0; index < 101; index += 1) {
      void limiter.acquire({ ORDERS_10S: 1 }, { priority: 'protect' }).then(() => {
        granted += 1;
      });
    }
    await settle();
    expect(granted).toBe(100);
    await clock.advance(9_999);
    expect(granted).toBe(100);
    await clock.advance(200);
    expect(granted).toBe(101);
  });

  it.each([
    [
      'book of 100 levels, spot',
      { api: 'public', method: 'GET', path: 'depth', ccxtCost: 1 },
      { RAW_REQUESTS: 1, REQUEST_WEIGHT: 5 },
    ],
    [
      'ping, spot',
      { api: 'public', method: 'GET', path: 'ping', ccxtCost: 0.2 },
      { RAW_REQUESTS: 1, REQUEST_WEIGHT: 1 },
    ],
    [
      'book of 1000 levels, futures',
      { api: 'fapiPublic', method: 'GET', path: 'depth', ccxtCost: 20 },
      { FUTURES_WEIGHT: 20 },
    ],
    [
      'order, futures',
      { api: 'fapiPrivate', method: 'POST', path: 'order', ccxtCost: 0 },
      { FUTURES_WEIGHT: 1, FUTURES_ORDERS_10S: 1 },
    ],
  ])('weighs %s', (_name, request, cost) => {
    expect(ratePresetFor('binance', 50).costOf(request)).toEqual(cost);
  });

  it('believes the venue when it counts more', () => {
    const limiter = limiterOf(new VirtualClock());
    const header = ratePresetFor('binance', 50).usedFromHeader(
      'X-Mbx-Used-Weight-1m',
      '4321',
      'https://api/api/v3/depth',
    );
    limiter.onVenueUsed(header?.pool ?? '', header?.used ?? 0);
    expect(used(limiter, 'REQUEST_WEIGHT')).toBe(4_321);
    limiter.onVenueUsed('REQUEST_WEIGHT', 10);
    expect(used(limiter, 'REQUEST_WEIGHT')).toBe(4_321);
  });
});

describe('priorities', () => {
  const pools = [{ name: 'W', limit: 100, windowMs: minuteMs }];

  it('keeps room for cancels when data has used its share', async () => {
    const clock = new VirtualClock();
    const limiter = limiterOf(clock, pools);
    const log: string[] = [];
    for (let index = 0; index < 100; index += 1) ask(limiter, log, 'data', { W: 1 });
    await settle();
    expect(log.length).toBe(85);
    ask(limiter, log, 'cancel', { W: 1 }, { priority: 'protect' });
    await settle();
    expect(log.at(-1)).toBe('cancel');
  });

  it('lets a waiting cancel go before data that asked first', async () => {
    const clock = new VirtualClock();
    const limiter = limiterOf(clock, pools);
    const log: string[] = [];
    await limiter.acquire({ W: 100 }, { priority: 'protect' });
    ask(limiter, log, 'data', { W: 10 }, { waitMaximumMs: 2 * minuteMs });
    ask(limiter, log, 'order', { W: 10 }, { priority: 'trade', waitMaximumMs: 2 * minuteMs });
    ask(limiter, log, 'cancel', { W: 10 }, { priority: 'protect', waitMaximumMs: 2 * minuteMs });
    await clock.advance(minuteMs + 1_001);
    expect(log).toEqual(['cancel', 'order', 'data']);
  });

  it('does not let light data starve a heavy cancel', async () => {
    const clock = new VirtualClock();
    const limiter = limiterOf(clock, pools);
    const log: string[] = [];
    await limiter.acquire({ W: 80 });
    ask(limiter, log, 'cancel', { W: 50 }, { priority: 'protect', waitMaximumMs: 2 * minuteMs });
    ask(limiter, log, 'data', { W: 1 }, { waitMaximumMs: 2 * minuteMs });
    await settle();
    expect(log).toEqual([]);
    await clock.advance(minuteMs + 1_001);
    expect(log).toEqual(['cancel', 'data']);
  });

  it.each([
    ['cancel by DELETE', { api: 'private', method: 'DELETE', path: 'order', ccxtCost: 1 }, 'protect'],
    ['cancel by POST', { api: 'private', method: 'POST', path: 'CancelOrder', ccxtCost: 1 }, 'protect'],
    ['new order', { api: 'private', method: 'POST', path: 'order', ccxtCost: 1 }, 'trade'],
    ['book', { api: 'public', method: 'GET', path: 'depth', ccxtCost: 1 }, 'data'],
  ] as const)('ranks %s', (_name, request, priority) => {
    expect(priorityOf(request)).toBe(priority);
  });
});

describe('429 and 418', () => {
  it('sends nothing before Retry-After is over, then cancels first', async () => {
    const clock = new VirtualClock();
    const limiter = limiterOf(clock);
    const log: string[] = [];
    limiter.onStatus(429, parseRetryAfterMs('7', 0));
    ask(limiter, log, 'data', { RAW_REQUESTS: 1 });
    ask(limiter, log, 'cancel', { RAW_REQUESTS: 1 }, { priority: 'protect' });
    await clock.advance(6_999);
    expect(log).toEqual([]);
    expect(limiter.gauge().pausedForMs).toBe(1);
    await clock.advance(2);
    expect(log).toEqual(['cancel', 'data']);
  });

  it('refuses at once what would wait for a ban longer than it may, and counts down', async () => {
    const clock = new VirtualClock();
    const limiter = limiterOf(clock);
    const log: string[] = [];
    ask(limiter, log, 'before', { RAW_REQUESTS: 1 });
    await settle();
    limiter.onStatus(418, 600_000);
    ask(limiter, log, 'data', { RAW_REQUESTS: 1 });
    ask(limiter, log, 'patient', { RAW_REQUESTS: 1 }, { waitMaximumMs: 700_000 });
    await settle();
    expect(log).toEqual(['before', 'data!banned']);
    await clock.advance(599_000);
    expect(limiter.gauge().bannedForMs).toBe(1_000);
    expect(limiter.gauge().granted).toBe(1);
    await clock.advance(1_001);
    expect(log).toEqual(['before', 'data!banned', 'patient']);
  });

  it('refuses those who wait already when a ban is longer than they may wait', async () => {
    const clock = new VirtualClock();
    const limiter = limiterOf(clock, [{ name: 'W', limit: 10, windowMs: minuteMs }]);
    const log: string[] = [];
    await limiter.acquire({ W: 10 }, { priority: 'protect' });
    ask(limiter, log, 'waiting', { W: 1 }, { priority: 'protect', waitMaximumMs: 65_000 });
    limiter.onStatus(418, 120_000);
    await settle();
    expect(log).toEqual(['waiting!banned']);
  });

  it('reads Retry-After as seconds or as a date', () => {
    expect(parseRetryAfterMs('30', 0)).toBe(30_000);
    expect(parseRetryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 20_000)).toBe(40_000);
    expect(parseRetryAfterMs('soon', 0)).toBeUndefined();
    expect(parseRetryAfterMs(null, 0)).toBeUndefined();
  });
});

describe('waiting', () => {
  it('refuses what waited longer than it may, what can never fit, and what is called off', async () => {
    const clock = new VirtualClock();
    const limiter = limiterOf(clock, [{ name: 'W', limit: 10, windowMs: minuteMs }]);
    const log: string[] = [];
    const controller = new AbortController();
    await limiter.acquire({ W: 10 }, { priority: 'protect' });
    ask(limiter, log, 'short', { W: 1 }, { waitMaximumMs: 1_000 });
    ask(limiter, log, 'heavy', { W: 11 });
    ask(limiter, log, 'aborted', { W: 1 }, { signal: controller.signal });
    controller.abort();
    await clock.advance(1_000);
    expect(log.sort()).toEqual(['aborted!canceled', 'heavy!too-heavy', 'short!wait-too-long']);
    expect(limiter.gauge().waiting).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('backoff', () => {
  it('doubles with jitter between half and all, up to the maximum', () => {
    const backoff = new JitteredBackoff({ random: () => 0, baseMs: 500, maximumMs: 4_000 });
    let nowMs = 0;
    const waits = Array.from({ length: 6 }, () => {
      const waitMs = backoff.failed(nowMs);
      nowMs += waitMs;
      return waitMs;
    });
    expect(waits).toEqual([250, 500, 1_000, 2_000, 2_000, 2_000]);
    const late = new JitteredBackoff({ random: () => 0.999, baseMs: 500, maximumMs: 4_000 });
    expect(late.failed(0)).toBeCloseTo(499.75, 5);
  });

  it('starts afresh after a connection that lived long, not after one that fell at once', () => {
    const backoff = new JitteredBackoff({ random: () => 0, baseMs: 500, stableAfterMs: 30_000 });
    backoff.failed(0);
    backoff.failed(250);
    backoff.opened(1_000);
    expect(backoff.failed(2_000)).toBe(1_000);
    backoff.opened(4_000);
    expect(backoff.failed(40_000)).toBe(250);
  });

  it('counts the connections that fall together as one outage', () => {
    const backoff = new JitteredBackoff({ random: () => 0, baseMs: 500 });
    expect([backoff.failed(0), backoff.failed(10), backoff.failed(20)]).toEqual([250, 240, 230]);
    expect([backoff.attempts, backoff.waitMs(100)]).toEqual([1, 150]);
  });

  it('stays far below 300 connects in 5 minutes of refusals', () => {
    const backoff = new JitteredBackoff({ random: () => 0 });
    let connects = 0;
    for (let nowMs = 0; nowMs < 300_000; connects += 1) nowMs += backoff.failed(nowMs);
    expect(connects).toBeLessThan(40);
  });
});
