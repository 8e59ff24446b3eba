/** Runs the command line as people do: a process of its own, with its output and exit code. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const entry = fileURLToPath(new URL('../../src/headless/main.ts', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

const started = new Set<Running>();
const folders: string[] = [];

afterAll(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGKILL');
    await ended;
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** As the launcher does: starts take half the time. */
const compileCache = join(root, 'node_modules', '.cache', 'compile');

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One JSON line of standard output. */
export type Line = Readonly<Record<string, unknown>> & { readonly kind: string };

export function linesOf(stdout: string): Line[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** The last line: the result or the error. */
export function lastLine(said: Pick<Said, 'stdout' | 'stderr'>): Line {
  const last = linesOf(said.stdout).at(-1);
  if (last === undefined) throw new Error(`nothing on standard output; standard error: ${said.stderr}`);
  return last;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Said>;
  /** What was said so far. */
  readonly said: { stdout: string; stderr: string };
}

/** Starts a command; it is ended with the tests at the latest. */
export function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input?: string,
): Running {
  const { SEXTANT_DATA: _data, SEXTANT_CONFIG: _config, ...inherited } = process.env;
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: root,
    env: { NODE_COMPILE_CACHE: compileCache, ...inherited, SEXTANT_BROWSER: 'none', ...environment },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(input);
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  const ended = new Promise<Said>((resolve) => child.on('close', (code) => resolve({ code, ...said })));
  const running = { child, ended, said };
  started.add(running);
  void ended.then(() => started.delete(running));
  return running;
}

/** Runs a command to its end. */
export function sextant(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<Said> {
  return start(args, environment, input).ended;
}

/** A folder that does not exist yet, removed after the tests. */
export function newDataFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'sextant-cli-'));
  folders.push(parent);
  return join(parent, 'data');
}

/** Name, mode and content of everything in a folder, as one hash; `absent` where there is none. */
export function fingerprint(folder: string): string {
  if (!existsSync(folder)) return 'absent';
  const hash = createHash('sha256');
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const path = join(folder, name);
    const found = statSync(path);
    hash.update(`${name}\0${found.mode}\0`);
    if (found.isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}
