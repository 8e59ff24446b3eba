import { expect, test } from 'vitest';
import type { ShadowResult } from '../../src/shared/lab/shadow.ts';
import { lastLine, newDataFolder, sextant } from './sextant.ts';

test('a demo run is compared with its backtest from its folder alone', async () => {
  const data = ['--data', newDataFolder(), '--json'];
  const run = ['run', '--demo', '--seed', 'shadow', '--speed', 'max', '--sim-for', '90m'];
  expect((await sextant([...run, ...data])).code).toBe(0);

  const said = await sextant(['backtest', 'shadow', '--bot', 'b3', '--tolerance', '1', ...data]);
  expect(said.code).toBe(0);
  const result = lastLine(said) as unknown as ShadowResult;
  expect([result.strategy, result.toleranceBars]).toEqual(['ma-cross', 1]);
  expect(result.pairs.length).toBeGreaterThan(0);
  expect(result.verdict[0]).toMatch(/^The run's profit is -?\d+\.(\d\d|\d{6}) USDT, the backtest's/);

  // Flags that `backtest` has too reach the shadow.
  const later = String(result.fromMs + 20 * 60_000);
  const part = lastLine(await sextant(['backtest', 'shadow', '--bot', 'b3', '--from', later, ...data]));
  expect(part['fromMs']).toBe(Number(later));

  // How long ago is reckoned on the simulated clock, which ended 90 minutes after it began.
  const ago = lastLine(await sextant(['backtest', 'shadow', '--bot', 'b3', '--from', '30m', ...data]));
  expect((ago['toMs'] as number) - (ago['fromMs'] as number)).toBeGreaterThanOrEqual(29 * 60_000);
  expect((ago['toMs'] as number) - (ago['fromMs'] as number)).toBeLessThanOrEqual(31 * 60_000);

  const unknown = await sextant(['backtest', 'shadow', '--bot', 'b9', ...data]);
  expect([unknown.code, lastLine(unknown)['field']]).toEqual([4, 'bot']);
  const foreign = await sextant(['backtest', 'shadow', '--bot', 'b3', '--strategy', 'grid', ...data]);
  expect([foreign.code, lastLine(foreign)['field']]).toEqual([2, 'strategy']);
});
