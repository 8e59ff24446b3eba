import { expect, test } from 'vitest';
import { loadStrategy } from '../../../src/app/backtest/load-strategy.ts';
import { strategies } from '../../../src/strategies/registry.ts';

test('gives every strategy of the registry by its id, and nothing for another', async () => {
  for (const strategy of strategies) expect(await loadStrategy(strategy.id)).toBe(strategy);
  expect(await loadStrategy('nothing')).toBeUndefined();
  expect(await loadStrategy('toString')).toBeUndefined();
});
