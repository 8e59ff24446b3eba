/** The WebSocket that comes back: pauses, what is said again, and the end. */
import { describe, expect, it } from 'vitest';
import {
  openReconnectingStream,
  type ReconnectTiming,
  reconnectPauseMs,
  type StreamSocket,
} from '../../src/renderer/api/socket-stream.ts';
import type { StreamMessage, StreamRequest } from '../../src/shared/api/streams.ts';

const request = (depth: number): StreamRequest => ({
  kind: 'watch',
  markets: [{ instrument: 'v:A/B', timeframe: '1m', depth }],
  quotes: true,
  auditAfter: 0,
});

class FakeSocket implements StreamSocket {
  onopen: StreamSocket['onopen'] = null;
  onmessage: StreamSocket['onmessage'] = null;
  onclose: StreamSocket['onclose'] = null;
  readonly sent: string[] = [];
  isClosed = false;
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.isClosed = true;
    this.onclose?.({} as CloseEvent);
  }
}

function harness(random = 1) {
  const sockets: FakeSocket[] = [];
  const pauses: number[] = [];
  const states: string[] = [];
  const messages: StreamMessage[] = [];
  let retry: (() => void) | null = null;
  let isRefused = false;
  const timing: ReconnectTiming = {
    firstMs: 250,
    longestMs: 8000,
    random: () => random,
    schedule: (run, afterMs) => {
      pauses.push(afterMs);
      retry = run;
      return () => {
        retry = null;
      };
    },
  };
  const handle = openReconnectingStream(
    () => {
      if (isRefused) throw new Error('refused');
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    request(5),
    (message) => messages.push(message),
    (state) => states.push(state),
    timing,
  );
  return {
    handle,
    sockets,
    pauses,
    states,
    messages,
    newest: () => sockets[sockets.length - 1] as FakeSocket,
    retry: () => retry?.(),
    hasRetry: () => retry !== null,
    refuse: (on: boolean) => {
      isRefused = on;
    },
  };
}

describe('reconnectPauseMs', () => {
  const timing = { firstMs: 250, longestMs: 8000, random: () => 1, schedule: () => () => undefined };
  it('doubles up to the longest', () => {
    expect([0, 1, 2, 5, 6, 60].map((attempt) => reconnectPauseMs(attempt, timing))).toEqual([
      250, 500, 1000, 8000, 8000, 8000,
    ]);
  });
  it('is at least half of it, so that many pages do not come back in one instant', () => {
    expect(reconnectPauseMs(2, { ...timing, random: () => 0 })).toBe(500);
  });
});

describe('openReconnectingStream', () => {
  it('says what is watched when it opens, and again, as last updated, after each break', () => {
    const { handle, sockets, newest, retry, states } = harness();
    newest().onopen?.({} as Event);
    handle.update(request(9));
    newest().onclose?.({} as CloseEvent);
    handle.update(request(20));
    retry();
    newest().onopen?.({} as Event);
    expect(sockets[0]?.sent.map((text) => JSON.parse(text).markets[0].depth)).toEqual([5, 9]);
    expect(sockets[1]?.sent.map((text) => JSON.parse(text).markets[0].depth)).toEqual([20]);
    expect(states).toEqual(['connecting', 'open', 'closed', 'connecting', 'open']);
  });
  it('waits longer after each failure and starts small again after success', () => {
    const { newest, retry, pauses } = harness();
    for (let count = 0; count < 3; count += 1) {
      newest().onclose?.({} as CloseEvent);
      retry();
    }
    newest().onopen?.({} as Event);
    newest().onclose?.({} as CloseEvent);
    expect(pauses).toEqual([250, 500, 1000, 250]);
  });
  it('tries again when the socket cannot even be made', () => {
    const { newest, retry, refuse, pauses, sockets } = harness();
    newest().onclose?.({} as CloseEvent);
    refuse(true);
    retry();
    refuse(false);
    retry();
    expect([pauses.length, sockets.length]).toEqual([2, 2]);
  });
  it('passes messages on and does not come back once it is closed', () => {
    const { handle, newest, messages, hasRetry, states } = harness();
    newest().onopen?.({} as Event);
    newest().onmessage?.({ data: '{"kind":"reset","reason":"slow"}' } as MessageEvent);
    handle.close();
    expect(messages).toEqual([{ kind: 'reset', reason: 'slow' }]);
    expect(newest().isClosed).toBe(true);
    expect(hasRetry()).toBe(false);
    expect(states[states.length - 1]).toBe('open');
  });
});
