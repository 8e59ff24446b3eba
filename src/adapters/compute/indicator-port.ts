/**
 * Indicators for strategies: whole columns where the candles of a run are known beforehand, else a native stream that takes
 * one candle at a time. The catalogue gives the same bits either way.
 */

import type { IndicatorPort } from '../../engine/ports.ts';
import type { CandleColumn, IndicatorReader, IndicatorSource } from '../../engine/strategy/api.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import type { InstrumentId } from '../../shared/domain/nominal.ts';
import type { CandleColumns } from './addon.ts';
import {
  type CatalogueStream,
  createCatalogue,
  type IndicatorCatalogue,
  type IndicatorInfo,
} from './catalogue.ts';
import { ComputeError } from './compute-error.ts';
import { loadNative } from './native.ts';

/** Values of a stream that are kept, at least; as many as the kernel keeps candles. */
const keptMin = 4096;

/** Gives the candles a run has, from the first on, if they are known beforehand. */
export type KnownColumns = (instrument: InstrumentId, timeframeMs: number) => CandleColumns | undefined;

const isColumn = (name: string): name is CandleColumn =>
  ['open', 'high', 'low', 'close', 'volume'].includes(name);

/** Makes the port. Without `known` every indicator is a stream. */
export function createIndicatorPort(
  catalogue: IndicatorCatalogue,
  known: KnownColumns = () => undefined,
): IndicatorPort {
  const computed = new WeakMap<CandleColumns, Map<string, Readonly<Record<string, Float64Array>>>>();
  const columnsOf = (source: IndicatorSource, candles: CandleColumns) => {
    const kept = computed.get(candles) ?? new Map<string, Readonly<Record<string, Float64Array>>>();
    computed.set(candles, kept);
    const run = (wanted: IndicatorSource): Readonly<Record<string, Float64Array>> => {
      const key = JSON.stringify([wanted.id.toUpperCase(), wanted.params, wanted.inputs]);
      const before = kept.get(key);
      if (before !== undefined) return before;
      const info = infoOf(catalogue, wanted);
      const inputs = inputsOf(info, wanted).map(([name, input]) => {
        const column =
          typeof input === 'string' ? candles[input] : run(input.indicator)[checkedOutput(catalogue, input)];
        return [name, column as Float64Array] as const;
      });
      const { outputs } = catalogue.run(wanted.id, wanted.params, Object.fromEntries(inputs));
      kept.set(key, outputs);
      return outputs;
    };
    return run(source);
  };
  return {
    open(request, instrument, candles) {
      try {
        const columns = known(instrument, request.timeframeMs);
        return columns === undefined
          ? new StreamReader(new StreamNode(catalogue, request), candles)
          : new ColumnReader(columnsOf(request, columns), columns.openTimeMs, candles);
      } catch (error) {
        // The engine knows no errors of adapters.
        if (error instanceof ComputeError && error.code === 'BAD_ARGUMENT')
          throw new RangeError(error.message);
        throw error;
      }
    },
  };
}

/** The port of live and paper trading: streams of the native part, which is loaded when the first indicator is asked for. */
export function liveIndicators(): IndicatorPort {
  let port: IndicatorPort | undefined;
  return {
    open(request, instrument, candles) {
      port ??= createIndicatorPort(createCatalogue(loadNative()));
      return port.open(request, instrument, candles);
    },
  };
}

type Input = CandleColumn | { readonly indicator: IndicatorSource; readonly output: string };

function infoOf(catalogue: IndicatorCatalogue, source: IndicatorSource): IndicatorInfo {
  const info = catalogue.find(source.id);
  if (info === undefined) throw new RangeError(`there is no indicator "${source.id}"`);
  return info;
}

function inputsOf(info: IndicatorInfo, source: IndicatorSource): (readonly [string, Input])[] {
  const given = source.inputs;
  if (given !== undefined && given.length !== info.inputs.length)
    throw new RangeError(`${info.id} reads ${info.inputs.length} series, not ${given.length}`);
  return info.inputs.map((name, index) => {
    const input = given?.[index] ?? name;
    if (typeof input === 'string' && !isColumn(input))
      throw new RangeError(`${info.id} needs its series "${name}" named`);
    return [name, input as Input] as const;
  });
}

function checkedOutput(catalogue: IndicatorCatalogue, input: Exclude<Input, string>): string {
  const { outputs, id } = infoOf(catalogue, input.indicator);
  if (!outputs.includes(input.output)) throw new RangeError(`${id} has no output "${input.output}"`);
  return input.output;
}

function unknownOutput(output: string): never {
  throw new RangeError(`the indicator has no output "${output}"`);
}

/** Reads columns at the candle that has closed last. */
class ColumnReader implements IndicatorReader {
  private readonly outputs: Readonly<Record<string, Float64Array>>;
  private readonly timesMs: Float64Array;
  private readonly candles: () => readonly Candle[];
  private row = -1;

  constructor(
    outputs: Readonly<Record<string, Float64Array>>,
    timesMs: Float64Array,
    candles: () => readonly Candle[],
  ) {
    this.outputs = outputs;
    this.timesMs = timesMs;
    this.candles = candles;
  }

  value(output: string, barsAgo = 0): number {
    const column = this.outputs[output] ?? unknownOutput(output);
    const newestMs = this.candles().at(-1)?.openTimeMs ?? Number.NEGATIVE_INFINITY;
    while ((this.timesMs[this.row + 1] ?? Number.POSITIVE_INFINITY) <= newestMs) this.row += 1;
    return column[this.row - barsAgo] ?? Number.NaN;
  }
}

/** An indicator fed with candles, and those it reads. */
class StreamNode {
  private readonly stream: CatalogueStream;
  private readonly inputs: readonly (CandleColumn | { readonly node: StreamNode; readonly at: number })[];
  private readonly bar: Float64Array;
  readonly outputs: readonly string[];

  constructor(catalogue: IndicatorCatalogue, source: IndicatorSource) {
    const info = infoOf(catalogue, source);
    this.inputs = inputsOf(info, source).map(([, input]) => {
      if (typeof input === 'string') return input;
      const node = new StreamNode(catalogue, input.indicator);
      return { node, at: node.outputs.indexOf(checkedOutput(catalogue, input)) };
    });
    this.stream = catalogue.stream(source.id, source.params);
    this.bar = new Float64Array(this.inputs.length);
    this.outputs = info.outputs;
  }

  /** Gives the outputs on the next candle, in an array used again each time. */
  feed(candle: Candle): Float64Array {
    for (const [index, input] of this.inputs.entries()) {
      this.bar[index] =
        typeof input === 'string' ? candle[input] : (input.node.feed(candle)[input.at] as number);
    }
    return this.stream.update(this.bar);
  }

  reset(): void {
    this.stream.reset();
    for (const input of this.inputs) if (typeof input !== 'string') input.node.reset();
  }
}

/** Feeds a stream with every candle that has closed since it was read last. */
class StreamReader implements IndicatorReader {
  private readonly node: StreamNode;
  private readonly candles: () => readonly Candle[];
  private readonly history: number[][];
  private firstMs = Number.POSITIVE_INFINITY;
  private lastMs = Number.NEGATIVE_INFINITY;

  constructor(node: StreamNode, candles: () => readonly Candle[]) {
    this.node = node;
    this.candles = candles;
    this.history = node.outputs.map(() => []);
  }

  value(output: string, barsAgo = 0): number {
    const index = this.node.outputs.indexOf(output);
    const values = this.history[index] ?? unknownOutput(output);
    this.catchUp();
    return values.at(-1 - barsAgo) ?? Number.NaN;
  }

  private catchUp(): void {
    const candles = this.candles();
    const newest = candles.at(-1);
    const oldestMs = candles[0]?.openTimeMs ?? Number.POSITIVE_INFINITY;
    if (newest === undefined || (newest.openTimeMs === this.lastMs && oldestMs >= this.firstMs)) return;
    // Older candles that came late change everything after them.
    if (oldestMs < this.firstMs) {
      this.node.reset();
      for (const values of this.history) values.length = 0;
      this.firstMs = oldestMs;
      this.lastMs = Number.NEGATIVE_INFINITY;
    }
    let from = candles.length;
    while (from > 0 && (candles[from - 1] as Candle).openTimeMs > this.lastMs) from -= 1;
    for (const candle of candles.slice(from)) {
      const outputs = this.node.feed(candle);
      for (const [index, values] of this.history.entries()) values.push(outputs[index] as number);
    }
    this.lastMs = newest.openTimeMs;
    for (const values of this.history)
      if (values.length > 2 * keptMin) values.splice(0, values.length - keptMin);
  }
}
