/** Where the program's own files are, seen from its root folder (or its archive, when packaged). */

import { join } from 'node:path';

export interface ProgramFiles {
  /** Folder with the built page. */
  readonly renderer: string;
  /** The preload script: one CommonJS file. */
  readonly preload: string;
  /** Files shipped and read at run time. */
  readonly resources: string;
}

/** Gives the files below the program's root, as Electron names it. */
export function programFiles(root: string): ProgramFiles {
  return {
    renderer: join(root, 'out', 'renderer'),
    preload: join(root, 'out', 'preload', 'preload.cjs'),
    resources: join(root, 'resources'),
  };
}
