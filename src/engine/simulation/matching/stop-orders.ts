/** Stop orders waiting for their trigger: the next one to fire is the last of the list. */

import type { PaperOrder } from './venue-state.ts';

export class StopSide {
  /** +1 for buy stops (fire at or above the trigger), -1 for sell stops (at or below). */
  readonly sign: 1 | -1;
  private readonly waiting: PaperOrder[] = [];

  constructor(sign: 1 | -1) {
    this.sign = sign;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Gives the trigger that fires next; the caller has checked that there is one. */
  get nextTriggerTicks(): number {
    return (this.waiting[this.waiting.length - 1] as PaperOrder).triggerTicks;
  }

  /** Whether a trade at `ticks` fires this trigger. */
  fires(triggerTicks: number, ticks: number): boolean {
    return this.sign * ticks >= this.sign * triggerTicks;
  }

  /** Puts a stop in its place; of equal triggers the older fires first. */
  add(order: PaperOrder): void {
    let at = this.waiting.length;
    while (at > 0) {
      const other = this.waiting[at - 1] as PaperOrder;
      const difference = this.sign * (other.triggerTicks - order.triggerTicks);
      if (difference > 0 || (difference === 0 && other.acceptedNumber > order.acceptedNumber)) break;
      at -= 1;
    }
    this.waiting.splice(at, 0, order);
  }

  remove(order: PaperOrder): void {
    const at = this.waiting.indexOf(order);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** Takes out the next stop a trade at `ticks` fires, if any. */
  takeFired(ticks: number): PaperOrder | undefined {
    const next = this.waiting[this.waiting.length - 1];
    if (next === undefined || !this.fires(next.triggerTicks, ticks)) return undefined;
    return this.waiting.pop();
  }
}
