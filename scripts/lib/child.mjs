/** Runs child processes: captured with its first and last words kept for error messages, or handed our own terminal. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @type {readonly NodeJS.Signals[]} */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Captured children that are running; none of them may outlive us. @type {Set<import('node:child_process').ChildProcess>} */
const captured = new Set();

/** @param {NodeJS.Signals} signal */
function stopCaptured(signal) {
  for (const child of captured) child.kill('SIGTERM');
  process.exit(signalExitCode(signal));
}

/** @param {import('node:child_process').ChildProcess} child */
function addCaptured(child) {
  if (captured.size === 0) for (const signal of stopSignals) process.on(signal, stopCaptured);
  captured.add(child);
}

/** @param {import('node:child_process').ChildProcess} child */
function removeCaptured(child) {
  captured.delete(child);
  if (captured.size === 0) for (const signal of stopSignals) process.off(signal, stopCaptured);
}

/** Lines of a failed child's output that are worth showing: its first, which often name the cause, and its last. */
const headLines = 12;
const tailLines = 30;

/**
 * Runs a command to its end and gives its exit code, its first and last lines and its whole standard output.
 * @param {string} command @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, echo?: boolean, shell?: boolean }} [options]
 *   `onLine` sees each line of both streams; `echo` passes both streams on as they come.
 * @returns {Promise<{ code: number, stdout: string, words: string }>} code 127 when the command cannot be found
 */
export function runCaptured(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    addCaptured(child);
    /** @type {string[]} */
    const head = [];
    /** @type {string[]} */
    const lines = [];
    let stdout = '';
    /** @param {string} line */
    const keep = (line) => {
      if (line.trim() === '') return;
      if (head.length < headLines) head.push(line);
      else lines.push(line);
      if (lines.length > tailLines) lines.shift();
      options.onLine?.(line);
    };
    /** @param {import('node:stream').Readable} stream @param {NodeJS.WriteStream} own @param {boolean} isData */
    const follow = (stream, own, isData) => {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (/** @type {string} */ text) => {
        if (isData) stdout += text;
        if (options.echo) own.write(text);
        const pieces = (rest + text).split('\n');
        rest = pieces.pop() ?? '';
        for (const piece of pieces) keep(piece);
      });
      stream.on('end', () => keep(rest));
    };
    follow(child.stdout, process.stdout, true);
    follow(child.stderr, process.stderr, false);
    child.on('error', (error) => {
      removeCaptured(child);
      const missing = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
      resolve({ code: missing ? 127 : 126, stdout, words: error.message });
    });
    child.on('close', (code, signal) => {
      removeCaptured(child);
      resolve({ code: code ?? signalExitCode(signal), stdout, words: [...head, ...lines].join('\n') });
    });
  });
}

/** The exit code a shell gives a process ended by a signal. @param {NodeJS.Signals | null} signal */
export function signalExitCode(signal) {
  return signal ? 128 + (constants.signals[signal] ?? 0) : 1;
}

/**
 * Hands our terminal to a child, passes the signals that ask us to stop on to it, and gives its exit code.
 * A terminal sends Ctrl-C to the whole group, so the child has it already: it must not arrive twice, since the
 * second one means "at once".
 * @param {string} command @param {readonly string[]} args @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>}
 */
export function handOver(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => {
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    for (const name of stopSignals) process.on(name, pass);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of stopSignals) process.off(name, pass);
      resolve(code ?? signalExitCode(signal));
    });
  });
}
