/** Where the desktop program starts. */

import { homedir } from 'node:os';
import { app } from 'electron';
import { startDesktop } from './start-desktop.ts';

void startDesktop({
  // Not packaged, Electron is given the program's folder first.
  args: process.argv.slice(app.isPackaged ? 1 : 2),
  environment: process.env,
  platform: process.platform,
  homeFolder: homedir(),
});
