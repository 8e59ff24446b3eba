/** Runs a task of the native part for a command: progress on standard error, Ctrl-C stops it. */

import type { AddonTaskControl, NativeAddon } from '../../adapters/compute/addon.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import type { Output } from '../output/output.ts';
import { durationWords } from '../output/words.ts';
import { listenForSignals } from './stop-signals.ts';

const inPlaceMs = 1_000;
const plainMs = 5_000;

/**
 * Gives what the task gives; undefined when it was stopped by a signal. What the task does before it hands `control` over
 * asks `isStopped`, and throws `CANCELLED` when it is.
 */
export async function runNativeTask<T>(
  addon: NativeAddon,
  output: Output,
  what: string,
  task: (control: AddonTaskControl, isStopped: () => boolean) => Promise<T>,
): Promise<T | undefined> {
  const control = new addon.TaskControl();
  const signals = listenForSignals(() => undefined);
  void signals.requested.then(() => control.cancel());
  const isTerminal = process.stderr.isTTY === true;
  const startedMs = performance.now();
  const timer = setInterval(
    () => {
      const share = control.progress;
      const wallMs = performance.now() - startedMs;
      const left = share > 0.01 ? ` · ${durationWords((wallMs / share) * (1 - share))} left` : '';
      const line = `${what}: ${Math.floor(share * 100)} %${left}`;
      if (isTerminal) output.talkInPlace(line);
      else output.talk(line);
    },
    isTerminal ? inPlaceMs : plainMs,
  );
  try {
    return await task(control, signals.isRequested);
  } catch (error) {
    if (error instanceof ComputeError && error.code === 'CANCELLED' && signals.isRequested())
      return undefined;
    throw error;
  } finally {
    clearInterval(timer);
    if (isTerminal) output.talkInPlace('');
    signals.dispose();
  }
}
