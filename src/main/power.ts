/** The machine's power: no sleep while a bot runs or an order rests, and the engine hears of sleep and waking. */

import { powerMonitor, powerSaveBlocker } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import type { Terminal } from '../app/terminal-types.ts';

/** How often it is looked whether the terminal is busy. */
const lookIntervalMs = 1_000;

export interface PowerWatch {
  /** Looks at once, for example after a bot was started. */
  look(): void;
  dispose(): void;
}

/** Follows power until disposed. */
export function watchPower(
  terminal: Pick<Terminal, 'isBusy' | 'onSuspend' | 'onResume'>,
  log: LogPort,
): PowerWatch {
  let blocker: number | undefined;
  const release = (): void => {
    if (blocker === undefined) return;
    powerSaveBlocker.stop(blocker);
    blocker = undefined;
    log.debug('the machine may sleep again');
  };
  const look = (): void => {
    if (!terminal.isBusy) {
      release();
      return;
    }
    if (blocker !== undefined) return;
    // The screen may go dark; the program goes on.
    blocker = powerSaveBlocker.start('prevent-app-suspension');
    log.debug('the machine is kept awake');
  };
  const onSuspend = (): void => terminal.onSuspend();
  const onResume = (): void => terminal.onResume();
  powerMonitor.on('suspend', onSuspend);
  powerMonitor.on('resume', onResume);
  const timer = setInterval(look, lookIntervalMs);
  look();
  return {
    look,
    dispose() {
      clearInterval(timer);
      powerMonitor.off('suspend', onSuspend);
      powerMonitor.off('resume', onResume);
      release();
    },
  };
}
