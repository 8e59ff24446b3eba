/** A WebSocket that comes back: reconnects with growing, jittered pauses and says again what is watched. */

import type { StreamHandle } from '../../shared/api/client.ts';
import type { StreamMessage, StreamRequest } from '../../shared/api/streams.ts';

/** The part of WebSocket that is used, so that a test can stand in for it. */
export interface StreamSocket {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface ReconnectTiming {
  /** Pause before the first new attempt. */
  readonly firstMs: number;
  readonly longestMs: number;
  readonly random: () => number;
  readonly schedule: (run: () => void, afterMs: number) => () => void;
}

const browserTiming: ReconnectTiming = {
  firstMs: 250,
  longestMs: 8000,
  random: Math.random,
  schedule: (run, afterMs) => {
    const id = setTimeout(run, afterMs);
    return () => clearTimeout(id);
  },
};

/** Gives the pause before attempt `attempt` (0 is the first): doubling, capped, between half and all of it. */
export function reconnectPauseMs(attempt: number, timing: ReconnectTiming): number {
  const whole = Math.min(timing.longestMs, timing.firstMs * 2 ** Math.min(attempt, 16));
  return whole / 2 + (whole / 2) * timing.random();
}

/** Opens the stream and keeps it open until the handle is closed. */
export function openReconnectingStream(
  connect: () => StreamSocket,
  request: StreamRequest,
  onMessage: (message: StreamMessage) => void,
  onState: (state: 'connecting' | 'open' | 'closed') => void,
  timing: ReconnectTiming = browserTiming,
): StreamHandle {
  let wanted = request;
  let socket: StreamSocket | null = null;
  let isOpen = false;
  let isFinished = false;
  let attempt = 0;
  let cancelRetry: (() => void) | null = null;

  const retryLater = (): void => {
    cancelRetry = timing.schedule(start, reconnectPauseMs(attempt, timing));
    attempt += 1;
  };

  function start(): void {
    cancelRetry = null;
    onState('connecting');
    let opened: StreamSocket;
    try {
      opened = connect();
    } catch {
      onState('closed');
      retryLater();
      return;
    }
    socket = opened;
    opened.onopen = () => {
      isOpen = true;
      attempt = 0;
      opened.send(JSON.stringify(wanted));
      onState('open');
    };
    opened.onmessage = (event) => {
      if (typeof event.data === 'string') onMessage(JSON.parse(event.data) as StreamMessage);
    };
    opened.onclose = () => {
      if (socket !== opened) return;
      socket = null;
      isOpen = false;
      if (isFinished) return;
      onState('closed');
      retryLater();
    };
  }

  start();
  return {
    update(next) {
      wanted = next;
      if (isOpen) socket?.send(JSON.stringify(wanted));
    },
    close() {
      isFinished = true;
      cancelRetry?.();
      socket?.close();
    },
  };
}
