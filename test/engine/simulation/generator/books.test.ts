/** Generated events against a book kept by the test: nothing a real venue could not have sent. */

import { describe, expect, it } from 'vitest';
import {
  demoWorldConfig,
  SimulatedWorld,
  type SimulatedWorldConfig,
} from '../../../../src/engine/simulation/world.ts';
import { epochMs } from '../../../../src/shared/domain/nominal.ts';
import type { MarketEvent } from '../../../../src/shared/events/market.ts';

const startMs = epochMs(1_760_000_012_345);
const minute = 60_000;

/** A plain book in two maps, and every rule the events of one instrument must keep. */
class Witness {
  readonly bids = new Map<number, number>();
  readonly asks = new Map<number, number>();
  readonly faults: string[] = [];
  events = 0;
  quotes = 0;
  private sequence = -1;
  private lastMs = 0;
  private tradedSinceDelta = new Map<number, number>();
  private tradeIds = new Set<string>();

  see(event: MarketEvent): void {
    this.events += 1;
    this.check(event.receiveTimeMs >= this.lastMs, 'time went back');
    this.lastMs = event.receiveTimeMs;
    switch (event.kind) {
      case 'book-snapshot':
        this.sequence = event.sequence;
        apply(this.bids, event.bids);
        apply(this.asks, event.asks);
        this.checkBook();
        break;
      case 'book-delta':
        this.check(event.firstSequence === this.sequence + 1, 'a hole in the sequence');
        this.check(event.bids.length + event.asks.length > 0, 'an empty delta');
        this.sequence = event.lastSequence;
        apply(this.bids, event.bids);
        apply(this.asks, event.asks);
        this.tradedSinceDelta.clear();
        this.checkBook();
        break;
      case 'trade': {
        const side = event.aggressor === 'buy' ? this.asks : this.bids;
        const already = this.tradedSinceDelta.get(event.priceTicks) ?? 0;
        const shown = side.get(event.priceTicks) ?? 0;
        this.check(
          event.lots >= 1 && already + event.lots <= shown,
          `traded ${event.lots} of ${shown} shown`,
        );
        const better = [...side.keys()].filter((ticks) =>
          event.aggressor === 'buy' ? ticks < event.priceTicks : ticks > event.priceTicks,
        );
        const swept = better.every((ticks) => this.tradedSinceDelta.get(ticks) === side.get(ticks));
        this.check(swept, 'traded behind a better price that was left standing');
        this.tradedSinceDelta.set(event.priceTicks, already + event.lots);
        this.check(!this.tradeIds.has(event.tradeId), `trade id ${event.tradeId} twice`);
        this.tradeIds.add(event.tradeId);
        break;
      }
      case 'quote':
        this.quotes += 1;
        this.check(event.bidTicks === Math.max(...this.bids.keys()), 'quote: bid is not the best');
        this.check(event.askTicks === Math.min(...this.asks.keys()), 'quote: ask is not the best');
        this.check(event.bidLots === this.bids.get(event.bidTicks), 'quote: bid size');
        this.check(event.askLots === this.asks.get(event.askTicks), 'quote: ask size');
        break;
      case 'funding-rate':
        this.check(event.nextFundingMs > event.receiveTimeMs, 'funding in the past');
        this.check(Math.abs(Number(event.rate)) <= 0.0075, `funding rate ${event.rate}`);
        this.check(event.markTicks > 0, 'mark');
        break;
      case 'candle':
        this.check(false, 'a candle was generated');
    }
  }

  private checkBook(): void {
    const bid = Math.max(...this.bids.keys());
    const ask = Math.min(...this.asks.keys());
    this.check(bid < ask, `crossed: ${bid} / ${ask}`);
    this.check(this.bids.size >= 20 && this.asks.size >= 20, `thin: ${this.bids.size} / ${this.asks.size}`);
    this.check(this.bids.size <= 41 && this.asks.size <= 41, 'endless book');
    for (const [ticks, lots] of [...this.bids, ...this.asks]) {
      if (!Number.isSafeInteger(ticks) || ticks <= 0 || !Number.isSafeInteger(lots) || lots <= 0) {
        this.check(false, `level ${ticks} x ${lots}`);
      }
    }
  }

  private check(holds: boolean, fault: string): void {
    if (!holds && this.faults.length < 5) this.faults.push(fault);
  }
}

function apply(side: Map<number, number>, levels: readonly number[]): void {
  for (let at = 0; at < levels.length; at += 2) {
    const ticks = levels[at] as number;
    const lots = levels[at + 1] as number;
    if (lots === 0) side.delete(ticks);
    else side.set(ticks, lots);
  }
}

function watch(config: SimulatedWorldConfig, forMs: number): Map<string, Witness> {
  const world = new SimulatedWorld(config);
  const witnesses = new Map(world.instruments().map((instrument) => [String(instrument.id), new Witness()]));
  while (world.nextTimeMs() < startMs + forMs) {
    world.step((event) => {
      if ('instrument' in event && 'receiveTimeMs' in event) witnesses.get(event.instrument)?.see(event);
    });
  }
  return witnesses;
}

/** The same world with moves so violent that every second brings a crash. */
function violent(config: SimulatedWorldConfig): SimulatedWorldConfig {
  return {
    ...config,
    underlyings: config.underlyings.map((one) => ({
      ...one,
      calmMinuteDeviation: one.calmMinuteDeviation * 60,
    })),
  };
}

describe('generated market events', () => {
  it.each(['demo', 'seed-2', 'seed-3'])('are consistent with a full book (seed %s)', (seed) => {
    const witnesses = watch(demoWorldConfig(seed, startMs), 20 * minute);
    expect(witnesses.size).toBe(8);
    for (const [instrument, witness] of witnesses) {
      expect({ instrument, faults: witness.faults }).toEqual({ instrument, faults: [] });
      expect(witness.quotes).toBeGreaterThan(1000);
    }
  });

  it('stay consistent when prices jump by percents', () => {
    for (const [instrument, witness] of watch(violent(demoWorldConfig('violent', startMs)), 10 * minute)) {
      expect({ instrument, faults: witness.faults }).toEqual({ instrument, faults: [] });
    }
  });

  it('come at 8 to 12 a second for each instrument, on average over seeds', () => {
    let events = 0;
    for (const seed of ['r1', 'r2', 'r3', 'r4', 'r5', 'r6']) {
      for (const witness of watch(demoWorldConfig(seed, startMs), 10 * minute).values())
        events += witness.events;
    }
    const perSecond = events / (6 * 8 * 600);
    expect(perSecond).toBeGreaterThan(8);
    expect(perSecond).toBeLessThan(12);
  });
});
