/** Where the program lies: sources and bundle are in different folders below it. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Gives the nearest folder above this module that has a package.json. Throws where there is none. */
export function programRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder))
      throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}`);
  }
}
