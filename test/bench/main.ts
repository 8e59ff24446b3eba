/**
 * Runs the benchmarks and prints one row for each: ours, the target, and the peer where one was measured in the same
 * run. `--json` prints one object a line, `--only NAME` runs the groups whose name contains NAME.
 */

import { parseArgs } from 'node:util';
import type { BenchRow } from './bench-row.ts';

const groups: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  kernel: async () => (await import('./kernel.bench.ts')).kernelBench(),
  simulation: async () => (await import('./simulation.bench.ts')).simulationBench(),
  indicators: async () => (await import('./indicators.bench.ts')).indicatorsBench(),
  journal: async () => (await import('./journal.bench.ts')).journalBenchmarks(),
  'monte-carlo': async () => (await import('./monte-carlo.bench.ts')).monteCarloBench(),
  backtest: async () => (await import('./backtest.bench.ts')).backtestBench(),
  report: async () => (await import('./report.bench.ts')).reportBench(),
  optimiser: async () => (await import('./optimiser.bench.ts')).optimiserBench(),
  l2: async () => (await import('./l2.bench.ts')).l2Bench(),
  pairs: async () => (await import('./pairs.bench.ts')).pairsBench(),
  sweep: async () => (await import('./sweep.bench.ts')).sweepBench(),
  startup: async () => (await import('./startup.bench.ts')).startupBench(),
  ui: async () => (await import('./ui.bench.ts')).uiRows((line) => process.stderr.write(`${line}\n`)),
};

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
let missed = 0;
for (const [group, run] of Object.entries(groups)) {
  if (!group.includes(values.only)) continue;
  for (const row of await run()) {
    if (!row.ok) missed += 1;
    if (values.json) print(JSON.stringify(row));
    else {
      const ratio = row.ratio === undefined ? '' : ` (${row.ratio}x)`;
      const peer = row.peer === undefined ? '' : `   ${row.peer}: ${row.peerValue}${ratio}`;
      print(
        `${row.ok ? 'ok    ' : 'MISSED'} ${row.name.padEnd(56)} ${String(row.value).padStart(10)} ${row.unit}   target ${row.target}${peer}`,
      );
    }
  }
}
if (!values.json) print(missed === 0 ? 'every target was met' : `${missed} targets were missed`);
