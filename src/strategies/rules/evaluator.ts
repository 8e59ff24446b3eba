/** Evaluates rules candle by candle, with the numbers and the arithmetic of the sweep path. */

import type { CandleColumn, IndicatorSource, StrategyContext } from '../../engine/strategy/api.ts';
import type {
  IndicatorValue,
  RuleCondition,
  RuleSet,
  RuleValue,
  SeriesSource,
} from '../../shared/rules/rule-set.ts';
import { numberOf, type ParameterValues, withValues } from '../../shared/rules/walk-rule.ts';

/** Which rules the newest closed candle meets. */
export interface RuleSignals {
  readonly longEntry: boolean;
  readonly longExit: boolean;
  readonly shortEntry: boolean;
  readonly shortExit: boolean;
}

/** A value some candles before the newest one; NaN where it is not known. */
type ValueAt = (barsAgo: number) => number;
/** Whether the newest candle meets a condition; undefined when something in it is not known. */
type Met = () => boolean | undefined;

/** A crossing has to see every candle once: which side was on top last lies in the past. */
interface Crossing {
  see(barsAgo: number): void;
}

/** Gives the values of a rule set's parameters. */
export function parameterValues(rules: RuleSet): ParameterValues {
  return Object.fromEntries(rules.parameters.map(({ name, value }) => [name, value]));
}

export class RuleEvaluator {
  private readonly context: Pick<StrategyContext<unknown>, 'candles' | 'indicator'>;
  private readonly timeframeMs: number;
  private readonly crossings: Crossing[] = [];
  private readonly rules: Readonly<Record<keyof RuleSignals, Met>>;
  private seenMs = Number.NEGATIVE_INFINITY;

  /** Throws a `RangeError` for an indicator or a parameter that does not exist. */
  constructor(
    context: Pick<StrategyContext<unknown>, 'candles' | 'indicator'>,
    rules: RuleSet,
    timeframeMs: number,
  ) {
    this.context = context;
    this.timeframeMs = timeframeMs;
    const values = parameterValues(rules);
    const met = (condition: RuleCondition | null): Met =>
      condition === null ? () => false : this.condition(withValues(condition, values));
    this.rules = {
      longEntry: met(rules.longEntry),
      longExit: met(rules.longExit),
      shortEntry: met(rules.shortEntry),
      shortExit: met(rules.shortExit),
    };
  }

  /** Takes up the candles that have closed since the last call and gives what the newest one means. */
  update(): RuleSignals {
    const candles = this.context.candles(this.timeframeMs);
    let unseen = 0;
    while (unseen < candles.length && (candles.at(-1 - unseen)?.openTimeMs ?? 0) > this.seenMs) unseen += 1;
    for (let barsAgo = unseen - 1; barsAgo >= 0; barsAgo -= 1) {
      for (const crossing of this.crossings) crossing.see(barsAgo);
    }
    this.seenMs = candles.at(-1)?.openTimeMs ?? this.seenMs;
    const { rules } = this;
    const longEntry = rules.longEntry() === true;
    const longExit = rules.longExit() === true;
    const shortEntry = rules.shortEntry() === true;
    const shortExit = rules.shortExit() === true;
    // Entries of both sides at once, or together with their own exit, mean nothing.
    return {
      longEntry: longEntry && !longExit && !shortEntry,
      longExit,
      shortEntry: shortEntry && !shortExit && !longEntry,
      shortExit,
    };
  }

  private condition(condition: RuleCondition): Met {
    switch (condition.kind) {
      case 'not': {
        const of = this.condition(condition.of);
        return () => {
          const met = of();
          return met === undefined ? undefined : !met;
        };
      }
      case 'and':
      case 'or': {
        const [left, right] = [this.condition(condition.left), this.condition(condition.right)];
        const isAnd = condition.kind === 'and';
        return () => {
          const [first, second] = [left(), right()];
          if (first === undefined || second === undefined) return undefined;
          return isAnd ? first && second : first || second;
        };
      }
      case 'compare': {
        const [left, right] = [this.value(condition.left), this.value(condition.right)];
        const compare = comparisons[condition.operator];
        return () => {
          const [first, second] = [left(0), right(0)];
          return Number.isFinite(first) && Number.isFinite(second) ? compare(first, second) : undefined;
        };
      }
      case 'cross':
        return this.cross(this.value(condition.left), this.value(condition.right), condition.direction);
    }
  }

  private cross(left: ValueAt, right: ValueAt, direction: 'above' | 'below'): Met {
    const wanted = direction === 'above' ? 1 : -1;
    let side = 0;
    let met: boolean | undefined;
    this.crossings.push({
      see(barsAgo) {
        const [first, second] = [left(barsAgo), right(barsAgo)];
        const before = side;
        if (!Number.isFinite(first) || !Number.isFinite(second)) {
          side = 0;
          met = undefined;
          return;
        }
        if (first !== second) side = first > second ? 1 : -1;
        met = first !== second && side === wanted && before === -wanted;
      },
    });
    return () => met;
  }

  private value(value: RuleValue): ValueAt {
    switch (value.kind) {
      case 'number':
      case 'parameter': {
        const number = numberOf(value, {});
        return () => number;
      }
      case 'price':
        return this.price(value.column);
      case 'indicator': {
        const reader = this.context.indicator({ ...sourceOf(value), timeframeMs: this.timeframeMs });
        const { output } = value;
        return (barsAgo) => reader.value(output, barsAgo);
      }
      case 'ago': {
        const of = this.value(value.of);
        const bars = numberOf(value.bars, {});
        return (barsAgo) => of(barsAgo + bars);
      }
      case 'negate': {
        const of = this.value(value.of);
        return (barsAgo) => -of(barsAgo);
      }
      case 'arithmetic': {
        const [left, right] = [this.value(value.left), this.value(value.right)];
        const compute = arithmetic[value.operator];
        return (barsAgo) => compute(left(barsAgo), right(barsAgo));
      }
    }
  }

  private price(column: CandleColumn): ValueAt {
    const { context, timeframeMs } = this;
    return (barsAgo) => context.candles(timeframeMs).at(-1 - barsAgo)?.[column] ?? Number.NaN;
  }
}

/** An indicator whose parameters are numbers, as the engine asks for it. */
function sourceOf(value: IndicatorValue): IndicatorSource {
  const input = (source: SeriesSource) =>
    source.kind === 'price' ? source.column : { indicator: sourceOf(source), output: source.output };
  return {
    id: value.id,
    params: Object.fromEntries(
      Object.entries(value.params).map(([name, param]) => [name, numberOf(param, {})]),
    ),
    inputs: value.inputs.map(input),
  };
}

const comparisons = {
  '<': (left: number, right: number) => left < right,
  '<=': (left: number, right: number) => left <= right,
  '>': (left: number, right: number) => left > right,
  '>=': (left: number, right: number) => left >= right,
  '==': (left: number, right: number) => left === right,
  '!=': (left: number, right: number) => left !== right,
};

const arithmetic = {
  '+': (left: number, right: number) => left + right,
  '-': (left: number, right: number) => left - right,
  '*': (left: number, right: number) => left * right,
  '/': (left: number, right: number) => left / right,
};
