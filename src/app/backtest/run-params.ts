/** The whole parameters of a run, as its reports tell them. */

import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { SeriesParams } from '../../shared/lab/run-params.ts';
import { namedStrategyParams, type StrategyParam } from '../views/strategy-params.ts';

/** Gives what the series at `index` runs with; `given` is what the specification says. */
export function seriesParams(
  strategy: AnyStrategy,
  index: number,
  given: Readonly<Record<string, unknown>>,
  { parsed, raw }: { readonly parsed: unknown; readonly raw: Readonly<Record<string, unknown>> },
): SeriesParams {
  // Defaults of the schema are in what was parsed alone.
  const all: Readonly<Record<string, unknown>> = { ...(parsed as Record<string, unknown>), ...raw };
  const values: Record<string, unknown> = {};
  const fields: SeriesParams['fields'] = [];
  const unnamed = (name: string): Pick<StrategyParam, 'name' | 'meta'> => ({ name, meta: {} });
  for (const { meta, name } of namedStrategyParams(strategy) ?? Object.keys(all).map(unnamed)) {
    if (all[name] === undefined) continue;
    values[name] = all[name];
    const { label, showWhen, unit } = meta.form ?? { label: name, unit: '' };
    const isUsed = showWhen === undefined || showWhen.in.includes(all[showWhen.field] as string | boolean);
    if (isUsed) fields.push({ name, label, unit });
  }
  const suggested = Object.keys(values).filter((name) => given[name] === undefined);
  return { instruments: [index], values, suggested, fields };
}

/** Gives the parameters of a run, series with the same ones together. */
export function paramsOfRun(bots: readonly { readonly params: SeriesParams }[]): SeriesParams[] {
  const groups = new Map<string, SeriesParams>();
  for (const { params } of bots) {
    const key = JSON.stringify([params.values, params.suggested]);
    const same = groups.get(key);
    groups.set(key, { ...params, instruments: [...(same?.instruments ?? []), ...params.instruments] });
  }
  return [...groups.values()];
}
