/** Parameters of the market makers that the native replay of order books has built in: which there are, and what is to be tried. */

import type { L2ParameterSet } from '../../adapters/compute/l2.ts';
import { ApiError } from '../../shared/api/result.ts';

const combinationsMaximum = 100_000;

/** One value a parameter. */
export type ReplayParams = Readonly<Record<string, number>>;

/** What each strategy needs; `?` marks what has a default. */
const parameterNames: Readonly<Record<string, readonly string[]>> = {
  grid: ['levels', 'intervalTicks?', 'relativeInterval?', 'halfSpreadIntervals?', 'size', 'maxPosition'],
  quoter: ['riskAversion', 'arrivalDecay', 'horizonS', 'halfLifeS', 'requoteTicks', 'size', 'maxPosition'],
};

/** Reads the parameters: a number, or a list of numbers to try. */
function readValues(
  strategy: string,
  given: Readonly<Record<string, unknown>>,
): Record<string, readonly number[]> {
  const names = Object.hasOwn(parameterNames, strategy) ? parameterNames[strategy] : undefined;
  if (names === undefined) {
    const known = Object.keys(parameterNames).join(', ');
    throw new ApiError('bad-input', `strategy: "${strategy.slice(0, 60)}" is not one of ${known}`, {
      field: 'strategy',
    });
  }
  const values: Record<string, readonly number[]> = {};
  for (const [name, value] of Object.entries(given)) {
    const field = `params.${name}`;
    if (!names.includes(name) && !names.includes(`${name}?`)) {
      const hint = `Its parameters: ${names.map((known) => known.replace('?', '')).join(', ')}`;
      throw new ApiError('bad-input', `params: ${strategy} has no "${name}"`, { field, hint });
    }
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isSound =
      list.length > 0 && list.every((item) => typeof item === 'number' && Number.isFinite(item));
    if (!isSound)
      throw new ApiError('bad-input', `params: ${name} must be a number or a list of numbers`, { field });
    values[name] = list as readonly number[];
  }
  const missing = names.find((name) => !name.endsWith('?') && values[name] === undefined);
  if (missing !== undefined) {
    throw new ApiError('bad-input', `params: ${strategy} needs "${missing}"`, { field: `params.${missing}` });
  }
  if (
    strategy === 'grid' &&
    (values['intervalTicks'] === undefined) === (values['relativeInterval'] === undefined)
  ) {
    throw new ApiError('bad-input', 'params: grid needs either "intervalTicks" or "relativeInterval"', {
      field: 'params.intervalTicks',
    });
  }
  return values;
}

/**
 * Gives every combination of the values given, each a number or a list of numbers to try. Throws `ApiError` `bad-input` naming the
 * parameter.
 */
export function replayCombinations(
  strategy: string,
  given: Readonly<Record<string, unknown>>,
): ReplayParams[] {
  const values = readValues(strategy, given);
  const count = Object.values(values).reduce((product, list) => product * list.length, 1);
  if (count > combinationsMaximum) {
    throw new ApiError('bad-input', `params: ${count} combinations are more than ${combinationsMaximum}`, {
      field: 'params',
    });
  }
  let combinations: ReplayParams[] = [{}];
  for (const [name, list] of Object.entries(values)) {
    combinations = combinations.flatMap((known) => list.map((value) => ({ ...known, [name]: value })));
  }
  return combinations;
}

/** Gives what the native replay is told of a combination. */
export function replaySet(strategy: string, params: ReplayParams): L2ParameterSet {
  const { intervalTicks, relativeInterval, ...rest } = params;
  if (strategy === 'quoter') return { strategy, ...rest } as unknown as L2ParameterSet;
  const interval = intervalTicks === undefined ? { relative: relativeInterval } : { ticks: intervalTicks };
  return { strategy, interval, ...rest } as unknown as L2ParameterSet;
}
