/**
 * The search space of a strategy: what its own schema offers, changed by what the user asked for. A dimension that the
 * strategy could not take is refused before anything runs.
 */

import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { ParamForm } from '../../engine/strategy/params.ts';
import { issueWords } from '../../shared/api/issue-words.ts';
import { ApiError } from '../../shared/api/result.ts';
import { type Dimension, decimalTextOf, dimension, type SearchValue } from '../../shared/lab/search-space.ts';
import { isWholeNamedValue, namedValues, withNamedValues } from '../../shared/rules/named-values.ts';
import type { RuleParameter } from '../../shared/rules/rule-set.ts';
import { type StrategyParam, strategyParams } from '../views/strategy-params.ts';

/** What the user may say of one parameter: a range, options, or `false` to leave it fixed. */
export type SpaceChange =
  | false
  | {
      readonly from: number;
      readonly to: number;
      readonly step?: number | undefined;
      readonly log?: boolean | undefined;
    }
  | { readonly options: readonly (string | boolean | number)[] };

const textFormats: ReadonlySet<string> = new Set(['price', 'amount', 'percent', 'factor']);

/**
 * Gives the dimensions to search. Without `changes`, every parameter for which the schema names a space; with them,
 * those named are changed or added and `false` leaves one out. `only` keeps just these names. Throws `bad-input` naming
 * the parameter.
 */
export function strategySpace(
  strategy: AnyStrategy,
  fixed: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, SpaceChange>> = {},
  only?: readonly string[],
): Dimension[] {
  const params = [...strategyParams(strategy), ...namedParams(strategy, fixed)];
  const known = new Map(params.map((param) => [param.name, param]));
  for (const name of [...Object.keys(changes), ...(only ?? [])]) {
    if (known.has(name)) continue;
    refuse(name, `${strategy.id} has no parameter "${name}"; it has ${[...known.keys()].join(', ')}`);
  }
  const dimensions: Dimension[] = [];
  for (const param of params) {
    const change = Object.hasOwn(changes, param.name) ? changes[param.name] : undefined;
    if (change === false) continue;
    const isWanted = only === undefined || only.includes(param.name);
    if (change === undefined && !isWanted) continue;
    const isFixed = Object.hasOwn(fixed, param.name);
    if (change === undefined && only === undefined && isFixed) continue;
    const found = change === undefined ? ownDimension(param) : changedDimension(param, change);
    if (found !== undefined) dimensions.push(checked(param, found));
    else if (only !== undefined) {
      refuse(param.name, 'has no space of its own: give it a range, for example {"from":1,"to":5,"step":1}');
    }
  }
  return dimensions;
}

/** The parameter whose text names values of its own; undefined where the strategy has none. */
export function namedValuesField(strategy: AnyStrategy): string | undefined {
  return strategyParams(strategy).find(({ meta }) => meta.form?.namesValues === true)?.name;
}

/** Values that a text among the fixed parameters names, as parameters: `$fast`. One with a range offers it. */
function namedParams(strategy: AnyStrategy, fixed: Readonly<Record<string, unknown>>): StrategyParam[] {
  const field = namedValuesField(strategy);
  if (field === undefined) return [];
  return namedValues(fixed[field]).map((named) => ({
    name: `$${named.name}`,
    required: false,
    meta: {
      format: isWholeNamedValue(named) ? ('integer' as const) : ('factor' as const),
      form: {
        label: `$${named.name}`,
        group: '',
        help: '',
        unit: '',
        updatable: false,
        space: plainSpace(named.space),
      },
    },
  }));
}

function plainSpace(space: RuleParameter['space']): ParamForm['space'] {
  if (space === undefined) return undefined;
  const { from, step, to } = space;
  return step === undefined ? { from, to } : { from, to, step };
}

/** The dimension the schema itself offers; undefined when it names none. */
function ownDimension(param: StrategyParam): Dimension | undefined {
  const { form, format } = param.meta;
  if (form?.space === undefined) return undefined;
  const { from, to, step } = form.space;
  return format === 'integer'
    ? { kind: 'integer', name: param.name, from, to, step: step ?? 1 }
    : { kind: 'decimal', name: param.name, from, to, log: false, ...(step === undefined ? {} : { step }) };
}

function changedDimension(param: StrategyParam, change: Exclude<SpaceChange, false>): unknown {
  const { name } = param;
  const { format, options } = param.meta;
  if ('options' in change) {
    if (format === 'switch') return { kind: 'boolean', name };
    if (format !== 'choice') refuse(name, 'takes a range {"from":…,"to":…}, not options');
    const wanted = change.options.map(String);
    const unknown = wanted.find((option) => options?.includes(option) !== true);
    if (unknown !== undefined) refuse(name, `has no option "${unknown}"; it has ${options?.join(', ')}`);
    return { kind: 'categorical', name, options: wanted };
  }
  if (format === 'choice' || format === 'switch') refuse(name, 'takes options, not a range');
  if (format === 'integer') return { kind: 'integer', name, ...change };
  return { kind: 'decimal', name, ...change };
}

/** Checks a dimension by its schema and against the bounds of the parameter. */
function checked(param: StrategyParam, found: unknown): Dimension {
  const parsed = dimension.safeParse(found);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const words = issue === undefined ? 'is not a range' : issueWords(issue, found);
    refuse(param.name, [issue?.path.join('.') ?? '', words].filter((part) => part !== '').join(': '));
  }
  const { data } = parsed;
  if (data.kind !== 'integer' && data.kind !== 'decimal') return data;
  const { minimum, maximum } = param.meta;
  if (minimum !== undefined && data.from < Number(minimum)) {
    refuse(param.name, `from ${data.from} lies below the smallest allowed value ${minimum}`);
  }
  if (maximum !== undefined && data.to > Number(maximum)) {
    refuse(param.name, `to ${data.to} lies above the largest allowed value ${maximum}`);
  }
  return data;
}

function refuse(name: string, message: string): never {
  throw new ApiError('bad-input', `spaces.${name}: ${message}`, { field: `spaces.${name}` });
}

/** Gives the parameters of a trial: the fixed ones with the searched values, as the schema wants them written. */
export function trialParams(
  strategy: AnyStrategy,
  fixed: Readonly<Record<string, unknown>>,
  dimensions: readonly Dimension[],
  values: readonly SearchValue[],
): Record<string, unknown> {
  const formats = new Map(strategyParams(strategy).map(({ name, meta }) => [name, meta.format]));
  const found: Record<string, unknown> = {};
  dimensions.forEach(({ name }, index) => {
    const value = values[index] as SearchValue;
    const isText = typeof value === 'number' && textFormats.has(formats.get(name) ?? '');
    found[name] = isText ? decimalTextOf(value) : value;
  });
  return withNamedValues(fixed, found, namedValuesField(strategy));
}
