import { expect, test } from 'vitest';
import { gradeConfidence, regradeConfidence } from '../../../src/shared/lab/confidence.ts';
import type { ConfidenceEvidence } from '../../../src/shared/lab/evidence-checks.ts';
import type { MetricValues } from '../../../src/shared/lab/metrics.ts';
import { type BacktestResult, emptyTrades } from '../../../src/shared/lab/result.ts';
import { sampleRun } from '../../app/report/sample-result.ts';

/** Two years of hours, 200 trades, a profit of 3 times the costs. */
const result = sampleRun({ bars: 17_520, tradeEvery: 87 });
const values: MetricValues = {
  trades: 201,
  openTrades: 1,
  netProfit: 3 * (result.fees + result.slippage),
  sharpe: 1.5,
  probabilisticSharpe: 0.97,
  deflatedSharpe: 0.97,
  trials: 1,
};
const everything: ConfidenceEvidence = {
  pathDependentShare: 0,
  outOfSample: { share: 0.3, held: true },
  monteCarlo: { drawdownRank: 0.5, drawdownP5: -0.3 },
  bias: 'passed',
};
const grade = (
  changes: Record<string, number | null> = {},
  evidence: ConfidenceEvidence = everything,
  run: BacktestResult = result,
) => gradeConfidence(run, { ...values, ...changes }, evidence);
const outcome = (found: ReturnType<typeof grade>, id: string) =>
  found.checks.find((check) => check.id === id)?.outcome;

test('everything done and passed is an A without advice', () => {
  const found = grade();
  const needed = found.checks.slice(0, 9);
  expect(needed.map(({ outcome: result }) => result)).toEqual(Array(9).fill('passed'));
  expect([found.grade, found.points]).toEqual(['A', 0]);
  expect(needed.every(({ advice }) => advice === undefined)).toBe(true);
  // Two more are voluntary: they cost nothing while they are not done.
  expect(found.checks.slice(9).map(({ outcome: result }) => result)).toEqual(['not-done', 'not-done']);
});

test('a plain backtest is a B: three checks are not done, and each says how to do it', () => {
  const found = grade({}, {});
  expect([found.grade, found.points]).toEqual(['B', 3]);
  const open = found.checks.filter(({ outcome: result }) => result === 'not-done');
  expect(open.map(({ id }) => id)).toEqual([
    'out-of-sample',
    'monte-carlo',
    'bias',
    'noise',
    'random-entries',
  ]);
  expect(open.every(({ advice = '' }) => advice.length > 20)).toBe(true);
});

test.each([
  [99, 'weak', 'A'],
  [29, 'failed', 'D'],
])('%i trades are %s and at best %s', (trades, expected, best) => {
  const found = grade({ trades: trades + 1 });
  expect(outcome(found, 'trades')).toBe(expected);
  expect(found.grade).toBe(best);
});

test.each([
  // A grid: 533 fills opened, 532 closed, the position never was flat.
  [
    'round trips of a grid',
    1065,
    532,
    'weak',
    'C',
    '532 round trips have closed, and 1 trade from flat to flat',
  ],
  // One purchase that 600 partial fills sold: as many trades as it says.
  ['partial fills of an exit', 601, 600, 'failed', 'D', '1 trade has ended.'],
  ['a few of a grid', 41, 20, 'failed', 'D', '20 round trips have closed'],
] as const)(
  '%s are told, and are not the evidence that trades are',
  (_name, fills, closingFills, expected, best, words) => {
    const counts = { ...result.counts, fills, closingFills };
    const found = grade({ trades: 2, openTrades: 1 }, everything, { ...result, counts });
    const check = found.checks.find(({ id }) => id === 'trades');
    expect([check?.outcome, found.grade]).toEqual([expected, best]);
    expect(check?.finding).toContain(words);
    // Graded again later it stays so.
    const again = regradeConfidence(found, { ...values, trades: 2, openTrades: 1 }, everything);
    expect(again.grade).toBe(best);
  },
);

test('a strategy that sees the future is an E whatever else holds', () => {
  expect(grade({}, { ...everything, bias: 'failed' }).grade).toBe('E');
});

test('costs: gone at 1.2 times them fails, at 1.5 is weak; none at all fails', () => {
  const costs = result.fees + result.slippage;
  expect(outcome(grade({ netProfit: 0.2 * costs }), 'costs')).toBe('failed');
  expect(outcome(grade({ netProfit: 0.5 * costs }), 'costs')).toBe('weak');
  expect(outcome(grade({ netProfit: -1 }), 'costs')).toBe('failed');
  expect(outcome(grade({}, everything, { ...result, fees: 0, slippage: 0 }), 'costs')).toBe('failed');
});

test('costs: without a trade there is nothing to say of them', () => {
  const none = { ...result, trades: emptyTrades(0), fees: 0, slippage: 0 };
  const found = grade({ trades: 0, openTrades: 0, netProfit: 0 }, everything, none).checks;
  expect(found.find(({ id }) => id === 'costs')).toMatchObject({
    outcome: 'not-done',
    finding: 'There was no trade, so nothing was paid.',
  });
});

test('luck: many trials are judged by the deflated ratio; a loss never passes', () => {
  expect(outcome(grade({ trials: 500, deflatedSharpe: 0.4 }), 'luck')).toBe('failed');
  expect(outcome(grade({ deflatedSharpe: 0.4 }), 'luck')).toBe('passed');
  expect(outcome(grade({ netProfit: -1, sharpe: -2, probabilisticSharpe: 0.01 }), 'luck')).toBe('failed');
  // Seldom, but there: the mean day earned, and the whole lost.
  expect(outcome(grade({ netProfit: -1, sharpe: 1.5 }), 'luck')).toBe('failed');
  expect(outcome(grade({ probabilisticSharpe: null }), 'luck')).toBe('weak');
});

test('a loss is an E whatever the checks say, and its sentence says that it is a loss', () => {
  // The case that was a B: all evidence there is, 200 trades in two years, and 96 % of the money gone beyond doubt.
  const ruin = {
    netProfit: -9600,
    totalReturn: -0.96,
    sharpe: -8,
    probabilisticSharpe: 0,
    deflatedSharpe: 0,
  };
  const found = grade(ruin);
  expect(found.grade).toBe('E');
  expect(found.summary).toBe(
    'The run lost 96.0 %: there is no profit to support, and nothing here speaks for the strategy.',
  );
  // Costs and luck failed: 3 points each.
  expect(found.points).toBe(6);
  const luck = found.checks.find(({ id }) => id === 'luck');
  expect(luck?.finding).toBe(
    'It made no profit; the true Sharpe ratio is above 0 with a probability of 0 %.',
  );
  expect(grade({ ...ruin, netProfit: 0, totalReturn: 0 }).summary).toContain('The run made no profit');
  expect(grade({ trades: 0, openTrades: 0 }).summary).toBe(
    'Nothing was traded, so there is nothing to judge.',
  );
  expect(grade({ trades: 0, openTrades: 0 }).grade).toBe('E');
});

test('a worse result with the same evidence never stands higher', () => {
  // From a large profit to a ruin: profit, Sharpe ratio and the probability of skill fall together.
  const ladder = Array.from({ length: 81 }, (_, step) => {
    const share = 1 - step / 40;
    const skill = 1 / (1 + Math.exp(-4 * share));
    return {
      netProfit: 3 * share * (result.fees + result.slippage),
      totalReturn: 0.9 * share,
      sharpe: 3 * share,
      probabilisticSharpe: skill,
      deflatedSharpe: skill,
    };
  });
  const evidences: ConfidenceEvidence[] = [
    everything,
    {},
    { ...everything, outOfSample: { share: 0.3, held: false } },
    { ...everything, randomEntries: { pValue: 0.1, trades: 200 } },
  ];
  for (const evidence of evidences) {
    for (const trials of [1, 50]) {
      for (const trades of [201, 41, 11]) {
        const grades = ladder.map((step) => grade({ ...step, trials, trades }, evidence).grade);
        expect(grades).toEqual([...grades].sort());
        expect(new Set(grades.slice(40))).toEqual(new Set(['E']));
      }
    }
  }
  // It is no ladder of one letter: with all evidence it goes from A to E.
  expect(new Set(ladder.map((step) => grade(step).grade)).size).toBeGreaterThanOrEqual(3);
});

test('noise that left a run without a profit is no pass', () => {
  const noise = { verdict: 'no-profit', lossShare: 0.9, runs: 100 } as const;
  expect(outcome(grade({ netProfit: -1 }, { ...everything, noise }), 'noise')).toBe('failed');
});

test('a loss that an older version graded well is an E when it is looked at again', () => {
  const { fees, slippage } = result;
  const old = { ...grade({}, {}), grade: 'B' as const };
  const loss = { ...values, netProfit: -500, totalReturn: -0.05, sharpe: -2, fees, slippage };
  const now = regradeConfidence(old, loss, {});
  expect(now.grade).toBe('E');
  expect(now.checks.map(({ id }) => id)).toEqual(old.checks.map(({ id }) => id));
  expect(now.checks.find(({ id }) => id === 'costs')?.outcome).toBe('failed');
  expect(now.checks.find(({ id }) => id === 'luck')?.outcome).toBe('failed');
});

test('gaps and length are read off the run', () => {
  const day = 86_400_000;
  expect(outcome(grade({}, everything, { ...result, toMs: result.fromMs + 100 * day }), 'length')).toBe(
    'weak',
  );
  const short = { ...result, equity: { ...result.equity, length: 17_000 } };
  const found = grade({}, everything, short);
  expect(outcome(found, 'gaps')).toBe('failed');
  expect(found.checks.find(({ id }) => id === 'gaps')?.finding).toContain('520 of 17520 candles');
});

test('trades that begin and stop out in one candle hang on the assumed path', () => {
  const trades = {
    ...result.trades,
    exitBar: result.trades.entryBar,
    exitReason: result.trades.exitReason.map(() => 2),
  };
  const { pathDependentShare: _known, ...rest } = everything;
  expect(outcome(grade({}, rest, { ...result, trades }), 'path')).toBe('failed');
  expect(outcome(grade({}, rest), 'path')).toBe('passed');
});

test('an order luckier than 95 % of the shuffles fails', () => {
  const monteCarlo = { drawdownRank: 0.97, drawdownP5: -0.5 };
  expect(outcome(grade({}, { ...everything, monteCarlo }), 'monte-carlo')).toBe('failed');
});

test('what is found later lets the grade rise and fall, and leaves the checks of the run as they were', () => {
  const plain = grade({}, {});
  const later = (evidence: ConfidenceEvidence) => regradeConfidence(plain, values, evidence);
  // Three checks not done are 3 points. Passing two of them leaves 1: an A.
  const risen = later({ bias: 'passed', monteCarlo: { drawdownRank: 0.5, drawdownP5: -0.3 } });
  expect([risen.grade, risen.points]).toEqual(['A', 1]);
  expect(risen.checks.slice(0, 6)).toEqual(plain.checks.slice(0, 6));
  expect(risen.checks.map(({ id }) => id)).toEqual(plain.checks.map(({ id }) => id));
  // A failed test on unseen data costs 3 instead of 1; a fragile result and entries like chance 3 more each.
  const failed = { outOfSample: { share: 0.3, held: false, source: 'st-1' } };
  expect([later(failed).grade, later(failed).points]).toEqual(['C', 5]);
  const noise = { verdict: 'fragile', lossShare: 0.6, runs: 100 } as const;
  expect([later({ noise }).grade, later({ noise }).points]).toEqual(['D', 6]);
  expect(later({ ...failed, noise, randomEntries: { pValue: 0.4, trades: 30 } }).grade).toBe('E');
  expect(later({ randomEntries: { pValue: 0.1, trades: 30 } }).points).toBe(4);
  expect(later({ randomEntries: { pValue: 0.05, trades: 30 } }).points).toBe(3);
  // 29 trades say nothing, whichever way the comparison came out.
  for (const pValue of [0.001, 0.9]) {
    const thin = later({ randomEntries: { pValue, trades: 29 } });
    expect(thin.points).toBe(3);
    expect(thin.checks.find(({ id }) => id === 'random-entries')).toMatchObject({
      outcome: 'not-done',
      finding: 'It was compared with random entries, but 29 closed trades are too few to tell.',
    });
  }
  expect(later({ bias: 'failed' }).grade).toBe('E');
});
