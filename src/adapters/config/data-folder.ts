/** Where an installation keeps its state when nobody says otherwise: the operating system's application folder. */

import { isAbsolute, join, resolve } from 'node:path';

/** What the choice depends on; the process's own values in the program, made-up ones in tests. */
export interface FolderSurroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

/** Gives the data folder of this user: `~/.local/share/sextant`, `~/Library/Application Support/Sextant` … */
export function defaultDataFolder({ platform, environment, homeFolder }: FolderSurroundings): string {
  if (platform === 'darwin') return join(homeFolder, 'Library', 'Application Support', 'Sextant');
  if (platform === 'win32') {
    return join(environment['APPDATA'] ?? join(homeFolder, 'AppData', 'Roaming'), 'Sextant');
  }
  const dataHome = environment['XDG_DATA_HOME'];
  // The XDG specification says to ignore a relative path.
  const base =
    dataHome !== undefined && isAbsolute(dataHome) ? dataHome : join(homeFolder, '.local', 'share');
  return join(base, 'sextant');
}

/** Gives the absolute data folder: the flag, else `SEXTANT_DATA`, else the default. */
export function chooseDataFolder(flag: string | undefined, surroundings: FolderSurroundings): string {
  const named = flag ?? surroundings.environment['SEXTANT_DATA'];
  return named === undefined || named === '' ? defaultDataFolder(surroundings) : resolve(named);
}
