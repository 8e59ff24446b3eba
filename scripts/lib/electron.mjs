/** Whether a desktop window can be opened here. */
import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './root.mjs';

/** Path of Electron's program, or null where npm has not fetched it (it comes without install scripts). */
export function findElectron() {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const pathFile = inRoot('node_modules', 'electron', 'path.txt');
  /** @type {Record<string, string>} */
  const byPlatform = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' };
  const name = existsSync(pathFile)
    ? readFileSync(pathFile, 'utf8').trim()
    : (byPlatform[process.platform] ?? 'electron');
  const program = override ? `${override}/${name}` : inRoot('node_modules', 'electron', 'dist', name);
  return existsSync(program) ? program : null;
}

/** True where a window can be shown: always on macOS and Windows, with a display server elsewhere. */
export const hasDisplay = (env = process.env, platform = process.platform) =>
  platform === 'win32' || platform === 'darwin' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
