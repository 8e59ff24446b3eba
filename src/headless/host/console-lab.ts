/** The Lab of a data folder in this process: for commands that run studies and checks without a host. */

import { loadNative } from '../../adapters/compute/native.ts';
import { createBacktestRunner } from '../../app/lab/backtest-runner.ts';
import { Lab } from '../../app/lab/lab.ts';
import { ApiError } from '../../shared/api/result.ts';
import { findStrategy, strategies } from '../../strategies/registry.ts';
import type { CommandContext } from '../cli/context.ts';

/** Names that flags have where a specification's fields are called otherwise. */
const flagOfField: Readonly<Record<string, string>> = {
  'backtest.strategy': 'strategy',
  'study.backtest.strategy': 'strategy',
  'study.objectives': 'objective',
  objectives: 'objective',
  series: 'candles',
  fromMs: 'from',
  warmupBars: 'warmup',
};

/** Works with the Lab and ends its workers. Errors name the flag they are about. */
export async function withLab<T>(context: CommandContext, work: (lab: Lab) => Promise<T>): Promise<T> {
  const { dataFolder } = context;
  const runner = createBacktestRunner({ dataFolder });
  const wallClock = (): number => Date.now();
  const lab = new Lab({ addon: loadNative(), dataFolder, runner, strategies, findStrategy, wallClock });
  try {
    return await work(lab);
  } catch (error) {
    throw named(error);
  } finally {
    await runner.close();
  }
}

function named(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.field === undefined) return error;
  const flag = flagOfField[error.field];
  if (flag === undefined) return error;
  const start = `${error.field}: `;
  const words = error.message.startsWith(start) ? error.message.slice(start.length) : error.message;
  return new ApiError(error.code, `${flag}: ${words}`, { field: flag, hint: error.hint });
}
