/** What the page may do, built on the two things the preload script lends: a question, and a port handed over. */

import type { ApiTransport } from '../shared/api/client.ts';
import type { ApiFailure, ApiResult } from '../shared/api/result.ts';
import { callChannel } from '../shared/ipc/bridge.ts';
import { openPortStream } from './stream.ts';

/** The part of Electron's IPC the bridge uses. */
export interface BridgeIpc {
  invoke(channel: string, ...texts: readonly string[]): Promise<unknown>;
  hand(channel: string, text: string, port: MessagePort): void;
}

const hostSilent: ApiFailure = {
  ok: false,
  code: 'internal',
  message: 'The terminal host does not answer.',
  hint: 'Restart Sextant; its log has the reason.',
};

/** Gives the transport of the desktop. Calls never reject: a failure is a value. */
export function createBridge(ipc: BridgeIpc): ApiTransport {
  return {
    async call(name, request) {
      let text: string | undefined;
      try {
        text = JSON.stringify(request ?? {});
      } catch {
        text = undefined;
      }
      if (typeof name !== 'string' || text === undefined) return unsendable;
      try {
        const answer: unknown = await ipc.invoke(callChannel, name, text);
        return typeof answer === 'string' ? (JSON.parse(answer) as ApiResult<never>) : hostSilent;
      } catch {
        return hostSilent;
      }
    },
    openStream: (request, onMessage, onState) => openPortStream(ipc, request, onMessage, onState),
  };
}

const unsendable: ApiFailure = {
  ok: false,
  code: 'bad-input',
  message: 'the request is not plain data',
};
