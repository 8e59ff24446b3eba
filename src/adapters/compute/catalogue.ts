/**
 * Every indicator of the catalogue by name: what it is, a run over columns, a stream of bars. Names, defaults and outputs are
 * TA-Lib's where it has the function; each `formula` names the convention where tools differ. Definitions:
 * `native/crates/core/src/indicators/catalogue`.
 */

import type { AddonIndicatorInfo, NativeAddon } from './addon.ts';
import { ComputeError, computing } from './compute-error.ts';

export type IndicatorInfo = AddonIndicatorInfo;

/** Values by parameter name; those left out have their default. */
export type IndicatorParams = Readonly<Record<string, number>>;

/** What a run gives: one column an output, NaN while warming up. */
export interface IndicatorRun {
  readonly outputs: Readonly<Record<string, Float64Array>>;
  /** Bars before all outputs are known. */
  readonly warmUpBars: number;
}

/** An indicator that takes one bar at a time. */
export interface CatalogueStream {
  readonly info: IndicatorInfo;
  readonly warmUpBars: number;
  /** Takes the inputs of the next bar in the order of `info.inputs`; gives its outputs, in an array used again each time. */
  update(bar: Float64Array): Float64Array;
  /** Starts again as if new. */
  reset(): void;
}

/** Thrown for a parameter that cannot be; `param` names it. */
export class IndicatorParamError extends ComputeError {
  readonly param: string;

  constructor(param: string, message: string) {
    super('BAD_ARGUMENT', message);
    this.param = param;
  }
}

/** The catalogue of a loaded addon. */
export interface IndicatorCatalogue {
  readonly indicators: readonly IndicatorInfo[];
  /** The indicator with this name or alias, upper or lower case. */
  find(id: string): IndicatorInfo | undefined;
  /** Runs over columns of one length. Throws `IndicatorParamError`, or `ComputeError` (`BAD_ARGUMENT`). */
  run(id: string, params: IndicatorParams, inputs: Readonly<Record<string, Float64Array>>): IndicatorRun;
  /**
   * Runs several parameter sets over the same columns; gives the outputs of each, equal to those of `run`. Recurrences (EMA,
   * RSI, ATR, MACD…) go eight sets at once. Throws as `run`.
   */
  runLanes(
    id: string,
    paramSets: readonly IndicatorParams[],
    inputs: Readonly<Record<string, Float64Array>>,
  ): readonly IndicatorRun['outputs'][];
  /** Throws as `run`. */
  stream(id: string, params: IndicatorParams): CatalogueStream;
}

/** Gives the catalogue of a loaded addon. */
export function createCatalogue(addon: NativeAddon): IndicatorCatalogue {
  const indicators = computing(() => addon.listIndicators());
  const byName = new Map<string, IndicatorInfo>();
  for (const info of indicators) {
    for (const name of [info.id, ...info.aliases]) byName.set(name.toUpperCase(), info);
  }
  const find = (id: string): IndicatorInfo | undefined => byName.get(id.toUpperCase());
  const known = (id: string): IndicatorInfo => {
    const info = find(id);
    if (info === undefined) throw new ComputeError('BAD_ARGUMENT', `there is no indicator "${id}"`);
    return info;
  };
  const inputColumns = (
    info: IndicatorInfo,
    inputs: Readonly<Record<string, Float64Array>>,
  ): Float64Array[] =>
    info.inputs.map((name) => {
      const column = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      if (column === undefined)
        throw new ComputeError('BAD_ARGUMENT', `${info.id} needs the column "${name}"`);
      return column;
    });
  const emptyOutputs = (info: IndicatorInfo, columns: readonly Float64Array[]) =>
    info.outputs.map((name) => [name, new Float64Array(columns[0]?.length ?? 0)] as const);
  return {
    indicators,
    find,
    run(id, params, inputs) {
      const info = known(id);
      const values = orderedParams(info, params);
      const columns = inputColumns(info, inputs);
      const results = emptyOutputs(info, columns);
      const warmUpBars = computing(() =>
        addon.runIndicator(
          info.id,
          values,
          columns,
          results.map(([, column]) => column),
        ),
      );
      return { outputs: Object.fromEntries(results), warmUpBars };
    },
    runLanes(id, paramSets, inputs) {
      const info = known(id);
      const values = paramSets.map((params) => orderedParams(info, params));
      const columns = inputColumns(info, inputs);
      const results = paramSets.map(() => emptyOutputs(info, columns));
      computing(() =>
        addon.runIndicatorLanes(
          info.id,
          values,
          columns,
          results.flatMap((outputs) => outputs.map(([, column]) => column)),
        ),
      );
      return results.map((outputs) => Object.fromEntries(outputs));
    },
    stream(id, params) {
      const info = known(id);
      const values = orderedParams(info, params);
      const stream = computing(() => new addon.IndicatorStream(info.id, values));
      const out = new Float64Array(info.outputs.length);
      return {
        info,
        warmUpBars: stream.warmUpBars,
        update(bar) {
          computing(() => stream.update(bar, out));
          return out;
        },
        reset: () => stream.reset(),
      };
    },
  };
}

/** The parameters in the order of the definition, checked one by one so that the error can name the one at fault. */
function orderedParams(info: IndicatorInfo, params: IndicatorParams): Float64Array {
  const names = info.params.map(({ name }) => name);
  for (const name of Object.keys(params)) {
    if (names.includes(name)) continue;
    const has = names.length === 0 ? 'no parameters' : names.join(', ');
    throw new IndicatorParamError(name, `${info.id} has no parameter "${name}"; it has ${has}`);
  }
  return Float64Array.from(info.params, ({ name, defaultValue, minimum, maximum, whole }) => {
    const value = Object.hasOwn(params, name) ? params[name] : defaultValue;
    const isWithin = typeof value === 'number' && value >= minimum && value <= maximum;
    if (isWithin && (!whole || Number.isInteger(value))) return value;
    const kind = whole ? 'a whole number' : 'a number';
    throw new IndicatorParamError(name, `${name} must be ${kind} from ${minimum} to ${maximum}`);
  });
}
