/** The window: how it is made, with every right of its page written out. */

import { join } from 'node:path';
import { BrowserWindow, type BrowserWindowConstructorOptions, type WebPreferences } from 'electron';
import type { PageOrigin } from './origin.ts';
import type { ProgramFiles } from './program-files.ts';
import { type WindowPlace, windowSizeMin } from './window-state.ts';

/** Rights of a page. All written out, also where Electron's default is the same: a changed default changes nothing. */
export function pagePreferences(files: ProgramFiles, pages: PageOrigin): WebPreferences {
  return {
    preload: files.preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    plugins: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    spellcheck: false,
    devTools: pages.hasDeveloperTools,
  };
}

/** Makes the window, not shown yet. */
export function createWindow(place: WindowPlace, files: ProgramFiles, pages: PageOrigin): BrowserWindow {
  const { isMaximized, ...bounds } = place;
  const options: BrowserWindowConstructorOptions = {
    ...bounds,
    minWidth: windowSizeMin.width,
    minHeight: windowSizeMin.height,
    show: false,
    title: 'Sextant',
    // The page's own background, so that nothing flashes before it is painted.
    backgroundColor: '#0b0e14',
    autoHideMenuBar: true,
    icon: join(files.resources, 'desktop', 'icon.png'),
    webPreferences: pagePreferences(files, pages),
  };
  const window = new BrowserWindow(options);
  if (isMaximized) window.maximize();
  return window;
}
