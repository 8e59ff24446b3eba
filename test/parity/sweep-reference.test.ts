/**
 * The sweep path against a plain simulator written from the conventions alone: the same trades on hundreds of drawn rule
 * sets, whatever the fill convention, the path inside a candle, levels, sizes, fees, margin and funding.
 */

import { describe, expect, it } from 'vitest';
import { createCatalogue } from '../../src/adapters/compute/catalogue.ts';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { createRuleSweeper, type RuleRunResult } from '../../src/adapters/compute/sweep.ts';
import { exitReasons } from '../../src/shared/lab/result.ts';
import { candleMs, type RandomCase, randomCandles, randomCase } from './random-rules.ts';
import { type ReferenceRun, simulateRules } from './reference-simulator.ts';

const addon = loadNative();
const sweeper = createRuleSweeper(addon);
const catalogue = createCatalogue(addon);
const rows = 1000;

function indicatorColumns(id: string, params: Record<string, number>, inputs: Float64Array[]) {
  const names = catalogue.find(id)?.inputs ?? [];
  return catalogue.run(
    id,
    params,
    Object.fromEntries(names.map((name, index) => [name, inputs[index] as Float64Array])),
  ).outputs;
}

function bothRuns(drawn: RandomCase): { sweep: RuleRunResult; reference: ReferenceRun } {
  const { market, rules, capital, slippage, fill, intrabar, fundingEvery, fundingRate } = drawn;
  const columns = randomCandles(drawn.seed, rows, market.tickSize, drawn.startTicks);
  const firstRow = drawn.seed % 3 === 0 ? 100 : 0;
  const paid =
    fundingEvery === 0
      ? []
      : Array.from(
          { length: Math.floor((rows - 1) / fundingEvery) },
          (_, index) => (index + 1) * fundingEvery + (index % 3 === 1 ? 0.5 : 0),
        );
  const sweep = sweeper.runOnce(
    {
      columns,
      timeframeMs: candleMs,
      ...market,
      minimumLots: 1,
      funding: { rows: Float64Array.from(paid), rates: Float64Array.from(paid, () => fundingRate) },
    },
    rules,
    { capital, slippage, fill, intrabar, firstRow },
  );
  const reference = simulateRules(
    rules,
    {},
    { ...market, columns, funding: new Map(paid.map((row) => [row, fundingRate])) },
    { capital, slippage, fill, intrabar, firstRow },
    indicatorColumns,
  );
  return { sweep, reference };
}

const near = (left: number, right: number, scale: number): boolean =>
  Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right), scale);

/** The first difference in words, or undefined. */
function difference(
  drawn: RandomCase,
  { sweep, reference }: ReturnType<typeof bothRuns>,
): string | undefined {
  const { tickSize, lotSize } = drawn.market;
  for (let index = 0; index < Math.max(sweep.trades.length, reference.trades.length); index += 1) {
    const expected = reference.trades[index];
    const { trades } = sweep;
    if (expected === undefined || index >= trades.length) {
      return `trade ${index}: sweep has ${trades.length}, reference ${reference.trades.length}: ${JSON.stringify(expected)}`;
    }
    const found = {
      side: trades.side[index],
      entryBar: trades.entryBar[index],
      exitBar: trades.exitBar[index],
      entryTicks: Math.round((trades.entryPrice[index] as number) / tickSize),
      exitTicks: Math.round((trades.exitPrice[index] as number) / tickSize),
      lots: Math.round((trades.quantity[index] as number) / lotSize),
      reason: exitReasons[trades.exitReason[index] as number],
    };
    const { side, entryBar, exitBar, entryTicks, exitTicks, lots, reason } = expected;
    const wanted = { side, entryBar, exitBar, entryTicks, exitTicks, lots, reason };
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      return `trade ${index}: sweep ${JSON.stringify(found)}, reference ${JSON.stringify(wanted)}`;
    }
    const value = expected.lots * lotSize * expected.entryTicks * tickSize;
    for (const name of ['fees', 'funding', 'profit', 'mae', 'mfe'] as const) {
      const scale = name === 'mae' || name === 'mfe' ? 1 : value;
      if (!near(trades[name][index] as number, expected[name], scale))
        return `trade ${index}: ${name} ${trades[name][index]}, reference ${expected[name]}`;
    }
  }
  if (sweep.equity.length !== reference.equity.length) return `${sweep.equity.length} rows of equity`;
  for (const [row, expected] of reference.equity.entries()) {
    if (!near(sweep.equity.equity[row] as number, expected, drawn.capital))
      return `equity of row ${row}: ${sweep.equity.equity[row]}, reference ${expected}`;
  }
  if (!near(sweep.finalEquity, reference.finalEquity, drawn.capital)) return `final ${sweep.finalEquity}`;
  if (sweep.refusedEntries !== reference.refusedEntries)
    return `refused ${sweep.refusedEntries}, reference ${reference.refusedEntries}`;
  if (sweep.tooSmallEntries !== reference.tooSmallEntries)
    return `too small ${sweep.tooSmallEntries}, reference ${reference.tooSmallEntries}`;
  return undefined;
}

describe('the sweep path and the reference simulator', () => {
  it('make the same trades on 240 drawn rule sets', () => {
    const seen = new Map<string, number>();
    let trades = 0;
    const differences: string[] = [];
    for (let seed = 1; seed <= 240; seed += 1) {
      const drawn = randomCase(seed);
      const runs = bothRuns(drawn);
      const found = difference(drawn, runs);
      if (found !== undefined) {
        const { rules, ...rest } = drawn;
        const levels = { ...rules, longEntry: 0, longExit: 0, shortEntry: 0, shortExit: 0 };
        differences.push(`seed ${seed}: ${found}\n${JSON.stringify(rest)}\n${JSON.stringify(levels)}`);
      }
      trades += runs.reference.trades.length;
      for (const { reason } of runs.reference.trades) seen.set(reason, (seen.get(reason) ?? 0) + 1);
    }
    expect(differences.slice(0, 3)).toEqual([]);
    // The drawing covers what it is meant to.
    expect(trades).toBeGreaterThan(5_000);
    for (const reason of exitReasons)
      if (reason !== 'manual') expect(seen.get(reason) ?? 0, reason).toBeGreaterThan(5);
  });
});
