/** Progress and cancel of a native task: polled, because nothing calls back from another thread. */

import type { AddonTaskControl, NativeAddon } from './addon.ts';
import { computingAsync } from './compute-error.ts';

/** How often a running task tells its progress. */
const progressIntervalMs = 100;

/** Who watches a task. */
export interface TaskWatch {
  /** Told the part that is done, 0 to 1, while the task runs. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Stops the task, which then throws `CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a task of the addon under watch. Throws `ComputeError`. */
export async function watchTask<T>(
  addon: Pick<NativeAddon, 'TaskControl'>,
  watch: TaskWatch,
  start: (control: AddonTaskControl) => Promise<T>,
): Promise<T> {
  const { onProgress, signal } = watch;
  const control = new addon.TaskControl();
  const cancel = (): void => control.cancel();
  if (signal?.aborted === true) cancel();
  signal?.addEventListener('abort', cancel);
  const timer =
    onProgress === undefined
      ? undefined
      : setInterval(() => onProgress(control.progress), progressIntervalMs);
  try {
    return await computingAsync(() => start(control));
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', cancel);
  }
}
