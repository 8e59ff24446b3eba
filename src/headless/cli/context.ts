/** What every command works with: the global flags, read once. */

import { homedir } from 'node:os';
import { chooseDataFolder } from '../../adapters/config/data-folder.ts';
import { type LogLevel, logLevels } from '../../adapters/logging/log-port.ts';
import { ApiError } from '../../shared/api/result.ts';
import { type Output, processOutput } from '../output/output.ts';
import { badFlag } from './values.ts';

/** The global flags as commander gives them. */
export interface GlobalFlags {
  readonly data?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
  readonly logLevel?: string | undefined;
  readonly color?: string | undefined;
  readonly yes?: boolean | undefined;
}

export interface CommandContext {
  /** Absolute; may not exist yet. */
  readonly dataFolder: string;
  readonly configFile: string | undefined;
  readonly logLevel: LogLevel | undefined;
  /** Nothing is asked: what would be confirmed is done. */
  readonly yes: boolean;
  readonly output: Output;
  readonly environment: NodeJS.ProcessEnv;
}

/** Reads the global flags. Throws `bad-input`. */
export function createContext(
  flags: GlobalFlags,
  environment: NodeJS.ProcessEnv = process.env,
): CommandContext {
  const { logLevel, color = 'auto' } = flags;
  if (logLevel !== undefined && !logLevels.includes(logLevel as LogLevel)) {
    throw badFlag('log-level', logLevel, `is not one of ${logLevels.join(', ')}`);
  }
  if (color !== 'auto' && color !== 'never') throw badFlag('color', color, 'is not one of auto, never');
  if (flags.data === '') throw new ApiError('bad-input', 'data: must name a folder', { field: 'data' });
  return {
    dataFolder: chooseDataFolder(flags.data, {
      platform: process.platform,
      environment,
      homeFolder: homedir(),
    }),
    configFile: flags.config,
    logLevel: logLevel as LogLevel | undefined,
    yes: flags.yes === true,
    output: processOutput({ json: flags.json === true, color }),
    environment,
  };
}
