/**
 * What makes generated prices believable, measured over twelve simulated hours: fat tails, clustered volatility,
 * no memory in returns, venues that move together with a basis that reverts, sane spreads.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { demoWorldConfig, SimulatedWorld } from '../../../../src/engine/simulation/world.ts';
import { epochMs } from '../../../../src/shared/domain/nominal.ts';

const startMs = epochMs(1_760_000_000_000);
const sampleMs = 10_000;
const hours = 12;
const [a, b, perp] = ['sim-a:BTC/USDT', 'sim-b:BTC/USDT', 'sim-perp:BTC/USDT:USDT'] as const;

interface Record {
  readonly middles: Map<string, number[]>;
  readonly spreadsBps: number[];
  readonly fundingRates: number[];
}

function record(seed: string): Record {
  const config = demoWorldConfig(seed, startMs);
  const onlyBitcoin = config.venues.map((venue) => ({
    ...venue,
    instruments: venue.instruments.filter((instrument) => instrument.underlying === 'BTC'),
  }));
  const world = new SimulatedWorld({ ...config, venues: onlyBitcoin });
  const middles = new Map<string, number[]>([a, b, perp].map((id) => [id, []]));
  const now = new Map<string, number>();
  const result: Record = { middles, spreadsBps: [], fundingRates: [] };
  let sampledMs: number = startMs;
  while (world.nextTimeMs() < startMs + hours * 3_600_000) {
    while (world.nextTimeMs() >= sampledMs + sampleMs) {
      sampledMs += sampleMs;
      for (const [id, middle] of now) middles.get(id)?.push(Math.log(middle));
    }
    world.step((event) => {
      if (event.kind === 'quote') {
        const middle = (event.bidTicks + event.askTicks) / 2;
        now.set(event.instrument, middle);
        if (event.instrument === a)
          result.spreadsBps.push(((event.askTicks - event.bidTicks) / middle) * 1e4);
      } else if (event.kind === 'funding-rate') {
        result.fundingRates.push(Number(event.rate));
      }
    });
  }
  return result;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}

function kurtosis(values: readonly number[]): number {
  const center = mean(values);
  return mean(values.map((value) => (value - center) ** 4)) / deviation(values) ** 4;
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const [leftMean, rightMean] = [mean(left), mean(right)];
  const products = left.map((value, index) => (value - leftMean) * ((right[index] as number) - rightMean));
  return mean(products) / (deviation(left) * deviation(right));
}

function autocorrelation(values: readonly number[], lag: number): number {
  return correlation(values.slice(lag), values.slice(0, values.length - lag));
}

/** Gives returns over `samples` ten-second steps. */
function returns(record: Record, id: string, samples: number): number[] {
  const every = (record.middles.get(id) ?? []).filter((_, index) => index % samples === 0);
  return every.slice(1).map((value, index) => value - (every[index] as number));
}

function basisBps(record: Record, id: string): number[] {
  const reference = record.middles.get(a) ?? [];
  return (record.middles.get(id) ?? []).map((value, index) => (value - (reference[index] as number)) * 1e4);
}

describe.each(['facts-1', 'facts-2'])('seed %s', (seed) => {
  let taped: Record;
  let minutes: number[];
  beforeAll(() => {
    taped = record(seed);
    minutes = returns(taped, a, 6);
  });

  it('one-minute returns have the size of a liquid coin’s', () => {
    expect(deviation(minutes)).toBeGreaterThan(0.0003);
    expect(deviation(minutes)).toBeLessThan(0.0015);
  });

  it('one-minute returns have fat tails', () => {
    expect(kurtosis(minutes)).toBeGreaterThan(4);
  });

  it('volatility clusters: sizes of returns are correlated at lags 1 to 5', () => {
    const sizes = minutes.map(Math.abs);
    for (const lag of [1, 2, 3, 4, 5]) expect(autocorrelation(sizes, lag)).toBeGreaterThan(0.03);
    expect(mean([1, 2, 3, 4, 5].map((lag) => autocorrelation(sizes, lag)))).toBeGreaterThan(0.1);
  });

  it('returns themselves have no memory to live from', () => {
    for (const lag of [1, 2, 3, 5, 10]) expect(Math.abs(autocorrelation(minutes, lag))).toBeLessThan(0.13);
  });

  it('venues move together within a minute, less so within ten seconds', () => {
    expect(correlation(minutes, returns(taped, b, 6))).toBeGreaterThan(0.8);
    expect(correlation(minutes, returns(taped, perp, 6))).toBeGreaterThan(0.85);
    expect(correlation(returns(taped, a, 1), returns(taped, b, 1))).toBeLessThan(0.95);
  });

  it('the lagging venue follows: yesterday’s move of sim-a tells something of sim-b, not the other way round', () => {
    const [fast, slow] = [returns(taped, a, 1), returns(taped, b, 1)];
    const leads = correlation(fast.slice(0, -1), slow.slice(1));
    const lags = correlation(slow.slice(0, -1), fast.slice(1));
    expect(leads - lags).toBeGreaterThan(0.05);
  });

  it('the basis between spot venues opens beyond 15 bps and reverts within minutes', () => {
    const basis = basisBps(taped, b);
    expect(Math.max(...basis.map(Math.abs))).toBeGreaterThan(15);
    expect(deviation(basis)).toBeLessThan(5);
    expect(autocorrelation(basis, 1)).toBeGreaterThan(0.5);
    expect(Math.abs(autocorrelation(basis, 60))).toBeLessThan(0.2);
  });

  it('spreads are tight in calm times and widen', () => {
    const sorted = [...taped.spreadsBps].sort((left, right) => left - right);
    const at = (share: number) => sorted[Math.floor(share * sorted.length)] as number;
    expect(at(0.5)).toBeGreaterThan(0.2);
    expect(at(0.5)).toBeLessThan(1);
    expect(at(0.99) / at(0.5)).toBeGreaterThan(2);
    expect(at(0.999)).toBeLessThan(10);
  });

  it('funding moves and stays within reason', () => {
    expect(new Set(taped.fundingRates).size).toBeGreaterThan(20);
    for (const rate of taped.fundingRates) expect(Math.abs(rate)).toBeLessThan(0.003);
  });
});
