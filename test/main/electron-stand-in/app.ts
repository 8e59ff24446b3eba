/** Electron's `app`: ready, quit and exit in Electron's order, the single-instance lock, paths. */
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';

/** An event a listener can prevent, as Electron hands it out. */
export interface StandInEvent {
  defaultPrevented: boolean;
  preventDefault(): void;
}

/** Makes an event with further fields. */
export function makeEvent<Fields extends object>(fields: Fields): Fields & StandInEvent {
  const event = {
    ...fields,
    defaultPrevented: false,
    preventDefault(): void {
      event.defaultPrevented = true;
    },
  };
  return event;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

export class StandInApp extends EventEmitter {
  isPackaged = false;
  appPath = root;
  name = 'Electron';
  isSandboxForced = false;
  isLockFree = true;
  isReadyNow = false;
  hasRelaunched = false;
  exitCode: number | undefined;
  private readonly paths = new Map<string, string>();
  /** Closes and destroys windows; set by the window module. */
  closeWindows: () => boolean = () => true;
  destroyWindows: () => void = () => undefined;

  reset(): void {
    this.removeAllListeners();
    this.isPackaged = false;
    this.appPath = root;
    this.name = 'Electron';
    this.isSandboxForced = false;
    this.isLockFree = true;
    this.isReadyNow = false;
    this.hasRelaunched = false;
    this.exitCode = undefined;
    this.paths.clear();
  }

  /** Says the program must still be starting: what comes later has no effect in Electron. */
  assertNotReady(what: string): void {
    if (this.isReadyNow) throw new Error(`${what} must be called before the app is ready`);
  }

  async whenReady(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.isReadyNow = true;
  }

  isReady(): boolean {
    return this.isReadyNow;
  }

  enableSandbox(): void {
    this.assertNotReady('app.enableSandbox()');
    this.isSandboxForced = true;
  }

  requestSingleInstanceLock(): boolean {
    return this.isLockFree;
  }

  setName(name: string): void {
    this.name = name;
  }

  getName(): string {
    return this.name;
  }

  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }

  getPath(name: string): string {
    return this.paths.get(name) ?? '';
  }

  getAppPath(): string {
    return this.appPath;
  }

  relaunch(): void {
    this.hasRelaunched = true;
  }

  /** Asks listeners, then windows, then ends. */
  quit(): void {
    const event = makeEvent({});
    this.emit('before-quit', event);
    if (event.defaultPrevented || !this.closeWindows()) return;
    this.exit(0);
  }

  /** Ends at once, asking nobody. */
  exit(exitCode = 0): void {
    if (this.exitCode !== undefined) return;
    this.exitCode = exitCode;
    this.destroyWindows();
    this.emit('stand-in-exit', exitCode);
  }
}

export const app = new StandInApp();
