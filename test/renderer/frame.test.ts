/** The frame: one paint of each pane a frame, whatever the number of ticks. */
import { describe, expect, it, vi } from 'vitest';
import { FrameScheduler, PaintTopics, paced } from '../../src/renderer/store/frame.ts';
import { MarketStore, tapeLengthMax } from '../../src/renderer/store/market-store.ts';
import type { StreamBatch } from '../../src/shared/api/streams.ts';

/** Frames that come only when told to; one that is given no time comes a second after the last. */
function handFrames() {
  const waiting: ((nowMs: number) => void)[] = [];
  const scheduler = new FrameScheduler((run) => waiting.push(run));
  let lastMs = 0;
  const next = (nowMs = lastMs + 1000): void => {
    lastMs = nowMs;
    for (const run of waiting.splice(0)) run(nowMs);
  };
  return { scheduler, waiting, next };
}

describe('FrameScheduler', () => {
  it('asks for one frame and paints once for a thousand ticks', () => {
    const { scheduler, waiting, next } = handFrames();
    const paint = vi.fn();
    for (let tick = 0; tick < 1000; tick += 1) scheduler.invalidate(paint);
    expect(waiting.length).toBe(1);
    expect(paint).not.toHaveBeenCalled();
    next();
    expect(paint).toHaveBeenCalledTimes(1);
  });
  it('a paint asked for while painting waits for the next frame', () => {
    const { scheduler, waiting, next } = handFrames();
    let count = 0;
    const paint = (): void => {
      count += 1;
      if (count === 1) scheduler.invalidate(paint);
    };
    scheduler.invalidate(paint);
    next();
    expect([count, waiting.length]).toEqual([1, 1]);
    next();
    expect([count, waiting.length]).toEqual([2, 0]);
  });
  it('a forgotten paint is not painted', () => {
    const { scheduler, next } = handFrames();
    const paint = vi.fn();
    scheduler.invalidate(paint);
    scheduler.forget(paint);
    next();
    expect(paint).not.toHaveBeenCalled();
  });
});

describe('paced', () => {
  /** The times at which a figure that changes in each frame of 10 ms is painted. */
  const paintedAt = (turn: number, fromMs: number, toMs: number): number[] => {
    const { scheduler, next } = handFrames();
    const times: number[] = [];
    let nowMs = 0;
    const paint = paced(() => times.push(nowMs), turn);
    for (nowMs = fromMs; nowMs <= toMs; nowMs += 10) {
      scheduler.invalidate(paint);
      next(nowMs);
    }
    return times;
  };

  it('paints at once after a rest, then once each 50 ms at its own turn', () => {
    // Turns begin at 0, 16.7 and 33.3 of each 50 ms; the first after 1010 + 25 are 1050, 1066.7 and 1083.3; frames come each 10 ms.
    expect(paintedAt(0, 1010, 1200)).toEqual([1010, 1050, 1100, 1150, 1200]);
    expect(paintedAt(1, 1010, 1200)).toEqual([1010, 1070, 1120, 1170]);
    expect(paintedAt(2, 1010, 1200)).toEqual([1010, 1090, 1140, 1190]);
  });
  it('the last change is painted at the next turn, though nothing changes any more', () => {
    const { scheduler, waiting, next } = handFrames();
    const paint = vi.fn();
    const run = paced(paint, 0);
    scheduler.invalidate(run);
    next(1000);
    scheduler.invalidate(run);
    next(1016);
    next(1033);
    expect(paint).toHaveBeenCalledTimes(1);
    next(1050);
    expect(paint).toHaveBeenCalledTimes(2);
    expect(waiting.length).toBe(0);
  });
});

describe('PaintTopics', () => {
  it('paints at once for a newcomer, then only for its own key, and not after leaving', () => {
    const { scheduler, next } = handFrames();
    const topics = new PaintTopics(scheduler);
    const paint = vi.fn();
    const leave = topics.subscribe('quote:a', paint);
    next();
    topics.touch('quote:b');
    next();
    topics.touch('quote:a');
    next();
    expect(paint).toHaveBeenCalledTimes(2);
    leave();
    topics.touchAll();
    next();
    expect(paint).toHaveBeenCalledTimes(2);
  });
});

describe('MarketStore', () => {
  const batch = (parts: Partial<StreamBatch>): StreamBatch => ({
    kind: 'batch',
    batch: 1,
    timeMs: 1000,
    ...parts,
  });
  const trade = (tradeId: string) => ({
    tradeId,
    timeMs: 1,
    price: '1',
    quantity: '1',
    aggressor: 'buy' as const,
  });
  const news = (ids: string[], timeframe = '1m') => ({
    instrument: 'v:A/B',
    timeframe,
    trades: ids.map(trade),
    candles: [],
  });

  it('takes a trade once though two timeframes of its market are watched, newest first', () => {
    const store = new MarketStore(handFrames().scheduler, () => 0);
    store.apply(batch({ markets: [news(['t1', 't2']), news(['t1', 't2'], '1h')] }));
    store.apply(batch({ markets: [news(['t3'])] }));
    expect(store.tape('v:A/B').map((one) => one.tradeId)).toEqual(['t3', 't2', 't1']);
  });
  it('keeps a bounded tape', () => {
    const store = new MarketStore(handFrames().scheduler, () => 0);
    for (let count = 0; count < 50; count += 1) {
      store.apply(batch({ markets: [news(Array.from({ length: 10 }, (_, at) => `t${count * 10 + at}`))] }));
    }
    expect(store.tape('v:A/B').length).toBe(tapeLengthMax);
    expect(store.tape('v:A/B')[0]?.tradeId).toBe('t499');
  });
  it('carries kernel time on at the speed of the host, but never far past the last word of it', () => {
    let wallMs = 10;
    const store = new MarketStore(handFrames().scheduler, () => wallMs);
    store.setSpeed(20);
    store.apply(batch({ timeMs: 1_000_000 }));
    wallMs += 100;
    expect(store.nowMs()).toBe(1_002_000);
    wallMs += 3_600_000;
    expect(store.nowMs()).toBe(1_100_000);
    expect(store.silenceMs()).toBe(3_600_100);
  });
  it('a fetched status is not a sign of life of the stream', () => {
    const store = new MarketStore(handFrames().scheduler, () => 50);
    store.setTime(123);
    expect(store.silenceMs()).toBeNull();
  });
});
