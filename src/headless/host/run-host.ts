/**
 * Runs the host without a window: configuration, log, terminal, local API; then waits for its end, stops it cleanly
 * and prints the result.
 */

import { ConfigKeeper } from '../../adapters/config/config-keeper.ts';
import { removeHostFile, writeHostFile } from '../../adapters/http/host-file.ts';
import { readLastPort, writeLastPort } from '../../adapters/http/last-port.ts';
import { requirePages } from '../../adapters/http/page-routes.ts';
import { type ServedTerminal, serveTerminal } from '../../adapters/http/serve-terminal.ts';
import { createLogger, type Logger } from '../../adapters/logging/logger.ts';
import { defaultRotation } from '../../adapters/logging/rotating-file.ts';
import { runningInstance } from '../../adapters/store/instance-lock.ts';
import { createTerminal } from '../../app/create-terminal.ts';
import type { RunResult, Terminal } from '../../app/terminal-types.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { pagesFolder } from './pages-folder.ts';
import { showRunProgress } from './progress.ts';
import { writeReport } from './report-file.ts';
import type { RunFlags } from './run-flags.ts';
import { runResultText } from './run-result-text.ts';
import { listenForSignals, type StopSignals } from './stop-signals.ts';

export interface RunHostHooks {
  /** Called once everything answers. `browserAddress` makes an address with a one-time token. */
  readonly onReady?: ((served: ServedTerminal) => void) | undefined;
}

/** How a run came to its end. */
interface RunEnd {
  readonly reason: string;
  readonly exitCode: number;
  readonly failure?: Error | undefined;
}

const bugExitCode = 1;

/** Runs to the end and gives the exit code. Throws `ApiError` when it cannot start. */
export async function runHost(
  context: CommandContext,
  flags: RunFlags,
  hooks: RunHostHooks = {},
): Promise<number> {
  const { dataFolder, output } = context;
  const keeper = ConfigKeeper.open({
    file: context.configFile,
    dataFolder,
    environment: context.environment,
    flags: flags.overrides,
  });
  checkFlags(flags, keeper);
  if (flags.serve) requirePages(pagesFolder());
  refuseSecondInstance(dataFolder);
  const { config } = keeper;
  const log = createLogger({
    dataFolder,
    nowMs: () => Date.now(),
    level: config.log.level,
    rotation: { ...defaultRotation, maxDays: config.log.keepDays },
    print: { write: (text) => process.stderr.write(text), color: output.color },
  });
  for (const warning of keeper.warnings) log.warn(warning);
  let served: ServedTerminal | undefined;
  const signals = listenForSignals(() => reload(keeper, log, served));
  const stopReporting = reportCrashes(context, log);
  try {
    const terminal = await createTerminal({
      config,
      dataFolder,
      seed: flags.seed,
      speed: flags.speed,
      demoBots: flags.demo ? 'running' : flags.serve ? 'offered' : 'none',
      simulateForMs: flags.simulateForMs,
      log,
    });
    let end: RunEnd;
    try {
      served = await serveTerminal(terminal, {
        port: config.api.port,
        preferredPort: readLastPort(dataFolder),
        requestsPerTenSecondsMax: config.api.requestsPerTenSecondsMax,
        log,
        pagesFolder: flags.serve ? pagesFolder() : undefined,
      });
      const { address, port } = served;
      writeLastPort(dataFolder, port);
      writeHostFile(dataFolder, { pid: process.pid, address, port, token: served.access.issueToken() });
      keeper.confirm(Date.now());
      announce(context, served, flags, config.mode);
      hooks.onReady?.(served);
      end = await waitForEnd(context, terminal, flags, signals);
    } catch (error) {
      await closeDown(context, terminal, served, 'it could not be served');
      throw error;
    }
    const result = await closeDown(context, terminal, served, end.reason);
    return finish(context, end, result, log);
  } finally {
    stopReporting();
    signals.dispose();
    log.close();
  }
}

function checkFlags(flags: RunFlags, keeper: ConfigKeeper): void {
  if (keeper.config.mode === 'demo') return;
  const simulatedOnly = [
    ['sim-for', flags.simulateForMs !== undefined],
    ['speed', flags.speed !== 1],
    ['seed', flags.seed !== undefined],
  ] as const;
  const wrong = simulatedOnly.find(([, isGiven]) => isGiven);
  if (wrong === undefined) return;
  throw new ApiError(
    'bad-input',
    `${wrong[0]}: only simulated time has it, and the mode is ${keeper.config.mode}`,
    {
      field: wrong[0],
      hint: 'Add --demo, or leave it out.',
    },
  );
}

/** Said before anything is touched: the log belongs to the running instance, too. */
function refuseSecondInstance(dataFolder: string): void {
  const instance = runningInstance(dataFolder);
  if (instance === undefined) return;
  throw new ApiError(
    'locked',
    `the data folder ${dataFolder} is in use by the instance with process id ${instance.pid}`,
    {
      hint: 'Stop that instance first, or choose another folder with --data.',
    },
  );
}

function announce(context: CommandContext, served: ServedTerminal, flags: RunFlags, mode: string): void {
  const { output, dataFolder } = context;
  const browserAddress = flags.serve ? served.browserAddress() : null;
  output.event('ready', { pid: process.pid, mode, dataFolder, api: served.address, address: browserAddress });
  if (browserAddress !== null) output.text(`Terminal: ${browserAddress}`);
  output.talk(`Ready: ${mode} mode, local API at ${served.address}, data in ${dataFolder}. Ctrl-C stops it.`);
}

/** Waits for the end of the run: simulated time or wall time over, a signal, the API, or a failure. */
async function waitForEnd(
  context: CommandContext,
  terminal: Terminal,
  flags: RunFlags,
  signals: StopSignals,
): Promise<RunEnd> {
  const endProgress = showRunProgress({
    client: terminal.client,
    output: context.output,
    forMs: flags.forMs,
    simulateForMs: flags.simulateForMs,
  });
  let timer: NodeJS.Timeout | undefined;
  const waits: Promise<RunEnd>[] = [
    signals.requested,
    terminal.ended.then(({ reason, failure }) => ({
      reason,
      failure,
      exitCode: failure === undefined ? 0 : bugExitCode,
    })),
  ];
  const { forMs } = flags;
  if (forMs !== undefined) {
    waits.push(
      new Promise((resolve) => {
        timer = setTimeout(
          () => resolve({ reason: 'the time given with --for is over', exitCode: 0 }),
          forMs,
        );
      }),
    );
  }
  try {
    return await Promise.race(waits);
  } finally {
    clearTimeout(timer);
    endProgress();
  }
}

/** Stops listening first, so that nobody calls a terminal that is closing; then stops the terminal. */
async function closeDown(
  context: CommandContext,
  terminal: Terminal,
  served: ServedTerminal | undefined,
  reason: string,
): Promise<RunResult> {
  removeHostFile(context.dataFolder, process.pid);
  await served?.close();
  return terminal.stop(reason);
}

function finish(context: CommandContext, end: RunEnd, result: RunResult, log: Logger): number {
  const { output, dataFolder } = context;
  const isWrong = end.failure !== undefined || result.identities.failed > 0;
  if (isWrong) {
    const error =
      end.failure ?? new Error(`${result.identities.failed} identities failed; journal verify tells which`);
    const report = writeReport({ dataFolder, error, command: 'run', nowMs: Date.now(), log });
    output.talk(
      `This is a bug in Sextant: ${error.message}. ${report === undefined ? '' : `Report: ${report}`}`,
    );
  }
  output.result(result, () => runResultText(result, end.reason));
  return isWrong ? bugExitCode : end.exitCode;
}

/** Applies what can be changed while running and tells what cannot. A bad file changes nothing. */
function reload(keeper: ConfigKeeper, log: Logger, served: ServedTerminal | undefined): void {
  try {
    const { config, changed } = keeper.reload(Date.now());
    log.setLevel(config.log.level);
    served?.setRequestLimit(config.api.requestsPerTenSecondsMax);
    const atOnce = new Set(['log.level', 'api.requestsPerTenSecondsMax']);
    const later = changed.filter((name) => !atOnce.has(name));
    log.info('the configuration was read again', {
      changed,
      ...(later.length > 0 ? { nextStart: later } : {}),
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    log.error('the configuration was refused; the one before stays in force', {
      message: error.message,
      field: error.field,
    });
  }
}

/** An error nobody caught ends the run: the journal is durable, going on in an unknown state is not safe. */
function reportCrashes(context: CommandContext, log: Logger): () => void {
  const onCrash = (error: unknown): void => {
    log.error('an unexpected error ends the program', { error });
    log.flush();
    const report = writeReport({
      dataFolder: context.dataFolder,
      error,
      command: 'run',
      nowMs: Date.now(),
      log,
    });
    context.output.failure({
      ok: false,
      code: 'internal',
      message: 'an unexpected error ended the program',
      hint: report === undefined ? undefined : `Report: ${report}`,
    });
    removeHostFile(context.dataFolder, process.pid);
    process.exit(bugExitCode);
  };
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  return () => {
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
  };
}
