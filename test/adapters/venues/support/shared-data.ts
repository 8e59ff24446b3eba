/** Finds the folder of recorded market data that some tests use; it is not part of the repository. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sharedFolder =
  process.env['SEXTANT_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));

/** Gives the path of a file of the shared data; undefined, said once, where it is absent. */
export function sharedDataFile(name: string): string | undefined {
  const path = `${sharedFolder}/data/${name}`;
  if (existsSync(path)) return path;
  console.info(`skipped: ${name} is not there (set SEXTANT_SHARED to the folder that holds data/)`);
  return undefined;
}
