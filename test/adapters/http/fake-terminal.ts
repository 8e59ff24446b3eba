/** A terminal that records what reaches it: requests are parsed and scopes checked by the real dispatcher. */

import type { ServableTerminal } from '../../../src/adapters/http/servable-terminal.ts';
import { silentLog } from '../../../src/adapters/logging/log-port.ts';
import type { AppContext } from '../../../src/app/api/context.ts';
import { type AllHandlers, dispatch } from '../../../src/app/api/dispatch.ts';
import type { MethodName } from '../../../src/shared/api/contract.ts';
import type { StreamMessage, StreamRequest } from '../../../src/shared/api/streams.ts';

export interface FakeTerminal extends ServableTerminal {
  /** Calls that got through to a handler. */
  readonly calls: { name: MethodName; request: unknown }[];
  readonly streams: {
    request: StreamRequest;
    send: (message: StreamMessage) => void;
    isBusy: () => boolean;
    open: boolean;
  }[];
}

export function createFakeTerminal(): FakeTerminal {
  const calls: FakeTerminal['calls'] = [];
  const streams: FakeTerminal['streams'] = [];
  const handlers = new Proxy({} as AllHandlers, {
    get: (_target, name) => (request: unknown) => {
      calls.push({ name: name as MethodName, request });
      return { called: name };
    },
  });
  const context = { log: silentLog } as AppContext;
  return {
    calls,
    streams,
    handle: (name, request, scopes) => dispatch(handlers, context, name, request, scopes),
    openStream: (request, send, isBusy) => {
      const stream = { request, send, isBusy, open: true };
      streams.push(stream);
      return {
        update: (next) => {
          stream.request = next;
        },
        close: () => {
          stream.open = false;
        },
      };
    },
  };
}
