/**
 * A small stand-in of the `electron` module: enough of it to run the real main process in plain Node, with Electron's
 * order of events and its refusals. A real Chromium page can stand behind its windows (`chromium-pages.ts`).
 */
import { app } from './app.ts';
import { resetDesktop } from './desktop.ts';
import { resetIpc } from './ipc.ts';
import { resetSessions } from './session.ts';
import { resetWindows } from './window.ts';

export { app } from './app.ts';
export {
  dialog,
  Menu,
  nativeImage,
  powerMonitor,
  powerSaveBlocker,
  StandInTray as Tray,
  screen,
  seen,
  shell,
} from './desktop.ts';
export { ipcMain, StandInPort } from './ipc.ts';
export { privilegedSchemes, protocol, session } from './session.ts';
export { pages, StandInContents, StandInWindow as BrowserWindow } from './window.ts';

/** Makes it as if the program had not started yet. */
export function resetElectron(): void {
  app.reset();
  resetSessions();
  resetIpc();
  resetWindows();
  resetDesktop();
}
