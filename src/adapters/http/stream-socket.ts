/** One WebSocket client of the stream: what it watches goes in, batches come out, a slow one is noticed. */

import type { WebSocket } from 'ws';
import type { StreamHandle } from '../../shared/api/client.ts';
import { ApiError } from '../../shared/api/result.ts';
import { type StreamRequest, streamRequest } from '../../shared/api/streams.ts';
import type { LogPort } from '../logging/log-port.ts';
import type { ServableTerminal } from './servable-terminal.ts';
import { parseStrictJson } from './strict-json.ts';

/** Largest message a client may send. */
export const streamMessageBytesMax = 64 * 1024;
/** More than this unsent counts as busy: the terminal merges its batches until it is gone. */
const busyBytes = 64 * 1024;
const pingIntervalMs = 15_000;
/** A client that has not said by then what it watches is closed. */
const firstRequestTimeoutMs = 10_000;

/** WebSocket close codes: a message broke the rules; too many of them. */
const policyViolation = 1008;

export interface StreamSocketOptions {
  readonly terminal: ServableTerminal;
  readonly log: LogPort;
  /** Takes one request of this client from its budget; false when it has none left. */
  readonly mayRequest: () => boolean;
}

/** Serves one client until it goes away. */
export function serveStreamSocket(socket: WebSocket, options: StreamSocketOptions): void {
  const { terminal, log } = options;
  let stream: StreamHandle | undefined;
  let isAlive = true;
  const patience = setTimeout(
    () => socket.close(policyViolation, 'nothing was asked for'),
    firstRequestTimeoutMs,
  );
  const pulse = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, pingIntervalMs);

  const watch = (request: StreamRequest): void => {
    clearTimeout(patience);
    if (stream !== undefined) {
      stream.update(request);
      return;
    }
    stream = terminal.openStream(
      request,
      (message) => {
        if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
      },
      () => socket.bufferedAmount > busyBytes,
    );
  };

  socket.on('message', (data, isBinary) => {
    if (!options.mayRequest()) {
      socket.close(policyViolation, 'too many requests');
      return;
    }
    try {
      if (isBinary) throw new ApiError('bad-input', 'a message must be text');
      watch(parseRequest(String(data)));
    } catch (error) {
      const reason = error instanceof ApiError ? error.message : 'internal error';
      if (!(error instanceof ApiError)) log.error('a stream request failed', { error });
      socket.close(error instanceof ApiError ? policyViolation : 1011, closeReason(reason));
    }
  });
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('error', (error) => log.debug('a stream client failed', { error: error.message }));
  socket.on('close', () => {
    clearTimeout(patience);
    clearInterval(pulse);
    stream?.close();
  });
}

function parseRequest(text: string): StreamRequest {
  const parsed = streamRequest.safeParse(parseStrictJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  throw new ApiError('bad-input', `${field === '' ? 'request' : field}: ${issue?.message ?? 'not valid'}`);
}

/** The protocol allows 123 bytes. */
function closeReason(text: string): string {
  let reason = text;
  while (Buffer.byteLength(reason) > 120) reason = reason.slice(0, -1);
  return reason;
}
