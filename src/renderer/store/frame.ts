/**
 * The frame: everything that moves with the market is painted here, once a frame, outside React. A burst of a
 * thousand ticks costs one paint of each pane that shows them.
 */

export type Paint = () => void;
/** A paint at a frame's time; where it gives `'later'` it was not its turn yet, and it is asked again at the next frame. */
export type FramePaint = (nowMs: number) => unknown;

/** Figures that never rest are written this often: nobody reads them faster, and the frames between stay free. */
export const paceMs = 50;
/** Paints take turns: in so many groups, each in a frame of its own. */
const turns = 3;

/**
 * Makes a paint of figures keep its pace: at once after a rest, then once each `paceMs`, always the newest. Paints with
 * other `turn`s come at other times, so that the work is spread over the frames.
 */
export function paced(paint: Paint, turn: number): FramePaint {
  const phaseMs = ((turn % turns) * paceMs) / turns;
  let dueMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    if (nowMs < dueMs) return 'later';
    // The first of its turns that is at least half a pace away.
    dueMs = Math.ceil((nowMs + paceMs / 2 - phaseMs) / paceMs) * paceMs + phaseMs;
    return paint();
  };
}

/** Collects what must be painted and paints each thing once at the next frame. */
export class FrameScheduler {
  private readonly requestFrame: (run: (nowMs: number) => void) => void;
  private waiting = new Set<FramePaint>();
  private isRequested = false;

  constructor(requestFrame: (run: (nowMs: number) => void) => void) {
    this.requestFrame = requestFrame;
  }

  /** Paints `paint` at the next frame, once, however often it is asked for. */
  invalidate(paint: FramePaint): void {
    this.waiting.add(paint);
    if (this.isRequested) return;
    this.isRequested = true;
    this.requestFrame(this.flush);
  }

  /** Forgets a paint that was asked for, because its pane is gone. */
  forget(paint: FramePaint): void {
    this.waiting.delete(paint);
  }

  private readonly flush = (nowMs: number): void => {
    this.isRequested = false;
    const paints = this.waiting;
    this.waiting = new Set();
    for (const paint of paints) if (paint(nowMs) === 'later') this.invalidate(paint);
  };
}

/** Who wants to be painted when something of a key changes. */
export class PaintTopics {
  private readonly scheduler: FrameScheduler;
  private readonly paintsByKey = new Map<string, Set<FramePaint>>();
  private subscribed = 0;

  constructor(scheduler: FrameScheduler) {
    this.scheduler = scheduler;
  }

  /** Paints now and then, at the pace of figures, whenever the key was touched. Returns the way out. */
  subscribe(key: string, run: Paint): () => void {
    const paint = paced(run, this.subscribed);
    this.subscribed += 1;
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
