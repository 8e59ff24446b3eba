import { expect, it } from 'vitest';
import { judgeHedge } from '../../../src/app/pairs/judge-hedge.ts';

// Deviations of 1 and 10: 0, 2, 0, 2 has the mean 1 and a sample deviation of √(4/3), the other ten times that.
const first = { name: 'XMR', column: Float64Array.of(0, 2, 0, 2) };
const second = { name: 'ZEC', column: Float64Array.of(0, 20, 20, 0) };

it('calls a hedge what takes out at least a hundredth of the variance', () => {
  // 0.01 × 10 / 1 = 0.1 of the deviation: just enough.
  expect(judgeHedge(0.01, first, second)).toEqual({ verdict: 'pair' });
  expect(judgeHedge(0.0099, first, second).verdict).toBe('no-hedge');
  expect(judgeHedge(1.3, second, first)).toEqual({ verdict: 'pair' });
});

it('says why a ratio of about nothing is no hedge, whichever its sign', () => {
  expect(judgeHedge(-0.0008, first, second)).toEqual({
    verdict: 'no-hedge',
    reason: 'ZEC moves XMR by 0.8 % of what XMR moves: it hedges nothing, XMR alone is traded.',
  });
  expect(judgeHedge(0, first, second).verdict).toBe('no-hedge');
});

it('says that with a negative ratio both are bought', () => {
  expect(judgeHedge(-0.5, first, second)).toEqual({
    verdict: 'same-side',
    reason:
      'The hedge ratio is negative: XMR and ZEC are bought together, and fall together with the market.',
  });
});
