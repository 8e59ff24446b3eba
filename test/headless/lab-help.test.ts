/** What the help of the Lab's commands says is what the specifications behind them hold. */

import { expect, test } from 'vitest';
import { studySpec } from '../../src/shared/lab/study.ts';
import { walkForwardSpec } from '../../src/shared/lab/walk-forward.ts';
import { newDataFolder, sextant } from './sextant.ts';

const candles = { source: { kind: 'file', path: 'a.csv' } };
const study = studySpec.parse({ backtest: { strategy: 'ma-cross', series: [candles] } });
const walk = walkForwardSpec.parse({ study });

/** The default that a help tells of a flag. */
function defaultOf(help: string, flag: string): string | undefined {
  const from = help.indexOf(`--${flag} <`);
  const words = help.slice(from, help.indexOf('\n  -', from + 1)).replace(/\s+/g, ' ');
  return /\(default:? ([^)]+)\)/.exec(words)?.[1] ?? /([\w-]+) \(default\)/.exec(words)?.[1];
}

test.each([
  [
    'optimise',
    { trials: study.trials, batch: study.batch, 'out-of-sample': study.outOfSample, pruner: study.pruner },
  ],
  [
    'optimise',
    { 'minimum-trades': study.minimumTrades, seed: study.seed, sampler: study.sampler, objective: 'sharpe' },
  ],
  ['walkforward', { windows: walk.windows, 'train-to-test': walk.trainToTest, trials: study.trials }],
])('%s tells the defaults', async (command, defaults) => {
  const { code, stdout } = await sextant([command, '--help']);
  expect(code).toBe(0);
  const told = Object.keys(defaults).map((flag) => [flag, defaultOf(stdout, flag)]);
  expect(told).toEqual(Object.entries(defaults).map(([flag, value]) => [flag, String(value)]));
});

test('walkforward has its own untouched stretches, and takes no part that none sees', async () => {
  const said = await sextant(['walkforward', '--out-of-sample', '0.2', '--data', newDataFolder()]);
  expect(said.code).toBe(2);
  expect(said.stderr).toContain('out-of-sample');
  expect((await sextant(['walkforward', '--help'])).stdout).not.toContain('out-of-sample');
});
