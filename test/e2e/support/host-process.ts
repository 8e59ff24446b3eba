/** The real headless host in a process of its own, so that it can be killed like a real one. */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { patienceMs } from '../../patience.ts';

const main = fileURLToPath(new URL('../../../src/headless/main.ts', import.meta.url));

export interface HostProcess {
  /** Signs one browser in; works once. */
  readonly address: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Ends it cleanly; gives the result line. */
  stop(): Promise<Record<string, unknown>>;
}

/** Starts the demo and waits for its address. */
export function startHost(dataFolder: string, flags: readonly string[] = []): Promise<HostProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    [main, '--no-ui', '--demo', '--serve', '--json', '--data', dataFolder, ...flags],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let out = '';
  let talk = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stderr?.on('data', (text) => {
    talk += String(text);
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the host gave no address: ${out} ${talk}`));
    }, patienceMs);
    child.once('exit', (code) => reject(new Error(`the host ended with ${code}: ${out} ${talk}`)));
    child.stdout?.on('data', (text) => {
      out += String(text);
      const address = /"address":"([^"]+)"/.exec(out)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve({
        address,
        async kill() {
          child.kill('SIGKILL');
          await ended;
        },
        async stop() {
          child.kill('SIGTERM');
          await ended;
          return JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
        },
      });
    });
  });
}
