/** The start of the desktop program, up to where Electron is ready and no second one runs on the same data. */

import { join } from 'node:path';
import { app } from 'electron';
import { type DesktopFlags, readArguments } from './arguments.ts';
import { Desktop } from './desktop.ts';
import { tellStartFailure } from './failures.ts';
import { registerScheme } from './protocol.ts';
import { openConfig, openDataFolder, openLog, refuseSecondHost, type Surroundings } from './startup.ts';

/** Starts the desktop program. Everything up to the first await runs before Electron is ready, as it must. */
export async function startDesktop(surroundings: Surroundings): Promise<void> {
  registerScheme();
  app.enableSandbox();
  app.setName('Sextant');
  // Windows groups windows and shows notifications by this name; the installer uses the same.
  if (surroundings.platform === 'win32') app.setAppUserModelId('io.sextant.terminal');
  let flags: DesktopFlags;
  let dataFolder: string;
  try {
    flags = readArguments(surroundings.args);
    dataFolder = openDataFolder(flags, surroundings);
  } catch (error) {
    await app.whenReady();
    app.exit(tellStartFailure(error));
    return;
  }
  // One Chromium profile a data folder; Electron's single-instance lock follows it.
  app.setPath('userData', join(dataFolder, 'desktop'));
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  await app.whenReady();
  try {
    refuseSecondHost(dataFolder);
    const keeper = openConfig(flags, dataFolder, surroundings);
    const log = openLog(keeper, flags, dataFolder);
    await new Desktop({ flags, dataFolder, surroundings, keeper, log }).run();
  } catch (error) {
    app.exit(tellStartFailure(error));
  }
}
