/**
 * What a page sees of Electron: text of a script that runs the real preload bundle with a `require('electron')` of
 * ours. The bridge copies every value that crosses it, as Electron's does, so that an event object cannot slip through.
 */

/** Name of the function by which the page reaches the host. */
export const pageBinding = '__standInSend';
/** Name of the function by which the host reaches the page's ports. */
export const pagePorts = '__standInPorts';

/** A message of the page's preload script. */
export type PageMessage =
  | { readonly kind: 'invoke'; readonly channel: string; readonly values: readonly unknown[] }
  | {
      readonly kind: 'post';
      readonly channel: string;
      readonly value: unknown;
      readonly ports: readonly number[];
    }
  | { readonly kind: 'port'; readonly port: number; readonly data: unknown }
  | { readonly kind: 'port-closed'; readonly port: number }
  | { readonly kind: 'open'; readonly url: string };

/** Gives the script to run before the page's own. */
export function pageScript(preload: string): string {
  return `(() => {
    if (window !== window.top) return;
    const send = (message) => window[${JSON.stringify(pageBinding)}](message);
    const ports = new Map();
    let lastPort = 0;
    Object.defineProperty(window, ${JSON.stringify(pagePorts)}, { value: (id, data) => {
      const port = ports.get(id);
      if (port === undefined) return;
      if (data === undefined) { ports.delete(id); port.close(); } else port.postMessage(data.value);
    } });
    const hand = (port) => {
      const id = ++lastPort;
      ports.set(id, port);
      port.onmessage = (event) => void send({ kind: 'port', port: id, data: event.data });
      port.addEventListener('close', () => { if (ports.delete(id)) void send({ kind: 'port-closed', port: id }); });
      return id;
    };
    const copy = (value) => {
      if (typeof value === 'function') return (...given) => {
        const result = value(...given.map(copy));
        return result instanceof Promise ? result.then(copy) : copy(result);
      };
      if (Array.isArray(value)) return value.map(copy);
      if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
      }
      return structuredClone(value);
    };
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(copy(api)) }),
      },
      ipcRenderer: {
        invoke: async (channel, ...values) => {
          const answer = await send({ kind: 'invoke', channel, values: structuredClone(values) });
          if ('error' in answer) throw new Error(answer.error);
          return answer.value;
        },
        postMessage: (channel, value, transfer = []) => {
          void send({ kind: 'post', channel, value: structuredClone(value), ports: transfer.map(hand) });
        },
      },
    };
    window.open = (url) => {
      void send({ kind: 'open', url: new URL(url ?? 'about:blank', location.href).href });
      return null;
    };
    const require = (name) => {
      if (name !== 'electron') throw new Error('a sandboxed preload script cannot require ' + name);
      return electron;
    };
    ((require, module, exports) => {
${preload}
    })(require, { exports: {} }, {});
  })();`;
}
