/** `doctor`: what this installation needs, what is missing and what to do. Makes nothing, changes nothing. */

import { loadConfig } from '../../adapters/config/load-config.ts';
import { runningInstance } from '../../adapters/store/instance-lock.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { paint } from '../output/paint.ts';
import type { Check } from './check.ts';
import * as machine from './machine-checks.ts';
import * as program from './program-checks.ts';

const failedExitCode = 3;

function configuredPort(context: CommandContext): number {
  try {
    return loadConfig({
      file: context.configFile,
      dataFolder: context.dataFolder,
      environment: context.environment,
      flags: [],
    }).config.api.port;
  } catch (error) {
    // Told by the check of the configuration.
    if (error instanceof ApiError) return 0;
    throw error;
  }
}

/** Runs every check and gives the exit code: 0 when none fails. */
export async function runDoctor(context: CommandContext): Promise<number> {
  const { dataFolder, environment } = context;
  const isRunning = runningInstance(dataFolder) !== undefined;
  const checks: Check[] = await Promise.all([
    program.checkNode(),
    program.checkFiles(),
    program.checkNative(),
    program.checkSqlite(),
    machine.checkConfig(context),
    machine.checkDataFolder(dataFolder),
    machine.checkDisk(dataFolder),
    machine.checkStore(dataFolder),
    machine.checkInstance(dataFolder),
    machine.checkSecrets(dataFolder),
    machine.checkClock(),
    // A running host has the configured port itself.
    machine.checkPort(isRunning ? 0 : configuredPort(context)),
    program.checkRenderer(),
    program.checkBrowser(environment),
    program.checkElectron(),
    program.checkCargo(environment),
  ]);
  const failed = checks.filter((check) => check.status === 'fail').length;
  context.output.result({ checks, failed }, () => doctorText(checks, context.output.color));
  return failed === 0 ? 0 : failedExitCode;
}

function doctorText(checks: readonly Check[], color: boolean): string {
  const colors = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
  const width = Math.max(...checks.map((check) => check.name.length));
  return checks
    .map(({ name, status, detail, fix }) => {
      const line = `${paint(colors[status], status.padEnd(4), color)}  ${name.padEnd(width)}  ${detail}`;
      return fix === '' ? line : `${line}\n      ${' '.repeat(width)}  → ${fix}`;
    })
    .join('\n');
}
