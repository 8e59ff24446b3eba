/** The end of the program: the engine stops in its own order, but nobody waits for it longer than a bound. */

import type { LogPort } from '../adapters/logging/log-port.ts';

/** How long the engine may take to stop. Longer, and the journal speaks for it at the next start. */
export const stopTimeoutMs = 10_000;

export interface ShutdownOptions {
  /** Stops the engine: orders are handled by policy, the journal is closed. */
  readonly stop: (reason: string) => Promise<unknown>;
  /** Ends the process. */
  readonly exit: (exitCode: number) => void;
  readonly timeoutMs: number;
  readonly log: LogPort;
}

export class Shutdown {
  private readonly options: ShutdownOptions;
  private ending: Promise<boolean> | undefined;
  private isOver = false;

  constructor(options: ShutdownOptions) {
    this.options = options;
  }

  get hasBegun(): boolean {
    return this.ending !== undefined;
  }

  /** Whether the engine has stopped, or was given up. */
  get hasStopped(): boolean {
    return this.isOver;
  }

  /** Stops the engine once; true when it stopped in time and without an error. */
  stopEngine(reason: string): Promise<boolean> {
    this.ending ??= this.stopInTime(reason);
    return this.ending;
  }

  /** Stops the engine and ends the process. An engine that did not stop well turns exit code 0 into 1. */
  async end(reason: string, exitCode: number): Promise<void> {
    const hasStopped = await this.stopEngine(reason);
    this.options.exit(hasStopped ? exitCode : exitCode || 1);
  }

  private async stopInTime(reason: string): Promise<boolean> {
    const { stop, timeoutMs, log } = this.options;
    log.info('stopping', { reason });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutMs);
    });
    try {
      if ((await Promise.race([stop(reason), late])) !== 'late') return true;
      log.error(
        'the engine did not stop in time; orders in flight stay unknown and are checked at the next start',
        {
          timeoutMs,
        },
      );
    } catch (error) {
      log.error('the engine did not stop cleanly', { error });
    } finally {
      this.isOver = true;
      clearTimeout(timer);
    }
    return false;
  }
}
