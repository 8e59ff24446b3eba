/** The Lab of a data folder in this process: for commands that run studies and checks without a host. */

import { loadNative } from '../../adapters/compute/native.ts';
import { createBacktestRunner } from '../../app/lab/backtest-runner.ts';
import { Lab } from '../../app/lab/lab.ts';
import { findStrategy, strategies } from '../../strategies/registry.ts';
import type { CommandContext } from '../cli/context.ts';
import { withFlagNames } from '../cli/run-field-flags.ts';
import type { OwnStrategy } from '../commands/own-strategy.ts';

/**
 * Works with the Lab and ends its workers; `own` is there beside the strategies that Sextant ships. Errors name the flag they
 * are about.
 */
export async function withLab<T>(
  context: CommandContext,
  work: (lab: Lab) => Promise<T>,
  own?: OwnStrategy,
): Promise<T> {
  const { dataFolder } = context;
  const runner = createBacktestRunner({ dataFolder, strategyModule: own?.path });
  const lab = new Lab({
    addon: loadNative(),
    dataFolder,
    runner,
    strategies: own === undefined ? strategies : [...strategies, own.strategy],
    findStrategy: (id) => (own?.strategy.id === id ? own.strategy : findStrategy(id)),
    wallClock: () => Date.now(),
  });
  try {
    return await work(lab);
  } catch (error) {
    throw withFlagNames(error);
  } finally {
    await runner.close();
  }
}
