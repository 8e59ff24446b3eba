/** A stored run and the same run measured anew are graded alike, whatever was found in between. */

import { expect, it } from 'vitest';
import { evidenceOf, mostTried } from '../../../src/shared/lab/evidence.ts';
import { programVersion } from '../../../src/shared/version.ts';
import { makeLab, spec } from './lab-harness.ts';

const found = (trials: number, trialVariance: number) => ({
  kind: 'out-of-sample' as const,
  spec,
  wholeParams: spec.params,
  madeMs: 1,
  program: programVersion,
  source: 'st-1',
  anyParams: true,
  share: 0.3,
  held: true,
  trials,
  trialVariance,
});

it('by the trials of findings made after it was stored', async () => {
  const lab = makeLab();
  const result = await lab.tools.runner.run(spec, { isCancelled: () => false });
  const { id } = lab.backtests.save(lab.tools.measure(result), undefined, 5);
  const luckOf = (checks: readonly { readonly id: string }[]) => checks.find((check) => check.id === 'luck');
  const before = lab.backtests.report(id);
  lab.tools.evidence.add([found(400, 0.01)]);
  const subject = { spec, finalEquity: result.finalEquity, trades: result.trades.length };
  // As the command line measures it.
  const anew = lab.tools.measure(result, evidenceOf(subject, lab.tools.evidence.read(), programVersion));
  const after = lab.backtests.report(id);
  expect(anew.performance.values['trials']).toBe(400);
  expect(anew.performance.values['deflatedSharpe']).toBeLessThan(before.metrics['deflatedSharpe'] as number);
  expect(luckOf(after.confidence.checks)).toEqual(luckOf(anew.confidence.checks));
  expect(luckOf(after.confidence.checks)).not.toEqual(luckOf(before.confidence.checks));
  expect([after.confidence.grade, after.confidence.points]).toEqual([
    anew.confidence.grade,
    anew.confidence.points,
  ]);
  expect(after.metrics['trials']).toBe(400);
  expect(after.metrics['deflatedSharpe']).toBeCloseTo(anew.performance.values['deflatedSharpe'] as number, 9);
  expect(lab.backtests.summary(id).grade).toBe(anew.confidence.grade);
});

it('fewer trials than it was measured with take nothing back', async () => {
  const lab = makeLab();
  const result = await lab.tools.runner.run(spec, { isCancelled: () => false });
  const { id } = lab.backtests.save(
    lab.tools.measure(result, { trials: 90, trialVariance: 0.01 }),
    undefined,
    5,
  );
  const before = lab.backtests.report(id).metrics;
  lab.tools.evidence.add([found(40, 0.01)]);
  expect(lab.backtests.report(id).metrics).toEqual(before);
  expect(mostTried({ trials: undefined, trialVariance: undefined }, { trials: 3, trialVariance: 2 })).toEqual(
    {
      trials: 3,
      trialVariance: 2,
    },
  );
});
