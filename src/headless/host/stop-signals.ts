/** What people and service managers send: stop cleanly, stop at once, read the configuration again. */

import { closeSync, openSync } from 'node:fs';

/** Why a run is asked to stop. */
export interface StopRequest {
  readonly reason: string;
  readonly exitCode: number;
}

/** The shell's code for "ended by Ctrl-C". */
export const interruptedExitCode = 130;

export interface StopSignals {
  /** Settles at the first request to stop. */
  readonly requested: Promise<StopRequest>;
  readonly isRequested: () => boolean;
  /** No longer listens. */
  dispose(): void;
}

/** True when the terminal this process belongs to has been closed. */
function isTerminalGone(): boolean {
  if (process.platform === 'win32') return true;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

/** Listens for signals. `onReload` is called for SIGHUP, unless that means that our terminal window was closed. */
export function listenForSignals(onReload: () => void): StopSignals {
  const { promise, resolve } = Promise.withResolvers<StopRequest>();
  const hadTerminal = process.stdin.isTTY === true;
  let isRequested = false;
  const request = (stop: StopRequest): void => {
    if (isRequested) process.exit(interruptedExitCode);
    isRequested = true;
    resolve(stop);
  };
  const listeners: readonly (readonly [NodeJS.Signals, () => void])[] = [
    ['SIGINT', () => request({ reason: 'interrupted', exitCode: interruptedExitCode })],
    ['SIGTERM', () => request({ reason: 'asked to stop by the system', exitCode: 0 })],
    [
      'SIGHUP',
      () => {
        if (hadTerminal && isTerminalGone()) request({ reason: 'its terminal was closed', exitCode: 0 });
        else onReload();
      },
    ],
  ];
  for (const [name, listener] of listeners) process.on(name, listener);
  return {
    requested: promise,
    isRequested: () => isRequested,
    dispose: () => {
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}
