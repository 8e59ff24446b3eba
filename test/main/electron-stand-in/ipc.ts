/** Electron's `ipcMain` and the host's end of a message port. */
import { EventEmitter } from 'node:events';

type InvokeHandler = (event: unknown, ...values: unknown[]) => unknown;

export class StandInIpcMain extends EventEmitter {
  readonly handlers = new Map<string, InvokeHandler>();

  handle(channel: string, handler: InvokeHandler): void {
    if (this.handlers.has(channel)) throw new Error(`${channel} has a handler already`);
    this.handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }

  /** What `ipcRenderer.invoke` gives; rejects for a channel nobody handles, as Electron does. */
  async invoke(channel: string, event: unknown, values: readonly unknown[]): Promise<unknown> {
    const handler = this.handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return handler(event, ...values);
  }
}

/** The host's end of a port. Messages wait until it is started. */
export class StandInPort extends EventEmitter {
  isClosed = false;
  private isStarted = false;
  private readonly waiting: unknown[] = [];
  private readonly deliver: (data: unknown) => void;
  private readonly closeFar: () => void;

  /** `deliver` takes a message to the page's end, `closeFar` closes that end. */
  constructor(deliver: (data: unknown) => void, closeFar: () => void) {
    super();
    this.deliver = deliver;
    this.closeFar = closeFar;
  }

  postMessage(data: unknown): void {
    if (!this.isClosed) this.deliver(structuredClone(data));
  }

  start(): void {
    this.isStarted = true;
    for (const data of this.waiting.splice(0)) this.emit('message', { data, ports: [] });
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.closeFar();
    this.emit('close');
  }

  /** A message of the page arrives. */
  receive(data: unknown): void {
    if (this.isClosed) return;
    if (this.isStarted) this.emit('message', { data, ports: [] });
    else this.waiting.push(data);
  }

  /** The page's end was closed, or its page is gone. */
  farClosed(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.emit('close');
  }
}

export const ipcMain = new StandInIpcMain();

export function resetIpc(): void {
  ipcMain.removeAllListeners();
  ipcMain.handlers.clear();
}
