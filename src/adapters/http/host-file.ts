/**
 * `host.json` in the data folder: where a running host listens and the token to call it with. Only its owner may read
 * it. It is removed at a clean stop; after a crash the process id tells that nobody is there.
 */

import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive } from '../processes.ts';

const hostFileSchema = z.object({
  pid: z.number().int().min(1),
  address: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/),
  port: z.number().int().min(1).max(65_535),
  token: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/** How to reach a running host. */
export type HostFile = z.infer<typeof hostFileSchema>;

const bytesMax = 4096;
const pathOf = (dataFolder: string): string => join(dataFolder, 'host.json');

/** Writes the file, whole or not at all, readable by its owner only. */
export function writeHostFile(dataFolder: string, host: HostFile): void {
  const fresh = `${pathOf(dataFolder)}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(host)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(fresh, 0o600);
  renameSync(fresh, pathOf(dataFolder));
}

/** Removes the file if it is still ours. */
export function removeHostFile(dataFolder: string, pid: number): void {
  if (readHostFile(dataFolder)?.pid === pid) rmSync(pathOf(dataFolder), { force: true });
}

/** Gives what the file says, or undefined: no file, not ours, or cut by a crash. */
export function readHostFile(dataFolder: string): HostFile | undefined {
  const path = pathOf(dataFolder);
  if (!existsSync(path) || statSync(path).size > bytesMax) return undefined;
  try {
    return hostFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // The file is only a pointer: without a readable one there is no host to talk to.
    return undefined;
  }
}

/** Gives the host that runs on a data folder, or undefined when there is none. */
export function findRunningHost(dataFolder: string): HostFile | undefined {
  const host = readHostFile(dataFolder);
  return host !== undefined && isAlive(host.pid) ? host : undefined;
}
