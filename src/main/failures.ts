/** How the person hears that the program cannot start or go on. */

import { dialog } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import { ApiError, exitCodeOf } from '../shared/api/result.ts';

export const bugExitCode = 1;

/** Shows why the program cannot start, on the screen and on standard error, and gives its exit code. */
export function tellStartFailure(error: unknown): number {
  const isExpected = error instanceof ApiError;
  const reason = error instanceof Error ? error.message : String(error);
  const hint = isExpected ? error.hint : undefined;
  const text = hint === undefined ? reason : `${reason}\n${hint}`;
  process.stderr.write(`${text}\n`);
  dialog.showErrorBox('Sextant cannot start', text);
  return isExpected ? exitCodeOf[error.code] : bugExitCode;
}

/**
 * An error nobody caught ends the program: the journal is durable, going on in an unknown state is not safe.
 * (Electron by itself would show a dialog and go on.) Gives the function that ends the watch.
 */
export function endOnBug(log: LogPort & { flush(): void }, exit: (exitCode: number) => void): () => void {
  let hasHappened = false;
  const onBug = (error: unknown): void => {
    log.error('an unexpected error ends the program', { error });
    log.flush();
    if (hasHappened) return;
    hasHappened = true;
    dialog.showErrorBox(
      'Sextant has to stop',
      'An unexpected error happened; this is a bug in Sextant. Nothing that was recorded is lost: start it again. The log in the data folder has the details.',
    );
    exit(bugExitCode);
  };
  process.on('uncaughtException', onBug);
  process.on('unhandledRejection', onBug);
  return () => {
    process.off('uncaughtException', onBug);
    process.off('unhandledRejection', onBug);
  };
}

/** The window crashed again and again: true to open it once more, false to quit. */
export async function askAfterCrashes(): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Sextant',
    message: 'The window crashed several times in a minute.',
    detail: 'The engine goes on: bots and orders are not affected.',
    buttons: ['Open the Window Again', 'Quit'],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 0;
}

/** The engine failed: true to restart the program, false to quit. */
export async function askAfterEngineFailure(failure: Error): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Sextant',
    message: 'The engine has stopped.',
    detail: `${failure.message}\nNothing that was recorded is lost. Open orders stay at the venues and are checked at the next start.`,
    buttons: ['Restart', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}
