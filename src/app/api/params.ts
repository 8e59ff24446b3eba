/** Parses strategy parameters on the trusted side; a refusal names the field. */

import { z } from 'zod';
import type { AnyStrategy, PlanMarket } from '../../engine/strategy/api.ts';
import { inputFault, keyHint } from '../../shared/api/input-fault.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { PlanViolation } from '../../shared/domain/plan.ts';
import { decidedByGiven, unusedParams } from './unused-params.ts';

/** Throws `bad-input` for the first fault of a failed parse; with an unknown key it tells the one meant, or the known ones. */
export function throwBadInput(error: z.ZodError, schema: z.ZodType, value: unknown, prefix = ''): never {
  const fault = inputFault(error, schema, value);
  const field = [prefix, ...fault.path.map(String)].filter(Boolean).join('.');
  const hint = keyHint(fault);
  throw new ApiError('bad-input', field === '' ? fault.reason : `${field}: ${fault.reason}`, {
    ...(field === '' ? {} : { field }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Gives the parsed parameters of a strategy, or throws `bad-input` naming `params.<field>`. */
export function parseParams(strategy: AnyStrategy, params: Readonly<Record<string, unknown>>): unknown {
  const parsed = strategy.params.safeParse(params);
  if (!parsed.success) throwBadInput(parsed.error, strategy.params, params, 'params');
  return parsed.data;
}

/**
 * Checks parameters of which some are left out, where no market is there to suggest them for: what is given must be good, what
 * is missing is not told. Throws `bad-input` as `parseParams` does.
 */
export function checkGivenParams(strategy: AnyStrategy, given: Readonly<Record<string, unknown>>): void {
  const parsed = strategy.params.safeParse(given);
  if (parsed.success) return;
  const issues = parsed.error.issues.filter(
    ({ code, path }) => code === 'unrecognized_keys' || Object.hasOwn(given, String(path[0])),
  );
  if (issues.length > 0) throwBadInput(new z.ZodError(issues), strategy.params, given, 'params');
}

/** Parameters of which none is missing. */
export interface CompleteParams {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly parsed: unknown;
  /** Warnings about given ones that do not count beside the others. */
  readonly unused: readonly PlanViolation[];
}

/**
 * Fills parameters that were left out with the strategy's own suggestion for the market, then parses the whole. A suggested
 * choice gives way where what was given counts only with another one: a size in percent makes sizes be in percent.
 */
export function completeParams(
  strategy: AnyStrategy,
  given: Readonly<Record<string, unknown>>,
  market: PlanMarket,
  /** What takes the place of suggestions where it is known better, such as the timeframe of the data. */
  known: Readonly<Record<string, unknown>> = {},
): CompleteParams {
  return completedParams(strategy, given, { ...suggestedParams(strategy, market), ...known });
}

/** What a strategy suggests for a market, by parameter. */
export function suggestedParams(
  strategy: AnyStrategy,
  market: PlanMarket,
): Readonly<Record<string, unknown>> {
  return strategy.suggest(market) as Readonly<Record<string, unknown>>;
}

/** As `completeParams`, with suggestions that are known already. */
export function completedParams(
  strategy: AnyStrategy,
  given: Readonly<Record<string, unknown>>,
  suggested: Readonly<Record<string, unknown>>,
): CompleteParams {
  const raw = { ...suggested, ...decidedByGiven(strategy, given, suggested), ...given };
  const parsed = parseParams(strategy, raw);
  return { raw, parsed, unused: unusedParams(strategy, given, { raw, suggested }) };
}
