/** Rule sets, markets and candles drawn from a seed: everything the rule language and the conventions offer. */

import type { CandleColumns } from '../../src/adapters/compute/candle-columns.ts';
import { allocateColumns } from '../../src/adapters/compute/candle-columns.ts';
import {
  type FillConvention,
  fillConventions,
  type IntrabarPolicy,
  intrabarPolicies,
} from '../../src/shared/lab/spec.ts';
import { parseCondition } from '../../src/shared/rules/parse-rule.ts';
import { type RuleSet, ruleSet } from '../../src/shared/rules/rule-set.ts';

/** A small generator (mulberry32): the same numbers on every machine. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const candleMs = 300_000;

/** A random walk on the tick grid: quiet and wild stretches, flat candles, gaps between close and open, missing candles. */
export function randomCandles(
  seed: number,
  rows: number,
  tickSize: number,
  startTicks: number,
): CandleColumns {
  const random = randomNumbers(seed);
  const columns = allocateColumns(rows);
  let ticks = startTicks;
  let timeMs = 1_700_000_100_000;
  let width = 0.004;
  for (let row = 0; row < rows; row += 1) {
    if (random() < 0.02) width = 0.0005 + random() * 0.012;
    const move = () => Math.round(ticks * width * (random() + random() - 1));
    const gap = random() < 0.06 ? Math.round(ticks * 0.02 * (random() - 0.5)) : random() < 0.3 ? move() : 0;
    const open = Math.max(50, ticks + gap);
    const flat = random() < 0.04;
    const close = flat ? open : Math.max(50, open + move() + Math.round(ticks * 0.0004 * Math.sin(row / 60)));
    const high = Math.max(open, close) + (flat ? 0 : Math.abs(move()));
    const low = Math.max(10, Math.min(open, close) - (flat ? 0 : Math.abs(move())));
    columns.openTimeMs[row] = timeMs;
    columns.open[row] = Number((open * tickSize).toFixed(8));
    columns.high[row] = Number((high * tickSize).toFixed(8));
    columns.low[row] = Number((low * tickSize).toFixed(8));
    columns.close[row] = Number((close * tickSize).toFixed(8));
    columns.volume[row] = Math.round(random() * 1000) / 10;
    ticks = close;
    timeMs += candleMs * (random() < 0.01 ? 1 + Math.floor(random() * 5) : 1);
  }
  return columns;
}

export interface RandomCase {
  readonly seed: number;
  readonly texts: readonly string[];
  readonly rules: RuleSet;
  readonly market: {
    readonly tickSize: number;
    readonly lotSize: number;
    readonly minimumNotional: number;
    readonly takerFee: number;
    readonly perpetual: boolean;
    readonly leverage: number;
    readonly maintenanceRate: number;
  };
  readonly startTicks: number;
  readonly capital: number;
  readonly slippage: number;
  readonly fill: FillConvention;
  readonly intrabar: IntrabarPolicy;
  /** Candles between two funding payments; 0: none. */
  readonly fundingEvery: number;
  readonly fundingRate: number;
}

/** Draws a case. Every seed is another one. */
export function randomCase(seed: number): RandomCase {
  const random = randomNumbers(seed * 7919 + 13);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (part: number): boolean => random() < part;
  const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const digits = (from: number, to: number, places: number): number =>
    Number((from + random() * (to - from)).toFixed(places));
  const average = (): string => {
    const name = pick(['sma', 'ema', 'wma', 'dema', 'kama', 'hma', 'rma']);
    const source = pick(['', '', 'close, ', 'high, ', 'low, ', 'sma(close, 3), ', 'typprice(), ']);
    return `${name === 'hma' || name === 'rma' ? 'sma' : name}(${source}${whole(2, 30)})`;
  };
  const price = (): string =>
    pick(['close', 'close', 'open', 'high', 'low', `close[${whole(1, 4)}]`, average(), average()]);
  const comparison = (): string => {
    const kind = whole(0, 18);
    if (kind === 0) return `rsi(${whole(3, 20)}) ${pick(['<', '>', '<=', '>='])} ${whole(30, 70)}`;
    if (kind === 1) return `rsi(${whole(3, 20)}) crosses ${pick(['above', 'below'])} ${whole(35, 65)}`;
    if (kind === 2) return `macd(${whole(3, 8)}, ${whole(9, 20)}, ${whole(3, 9)}).hist ${pick(['<', '>'])} 0`;
    if (kind === 3)
      return `close ${pick(['<', '>'])} bbands(${whole(5, 25)}).${pick(['upperband', 'lowerband', 'middleband'])}`;
    if (kind === 4)
      return `close - close[${whole(1, 9)}] ${pick(['<', '>', '>='])} ${pick(['', '-'])}atr(${whole(3, 20)}) ${pick(['*', '/'])} ${whole(1, 4)}`.replace(
        '-atr',
        '0 - atr',
      );
    if (kind === 5)
      return `stoch(${whole(4, 12)}).k crosses ${pick(['above', 'below'])} stoch(${whole(4, 12)}).d`;
    if (kind === 6) return `volume ${pick(['<', '>'])} sma(volume, ${whole(2, 20)}) * ${digits(0.5, 1.5, 2)}`;
    if (kind === 7) return `${average()} ${pick(['<', '>'])} ${average()}`;
    if (kind === 8) return `(high + low) / 2 - ${average()} ${pick(['<', '>', '!='])} -(open - close)`;
    if (kind === 9) return `close / (close - open) ${pick(['<', '>'])} ${whole(-50, 50)}`;
    if (kind === 10)
      return `adx(${whole(4, 14)}) ${pick(['<', '>'])} ${whole(15, 40)} and plus_di(${whole(4, 14)}) ${pick(['<', '>'])} minus_di(${whole(4, 14)})`;
    if (kind === 11) return `cci(${whole(5, 20)}) crosses ${pick(['above', 'below'])} ${whole(-100, 100)}`;
    if (kind === 12)
      return `${pick(['mfi', 'chop'])}(${whole(4, 14)}) ${pick(['<', '>='])} ${whole(30, 60)} or willr(${whole(4, 20)}) > ${whole(-40, -5)}`;
    if (kind === 13)
      return `close ${pick(['<', '>', '<=', '>='])} donchian(${whole(5, 25)}).${pick(['upperband', 'lowerband', 'middleband'])}[${whole(1, 3)}]`;
    if (kind === 14)
      return `close ${pick(['<', '>'])} ${pick([`supertrend(${whole(4, 12)}, ${whole(1, 3)})`, 'sar()', `kc(${whole(5, 20)}).upperband`, `linearreg_slope(${whole(4, 12)}) * 5 + close[5]`])}`;
    if (kind === 15) return `obv() ${pick(['<', '>'])} sma(obv(), ${whole(3, 20)})`;
    if (kind === 16) return `aroon(${whole(4, 20)}).aroonup crosses above aroon(${whole(4, 20)}).aroondown`;
    if (kind === 17)
      return `stddev(close, ${whole(4, 20)}) / close ${pick(['<', '>'])} ${digits(0.0005, 0.01, 4)} and close crosses ${pick(['above', 'below'])} ha().haopen`;
    return `${price()} crosses ${pick(['above', 'below'])} ${average()}`;
  };
  const condition = (depth: number): string => {
    if (depth === 0 || chance(0.45)) return comparison();
    if (chance(0.15)) return `not (${condition(depth - 1)})`;
    return `(${condition(depth - 1)}) ${pick(['and', 'or'])} (${condition(depth - 1)})`;
  };
  const perpetual = chance(0.55);
  const leverage = perpetual ? pick([1, 1, 3, 10, 25, 50, 50]) : 1;
  const long = !perpetual || chance(0.8);
  const short = perpetual && (!long || chance(0.6));
  const texts = [
    long ? condition(2) : '',
    long && chance(0.75) ? condition(1) : '',
    short ? condition(2) : '',
    short && chance(0.75) ? condition(1) : '',
  ];
  const [longEntry, longExit, shortEntry, shortExit] = texts.map((text) =>
    text === '' ? null : parseCondition(text),
  );
  const stop = chance(leverage > 5 ? 0.15 : 0.6) ? digits(0.004, 0.05, 4) : 0;
  const roi = chance(0.35)
    ? Array.from({ length: whole(1, 4) }, (_, index) => ({
        afterBars: index * whole(1, 12) + (chance(0.5) ? 0 : 1),
        ratio: digits(0, 0.03 / (index + 1), 4),
      })).filter((step, index, all) => all.findIndex((other) => other.afterBars === step.afterBars) === index)
    : [];
  const neverEnds = texts[1] === '' && texts[3] === '' && stop === 0;
  const rules = ruleSet.parse({
    longEntry,
    longExit,
    shortEntry,
    shortExit,
    stop,
    target: chance(0.5) ? digits(0.004, 0.06, 4) : 0,
    trailing: chance(0.4) ? digits(0.004, 0.04, 4) : 0,
    activation: chance(0.5) ? digits(0.002, 0.02, 4) : 0,
    roi,
    maxBars: neverEnds || chance(0.3) ? whole(1, 60) : 0,
    cooldownBars: chance(0.3) ? whole(1, 10) : 0,
    size: chance(0.5)
      ? { kind: 'quote', amount: whole(100, 3000) }
      : { kind: 'fraction', fraction: digits(0.1, 1, 2) },
  });
  const tickSize = pick([0.01, 0.1, 0.5, 0.001]);
  return {
    seed,
    texts,
    rules,
    market: {
      tickSize,
      lotSize: pick([0.001, 0.0001, 0.01, 0.00001]),
      minimumNotional: pick([0, 5, 10]),
      takerFee: pick([0, 0.0005, 0.001, 0.00075]),
      perpetual,
      leverage,
      maintenanceRate: perpetual ? pick([0.004, 0.005, 0.01]) : 0,
    },
    startTicks: whole(3_000, 40_000),
    capital: pick([1_000, 10_000, 3_333]),
    slippage: pick([0, 0.0005, 0.0005, 0.001]),
    fill: pick(fillConventions),
    intrabar: pick(intrabarPolicies),
    fundingEvery: perpetual && chance(0.5) ? pick([96, 48, 7]) : 0,
    fundingRate: digits(-0.001, 0.001, 5),
  };
}
