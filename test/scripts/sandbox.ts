/** A throw-away copy of bin/ and scripts/, so that set-up and launcher can be tried on any state of a clone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { pinnedPackage } from '../../scripts/pinned-node.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a finished process said. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A clone-like folder with bin/ and scripts/, removed after the test. */
export function createSandbox() {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-scripts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['bin', 'scripts', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true });

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  /** Makes the pinned Node of the real clone available in this one. */
  const linkPinnedNode = (): void => {
    const name = pinnedPackage()?.name;
    if (name === undefined) throw new Error('npm has no Node package for this platform');
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  };
  /** Starts a script of the sandbox; `spoken` waits for a text on standard output. */
  const start = (script: string, args: readonly string[] = []) =>
    follow(process.execPath, [join(folder, script), ...args]);
  /** Starts a program of the sandbox by itself, as a shell does. */
  const execute = (program: string, args: readonly string[] = []) => follow(join(folder, program), args);
  const follow = (command: string, args: readonly string[]) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = once(child, 'close').then(
      ([code]): Said => ({ code: code as number | null, stdout, stderr }),
    );
    const spoken = async (text: string): Promise<void> => {
      while (!stdout.includes(text)) await once(child.stdout, 'data');
    };
    return { child, ended, spoken };
  };
  return { folder, write, linkPinnedNode, start, execute };
}
