/** What the desktop program starts with: flags, data folder, configuration, log. */

import { mkdirSync } from 'node:fs';
import { ConfigKeeper } from '../adapters/config/config-keeper.ts';
import { chooseDataFolder } from '../adapters/config/data-folder.ts';
import { createLogger, type Logger } from '../adapters/logging/logger.ts';
import { defaultRotation } from '../adapters/logging/rotating-file.ts';
import { runningInstance } from '../adapters/store/instance-lock.ts';
import { ApiError } from '../shared/api/result.ts';
import type { DesktopFlags } from './arguments.ts';

/** What the process was given; made-up values in tests. */
export interface Surroundings {
  /** Arguments after the program's own path. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
}

/** Gives the data folder, made and readable by its owner only: Chromium's profile lies in it, too. */
export function openDataFolder(flags: DesktopFlags, surroundings: Surroundings): string {
  const dataFolder = chooseDataFolder(flags.data, surroundings);
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ApiError('bad-input', `data: ${dataFolder} cannot be made (${code ?? 'unknown error'})`, {
      field: 'data',
      hint: 'Choose another folder with --data, or mend its permissions.',
    });
  }
  return dataFolder;
}

/** Refuses to start beside a headless host: said before anything is touched, the log belongs to it, too. */
export function refuseSecondHost(dataFolder: string): void {
  const instance = runningInstance(dataFolder);
  if (instance === undefined) return;
  throw new ApiError(
    'locked',
    `the data folder ${dataFolder} is in use by the instance with process id ${instance.pid}`,
    {
      hint: 'Stop that instance first, open it with "bin/sextant open", or choose another folder with --data.',
    },
  );
}

/** Reads the configuration. Throws `bad-input`. */
export function openConfig(
  flags: DesktopFlags,
  dataFolder: string,
  surroundings: Surroundings,
): ConfigKeeper {
  const keeper = ConfigKeeper.open({
    file: flags.config,
    dataFolder,
    environment: surroundings.environment,
    flags: flags.overrides,
  });
  const { mode } = keeper.config;
  if (mode === 'demo') return keeper;
  const wrong = flags.speed !== 1 ? 'speed' : flags.seed !== undefined ? 'seed' : undefined;
  if (wrong === undefined) return keeper;
  throw new ApiError('bad-input', `${wrong}: only simulated time has it, and the mode is ${mode}`, {
    field: wrong,
    hint: 'Add --demo, or leave it out.',
  });
}

/** Opens the log: files in the data folder, lines for people on standard error. */
export function openLog(keeper: ConfigKeeper, flags: DesktopFlags, dataFolder: string): Logger {
  const { level, keepDays } = keeper.config.log;
  const log = createLogger({
    dataFolder,
    nowMs: () => Date.now(),
    level,
    rotation: { ...defaultRotation, maxDays: keepDays },
    print: { write: (text) => process.stderr.write(text), color: process.stderr.isTTY === true },
  });
  for (const warning of keeper.warnings) log.warn(warning);
  for (const name of flags.unknown) log.info('a flag is left to Chromium', { flag: name });
  return log;
}
