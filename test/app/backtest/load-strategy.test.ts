import { expect, test } from 'vitest';
import { loadStrategy, strategyHint, strategyIds } from '../../../src/app/backtest/load-strategy.ts';
import { strategies } from '../../../src/strategies/registry.ts';

test('gives every strategy of the registry by its id, and nothing for another', async () => {
  for (const strategy of strategies) expect(await loadStrategy(strategy.id)).toBe(strategy);
  expect(await loadStrategy('nothing')).toBeUndefined();
  expect(await loadStrategy('toString')).toBeUndefined();
});

test('knows the ids of all, and asks for the one that was probably meant', () => {
  expect([...strategyIds].sort()).toEqual(strategies.map(({ id }) => id).sort());
  expect(strategyHint('gird')).toBe('Did you mean grid?');
  expect(strategyHint('macross')).toBe('Did you mean ma-cross?');
  expect(strategyHint('breakout')).toBe('See what there is with: bin/sextant strategies list');
});
