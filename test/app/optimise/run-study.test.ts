import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { createSampler } from '../../../src/adapters/compute/samplers.ts';
import { readTrials, TrialLog } from '../../../src/adapters/lab/trial-log.ts';
import { runStudy, type StudyProgress } from '../../../src/app/optimise/run-study.ts';
import type { TrialEvaluator, TrialOutcome } from '../../../src/app/optimise/trial-evaluator.ts';
import type { Dimension } from '../../../src/shared/lab/search-space.ts';
import { type StudySpecInput, studySpec } from '../../../src/shared/lab/study.ts';

const addon = loadNative();
const space: Dimension[] = [
  { kind: 'integer', name: 'fast', from: 1, to: 60, step: 1 },
  { kind: 'integer', name: 'slow', from: 1, to: 60, step: 1 },
];

/** A market whose best setting is fast 12, slow 40. */
function score(params: Readonly<Record<string, unknown>>): number {
  const [fast, slow] = [Number(params['fast']), Number(params['slow'])];
  return 2 - ((fast - 12) / 30) ** 2 - ((slow - 40) / 30) ** 2;
}

function evaluatorOf(
  trialOf: (params: Readonly<Record<string, unknown>>) => TrialOutcome,
): TrialEvaluator & { runs: number } {
  return {
    runs: 0,
    evaluate(requests) {
      this.runs += requests.length;
      return Promise.resolve(requests.map(({ params }) => trialOf(params)));
    },
    close: () => Promise.resolve(),
  };
}

const complete = (params: Readonly<Record<string, unknown>>): TrialOutcome => ({
  state: 'complete',
  metrics: { sharpe: score(params), trades: 50, maxDrawdown: -Number(params['fast']) / 100 },
  interim: [0.1, 0.2, 0.3],
});

function specOf(changes: Partial<StudySpecInput>) {
  return studySpec.parse({
    backtest: { strategy: 'ma-cross', series: [{ source: { kind: 'file', path: 'candles.csv' } }] },
    trials: 120,
    ...changes,
  });
}

interface Started {
  readonly log: TrialLog;
  readonly end: string;
  readonly last: StudyProgress;
}

async function study(
  changes: Partial<StudySpecInput>,
  evaluator: TrialEvaluator,
  options: { log?: TrialLog; isCancelled?: () => boolean } = {},
): Promise<Started> {
  const spec = specOf(changes);
  const folder = join(mkdtempSync(join(tmpdir(), 'study-')), 's1');
  const log = options.log ?? TrialLog.create(folder, 's1', spec, 0);
  let last: StudyProgress | undefined;
  const end = await runStudy({
    spec,
    space,
    sampler: createSampler(addon, {
      method: spec.sampler,
      space,
      objectives: spec.objectives.length,
      seed: spec.seed,
    }),
    evaluator,
    log,
    paramsOf: ([fast, slow]) =>
      Number(fast) < Number(slow)
        ? { params: { fast, slow } }
        : { refusal: 'fast must be smaller than slow' },
    isCancelled: options.isCancelled ?? (() => false),
    onProgress: (progress) => {
      last = progress;
    },
    nowMs: () => 0,
  });
  return { log, end, last: last as StudyProgress };
}

describe('a study', () => {
  it('finds the best setting, and counts what the strategy does not take', async () => {
    const { end, last, log } = await study({}, evaluatorOf(complete));
    expect(end).toBe('trials');
    expect(log.rows).toHaveLength(120);
    expect(last.complete + last.invalid).toBe(120);
    expect(last.invalid).toBeGreaterThan(0);
    expect(last.best[0]?.objectives?.[0]).toBeGreaterThan(1.98);
    const invalid = log.rows.find(({ state }) => state === 'invalid');
    expect(invalid?.message).toBe('fast must be smaller than slow');
  });

  it('never runs the same values twice', async () => {
    const evaluator = evaluatorOf(complete);
    const small = await study({ trials: 400, sampler: 'tpe' }, evaluator);
    const distinct = new Set(
      small.log.rows.filter(({ state }) => state === 'complete').map(({ values }) => JSON.stringify(values)),
    );
    expect(evaluator.runs).toBe(distinct.size);
    expect(evaluator.runs).toBeLessThan(400);
  });

  it('goes on after a kill in the middle of a batch and a line as if nothing had been', async () => {
    const whole = await study({}, evaluatorOf(complete));
    let batches = 0;
    const stopped = await study({}, evaluatorOf(complete), {
      isCancelled: () => {
        batches += 1;
        return batches > 9;
      },
    });
    expect(stopped.end).toBe('cancelled');
    const { folder } = stopped.log;
    stopped.log.close();
    expect(readTrials(folder).rows.length).toBeGreaterThan(0);
    expect(readTrials(folder).rows.length).toBeLessThan(120);
    const begun = stopped.log.rows.length;
    const next = readFileSync(join(whole.log.folder, 'trials.jsonl'), 'utf8').split('\n');
    appendFileSync(join(folder, 'trials.jsonl'), `${next.slice(begun, begun + 3).join('\n')}\n{"number":`);
    const resumed = await study({}, evaluatorOf(complete), { log: TrialLog.resume(folder) });
    expect(resumed.log.rows).toEqual(whole.log.rows);
    expect(readFileSync(join(folder, 'trials.jsonl'), 'utf8')).toBe(
      readFileSync(join(whole.log.folder, 'trials.jsonl'), 'utf8'),
    );
  });

  it('refuses a damaged line by its number', async () => {
    const { log } = await study({ trials: 8 }, evaluatorOf(complete));
    log.close();
    appendFileSync(join(log.folder, 'trials.jsonl'), '{"number":99}\n');
    expect(() => TrialLog.resume(log.folder)).toThrow(/line 9: is not trial 8/);
  });

  it('gives no score to few trades or a metric without a value', async () => {
    const few = await study({ trials: 8, minimumTrades: 51 }, evaluatorOf(complete));
    expect(few.last.complete).toBe(0);
    expect(
      few.log.rows.find(({ state, metrics }) => state === 'invalid' && metrics['trades'] === 50)?.message,
    ).toBe('has 50 trades; 51 are asked for');
    const empty = await study({ trials: 8, objectives: ['sortino'] }, evaluatorOf(complete));
    expect(empty.last.complete).toBe(0);
    expect(empty.log.rows.some(({ message }) => message === 'sortino has no value')).toBe(true);
  });

  it('stops when nothing better comes', async () => {
    const { end, log } = await study(
      { patience: 20, trials: 1000 },
      evaluatorOf(() => ({ state: 'complete', metrics: { sharpe: 1, trades: 50 }, interim: [] })),
    );
    expect(end).toBe('patience');
    expect(log.rows.length).toBeLessThan(40);
  });

  it.each(['random', 'grid', 'sobol'] as const)(
    'runs batches of %s together, and none the wiser',
    async (sampler) => {
      const lots: number[] = [];
      const counted = evaluatorOf(complete);
      const evaluator: TrialEvaluator = {
        ...counted,
        evaluate(requests, isCancelled) {
          lots.push(requests.length);
          return counted.evaluate(requests, isCancelled);
        },
      };
      // Every trial is whole, so that thresholds end none; but they make each batch wait for the one before.
      const single = await study({ sampler, trials: 500, pruner: 'median', patience: 90 }, evaluator);
      expect(Math.max(...lots)).toBeLessThanOrEqual(8);
      const together = await study({ sampler, trials: 500, patience: 90 }, evaluator);
      expect(Math.max(...lots)).toBeGreaterThan(16);
      expect([together.end, single.end]).toEqual(['patience', 'patience']);
      expect(together.log.rows).toEqual(single.log.rows);
      expect(together.last).toEqual(single.last);
      expect(together.log.rows.length % 8).toBe(0);
    },
  );

  it('ends a grid when every combination was tried', async () => {
    const { end, log } = await study({ sampler: 'grid', trials: 10_000, batch: 500 }, evaluatorOf(complete));
    expect(end).toBe('space');
    expect(log.rows).toHaveLength(3600);
    const best = log.rows.reduce((a, b) => ((b.objectives?.[0] ?? -9) > (a.objectives?.[0] ?? -9) ? b : a));
    expect(best.values).toEqual({ fast: 12, slow: 40 });
  });

  it('hands thresholds on only from trials that were whole before the batch', async () => {
    const seen: (number | null)[][] = [];
    const evaluator: TrialEvaluator = {
      evaluate(requests) {
        for (const { pruneBelow } of requests) seen.push([...pruneBelow]);
        return Promise.resolve(requests.map(({ params }) => complete(params)));
      },
      close: () => Promise.resolve(),
    };
    await study({ pruner: 'median', trials: 32, batch: 8 }, evaluator);
    expect(seen[0]).toEqual([null, null, null]);
    expect(seen.at(-1)).toEqual([0.1, 0.2, 0.3]);
  });

  it('keeps the front of several objectives', async () => {
    const { last } = await study(
      { sampler: 'random', objectives: ['sharpe', 'max-drawdown'], trials: 200 },
      evaluatorOf(complete),
    );
    expect(last.best.length).toBeGreaterThan(2);
    for (const one of last.best) {
      const isBeaten = last.best.some(
        (other) =>
          (other.objectives?.[0] ?? 0) > (one.objectives?.[0] ?? 0) &&
          (other.objectives?.[1] ?? 0) > (one.objectives?.[1] ?? 0),
      );
      expect(isBeaten).toBe(false);
    }
  });
});
