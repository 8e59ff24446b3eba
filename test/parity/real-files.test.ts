/**
 * The event path against the sweep path over pieces of recorded candle files: real gaps, real funding, real decimals.
 * PARITY_DRAWS and PARITY_FROM draw more, or others, by hand.
 */

import { describe, expect, it } from 'vitest';
import { readSourceFile, type SourceCandles } from '../../src/app/backtest/load-series.ts';
import { runBacktest } from '../../src/app/backtest/run-backtest.ts';
import { ApiError } from '../../src/shared/api/result.ts';
import { type BacktestResult, exitReasons } from '../../src/shared/lab/result.ts';
import { type BacktestSpecInput, backtestSpec } from '../../src/shared/lab/spec.ts';
import { findStrategy } from '../../src/strategies/registry.ts';
import { sharedDataFile } from '../adapters/venues/support/shared-data.ts';
import { pathDifference } from './path-difference.ts';
import { perpetualFiles, realDraw, spotFiles } from './real-pieces.ts';
import { shrinkSpec } from './shrink-spec.ts';

const draws = Number(process.env['PARITY_DRAWS'] ?? 60);
const firstSeed = Number(process.env['PARITY_FROM'] ?? 1001);

const kept = new Map<string, Promise<SourceCandles>>();
function read(path: string): Promise<SourceCandles> {
  const source = kept.get(path) ?? readSourceFile(path);
  kept.set(path, source);
  return source;
}

const paths = new Map(
  [...spotFiles, ...perpetualFiles]
    .flatMap(({ name, funding }) => (funding === undefined ? [name] : [name, funding]))
    .map((name) => [name, sharedDataFile(name)] as const),
);
const isThere = [...paths.values()].some((path) => path !== undefined);

/** The result of a path, or why it refuses the specification. */
async function runOn(path: 'event' | 'auto', spec: BacktestSpecInput): Promise<BacktestResult | string> {
  try {
    return await runBacktest(backtestSpec.parse({ ...spec, path }), { findStrategy, readFile: read });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'bad-input') return error.message;
    throw error;
  }
}

async function compare(spec: BacktestSpecInput) {
  // `auto` takes the sweep path wherever it gives a result.
  const [event, sweep] = [await runOn('event', spec), await runOn('auto', spec)];
  if (typeof event === 'object' && typeof sweep === 'object')
    return { difference: pathDifference(event, sweep), result: sweep };
  const [found, expected] = [event, sweep].map((one) => (typeof one === 'string' ? one : 'runs'));
  return { difference: found === expected ? undefined : `event: ${found}; sweep: ${expected}` };
}

describe.skipIf(!isThere)('the event path and the sweep path over recorded candles', () => {
  it(`make the same trades on ${draws} drawn rule sets`, async () => {
    const seen = new Map<string, number>();
    const differences: string[] = [];
    let [runs, compiled, refused, trades] = [0, 0, 0, 0];
    for (let seed = firstSeed; seed < firstSeed + draws; seed += 1) {
      const spec = await realDraw(seed, (name) => paths.get(name), read);
      if (spec === undefined) continue;
      runs += 1;
      const { difference, result } = await compare(spec);
      if (result === undefined) refused += 1;
      else if (result.path === 'sweep') compiled += 1;
      for (const code of result?.trades.exitReason ?? []) {
        const reason = exitReasons[code] as string;
        seen.set(reason, (seen.get(reason) ?? 0) + 1);
      }
      trades += result?.trades.length ?? 0;
      if (difference === undefined) continue;
      const differs = async (given: BacktestSpecInput) => (await compare(given)).difference;
      const small = await shrinkSpec(spec, differs);
      differences.push(`seed ${seed}: ${await differs(small)}\n${JSON.stringify(small)}`);
    }
    console.info(
      `${runs} rule sets over recorded candles (${refused} refused, ${compiled} compiled), ${trades} trades: ${[...seen].map((pair) => pair.join(' ')).join(', ')}`,
    );
    expect([differences.length, ...differences.slice(0, 40)]).toEqual([0]);
    expect(compiled).toBeGreaterThan(runs * 0.75);
    expect(trades).toBeGreaterThan(5 * runs);
    // A few draws, or files that are not there, need not meet everything.
    if (runs < 60) return;
    for (const reason of exitReasons)
      if (reason !== 'manual') expect(seen.get(reason) ?? 0, reason).toBeGreaterThan(0);
  }, 3_600_000);
});
