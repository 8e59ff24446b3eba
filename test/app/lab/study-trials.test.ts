/** What a study stores of a trial is what a whole backtest of the same parameters gives, to the last digit. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { computePerformance } from '../../../src/adapters/compute/performance.ts';
import { checkpointsOf } from '../../../src/app/backtest/checkpoints.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { createBacktestRunner } from '../../../src/app/lab/backtest-runner.ts';
import { Lab } from '../../../src/app/lab/lab.ts';
import type { BacktestRunner } from '../../../src/app/lab/lab-tools.ts';
import { paramsOfTrials, prepareStudy } from '../../../src/app/lab/run-one-study.ts';
import { studyParts } from '../../../src/app/lab/study-service.ts';
import { parseMetricExpression } from '../../../src/shared/lab/metric-expression.ts';
import { metricIds } from '../../../src/shared/lab/metrics.ts';
import { type BacktestSpecInput, backtestSpec } from '../../../src/shared/lab/spec.ts';
import {
  objectiveOf,
  type StudySpec,
  type StudySpecInput,
  studySpec,
  trialMetrics,
} from '../../../src/shared/lab/study.ts';
import { findStrategy, strategies } from '../../../src/strategies/registry.ts';
import { candleFile, type Prices } from '../backtest/scripted.ts';
import { watched } from './lab-harness.ts';

/** Waves of two lengths with a drift, so that crossovers win and lose, stops are hit and a small account shrinks. */
function waves(bars: number): string {
  const close = (bar: number) => 100 + 12 * Math.sin(bar / 17) + 5 * Math.sin(bar / 4.3) - bar / 40;
  return candleFile(
    Array.from({ length: bars }, (_, bar): Prices => {
      const [open, end] = [close(bar - 1), close(bar)].map((price) => Math.round(price * 100) / 100) as [
        number,
        number,
      ];
      return [open, Math.max(open, end) + 0.5, Math.min(open, end) - 0.5, end];
    }),
  );
}

type Market = BacktestSpecInput['series'][number];

function marketOf(bars: number, instrument = 'BTC/USDT'): Market {
  return { source: { kind: 'file', path: waves(bars) }, instrument, rules: { lotSize: '0.001' } };
}

function crossover(series: Market[], more: Partial<BacktestSpecInput> = {}): BacktestSpecInput {
  return { strategy: 'ma-cross', params: { average: 'sma' }, series, ...more };
}

const ranges = {
  fastPeriod: { from: 2, to: 12 },
  slowPeriod: { from: 13, to: 60 },
  stopLossPercent: { from: 0.5, to: 9 },
};
const periods = { spaces: ranges, only: Object.keys(ranges), minimumTrades: 1 };

/** Each with the states its trials must have among them, so that none of these proves nothing. */
const studies: Record<
  string,
  { readonly asked: (market: Market) => StudySpecInput; readonly states: readonly string[] }
> = {
  'compiled, on spot': {
    asked: (market) => ({ backtest: crossover([market]), ...periods }),
    states: ['complete'],
  },
  'compiled, with warm-up, leverage and a formula of other figures': {
    asked: (market) => ({
      backtest: crossover([{ ...market, instrument: 'BTC/USDT:USDT' }], {
        leverage: 3,
        fill: 'close',
        warmupBars: 70,
      }),
      ...periods,
      objectives: [{ expression: 'expectancy * sqrt(trades) + worstTrade - averageMae', goal: 'maximise' }],
    }),
    states: ['complete'],
  },
  'of which some compile': {
    asked: (market) => ({
      backtest: crossover([{ ...market, instrument: 'BTC/USDT:USDT' }]),
      ...periods,
      spaces: { ...ranges, direction: { options: ['long', 'long-short'] } },
      only: [...periods.only, 'direction'],
    }),
    states: ['complete'],
  },
  'of rules': {
    asked: (market) => ({
      backtest: {
        strategy: 'rules',
        params: {
          parameters: 'fast = 5 from 2 to 12\nslow = 20 from 13 to 60',
          longEntry: 'ema(close, $fast) crosses above ema(close, $slow)',
          longExit: 'ema(close, $fast) crosses below ema(close, $slow)',
        },
        series: [market],
      },
      minimumTrades: 5,
    }),
    states: ['complete', 'invalid'],
  },
  'whose sales fall below what the market takes': {
    asked: (market) => ({
      backtest: crossover([{ ...market, rules: { ...market.rules, minimumNotional: '20' } }], {
        capital: '22',
        params: { average: 'sma', sizeType: 'percent', orderPercent: '95' },
      }),
      ...periods,
    }),
    states: ['complete'],
  },
  'of which some are refused by the plan': {
    asked: (market) => ({
      backtest: crossover([{ ...market, rules: { ...market.rules, minimumNotional: '10' } }]),
      ...periods,
      spaces: { ...ranges, orderQuote: { from: 5, to: 40 } },
      only: [...periods.only, 'orderQuote'],
    }),
    states: ['complete', 'invalid'],
  },
  'event by event': {
    asked: (market) => ({ backtest: crossover([market], { path: 'event' }), ...periods, trials: 6 }),
    states: ['complete'],
  },
  'over two markets': {
    asked: (market) => ({
      backtest: crossover([market, marketOf(650, 'ETH/USDT')]),
      ...periods,
      trials: 6,
    }),
    states: ['complete'],
  },
};

const runners = [1, 2, 3].map((parallel) => createBacktestRunner({ dataFolder: tmpdir(), parallel }));
afterAll(() => Promise.all(runners.map((runner) => runner.close())));

function studyOf(asked: StudySpecInput): StudySpec {
  return studySpec.parse({
    trials: 20,
    sampler: 'random',
    ...asked,
    backtest: backtestSpec.parse(asked.backtest),
  });
}

async function trialsOf(spec: StudySpec, parallel: number) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'trials-'));
  const runner = runners[parallel - 1] as BacktestRunner;
  const wallClock = () => 1_000;
  const lab = new Lab({ addon: loadNative(), dataFolder, runner, strategies, findStrategy, wallClock });
  const { study } = await lab.studies.begin(spec)(watched());
  const stored = readFileSync(join(dataFolder, 'lab', 'studies', study, 'trials.jsonl'), 'utf8');
  const shown = lab.studies.show(study);
  rmSync(dataFolder, { recursive: true });
  return { lab, stored, shown };
}

describe.each(Object.entries(studies))('trials %s', (_name, { asked, states }) => {
  it('store what whole backtests give', async () => {
    const spec = studyOf(asked(marketOf(700)));
    const { lab, shown } = await trialsOf(spec, 2);
    const prepared = prepareStudy(lab.tools, spec);
    const paramsOf = await paramsOfTrials(lab.tools, spec, prepared);
    const { train, test } = await studyParts(lab.tools, spec);
    const measured = async (values: Readonly<Record<string, unknown>>, part: typeof train) => {
      const checked = paramsOf(prepared.space.map(({ name }) => values[name] as number));
      if (!('params' in checked)) return checked.refusal;
      try {
        const interim: number[] = [];
        const result = await runBacktest(
          { ...part, params: checked.params },
          { findStrategy, checkpoints: checkpointsOf([]), onCheckpoint: (gain) => interim.push(gain) },
        );
        const { equity, startEquity, trades } = result;
        const { values: figures } = computePerformance(loadNative(), equity, trades, { startEquity });
        return { figures, interim };
      } catch (error) {
        return (error as Error).message;
      }
    };
    const seen = new Set<string>();
    for (const row of shown.trials) {
      seen.add(row.state);
      const whole = await measured(row.values, train);
      if (typeof whole === 'string') {
        expect([row.state, row.message]).toEqual(['invalid', whole]);
        continue;
      }
      const { figures, interim } = whole;
      expect(row.metrics).toEqual(Object.fromEntries(trialMetrics.map((id) => [id, figures[id]])));
      expect(row.interim).toEqual(interim);
      if (row.objectives === null) expect(row.message).toContain('trades');
      else {
        const formulas = spec.objectives.map((given) => objectiveOf(given).expression);
        const scores = formulas.map((text) => parseMetricExpression(text, metricIds).evaluate(figures));
        expect(row.objectives).toEqual(scores);
      }
    }
    expect([...seen].sort()).toEqual(states);
    // The best were tested on the rest of the data, with all figures there are.
    for (const { outOfSample, row } of shown.best) {
      const whole = await measured(row.values, test as typeof train);
      expect(outOfSample).toEqual(typeof whole === 'string' ? null : whole.figures);
    }
    expect(shown.best.length).toBeGreaterThan(0);
  });
});

it.each(['tpe', 'random'] as const)(
  '%s gives the same study with one, two and three workers',
  async (sampler) => {
    const spec = studyOf({
      backtest: crossover([marketOf(700)]),
      ...periods,
      sampler,
      pruner: 'median',
      trials: 40,
    });
    const [one, two, three] = await Promise.all([1, 2, 3].map((parallel) => trialsOf(spec, parallel)));
    expect(new Set(one?.shown.trials.map(({ state }) => state))).toEqual(new Set(['complete', 'pruned']));
    expect(two?.stored).toBe(one?.stored);
    expect(three?.stored).toBe(one?.stored);
  },
);
