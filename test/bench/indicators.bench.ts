/**
 * Every indicator that TA-Lib has too, over a million bars with its defaults, the call included: our time beside TA-Lib's
 * after the sums of the outputs agree. And eight parameter sets at once beside eight calls of TA-Lib, which takes them one
 * after another, and beside eight single runs of our own, whose bits they must have.
 *
 * The bars are those of the peers' scripts: the recorded 5-minute file forward, then backward, and so on. TA-Lib's times are
 * the recorded ones (of another machine), or measured in turn with ours, four times, when `SEXTANT_PEERS_DIR` is set.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CandleColumns, NativeAddon } from '../../src/adapters/compute/addon.ts';
import { CandleStore } from '../../src/adapters/compute/candle-store.ts';
import {
  createCatalogue,
  type IndicatorCatalogue,
  type IndicatorInfo,
} from '../../src/adapters/compute/catalogue.ts';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { sharedDataFile } from '../adapters/venues/support/shared-data.ts';
import { type BenchRow, costRow, rateRow } from './bench-row.ts';
import { measuredTalib, recordedTalib, type TalibFunction } from './talib-reference.ts';

const bars = 1_000_000;
/** Calls of a pass. TA-Lib's script takes as many. */
const repeats = 7;
/** Passes of each program, in turn: a machine that others share is slow for seconds at a time. */
const passes = 4;
const fields = ['open', 'high', 'low', 'close', 'volume'] as const;
type Columns = Readonly<Record<string, Float64Array>>;

/** Forward, then backward with open and close swapped, and so on, as the peers' `common.extend`. */
function pingPong(candleFile: string): Columns {
  const lines = gunzipSync(readFileSync(candleFile)).toString('latin1').trim().split('\n').slice(1);
  const rows = lines.map((line) => line.split(',').slice(1, 6).map(Number));
  const turned = { open: 'close', high: 'high', low: 'low', close: 'open', volume: 'volume' } as const;
  return Object.fromEntries(
    fields.map((field) => {
      const forward = rows.map((row) => row[fields.indexOf(field)] as number);
      const backward = rows.map((row) => row[fields.indexOf(turned[field])] as number).reverse();
      const pair = [...forward, ...backward];
      return [field, Float64Array.from({ length: bars }, (_, row) => pair[row % pair.length] as number)];
    }),
  );
}

/** The columns as the product has them: written to a candle file and read again. */
async function stored(addon: NativeAddon, columns: Columns): Promise<Columns> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-indicators-'));
  const store = new CandleStore(addon, folder);
  try {
    const series = { venue: 'bench', symbol: 'BTC/USDT', timeframeMs: 300_000 };
    const openTimeMs = Float64Array.from({ length: bars }, (_, row) => row * 300_000);
    await store.append(series, { ...columns, openTimeMs } as CandleColumns);
    return { ...store.read(series) };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The inputs of a function, as `talib_all.py` makes them. */
function inputsOf(info: IndicatorInfo, columns: Columns): Float64Array[] {
  const column = (name: string): Float64Array => columns[name] as Float64Array;
  if (info.id === 'ACOS' || info.id === 'ASIN') {
    const [high, low, close] = [column('high'), column('low'), column('close')];
    const place = (value: number, row: number): number => {
      const range = Math.max((high[row] as number) - (low[row] as number), 1e-12);
      return Math.min(Math.max((value - (low[row] as number)) / range, 0), 1) * 2 - 1;
    };
    return [close.map(place)];
  }
  if (['EXP', 'SINH', 'COSH'].includes(info.id)) return [column('close').map(Math.log)];
  return info.inputs.map((name) =>
    name === 'periods' ? Float64Array.from({ length: bars }, (_, row) => 2 + (row % 29)) : column(name),
  );
}

/** Sum of the known values, and of their sizes. */
function sums(values: Float64Array): { sum: number; size: number } {
  let sum = 0;
  let size = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    size += Math.abs(value);
  }
  return { sum, size };
}

/** Nanoseconds a bar of the fastest of some calls. */
function fastest(call: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < repeats; round += 1) {
    const start = process.hrtime.bigint();
    call();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / bars);
  }
  return best;
}

/** What measures our time for a function, given only when its sums agree with TA-Lib's. */
function measured(
  addon: NativeAddon,
  info: IndicatorInfo,
  peer: TalibFunction,
  columns: Columns,
): () => number {
  const inputs = inputsOf(info, columns);
  const params = Float64Array.from(info.params, ({ defaultValue }) => defaultValue);
  const outputs = info.outputs.map(() => new Float64Array(bars));
  addon.runIndicator(info.id, params, inputs, outputs);
  for (const [index, { name, sum }] of peer.outputs.entries()) {
    const found = sums(outputs[index] as Float64Array);
    // Of equal extremes TA-Lib takes now the first, now the last.
    const tolerance = /INDEX$/.test(info.id) ? 1e-7 : 1e-9;
    if (!(Math.abs(found.sum - sum) <= tolerance * Math.max(found.size, 1)))
      throw new Error(`${info.id} ${name} adds up to ${found.sum}, TA-Lib's to ${sum}`);
  }
  return () => {
    const results = info.outputs.map(() => new Float64Array(bars));
    return fastest(() => addon.runIndicator(info.id, params, inputs, results));
  };
}

/** TA-Lib's fastest time for each function, in nanoseconds a bar. */
type PeerTimes = ReadonlyMap<string, number>;

function peerRows(
  addon: NativeAddon,
  catalogue: IndicatorCatalogue,
  columns: Columns,
  candleFile: string,
): { rows: BenchRow[]; peers: PeerTimes } {
  const peersFolder = join(dirname(candleFile), '../../peers');
  const measuredFirst = measuredTalib(peersFolder, candleFile);
  const recorded = measuredFirst ?? recordedTalib(peersFolder);
  if (recorded === undefined) {
    process.stderr.write(`indicators: no figures of TA-Lib in ${peersFolder}, nothing to compare with\n`);
    return { rows: [], peers: new Map() };
  }
  const functions = recorded.flatMap((peer) => {
    const info = catalogue.find(peer.name);
    return info === undefined ? [] : [{ name: peer.name, measure: measured(addon, info, peer, columns) }];
  });
  const ours = new Map<string, number>();
  const peers = new Map<string, number>();
  const keepLeast = (times: Map<string, number>, name: string, time: number): unknown =>
    times.set(name, Math.min(time, times.get(name) ?? time));
  for (let pass = 0; pass < passes; pass += 1) {
    const theirs =
      pass === 0 || measuredFirst === undefined ? recorded : measuredTalib(peersFolder, candleFile);
    for (const { name, nsPerBar } of theirs ?? []) keepLeast(peers, name, nsPerBar);
    for (const { name, measure } of functions) keepLeast(ours, name, measure());
  }
  const ratios = [...peers]
    .flatMap(([name, nsPerBar]) => {
      const time = ours.get(name);
      return time === undefined ? [] : [{ name, ratio: nsPerBar / time, time }];
    })
    .sort((left, right) => left.ratio - right.ratio);
  for (const { name, ratio, time } of ratios.filter(({ ratio }) => ratio < 0.95))
    process.stderr.write(`indicators: ${name} ${time.toFixed(2)} ns a bar, ${ratio.toFixed(2)}x TA-Lib\n`);
  const geometricMean = Math.exp(ratios.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / ratios.length);
  const [worst] = ratios;
  const peer = measuredFirst === undefined ? 'TA-Lib 0.8.2 recorded elsewhere' : 'TA-Lib 0.8.2 measured now';
  const absent = recorded.length - ratios.length;
  const rows = [
    rateRow(`indicators: speed against ${peer}, mean of ${ratios.length}`, rounded(geometricMean), 'x', 1.5),
    rateRow(`indicators: the slowest against TA-Lib, ${worst?.name}`, rounded(worst?.ratio ?? 0), 'x', 0.95),
    costRow(
      'indicators: slower than TA-Lib by more than 5 %',
      ratios.filter(({ ratio }) => ratio < 0.95).length,
      'functions',
      0,
    ),
    costRow('indicators: functions of TA-Lib that are missing', absent, 'functions', 0),
  ];
  return { rows, peers };
}

type LaneSets = (lane: number) => readonly number[];

const laneSets: Readonly<Record<string, LaneSets>> = {
  EMA: (lane) => [10 + 5 * lane],
  DEMA: (lane) => [10 + 5 * lane],
  TEMA: (lane) => [10 + 5 * lane],
  RMA: (lane) => [10 + 5 * lane],
  RSI: (lane) => [7 + 3 * lane],
  ATR: (lane) => [7 + 3 * lane],
  NATR: (lane) => [7 + 3 * lane],
  MACD: (lane) => [8 + lane, 20 + 2 * lane, 9],
};

function lanesRows(
  addon: NativeAddon,
  catalogue: IndicatorCatalogue,
  columns: Columns,
  peers: PeerTimes,
): BenchRow[] {
  const measure = (id: string): { time: number; alone: number } => {
    const info = catalogue.find(id) as IndicatorInfo;
    const inputs = inputsOf(info, columns);
    const sets = Array.from({ length: 8 }, (_, lane) => Float64Array.from((laneSets[id] as LaneSets)(lane)));
    const outputs = (): Float64Array[][] => sets.map(() => info.outputs.map(() => new Float64Array(bars)));
    const [single, lanes] = [outputs(), outputs()];
    const eachAlone = (): void => {
      for (const [lane, set] of sets.entries())
        addon.runIndicator(id, set, inputs, single[lane] as Float64Array[]);
    };
    const together = (): void => addon.runIndicatorLanes(id, sets, inputs, lanes.flat());
    eachAlone();
    together();
    for (const [index, column] of single.flat().entries()) {
      const other = lanes.flat()[index] as Float64Array;
      if (Buffer.compare(Buffer.from(column.buffer), Buffer.from(other.buffer)) !== 0)
        throw new Error(`${id}: lane ${index} differs from its single run`);
    }
    return { time: fastest(together), alone: fastest(eachAlone) };
  };
  const ids = Object.keys(laneSets);
  const [first, second] = [ids.map(measure), ids.map(measure)];
  const ratios = ids.map((id, index) => {
    const fastestOf = (of: 'time' | 'alone'): number =>
      Math.min(...[first, second].map((times) => times[index]?.[of] ?? Number.NaN));
    const time = fastestOf('time');
    const alone = fastestOf('alone') / time;
    const peer = (8 * (peers.get(id) ?? Number.NaN)) / time;
    process.stderr.write(
      `indicators: 8 parameter sets of ${id} at once ${time.toFixed(2)} ns a bar, ${peer.toFixed(2)}x TA-Lib, ${alone.toFixed(2)}x as fast as one by one\n`,
    );
    return { peer, alone };
  });
  const mean = (of: (ratio: { peer: number; alone: number }) => number): number =>
    rounded(Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(of(ratio)), 0) / ratios.length));
  const againstPeer =
    peers.size === 0
      ? []
      : [
          rateRow(
            'indicators: 8 parameter sets at once against 8 calls of TA-Lib',
            mean(({ peer }) => peer),
            'x',
            3,
          ),
        ];
  return [
    ...againstPeer,
    rateRow(
      'indicators: 8 parameter sets at once against 8 runs of ours',
      mean(({ alone }) => alone),
      'x',
      3,
    ),
  ];
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

export async function indicatorsBench(): Promise<BenchRow[]> {
  const candleFile = sharedDataFile('perp/binance_usdm_BTCUSDT_perp_5m_2023-01_2024-05.csv.gz');
  if (candleFile === undefined) return [];
  const addon = loadNative();
  const catalogue = createCatalogue(addon);
  const columns = await stored(addon, pingPong(candleFile));
  const { rows, peers } = peerRows(addon, catalogue, columns, candleFile);
  return [...rows, ...lanesRows(addon, catalogue, columns, peers)];
}
