/**
 * Our resting orders of one side of one instrument, with an estimate of their place in the queue.
 *
 * Queue model: an order joins behind everything displayed at its price. A trade at the price takes from the
 * front of the queue. A shrinking level that trades do not explain was cancelled evenly over the queue. A
 * growing level grows behind us. A trade through the price has emptied the whole queue before us.
 */

import type { PaperOrder } from './venue-state.ts';

/** Own orders at one price, oldest first. */
export interface RestingLevel {
  readonly ticks: number;
  readonly orders: PaperOrder[];
  /** Lots traded at this price since the displayed level was last updated. */
  tradedLots: number;
}

/** Orders and the lots a market event gives them; parallel arrays that are used again and again. */
export class FillBatch {
  readonly orders: PaperOrder[] = [];
  readonly lots: number[] = [];

  add(order: PaperOrder, lots: number): void {
    this.orders.push(order);
    this.lots.push(lots);
  }

  clear(): void {
    this.orders.length = 0;
    this.lots.length = 0;
  }
}

export class RestingSide {
  /** +1 for buys, -1 for sells: the best level has the largest `sign * ticks`. */
  readonly sign: 1 | -1;
  /** Sorted, best last. */
  readonly levels: RestingLevel[] = [];
  private readonly byTicks = new Map<number, RestingLevel>();

  constructor(sign: 1 | -1) {
    this.sign = sign;
  }

  get isEmpty(): boolean {
    return this.levels.length === 0;
  }

  /** Gives the best own price; the caller has checked that there is one. */
  get bestTicks(): number {
    return (this.levels[this.levels.length - 1] as RestingLevel).ticks;
  }

  add(order: PaperOrder): void {
    const level = this.byTicks.get(order.priceTicks);
    if (level !== undefined) {
      level.orders.push(order);
      return;
    }
    const created: RestingLevel = { ticks: order.priceTicks, orders: [order], tradedLots: 0 };
    this.byTicks.set(order.priceTicks, created);
    const key = this.sign * order.priceTicks;
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sign * (this.levels[middle] as RestingLevel).ticks < key) low = middle + 1;
      else high = middle;
    }
    this.levels.splice(low, 0, created);
  }

  remove(order: PaperOrder): void {
    const level = this.byTicks.get(order.priceTicks);
    const place = level?.orders.indexOf(order) ?? -1;
    if (level === undefined || place < 0) return;
    level.orders.splice(place, 1);
    if (level.orders.length > 0) return;
    this.byTicks.delete(level.ticks);
    this.levels.splice(this.levels.indexOf(level), 1);
  }

  /** Takes note that the displayed size of a level changed. */
  onLevelChange(ticks: number, beforeLots: number, afterLots: number): void {
    const level = this.byTicks.get(ticks);
    if (level === undefined) return;
    const beforeCancels = beforeLots - level.tradedLots;
    level.tradedLots = 0;
    for (const order of level.orders) {
      if (order.queueAheadLots < 0) {
        order.queueAheadLots = afterLots;
        continue;
      }
      if (afterLots < beforeCancels) {
        order.queueAheadLots = Math.ceil((order.queueAheadLots * afterLots) / beforeCancels);
      }
      if (order.queueAheadLots > afterLots) order.queueAheadLots = afterLots;
    }
  }

  /** Takes note that a whole new picture of the side arrived: nobody is behind more than is displayed. */
  onSnapshot(displayedLots: (ticks: number) => number): void {
    for (const level of this.levels) {
      level.tradedLots = 0;
      const displayed = displayedLots(level.ticks);
      for (const order of level.orders) {
        if (order.queueAheadLots > displayed || order.queueAheadLots < 0) order.queueAheadLots = displayed;
      }
    }
  }

  /**
   * Lets a trade work on the queue and collects what it fills. `hitsUs` tells that the aggressor was on the
   * other side. All fills together never exceed the traded size.
   */
  onTrade(ticks: number, lots: number, hitsUs: boolean, displayedLots: number, batch: FillBatch): void {
    const key = this.sign * ticks;
    let left = lots;
    for (let index = this.levels.length - 1; index >= 0; index -= 1) {
      const level = this.levels[index] as RestingLevel;
      const levelKey = this.sign * level.ticks;
      if (levelKey < key) return;
      if (levelKey > key) {
        left = fillThrough(level, left, batch);
      } else if (hitsUs) {
        fillAtPrice(level, left, displayedLots, batch);
        level.tradedLots += lots;
      }
    }
  }
}

function openLots(order: PaperOrder): number {
  return order.lots - order.filledLots;
}

function fillThrough(level: RestingLevel, lots: number, batch: FillBatch): number {
  let left = lots;
  for (const order of level.orders) {
    order.queueAheadLots = 0;
    const filled = Math.min(left, openLots(order));
    if (filled > 0) batch.add(order, filled);
    left -= filled;
  }
  return left;
}

function fillAtPrice(level: RestingLevel, lots: number, displayedLots: number, batch: FillBatch): void {
  let left = lots;
  for (const order of level.orders) {
    if (order.queueAheadLots < 0) order.queueAheadLots = displayedLots;
    const reaching = left - order.queueAheadLots;
    if (reaching <= 0) {
      order.queueAheadLots -= left;
      continue;
    }
    order.queueAheadLots = 0;
    const filled = Math.min(reaching, openLots(order));
    batch.add(order, filled);
    left -= filled;
  }
}
