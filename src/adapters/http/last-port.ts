/**
 * The port a data folder was served on last. A host that may take any port asks for it again first, so that an open
 * page finds it after a restart.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const pathOf = (dataFolder: string): string => join(dataFolder, 'last-port');

/** Gives the port, or undefined when none is known. */
export function readLastPort(dataFolder: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(pathOf(dataFolder), 'utf8');
  } catch {
    // The first start, or a file that cannot be read: any free port will do.
    return undefined;
  }
  const port = /^\d{4,5}\n?$/.test(text) ? Number(text) : Number.NaN;
  return port >= 1024 && port <= 65_535 ? port : undefined;
}

/** Remembers the port. */
export function writeLastPort(dataFolder: string, port: number): void {
  writeFileSync(pathOf(dataFolder), `${port}\n`, { mode: 0o600 });
}
