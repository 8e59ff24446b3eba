/** Where the built renderer is. */

import { fileURLToPath } from 'node:url';

/** Gives the folder with the renderer as set-up builds it. */
export function pagesFolder(): string {
  return fileURLToPath(new URL('../../../out/renderer', import.meta.url));
}
