/** The stream as the page sees it: what is asked for, and when the page no longer knows the truth. */
import { describe, expect, it } from 'vitest';
import { type LinkState, LiveFeed } from '../../src/renderer/store/live-feed.ts';
import type { StreamMessage, StreamRequest } from '../../src/shared/api/streams.ts';
import type { AuditRecord } from '../../src/shared/events/audit.ts';

function openedFeed(auditSequence = 10) {
  const requests: StreamRequest[] = [];
  const resyncs: string[] = [];
  const batches: number[] = [];
  let deferred: (() => void)[] = [];
  let message: (one: StreamMessage) => void = () => undefined;
  let state: (one: LinkState) => void = () => undefined;
  const feed = new LiveFeed(
    {
      openStream(request, onMessage, onState) {
        requests.push(request);
        message = onMessage;
        state = onState;
        return { update: (next) => requests.push(next), close: () => undefined };
      },
    },
    {
      onBatch: (batch) => batches.push(batch.batch),
      onLink: () => undefined,
      onResync: (reason) => resyncs.push(reason),
    },
    (run) => deferred.push(run),
  );
  feed.open(auditSequence);
  state('open');
  const flush = (): void => {
    const runs = deferred;
    deferred = [];
    for (const run of runs) run();
  };
  const send = (batch: number, audit: number[] = []): void =>
    message({
      kind: 'batch',
      batch,
      timeMs: 1,
      ...(audit.length === 0 ? {} : { audit: audit.map((sequence) => ({ sequence }) as AuditRecord) }),
    });
  return {
    feed,
    requests,
    resyncs,
    batches,
    flush,
    send,
    state: (one: LinkState) => state(one),
    reset: (reason: string) => message({ kind: 'reset', reason }),
  };
}

describe('what is watched', () => {
  it('several watchers of one market cost one, at the greatest depth, told in one message', () => {
    const { feed, requests, flush } = openedFeed();
    feed.watch('v:A/B', '1m', 1);
    const leave = feed.watch('v:A/B', '1m', 40);
    feed.watch('v:C/D', '1h', 20);
    flush();
    expect(requests.length).toBe(2);
    expect(requests[1]?.markets).toEqual([
      { instrument: 'v:A/B', timeframe: '1m', depth: 40 },
      { instrument: 'v:C/D', timeframe: '1h', depth: 20 },
    ]);
    leave();
    flush();
    expect(requests[2]?.markets[0]?.depth).toBe(1);
  });
  it('never asks for more markets than the contract allows', () => {
    const { feed } = openedFeed();
    for (let at = 0; at < 20; at += 1) feed.watch(`v:A${at}/B`, '1m', 1);
    expect(feed.request().markets.length).toBe(16);
    expect(feed.request().markets[15]?.instrument).toBe('v:A19/B');
  });
});

describe('holes', () => {
  it('consecutive batches are taken quietly, whatever number they start at', () => {
    const { send, batches, resyncs } = openedFeed();
    for (const batch of [7, 8, 9]) send(batch);
    expect([batches, resyncs]).toEqual([[7, 8, 9], []]);
  });
  it('a hole in the batch numbers makes everything be fetched again, once', () => {
    const { send, resyncs } = openedFeed();
    for (const batch of [1, 2, 4, 5]) send(batch);
    expect(resyncs).toEqual(['messages of the host were lost']);
  });
  it('a hole in the audit numbers does too', () => {
    const { send, resyncs } = openedFeed(10);
    send(1, [11, 12]);
    send(2, [14]);
    expect(resyncs).toEqual(['records of the host were lost']);
  });
  it('records already known are no hole', () => {
    const { send, resyncs, feed } = openedFeed(10);
    send(1, [11, 12]);
    send(2, [12, 13]);
    expect(resyncs).toEqual([]);
    expect(feed.request().auditAfter).toBe(13);
  });
  it('a reset of the host starts anew, and its next batch number is a new beginning', () => {
    const { send, reset, resyncs, feed } = openedFeed();
    send(1);
    reset('too slow');
    send(50);
    expect(resyncs).toEqual(['too slow']);
    expect(feed.request().auditAfter).toBeNull();
    feed.resumeAudit(99);
    expect(feed.request().auditAfter).toBe(99);
  });
  it('a link that comes back fetches everything again; the first opening does not', () => {
    const { state, resyncs, send } = openedFeed();
    send(5);
    expect(resyncs).toEqual([]);
    state('closed');
    state('open');
    send(1);
    expect(resyncs).toEqual(['the connection came back']);
  });
});
