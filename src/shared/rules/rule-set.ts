/**
 * Trading rules as data: when to enter and leave, and the levels an open position has. One object serves the strategy
 * `rules`, which runs it candle by candle, and the sweep path, which compiles it to columns. The text form is in
 * `parse-rule.ts` and `print-rule.ts`; `docs/rules.md` describes both for people.
 */

import { z } from 'zod';

/** Name of a parameter as it is written after `$`. */
export const parameterName = z.string().regex(/^[a-z][a-zA-Z0-9_]{0,39}$/, {
  message: 'a parameter name begins with a small letter and has at most 40 letters, digits and underscores',
});

export const priceColumns = ['open', 'high', 'low', 'close', 'volume'] as const;
export type PriceColumn = (typeof priceColumns)[number];

export const comparisonOperators = ['<', '<=', '>', '>=', '==', '!='] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

export const arithmeticOperators = ['+', '-', '*', '/'] as const;
export type ArithmeticOperator = (typeof arithmeticOperators)[number];

/** A number written down, or the value a parameter has in this run. */
export type NumberSource =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'parameter'; readonly name: string };

/** What an indicator reads: a price column or another indicator. */
export type SeriesSource = PriceValue | IndicatorValue;

export interface PriceValue {
  readonly kind: 'price';
  readonly column: PriceColumn;
}

/** An indicator of the catalogue. Parameters that are left out have their default. */
export interface IndicatorValue {
  readonly kind: 'indicator';
  /** Name in the catalogue, upper case. */
  readonly id: string;
  /** One series for each input of the indicator, in its order. */
  readonly inputs: readonly SeriesSource[];
  readonly params: Readonly<Record<string, NumberSource>>;
  /** Name of the output that is meant. */
  readonly output: string;
}

/** A number for every candle; NaN where it is not known. */
export type RuleValue =
  | NumberSource
  | SeriesSource
  /** The value some candles ago. */
  | { readonly kind: 'ago'; readonly of: RuleValue; readonly bars: NumberSource }
  | { readonly kind: 'negate'; readonly of: RuleValue }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: RuleValue;
      readonly right: RuleValue;
    };

/**
 * Yes or no for every candle. A condition in which any value is NaN or infinite is not met, whatever is around it: a
 * rule never trades on what it does not know.
 */
export type RuleCondition =
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: RuleValue;
      readonly right: RuleValue;
    }
  /**
   * `above`: left is greater now, and on the last candle on which the two differed it was smaller. Candles on which
   * they are equal keep the side from before, so that a tie never makes a trade.
   */
  | {
      readonly kind: 'cross';
      readonly direction: 'above' | 'below';
      readonly left: RuleValue;
      readonly right: RuleValue;
    }
  | { readonly kind: 'and'; readonly left: RuleCondition; readonly right: RuleCondition }
  | { readonly kind: 'or'; readonly left: RuleCondition; readonly right: RuleCondition }
  | { readonly kind: 'not'; readonly of: RuleCondition };

const numberSource: z.ZodType<NumberSource> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('number'), value: z.number() }),
  z.strictObject({ kind: z.literal('parameter'), name: parameterName }),
]);

const seriesSource: z.ZodType<SeriesSource> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('price'), column: z.enum(priceColumns) }),
    z.strictObject({
      kind: z.literal('indicator'),
      id: z.string().regex(/^[A-Z0-9_]{1,40}$/),
      inputs: z.array(seriesSource).min(1).max(8),
      params: z.record(z.string().max(40), numberSource),
      output: z.string().max(40),
    }),
  ]),
);

export const ruleValue: z.ZodType<RuleValue> = z.lazy(() =>
  z.union([
    numberSource,
    seriesSource,
    z.strictObject({ kind: z.literal('ago'), of: ruleValue, bars: numberSource }),
    z.strictObject({ kind: z.literal('negate'), of: ruleValue }),
    z.strictObject({
      kind: z.literal('arithmetic'),
      operator: z.enum(arithmeticOperators),
      left: ruleValue,
      right: ruleValue,
    }),
  ]),
);

export const ruleCondition: z.ZodType<RuleCondition> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('compare'),
      operator: z.enum(comparisonOperators),
      left: ruleValue,
      right: ruleValue,
    }),
    z.strictObject({
      kind: z.literal('cross'),
      direction: z.enum(['above', 'below']),
      left: ruleValue,
      right: ruleValue,
    }),
    z.strictObject({ kind: z.literal('and'), left: ruleCondition, right: ruleCondition }),
    z.strictObject({ kind: z.literal('or'), left: ruleCondition, right: ruleCondition }),
    z.strictObject({ kind: z.literal('not'), of: ruleCondition }),
  ]),
);

/** A parameter `$name`: the value it has, and the range an optimiser may search. */
export const ruleParameter = z.strictObject({
  name: parameterName,
  value: z.number(),
  space: z
    .strictObject({ from: z.number(), to: z.number(), step: z.number().positive().optional() })
    .refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be smaller than from' })
    .optional(),
});
export type RuleParameter = z.infer<typeof ruleParameter>;

/**
 * A level or limit of a trade: a number, or `scale` times a parameter (0.01 for a parameter in percent). Ratios are
 * used to nine digits after the point. Zero switches stops, targets, trailing, activation, limit of bars and cooldown off.
 */
export const ruleAmount = z.union([
  z.number().min(0),
  z.strictObject({ parameter: parameterName, scale: z.number().positive().default(1) }),
]);
export type RuleAmount = z.infer<typeof ruleAmount>;

/** One step of the table of profits that suffice: from `afterBars` candles after the entry on, `ratio` is enough. */
export const roiStep = z.strictObject({
  afterBars: z.number().int().min(0).max(1_000_000),
  ratio: z.number().min(0).max(1000),
});
export type RoiStep = z.infer<typeof roiStep>;

/**
 * How large an entry is: a value in quote currency, or a fraction of the account's equity (times its leverage), of which fee,
 * slippage and reserve are taken off. The `notional` kinds are the value of the goods alone, cut to what the money pays for
 * with its fee and the reserve.
 */
export const ruleSize = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('quote'), amount: ruleAmount }),
  z.strictObject({ kind: z.literal('fraction'), fraction: ruleAmount }),
  z.strictObject({ kind: z.literal('notional-quote'), amount: ruleAmount }),
  z.strictObject({ kind: z.literal('notional-fraction'), fraction: ruleAmount }),
]);
export type RuleSize = z.infer<typeof ruleSize>;

/** Everything a rule strategy is. Ratios are fractions of the entry price: 0.02 is 2 %. */
export const ruleSet = z.strictObject({
  parameters: z.array(ruleParameter).max(40).default([]),
  longEntry: ruleCondition.nullable().default(null),
  longExit: ruleCondition.nullable().default(null),
  shortEntry: ruleCondition.nullable().default(null),
  shortExit: ruleCondition.nullable().default(null),
  stop: ruleAmount.default(0),
  target: ruleAmount.default(0),
  /** Distance of the stop from the best price of closed candles. */
  trailing: ruleAmount.default(0),
  /** Profit the best price must have reached before the trailing stop begins. */
  activation: ruleAmount.default(0),
  /** By rising `afterBars`. */
  roi: z.array(roiStep).max(40).default([]),
  maxBars: ruleAmount.default(0),
  cooldownBars: ruleAmount.default(0),
  size: ruleSize.default({ kind: 'fraction', fraction: 1 }),
  /** Share of the money an entry leaves untouched; null: what the fill convention needs. */
  reserve: z.number().min(0).max(0.5).nullable().default(null),
});
export type RuleSet = z.output<typeof ruleSet>;
export type RuleSetInput = z.input<typeof ruleSet>;

/** A rule set in which everything is left out. */
const emptyRuleSet: RuleSet = ruleSet.parse({});

/** Gives a rule set of parts that are known to be good: what the schema would give, without its check. */
export function ruleSetFrom(parts: Partial<RuleSet>): RuleSet {
  return { ...emptyRuleSet, ...parts };
}
