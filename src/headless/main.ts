/**
 * The command line of Sextant, and the host without a window: what `bin/sextant` and `npm start` run.
 *
 * - `cli/`: arguments, flags, the list of commands
 * - `commands/`: what each command does
 * - `connection/`: asks the running host, or the store where none runs
 * - `host/`: runs the host, opens a window on it
 * - `doctor/`: checks of the installation
 * - `output/`: the only place that writes to the terminal
 */

import { CommanderError } from 'commander';
import { ApiError, type ApiFailure, exitCodeOf, failureOf } from '../shared/api/result.ts';
import { commandOf, withCommand } from './cli/arguments.ts';
import { createContext } from './cli/context.ts';
import { createProgram } from './cli/program.ts';
import { type Output, processOutput, tolerateClosedPipes } from './output/output.ts';

/** What still runs this long after a command's end (a pool, a half-closed socket) is not waited for. */
const lingerMs = 2_000;
const interruptedExitCode = 130;

/** Gives the failure of a wrong command line, with the flag or argument as the field. */
function usageFailure(error: CommanderError): ApiFailure {
  const message = error.message.replace(/^error: /, '').replace(/\n.*$/s, '');
  const field = /'(?:-\w, )?--([a-z][a-z0-9-]*)|'<?([a-z][a-z0-9-]*)/i.exec(message);
  const suggestion = /\((Did you mean .*\?)\)/.exec(error.message)?.[1];
  return {
    ok: false,
    code: 'bad-input',
    message,
    field: field?.[1] ?? field?.[2],
    hint: suggestion ?? 'See: bin/sextant --help',
  };
}

/** Turns whatever was thrown into words and an exit code. */
async function explain(error: unknown, output: Output, args: readonly string[]): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    output.failure(usageFailure(error));
    return exitCodeOf['bad-input'];
  }
  if (error instanceof Error && error.name === 'InterruptedError') {
    output.talk(error.message);
    return interruptedExitCode;
  }
  if (error instanceof ApiError && error.code !== 'internal') {
    output.failure(failureOf(error));
    return exitCodeOf[error.code];
  }
  const report = await reportBug(error, args);
  output.failure({
    ok: false,
    code: 'internal',
    message: `a bug in Sextant: ${error instanceof Error ? error.message : String(error)}`,
    hint: report === undefined ? undefined : `Report: ${report}`,
  });
  return exitCodeOf.internal;
}

async function reportBug(error: unknown, args: readonly string[]): Promise<string | undefined> {
  const { writeReport } = await import('./host/report-file.ts');
  const at = args.indexOf('--data');
  const { dataFolder } = createContext(at < 0 ? {} : { data: args[at + 1] });
  // Words only: values of flags may be anything.
  const command = args
    .filter((arg) => /^[a-z-]{1,20}$/.test(arg))
    .slice(0, 2)
    .join(' ');
  return writeReport({ dataFolder, error, command, nowMs: Date.now() });
}

/** Runs a command line and gives its exit code. */
async function main(typed: readonly string[]): Promise<number> {
  tolerateClosedPipes();
  const { args, isImplicit } = withCommand(typed);
  const output = processOutput({
    json: args.includes('--json'),
    color: args.includes('never') ? 'never' : 'auto',
  });
  if (isImplicit && args[0] === 'open') {
    output.talk(
      'No desktop window here: bin/sextant opens the terminal in a browser (npm start looks for Electron).',
    );
  }
  let exitCode = 0;
  const program = await createProgram(
    (code) => {
      exitCode = code;
    },
    // Errors are told once, by `explain`; help goes to standard output.
    { writeErr: () => undefined, writeOut: (text) => process.stdout.write(text) },
    commandOf(args),
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, output, args);
  }
}

process.exitCode = await main(process.argv.slice(2));
setTimeout(() => process.exit(), lingerMs).unref();
