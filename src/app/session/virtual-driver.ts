/**
 * Runs simulated time: takes the next event of the source or the next timer of the kernel, whichever comes first.
 * Pace only decides when that happens on the wall clock; the order of events does not depend on it, so the same seed
 * gives the same records at any speed.
 */

import type { VirtualTimeSource } from '../../engine/ports.ts';
import type { EpochMs } from '../../shared/domain/nominal.ts';
import type { EngineHost } from './engine-host.ts';

/** How much wall time one slice may take before other work gets its turn. */
const sliceMs = 12;
const tickMs = 16;
/** A machine that cannot keep up falls behind by at most this much wall time; then simulated time slows down. */
const lagMsMax = 500;
/** Events between two looks at the wall clock. */
const eventsPerLook = 256;

export type Pace = number | 'max';

export class VirtualDriver {
  events = 0;
  private readonly host: EngineHost;
  private readonly source: VirtualTimeSource;
  private readonly endMs: number;
  private readonly onEnd: (reason: string, failure?: Error) => void;
  private pace: Pace;
  private simulatedNowMs: number;
  private baseWallMs = 0;
  private baseSimulatedMs: number;
  private timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  private running = false;

  constructor(options: {
    host: EngineHost;
    source: VirtualTimeSource;
    startMs: number;
    /** Simulated time at which the run ends; Infinity: never. */
    endMs: number;
    pace: Pace;
    onEnd: (reason: string, failure?: Error) => void;
  }) {
    this.host = options.host;
    this.source = options.source;
    this.endMs = options.endMs;
    this.pace = options.pace;
    this.onEnd = options.onEnd;
    this.simulatedNowMs = options.startMs;
    this.baseSimulatedMs = options.startMs;
    options.host.currentTimeMs = () =>
      Math.max(Math.floor(this.simulatedNowMs), options.host.kernel.services.nowMs) as EpochMs;
  }

  /** Simulated time now. */
  get nowMs(): number {
    return this.simulatedNowMs;
  }

  get speed(): Pace {
    return this.pace;
  }

  start(): void {
    this.running = true;
    this.rebase();
    this.schedule();
  }

  /** Stops between two events. */
  stop(): void {
    this.running = false;
    if (this.timer !== undefined) {
      clearTimeout(this.timer as NodeJS.Timeout);
      clearImmediate(this.timer as NodeJS.Immediate);
    }
    this.timer = undefined;
  }

  setPace(pace: Pace): void {
    this.pace = pace;
    this.rebase();
  }

  /** Does everything up to and including `untilMs`, or until the wall clock says stop. Gives true when it is done. */
  runUntil(untilMs: number, wallDeadlineMs = Number.POSITIVE_INFINITY): boolean {
    const { host, source } = this;
    for (let count = 1; ; count += 1) {
      const sourceMs = source.nextTimeMs();
      // An empty source ends the run: timers alone would tick for ever.
      if (sourceMs === Number.POSITIVE_INFINITY) return true;
      const timerMs = host.kernel.nextTimerMs();
      const nextMs = Math.min(sourceMs, timerMs);
      if (nextMs > untilMs) {
        this.simulatedNowMs = Math.max(this.simulatedNowMs, Math.min(untilMs, this.endMs));
        return true;
      }
      this.simulatedNowMs = Math.max(this.simulatedNowMs, nextMs);
      if (timerMs <= sourceMs) host.feed({ kind: 'tick', timeMs: timerMs as EpochMs });
      else source.step(this.take);
      if (count % eventsPerLook === 0 && performance.now() > wallDeadlineMs) return false;
    }
  }

  private readonly take: Parameters<VirtualTimeSource['step']>[0] = (event) => {
    this.events += 1;
    this.host.feed(event);
  };

  private rebase(): void {
    this.baseWallMs = performance.now();
    this.baseSimulatedMs = this.simulatedNowMs;
  }

  private schedule(): void {
    if (!this.running) return;
    this.timer =
      this.pace === 'max' ? setImmediate(() => this.slice()) : setTimeout(() => this.slice(), tickMs);
  }

  private slice(): void {
    if (!this.running) return;
    try {
      const wallMs = performance.now();
      const targetMs = this.targetMs(wallMs);
      const done = this.runUntil(targetMs, wallMs + sliceMs);
      this.host.flush();
      if (!done) this.limitLag();
      if ((done && targetMs >= this.endMs) || this.sourceIsEmpty()) {
        this.stop();
        this.onEnd('simulated time is over');
        return;
      }
    } catch (error) {
      this.stop();
      this.onEnd('the engine stopped', error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.schedule();
  }

  private targetMs(wallMs: number): number {
    if (this.pace === 'max') return this.endMs;
    return Math.min(this.endMs, this.baseSimulatedMs + (wallMs - this.baseWallMs) * this.pace);
  }

  private limitLag(): void {
    if (this.pace === 'max') return;
    const behindMs = (this.targetMs(performance.now()) - this.simulatedNowMs) / this.pace;
    if (behindMs > lagMsMax) this.rebase();
  }

  private sourceIsEmpty(): boolean {
    return this.source.nextTimeMs() === Number.POSITIVE_INFINITY;
  }
}
