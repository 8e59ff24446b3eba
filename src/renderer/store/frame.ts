/**
 * The frame: everything that moves with the market is painted here, once a frame, outside React. A burst of a
 * thousand ticks costs one paint of each pane that shows them.
 */

export type Paint = () => void;

/** Collects what must be painted and paints each thing once at the next frame. */
export class FrameScheduler {
  private readonly requestFrame: (run: () => void) => void;
  private waiting = new Set<Paint>();
  private isRequested = false;

  constructor(requestFrame: (run: () => void) => void) {
    this.requestFrame = requestFrame;
  }

  /** Paints `paint` at the next frame, once, however often it is asked for. */
  invalidate(paint: Paint): void {
    this.waiting.add(paint);
    if (this.isRequested) return;
    this.isRequested = true;
    this.requestFrame(this.flush);
  }

  /** Forgets a paint that was asked for, because its pane is gone. */
  forget(paint: Paint): void {
    this.waiting.delete(paint);
  }

  private readonly flush = (): void => {
    this.isRequested = false;
    const paints = this.waiting;
    this.waiting = new Set();
    for (const paint of paints) paint();
  };
}

/** Who wants to be painted when something of a key changes. */
export class PaintTopics {
  private readonly scheduler: FrameScheduler;
  private readonly paintsByKey = new Map<string, Set<Paint>>();

  constructor(scheduler: FrameScheduler) {
    this.scheduler = scheduler;
  }

  /** Paints now and then at every frame in which the key was touched. Returns the way out. */
  subscribe(key: string, paint: Paint): () => void {
    let paints = this.paintsByKey.get(key);
    if (paints === undefined) {
      paints = new Set();
      this.paintsByKey.set(key, paints);
    }
    paints.add(paint);
    this.scheduler.invalidate(paint);
    return () => {
      paints.delete(paint);
      if (paints.size === 0 && this.paintsByKey.get(key) === paints) this.paintsByKey.delete(key);
      this.scheduler.forget(paint);
    };
  }

  /** Says that something of the key changed. */
  touch(key: string): void {
    const paints = this.paintsByKey.get(key);
    if (paints === undefined) return;
    for (const paint of paints) this.scheduler.invalidate(paint);
  }

  /** Says that anything may have changed. */
  touchAll(): void {
    for (const key of this.paintsByKey.keys()) this.touch(key);
  }
}
