/**
 * Order flow of one instrument: market orders, new orders and cancellations that move a full book around the
 * venue's fair price. The book is never crossed and never empty, and a trade takes its size from the book.
 */

import type { Side } from '../../../shared/domain/order.ts';
import type { RandomStream } from '../random.ts';
import { FlowSide } from './flow-book.ts';

export interface OrderFlowConfig {
  /** Spread in calm times, in basis points of the price. */
  readonly spreadBps: number;
  /** Typical distance between levels, in basis points. */
  readonly levelGapBps: number;
  /** Typical size of a level near the best, in quote currency. */
  readonly levelNotional: number;
  readonly levelsMin: number;
  readonly levelsMax: number;
}

/** Told of every trade, in the order of execution. */
export type TradeListener = (ticks: number, lots: number, aggressor: Side) => void;

const tradeShare = 0.32;
const addShare = 0.36;
const sweepLevelsMax = 4;
/** A gap this many times the typical one, among the first ranks of a side, is filled again. */
const holeGaps = 5;
const holeRanks = 10;
const holesPerStepMax = 2;
/** Best quotes farther than this many gaps from where they should be are rebuilt at once (after a jump). */
const rebuildGaps = 8;

export class OrderFlow {
  readonly bids = new FlowSide(1);
  readonly asks = new FlowSide(-1);
  /** Slowly changing imbalance of the flow, -1 to 1: buyers come in runs, as on real tapes. */
  flowTilt = 0;
  private readonly config: OrderFlowConfig;
  private readonly random: RandomStream;
  private readonly onTrade: TradeListener;
  private gapTicks = 1;
  private levelLots = 1;

  constructor(config: OrderFlowConfig, random: RandomStream, onTrade: TradeListener) {
    this.config = config;
    this.random = random;
    this.onTrade = onTrade;
  }

  /** Builds the first book around a fair price. */
  open(fairTicks: number, lotValue: number): void {
    this.scale(fairTicks, lotValue);
    const half = this.halfSpread(fairTicks, 1);
    this.bids.add(Math.max(1, Math.floor(fairTicks - half)), this.drawLevelLots(0));
    this.asks.add(Math.ceil(fairTicks + half), this.drawLevelLots(0));
    this.replenish(this.bids);
    this.replenish(this.asks);
    this.bids.takeChanges();
    this.asks.takeChanges();
  }

  /**
   * Lets one thing happen. `fairTicks` is the venue's fair price in ticks (a fraction), `volatilityRatio` the
   * present volatility as a multiple of the calm one, `lotValue` the price of one lot in quote currency.
   */
  step(fairTicks: number, volatilityRatio: number, lotValue: number): void {
    const { random } = this;
    this.scale(fairTicks, lotValue);
    const half = this.halfSpread(fairTicks, volatilityRatio);
    this.flowTilt = Math.max(-0.8, Math.min(0.8, this.flowTilt * 0.985 + 0.06 * random.normal()));
    if (this.asks.bestTicks < fairTicks) this.sweep(this.asks, fairTicks, 'buy');
    else if (this.bids.bestTicks > fairTicks) this.sweep(this.bids, fairTicks, 'sell');
    else this.act(fairTicks, half, volatilityRatio);
    this.follow(this.bids, Math.floor(fairTicks - half), half);
    this.follow(this.asks, Math.ceil(fairTicks + half), half);
    this.fillHoles(this.bids);
    this.fillHoles(this.asks);
    this.replenish(this.bids);
    this.replenish(this.asks);
  }

  private scale(fairTicks: number, lotValue: number): void {
    this.gapTicks = Math.max(1, fairTicks * this.config.levelGapBps * 1e-4);
    this.levelLots = Math.max(2, this.config.levelNotional / lotValue);
  }

  private halfSpread(fairTicks: number, volatilityRatio: number): number {
    const widening = 0.55 + 0.45 * Math.min(volatilityRatio, 12);
    return Math.max(0.5, 0.5 * fairTicks * this.config.spreadBps * 1e-4 * widening);
  }

  private act(fairTicks: number, half: number, volatilityRatio: number): void {
    const { random } = this;
    const chance = random.uniform();
    if (chance < tradeShare) {
      const middle = (this.bids.bestTicks + this.asks.bestTicks) / 2;
      const lean = Math.max(-0.35, Math.min(0.35, (0.25 * (fairTicks - middle)) / half));
      const buys = random.uniform() < 0.5 + lean + 0.25 * this.flowTilt;
      const lots = Math.ceil(
        random.logNormal(this.levelLots * 0.12, 1.3) * Math.sqrt(Math.min(volatilityRatio, 9)),
      );
      this.marketOrder(buys ? this.asks : this.bids, lots, buys ? 'buy' : 'sell');
      return;
    }
    const side = random.uniform() < 0.5 ? this.bids : this.asks;
    const rank = Math.min(side.count - 1, Math.floor(random.exponential(4)));
    if (chance < tradeShare + addShare) this.addOrder(side, rank);
    else this.cancelOrder(side, rank);
  }

  private marketOrder(side: FlowSide, lots: number, aggressor: Side): void {
    let left = lots;
    for (let swept = 0; swept < sweepLevelsMax && left > 0 && side.count > 1; swept += 1) {
      const taken = Math.min(left, side.bestLots);
      this.onTrade(side.bestTicks, taken, aggressor);
      side.setAt(0, side.bestLots - taken);
      left -= taken;
    }
  }

  /** The fair price has run over the best level: informed orders take what is mispriced, the rest is pulled. */
  private sweep(side: FlowSide, fairTicks: number, aggressor: Side): void {
    const limit = side.sign * fairTicks;
    for (let swept = 0; side.count > 1 && side.sign * side.bestTicks > limit; swept += 1) {
      if (swept < sweepLevelsMax) this.onTrade(side.bestTicks, side.bestLots, aggressor);
      side.setAt(0, 0);
    }
    if (side.sign * side.bestTicks > limit) {
      // The last level of the side is mispriced too: it moves behind everything that will be built.
      const lots = side.bestLots;
      const moved = Math.max(1, Math.round(fairTicks - side.sign * rebuildGaps * this.gapTicks));
      side.setAt(0, 0);
      side.add(moved, lots);
    }
  }

  private addOrder(side: FlowSide, rank: number): void {
    const { random } = this;
    const lots = this.drawLevelLots(rank);
    const room = this.asks.bestTicks - this.bids.bestTicks;
    if (rank === 0 && room > 2 && random.uniform() < 0.3) {
      const deeper = Math.min(room - 1, 1 + Math.floor(random.exponential(room * 0.15)));
      side.add(side.bestTicks + side.sign * deeper, Math.max(1, Math.ceil(lots * 0.4)));
      return;
    }
    if (rank + 1 < side.count && random.uniform() < 0.4) {
      const nearer = side.ticksAt(rank);
      const distance = Math.abs(nearer - side.ticksAt(rank + 1));
      if (distance > 1) {
        side.add(nearer - side.sign * (1 + random.integerBelow(distance - 1)), lots);
        return;
      }
    }
    const present = side.lotsAt(rank);
    if (present < this.levelLots * 12) side.setAt(rank, present + Math.ceil(lots * random.uniform()));
    else this.cancelOrder(side, rank);
  }

  private cancelOrder(side: FlowSide, rank: number): void {
    if (side.count < 2) return;
    const part = 0.25 + 0.9 * this.random.uniform();
    side.setAt(rank, part >= 1 ? 0 : Math.max(1, Math.floor(side.lotsAt(rank) * (1 - part))));
  }

  /** Brings the best price of a side toward where the fair price wants it. */
  private follow(side: FlowSide, targetTicks: number, half: number): void {
    const { random } = this;
    const other = side === this.bids ? this.asks : this.bids;
    const bound = other.bestTicks - side.sign;
    const wanted = Math.max(1, side.sign > 0 ? Math.min(targetTicks, bound) : Math.max(targetTicks, bound));
    const lead = side.sign * (side.bestTicks - wanted);
    if (lead > 0) {
      if (side.count > 1 && random.uniform() < Math.min(0.9, 0.15 + (0.5 * lead) / half)) side.setAt(0, 0);
      return;
    }
    if (-lead > rebuildGaps * this.gapTicks) {
      const oldBest = side.bestTicks;
      let ticks = wanted;
      for (let level = 0; level < rebuildGaps && side.sign * ticks > side.sign * oldBest; level += 1) {
        side.add(ticks, this.drawLevelLots(level));
        ticks = this.behind(side, ticks, level);
      }
      return;
    }
    if (-lead > Math.max(0.5, 0.35 * half) && random.uniform() < 0.6) {
      side.add(wanted, Math.max(1, Math.ceil(this.drawLevelLots(0) * 0.6)));
    }
  }

  /** Keeps the front of a side dense while the price walks away from what was built earlier. */
  private fillHoles(side: FlowSide): void {
    const ranks = Math.min(holeRanks, side.count - 1);
    let added = 0;
    let nearer = side.bestTicks;
    for (let rank = 0; rank < ranks && added < holesPerStepMax; rank += 1) {
      const farther = side.ticksAt(rank + 1);
      const limit = holeGaps * this.gapTicks * (1 + 0.06 * rank);
      if (Math.abs(nearer - farther) > limit) {
        const ticks = this.behind(side, nearer, rank);
        if (side.sign * ticks > side.sign * farther) {
          side.add(ticks, this.drawLevelLots(rank));
          added += 1;
          nearer = ticks;
          continue;
        }
      }
      nearer = farther;
    }
  }

  private replenish(side: FlowSide): void {
    const { levelsMin, levelsMax } = this.config;
    while (side.count > levelsMax) side.dropWorst();
    while (side.count < levelsMin) {
      const ticks = this.behind(side, side.worstTicks, side.count);
      if (ticks < 1) return;
      side.add(ticks, this.drawLevelLots(side.count));
    }
  }

  private behind(side: FlowSide, ticks: number, rank: number): number {
    const gap = 1 + Math.floor(this.random.exponential(this.gapTicks * (1 + 0.06 * rank)));
    return ticks - side.sign * gap;
  }

  private drawLevelLots(rank: number): number {
    const depth = 0.45 + 0.13 * Math.min(rank, 12);
    const lots = this.random.logNormal(this.levelLots * depth, 0.8);
    return Math.max(1, Math.ceil(Math.min(lots, this.levelLots * 12)));
  }
}
