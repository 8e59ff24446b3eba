/** Where the built renderer is. */

import { join } from 'node:path';
import { programRoot } from './program-root.ts';

/** Gives the folder with the renderer as set-up builds it. */
export function pagesFolder(): string {
  return join(programRoot(), 'out', 'renderer');
}
