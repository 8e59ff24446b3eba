/** Parameters that count only beside a value of another one: a size in percent where sizes are in percent. */

import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { ParamForm } from '../../engine/strategy/params.ts';
import type { PlanViolation } from '../../shared/domain/plan.ts';
import { namedStrategyParams } from '../views/strategy-params.ts';

type Params = Readonly<Record<string, unknown>>;
type Condition = NonNullable<ParamForm['showWhen']>;

/** The given parameters that depend on another one. */
function dependentOf(strategy: AnyStrategy, given: Params): { name: string; condition: Condition }[] {
  return (namedStrategyParams(strategy) ?? []).flatMap(({ meta, name }) => {
    const condition = meta.form?.showWhen;
    return condition === undefined || given[name] === undefined ? [] : [{ name, condition }];
  });
}

function holds({ field, in: values }: Condition, params: Params): boolean {
  return values.includes(params[field] as string | boolean);
}

/**
 * Gives values for deciding parameters that were only suggested, by which all that was given counts. One that is given stays, as
 * does one for which no single value uses everything.
 */
export function decidedByGiven(strategy: AnyStrategy, given: Params, suggested: Params): Params {
  const dependent = dependentOf(strategy, given).filter(
    // The length of candles alone is no wish for what would read them.
    ({ condition, name }) => given[condition.field] === undefined && name !== 'timeframe',
  );
  const decided: Record<string, unknown> = {};
  for (const { condition } of dependent) {
    const { field } = condition;
    const conditions = dependent.flatMap((one) => (one.condition.field === field ? [one.condition] : []));
    if (conditions.every((one) => holds(one, suggested))) continue;
    const [value, ...others] = condition.in.filter((one) =>
      conditions.every((other) => other.in.includes(one)),
    );
    if (value !== undefined && others.length === 0) decided[field] = value;
  }
  return decided;
}

/**
 * Tells the given parameters that do not count. A whole set, such as a report or a study gives, also has those that do not: what
 * equals the suggestion there was nobody's wish.
 */
export function unusedParams(
  strategy: AnyStrategy,
  given: Params,
  { raw, suggested }: { readonly raw: Params; readonly suggested: Params },
): PlanViolation[] {
  const isWhole = Object.entries(suggested).every(
    ([name, value]) => value === undefined || given[name] !== undefined,
  );
  return dependentOf(strategy, given).flatMap(({ condition, name }) => {
    if (holds(condition, raw) || (isWhole && given[name] === suggested[name])) return [];
    const { field, in: values } = condition;
    const message = `${name} ${given[name]} is not used: it needs ${field} ${values.join(' or ')}, and that is ${raw[field]}`;
    return [{ code: 'UNUSED_PARAM', field: name, message, severity: 'warning' as const }];
  });
}

/**
 * Tells which searched parameters cannot count: what decides about them is not searched itself and has another value. What
 * `params` do not say is not judged.
 */
export function uselessSearches(
  strategy: AnyStrategy,
  searched: readonly string[],
  params: Params,
): { readonly name: string; readonly reason: string; readonly advice: string }[] {
  const names = Object.fromEntries(searched.map((name) => [name, true]));
  return dependentOf(strategy, names).flatMap(({ condition, name }) => {
    const { field, in: values } = condition;
    if (names[field] !== undefined || params[field] === undefined || holds(condition, params)) return [];
    const wanted = values.join(' or ');
    return [
      {
        name,
        reason: `searching it has no effect: it needs ${field} ${wanted}, and that is ${params[field]}`,
        advice: `Give ${field} ${wanted} among the parameters, or search ${field} as well.`,
      },
    ];
  });
}
