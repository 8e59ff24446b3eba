/** Electron's sessions: permission handlers, request filters and the scheme handlers of a profile. */
import { EventEmitter } from 'node:events';
import type { Session as ElectronSession } from 'electron';
import { app } from './app.ts';

type SchemeHandler = (request: Request) => Response | Promise<Response>;
type BeforeRequest = (details: { url: string }, answer: (verdict: { cancel?: boolean }) => void) => void;

type Handlers = {
  permissionRequest?: Parameters<ElectronSession['setPermissionRequestHandler']>[0] | undefined;
  permissionCheck?: Parameters<ElectronSession['setPermissionCheckHandler']>[0] | undefined;
  device?: Parameters<ElectronSession['setDevicePermissionHandler']>[0] | undefined;
  displayMedia?: Parameters<ElectronSession['setDisplayMediaRequestHandler']>[0] | undefined;
  bluetoothPairing?: Parameters<ElectronSession['setBluetoothPairingHandler']>[0] | undefined;
  beforeRequest?: BeforeRequest;
};

export class StandInSession extends EventEmitter {
  /** What the program has set; asked by tests and by the browser behind a window. */
  handlers: Handlers = {};
  isSpellCheckerOn = true;
  readonly schemes = new Map<string, SchemeHandler>();
  readonly protocol = {
    handle: (scheme: string, handler: SchemeHandler): void => {
      if (this.schemes.has(scheme)) throw new Error(`${scheme} is handled already`);
      this.schemes.set(scheme, handler);
    },
  };
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest): void => {
      this.handlers.beforeRequest = listener;
    },
    onHeadersReceived: (): void => undefined,
  };

  setPermissionRequestHandler(handler: Handlers['permissionRequest']): void {
    this.handlers.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: Handlers['permissionCheck']): void {
    this.handlers.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: Handlers['device']): void {
    this.handlers.device = handler;
  }

  setDisplayMediaRequestHandler(handler: Handlers['displayMedia']): void {
    this.handlers.displayMedia = handler;
  }

  setBluetoothPairingHandler(handler: Handlers['bluetoothPairing']): void {
    this.handlers.bluetoothPairing = handler;
  }

  setSpellCheckerEnabled(isOn: boolean): void {
    this.isSpellCheckerOn = isOn;
  }

  /** Whether a page's request would go out. */
  allows(url: string): boolean {
    let isCancelled = false;
    this.handlers.beforeRequest?.({ url }, ({ cancel }) => {
      isCancelled = cancel === true;
    });
    return !isCancelled;
  }
}

let current = new StandInSession();

export const session = {
  get defaultSession(): StandInSession {
    if (!app.isReadyNow) throw new Error('a session can be had only when the app is ready');
    return current;
  },
};

/** Schemes the program registered, by name. */
export const privilegedSchemes = new Map<string, Readonly<Record<string, boolean | undefined>>>();

export const protocol = {
  registerSchemesAsPrivileged(
    schemes: readonly { scheme: string; privileges?: Record<string, boolean | undefined> }[],
  ): void {
    app.assertNotReady('protocol.registerSchemesAsPrivileged()');
    for (const { scheme, privileges } of schemes) privilegedSchemes.set(scheme, privileges ?? {});
  },
};

export function resetSessions(): void {
  current = new StandInSession();
  privilegedSchemes.clear();
}
