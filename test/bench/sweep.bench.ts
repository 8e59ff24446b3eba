/**
 * The sweep path on the series and the rules the peers were measured with. Outputs are compared with exact arithmetic and
 * with the peers' check values before a time counts; the peers' times are those recorded beside their scripts.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { computePerformance } from '../../src/adapters/compute/performance.ts';
import { createRuleSweeper, type SweepSeries } from '../../src/adapters/compute/sweep.ts';
import { assert } from '../../src/shared/domain/assert.ts';
import { parseCondition } from '../../src/shared/rules/parse-rule.ts';
import { type RuleSetInput, ruleSet } from '../../src/shared/rules/rule-set.ts';
import { pingPong, readCsvColumns } from '../parity/ping-pong.ts';
import { type BenchRow, costRow } from './bench-row.ts';

const file = join(
  import.meta.dirname,
  '../../../shared/data/perp/binance_usdm_BTCUSDT_perp_5m_2023-01_2024-05.csv.gz',
);
const timeframeMs = 300_000;
const capital = 1_000_000;
const noSets = { names: [], values: new Float64Array(0) };
const assumptions = { capital, slippage: 0, fill: 'close', intrabar: 'adverse-first' } as const;

/** Recorded times of vectorbt 1.2.0 on the project's machine, milliseconds. */
const vectorbt = { run: 64.4, statistics: 179.1, sweep: 5528 } as const;

const cross: RuleSetInput = {
  parameters: [
    { name: 'fast', value: 50 },
    { name: 'slow', value: 200 },
  ],
  longEntry: parseCondition('sma(close, $fast) crosses above sma(close, $slow)'),
  longExit: parseCondition('sma(close, $fast) crosses below sma(close, $slow)'),
};

function near(left: number | undefined, right: number, what: string): void {
  assert(Math.abs((left ?? Number.NaN) - right) <= 1e-9 * Math.abs(right), `${what}: ${left}, not ${right}`);
}

/** Least milliseconds of a few runs. */
async function leastMs(times: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time += 1) {
    const startedAt = performance.now();
    await work();
    least = Math.min(least, performance.now() - startedAt);
  }
  return least;
}

const round = (value: number): number => Math.round(value * 100) / 100;

function withPeer(row: BenchRow, peer: string, peerValue: number): BenchRow {
  return { ...row, peer, peerValue, ratio: round(peerValue / row.value) };
}

/** Runs the benchmarks; none where the shared data is not there. */
export async function sweepBench(): Promise<readonly BenchRow[]> {
  if (!existsSync(file)) {
    process.stderr.write('sweep: the shared data is not there, nothing is measured\n');
    return [];
  }
  const addon = loadNative();
  const sweeper = createRuleSweeper(addon);
  const source = readCsvColumns(file);
  const seriesOf = (rows: number): SweepSeries => ({
    columns: pingPong(source, rows),
    timeframeMs,
    tickSize: 0.01,
    lotSize: 0,
    takerFee: 0.001,
    perpetual: false,
  });
  const million = seriesOf(1_000_000);

  // Exact integer arithmetic gives 3,508 trades; a running sum of doubles would make 3,511.
  const once = sweeper.runOnce(million, cross, assumptions);
  assert(once.trades.length === 3_508, `${once.trades.length} trades`);
  near(once.finalEquity, 839.4830145508439, 'final value');
  const measured = () => {
    const { trades, equity } = sweeper.runOnce(million, cross, assumptions);
    return computePerformance(addon, equity, trades, { startEquity: capital });
  };
  measured();
  const whole = await leastMs(9, measured);

  const pairs: number[] = [];
  for (let fast = 5; fast <= 100; fast += 5)
    for (let slow = 120; slow <= 600; slow += 20) pairs.push(fast, slow);
  const sets = { names: ['fast', 'slow'], values: Float64Array.from(pairs) };
  const hundredThousand = seriesOf(100_000);
  const sweepAll = () => sweeper.sweep([hundredThousand], cross, sets, assumptions, { threads: 1 });
  const { columns } = await sweepAll();
  assert(
    columns.trades.reduce((sum, trades) => sum + trades, 0) === 157_368,
    'the pairs make 157,368 trades in all',
  );
  near(columns.finalEquity[0], 104_620.54514797253, 'final value of the first pair');
  near(Math.max(...columns.finalEquity), 1_871_573.0601817258, 'final value of the best pair');
  const manyPairs = await leastMs(5, sweepAll);

  const guarded = ruleSet.parse({
    parameters: [{ name: 'stop', value: 0.02 }],
    longEntry: parseCondition('close > open'),
    stop: { parameter: 'stop', scale: 1 },
    target: 0.04,
    trailing: 0.03,
  });
  const one = await sweeper.sweep([million], guarded, noSets, assumptions, { threads: 1 });
  near(one.columns.finalEquity[0], sweeper.runOnce(million, guarded, assumptions).finalEquity, 'one set');
  const timeOf = (count: number) => {
    const values = Float64Array.from({ length: count }, (_, index) => 0.02 + index * 0.0001);
    return leastMs(5, () =>
      sweeper.sweep([million], guarded, { names: ['stop'], values }, assumptions, { threads: 1 }),
    );
  };
  const [few, many] = [await timeOf(2), await timeOf(18)];

  return [
    withPeer(
      costRow('SMA cross, 1M bars: trades, equity, every metric', round(whole), 'ms', 24),
      'vectorbt with stats(), recorded',
      round(vectorbt.run + vectorbt.statistics),
    ),
    withPeer(
      costRow('500 SMA pairs x 100k bars, one thread', round(manyPairs), 'ms', 550),
      'vectorbt, recorded',
      vectorbt.sweep,
    ),
    costRow('stop, target, trailing: each further set', round((many - few) / 16), 'ns/bar', 12),
  ];
}
