/**
 * A third opinion on rule backtests: one candle after the other, one price after the other, every level looked at anew
 * each time, levels in exact decimals. Slow on purpose, and written from the conventions alone.
 */

import type { CandleColumns } from '../../src/adapters/compute/candle-columns.ts';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import type { FillConvention, IntrabarPolicy } from '../../src/shared/lab/spec.ts';
import type { RuleAmount, RuleCondition, RuleSet } from '../../src/shared/rules/rule-set.ts';
import { evaluator, type IndicatorColumns } from './reference-evaluator.ts';

export interface ReferenceMarket {
  readonly columns: CandleColumns;
  readonly tickSize: number;
  readonly lotSize: number;
  readonly minimumNotional: number;
  readonly takerFee: number;
  readonly perpetual: boolean;
  readonly leverage: number;
  readonly maintenanceRate: number;
  /** Rate by the row at whose open it is paid, before its fills; after them where it is half a row more. */
  readonly funding: ReadonlyMap<number, number>;
}

export interface ReferenceAssumptions {
  readonly capital: number;
  readonly slippage: number;
  readonly fill: FillConvention;
  readonly intrabar: IntrabarPolicy;
  readonly firstRow: number;
}

export interface ReferenceTrade {
  readonly side: 1 | -1;
  readonly entryBar: number;
  readonly exitBar: number;
  readonly entryTicks: number;
  readonly exitTicks: number;
  readonly lots: number;
  readonly fees: number;
  readonly funding: number;
  readonly profit: number;
  readonly mae: number;
  readonly mfe: number;
  readonly reason: string;
}

export interface ReferenceRun {
  readonly trades: readonly ReferenceTrade[];
  readonly equity: readonly number[];
  readonly finalEquity: number;
  readonly refusedEntries: number;
  /** Entries below the least the venue takes: no order is sent. */
  readonly tooSmallEntries: number;
}

const ratioOf = (ratio: number): Decimal => Decimal.fromNumber(ratio).rounded(9, 'half-even');
const wholeTicks = (value: Decimal, rounding: 'up' | 'down'): number =>
  Number(value.dividedBy(Decimal.one, 0, rounding).coefficient);

interface Open {
  side: 1 | -1;
  lots: number;
  quantity: number;
  entryTicks: number;
  entryPrice: number;
  entryBar: number;
  firstBar: number;
  fees: number;
  funding: number;
  best: number;
  stop: number | undefined;
  stopReason: 'stop' | 'trailing';
  low: number;
  high: number;
}

/** Runs a rule set whose parameters have the given values. */
export function simulateRules(
  rules: RuleSet,
  values: Record<string, number>,
  market: ReferenceMarket,
  assumptions: ReferenceAssumptions,
  indicators: IndicatorColumns,
): ReferenceRun {
  const { columns, tickSize, lotSize, takerFee, perpetual, leverage } = market;
  const { slippage, fill, intrabar, firstRow } = assumptions;
  const rows = columns.close.length;
  const amount = (given: RuleAmount): number =>
    typeof given === 'number' ? given : (values[given.parameter] as number) * given.scale;
  const [stop, target, trailing, activation] = [
    rules.stop,
    rules.target,
    rules.trailing,
    rules.activation,
  ].map((given) => ratioOf(amount(given))) as [Decimal, Decimal, Decimal, Decimal];
  const [maxBars, cooldown] = [amount(rules.maxBars), amount(rules.cooldownBars)];
  const reserve = rules.reserve ?? (fill === 'close' ? 0 : 0.005);
  const met = evaluator(columns, values, indicators);
  const isMet = (condition: RuleCondition | null, row: number): boolean =>
    condition !== null && met(condition, row) === true;
  const ticksAt = (column: Float64Array, row: number): number =>
    Math.round((column[row] as number) / tickSize);
  const tick = Decimal.fromNumber(tickSize);
  const price = (ticks: number): number => tick.timesInteger(ticks).toNumber();
  const quantityOf = (lots: number): number => Decimal.fromNumber(lotSize).timesInteger(lots).toNumber();
  const slipped = (ticks: number, buys: boolean): number => {
    const moved = Decimal.fromInteger(ticks).times(
      Decimal.one.plus(buys ? Decimal.fromNumber(slippage) : Decimal.fromNumber(slippage).negated()),
    );
    return Math.max(1, wholeTicks(moved, buys ? 'up' : 'down'));
  };

  let cash = assumptions.capital;
  let open: Open | undefined;
  let [refused, tooSmall] = [0, 0];
  /** The first row at whose close an entry may be decided again. */
  let restedFrom = 0;
  const trades: ReferenceTrade[] = [];
  const equity: number[] = [];
  /** Orders waiting for the next open. */
  let closing: string | undefined;
  let entering: { side: 1 | -1; lots: number; turns: boolean } | undefined;

  const levelFrom = (entry: number, ratio: Decimal, up: boolean): number =>
    wholeTicks(
      Decimal.fromInteger(entry).times(up ? Decimal.one.plus(ratio) : Decimal.one.minus(ratio)),
      up ? 'up' : 'down',
    );
  const see = (ticks: number): void => {
    if (open === undefined) return;
    open.low = Math.min(open.low, ticks);
    open.high = Math.max(open.high, ticks);
  };
  const finish = (position: Open, exitTicks: number, bar: number, fee: number, reason: string): void => {
    const gained = position.side * position.quantity * (price(exitTicks) - position.entryPrice);
    const ratios = [position.low, position.high].map(
      (ticks) => position.side * (price(ticks) / position.entryPrice - 1),
    );
    trades.push({
      side: position.side,
      entryBar: position.entryBar - firstRow,
      exitBar: bar - firstRow,
      entryTicks: position.entryTicks,
      exitTicks,
      lots: position.lots,
      fees: position.fees + fee,
      funding: position.funding,
      profit: gained - position.fees - fee + position.funding,
      mae: Math.min(0, ...ratios),
      mfe: Math.max(0, ...ratios),
      reason,
    });
  };
  const exitAt = (ticks: number, bar: number, reason: string, atClose = false): void => {
    const position = open as Open;
    see(ticks);
    let at = slipped(ticks, position.side < 0);
    if (reason === 'liquidation') {
      const worst =
        position.side > 0
          ? -cash / (position.quantity * (1 - takerFee)) / tickSize
          : cash / (position.quantity * (1 + takerFee)) / tickSize;
      at =
        position.side > 0
          ? Math.max(at, Math.ceil(worst * (1 - 1e-12)))
          : Math.min(at, Math.floor(worst * (1 + 1e-12)));
    }
    const value = position.quantity * price(at);
    cash += position.side * value - value * takerFee;
    open = undefined;
    restedFrom = bar + (atClose ? 1 : 0) + cooldown;
    finish(position, at, bar, value * takerFee, reason);
  };
  const isFunded = (lots: number, ticks: number): boolean => {
    const value = quantityOf(lots) * price(ticks);
    return (perpetual ? value / leverage : value) + value * takerFee <= cash * (1 + 1e-12);
  };
  const enterAt = (
    ticks: number,
    bar: number,
    firstBar: number,
    wish: { side: 1 | -1; lots: number; turns: boolean },
  ): void => {
    const at = slipped(ticks, wish.side > 0);
    const quantity = quantityOf(wish.lots);
    const value = quantity * price(at);
    const fee = value * takerFee;
    // What turns a position around is sent, and looked at by the risk check, when that has been closed.
    if ((wish.turns && !isFunded(wish.lots, ticks)) || !isFunded(wish.lots, at)) {
      refused += 1;
      return;
    }
    cash += -wish.side * value - fee;
    const position: Open = {
      side: wish.side,
      lots: wish.lots,
      quantity,
      entryTicks: at,
      entryPrice: price(at),
      entryBar: bar,
      firstBar,
      fees: fee,
      funding: 0,
      best: at,
      stop: undefined,
      stopReason: 'stop',
      low: ticks,
      high: ticks,
    };
    if (stop.isPositive) position.stop = Math.max(1, levelFrom(at, stop, wish.side < 0));
    if (trailing.isPositive && activation.isZero) {
      const level = Math.max(1, levelFrom(at, trailing, wish.side < 0));
      if (position.stop === undefined || wish.side * level > wish.side * position.stop) {
        position.stop = level;
        position.stopReason = 'trailing';
      }
    }
    open = position;
    if (
      fill === 'close' &&
      position.stop !== undefined &&
      position.side * ticks <= position.side * position.stop
    )
      exitAt(ticks, bar, position.stopReason, true);
  };
  const liquidationTicks = (position: Open): number | undefined => {
    if (!perpetual) return undefined;
    const m = market.maintenanceRate;
    const whole = (x: number): number =>
      Math.abs(x - Math.round(x)) < Math.abs(x) * 1e-12 ? Math.round(x) : x;
    if (position.side > 0) {
      if (-cash <= 0) return undefined;
      const level = Math.ceil(whole(-cash / (position.quantity * (1 - m)) / tickSize)) - 1;
      return level >= 1 ? level : undefined;
    }
    return Math.floor(whole(cash / (position.quantity * (1 + m)) / tickSize)) + 1;
  };
  /** The nearest level on the winning side, and what it is. */
  const watched = (position: Open, bar: number): { ticks: number; reason: string } | undefined => {
    let found: { ticks: number; reason: string } | undefined;
    const held = bar - position.firstBar;
    const roi = [...rules.roi]
      .sort((a, b) => a.afterBars - b.afterBars)
      .filter((step) => step.afterBars <= held)
      .at(-1);
    const offers = [
      ...(target.isPositive ? [{ ratio: target, reason: 'target' }] : []),
      ...(roi === undefined ? [] : [{ ratio: ratioOf(roi.ratio), reason: 'roi' }]),
    ];
    for (const { ratio, reason } of offers) {
      const ticks = levelFrom(position.entryTicks, ratio, position.side > 0);
      if (ticks > 0 && (found === undefined || position.side * ticks < position.side * found.ticks))
        found = { ticks, reason };
    }
    return found;
  };

  const payFunding = (due: number, ticks: number): void => {
    const rate = market.funding.get(due);
    if (open === undefined || rate === undefined) return;
    const paid = open.side * open.quantity * price(ticks) * rate;
    cash -= paid;
    open.funding -= paid;
  };

  for (let row = firstRow; row < rows; row += 1) {
    const [o, h, l, c] = [columns.open, columns.high, columns.low, columns.close].map((column) =>
      ticksAt(column, row),
    ) as [number, number, number, number];
    payFunding(row, o);
    if (closing !== undefined && open !== undefined) exitAt(o, row, closing);
    closing = undefined;
    if (entering !== undefined) enterAt(o, row, row, entering);
    entering = undefined;

    // The path of the candle.
    const rises = c >= o;
    const lowFirst =
      intrabar === 'open-low-high-close' ||
      (intrabar === 'adverse-first' && open !== undefined
        ? open.side > 0
        : intrabar !== 'open-high-low-close' && rises);
    const path = lowFirst ? [o, l, h, c] : [o, h, l, c];
    for (const [index, to] of path.entries()) {
      if (open === undefined) break;
      const position: Open = open;
      const { side } = position;
      const from = index === 0 ? to : (path[index - 1] as number);
      const candidates: { ticks: number; reason: string }[] = [];
      if (position.stop !== undefined && side * to <= side * position.stop)
        candidates.push({ ticks: position.stop, reason: position.stopReason });
      const liquidation = liquidationTicks(position);
      if (liquidation !== undefined && side * to <= side * liquidation)
        candidates.push({ ticks: liquidation, reason: 'liquidation' });
      const watch = watched(position, row);
      if (watch !== undefined && side * to >= side * watch.ticks) candidates.push(watch);
      if (candidates.length === 0) {
        see(to);
        if (index === 0) payFunding(row + 0.5, to);
        continue;
      }
      if (index === 0) {
        // The candle opens beyond: at the open, whatever lies there.
        exitAt(to, row, (candidates[0] as { reason: string }).reason);
        break;
      }
      // Several on one way: the first one reached.
      candidates.sort(
        (a, b) =>
          Math.abs(a.ticks - from) - Math.abs(b.ticks - from) || (a.reason === 'liquidation' ? 1 : -1),
      );
      const first = candidates[0] as { ticks: number; reason: string };
      exitAt(first.ticks, row, first.reason);
      break;
    }

    // The close: what is decided.
    let wish: { side: 1 | -1; equity: number; turns: boolean } | undefined;
    if (open !== undefined && row >= open.firstBar) {
      const position: Open = open;
      const { side } = position;
      const trailedBefore = position.stop;
      const extreme = side > 0 ? h : l;
      if (side * extreme > side * position.best) position.best = extreme;
      const active =
        activation.isZero ||
        side * position.best >= side * levelFrom(position.entryTicks, activation, side > 0);
      let passed = false;
      if (trailing.isPositive && active) {
        const level = levelFrom(position.best, trailing, side < 0);
        if (trailedBefore === undefined || side * level > side * trailedBefore) {
          position.stop = level;
          position.stopReason = 'trailing';
          passed = side * c <= side * level;
        }
      }
      const reason = isMet(side > 0 ? rules.longExit : rules.shortExit, row)
        ? 'signal'
        : maxBars > 0 && row - position.firstBar + 1 >= maxBars
          ? 'time'
          : passed
            ? 'trailing'
            : undefined;
      if (reason !== undefined) {
        const left = slipped(c, side < 0);
        const value = position.quantity * price(left);
        const other = (side > 0 ? -1 : 1) as 1 | -1;
        if (cooldown === 0 && entryIs(other, row))
          wish = { side: other, equity: cash + side * value - value * takerFee, turns: true };
        if (fill === 'close') exitAt(c, row, reason, true);
        else closing = reason;
      }
    } else if (open === undefined && row >= restedFrom) {
      const side = entryIs(1, row) ? 1 : entryIs(-1, row) ? -1 : undefined;
      if (side !== undefined) wish = { side, equity: cash, turns: false };
    }
    if (wish !== undefined) {
      const size =
        'amount' in rules.size
          ? amount(rules.size.amount)
          : amount(rules.size.fraction) * wish.equity * (perpetual ? leverage : 1);
      const close = price(c);
      const lots = Math.floor(
        (size / (close * (1 + slippage) * (1 + takerFee) * (1 + reserve)) / lotSize) * (1 + 1e-12),
      );
      const isEnough = lots >= 1 && quantityOf(lots) * close * (1 + 1e-12) >= market.minimumNotional;
      const entry = { side: wish.side, lots, turns: wish.turns };
      if (!isEnough) tooSmall += 1;
      // Any other entry is sent at this close.
      else if (!wish.turns && !isFunded(lots, c)) refused += 1;
      else if (fill === 'close') enterAt(c, row, row + 1, entry);
      else entering = entry;
    }
    // The closure above changes it, which the compiler does not see.
    const held = open as Open | undefined;
    equity.push(held === undefined ? cash : cash + held.side * held.quantity * price(c));
  }
  const held = open as Open | undefined;
  if (held !== undefined) finish(held, ticksAt(columns.close, rows - 1), rows - 1, 0, 'open');
  return {
    trades,
    equity,
    finalEquity: equity.at(-1) ?? cash,
    refusedEntries: refused,
    tooSmallEntries: tooSmall,
  };

  function entryIs(side: 1 | -1, row: number): boolean {
    const [own, ownExit, other] =
      side > 0
        ? [rules.longEntry, rules.longExit, rules.shortEntry]
        : [rules.shortEntry, rules.shortExit, rules.longEntry];
    return isMet(own, row) && !isMet(ownExit, row) && !isMet(other, row);
  }
}
