/** The form of a replay for market makers. */

import { describe, expect, it } from 'vitest';
import {
  firstReplayChoices,
  replayLabel,
  replayRequestOf,
} from '../../../src/renderer/lab/replay-choices.ts';
import { contract } from '../../../src/shared/api/contract.ts';

const grid = firstReplayChoices('grid');
const check = contract['recordings/replay'].request;

describe('the form of a replay', () => {
  it('begins with a request that the host takes, for each market maker', () => {
    for (const strategy of ['grid', 'quoter'] as const) {
      const made = replayRequestOf(firstReplayChoices(strategy));
      if (!('request' in made)) throw new Error(JSON.stringify(made));
      expect(check.safeParse({ venue: 'own', instrument: 'BTC/USDT', ...made.request }).success).toBe(true);
      expect(made.combinations).toBe(strategy === 'grid' ? 3 : 2);
    }
  });

  it('takes several numbers as values to try, percent as parts, rebates below zero', () => {
    const made = replayRequestOf({
      ...grid,
      params: { ...grid.params, levels: '2, 4', size: ' 0.01 ' },
      makerFee: '-0.005',
      lowestPrice: '100',
      highestPrice: '200.5',
    });
    expect(made).toMatchObject({
      combinations: 6,
      request: {
        strategy: 'grid',
        params: { levels: [2, 4], intervalTicks: [5, 10, 20], size: 0.01, maxPosition: 0.1 },
        takerFee: 0.0005,
        lowestPrice: 100,
        highestPrice: 200.5,
      },
    });
    expect('request' in made ? made.request.makerFee : 0).toBeCloseTo(-0.00005, 15);
    expect([replayLabel('riskAversion'), replayLabel('size'), replayLabel('other')]).toEqual([
      'Risk aversion',
      'Order size',
      'other',
    ]);
  });

  it('names what is wrong by field', () => {
    const found = replayRequestOf({
      ...grid,
      params: { ...grid.params, levels: '', size: '1, two', maxPosition: '-1' },
      stepMs: '0',
      latencyMs: '60001',
      makerFee: '-51',
      takerFee: 'x',
      lowestPrice: '5',
      highestPrice: '5',
    });
    expect(Object.keys('problems' in found ? found.problems : {}).sort()).toEqual(
      ['highestPrice', 'latencyMs', 'levels', 'makerFee', 'maxPosition', 'size', 'stepMs', 'takerFee'].sort(),
    );
    expect(replayRequestOf({ ...grid, lowestPrice: '5' })).toMatchObject({
      problems: { highestPrice: 'A price above the lowest' },
    });
    expect(replayRequestOf({ ...grid, highestPrice: '5' })).toMatchObject({
      problems: { lowestPrice: 'A price, or none of both' },
    });
  });
});
