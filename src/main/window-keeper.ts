/** Keeps one window: makes it, remembers where it is, brings it back after a crash of its page. */

import { type BrowserWindow, screen, type WebContents } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import type { PageOrigin } from './origin.ts';
import type { ProgramFiles } from './program-files.ts';
import { createWindow } from './window.ts';
import { placeWindow, readWindowState, writeWindowState } from './window-state.ts';

/** More crashes than this within the span, and the person is asked instead. */
const crashesMax = 3;
const crashSpanMs = 60_000;

export interface WindowKeeperOptions {
  readonly dataFolder: string;
  readonly files: ProgramFiles;
  readonly pages: PageOrigin;
  readonly log: LogPort;
  readonly nowMs: () => number;
  /** Called when a window was made, before its page loads. */
  readonly onCreated: (contents: WebContents) => void;
  /** The person closes the window. It stays until {@link WindowKeeper.hide} or {@link WindowKeeper.finish}. */
  readonly onClose: () => void;
  /** The page crashes again and again: nothing more is done until `retry` is called. */
  readonly onCrashLoop: (retry: () => void) => void;
}

export class WindowKeeper {
  private readonly options: WindowKeeperOptions;
  private window: BrowserWindow | undefined;
  private crashTimesMs: number[] = [];
  private isFinished = false;

  constructor(options: WindowKeeperOptions) {
    this.options = options;
  }

  /** The window there is now. */
  get current(): BrowserWindow | undefined {
    return this.window?.isDestroyed() === false ? this.window : undefined;
  }

  isOwn(contents: WebContents): boolean {
    return this.current?.webContents === contents;
  }

  /** Brings the window before the person's eyes, a new one where there is none. */
  show(): void {
    const { current } = this;
    if (current === undefined) {
      this.create(true);
      return;
    }
    if (current.isMinimized()) current.restore();
    current.show();
    current.focus();
  }

  hide(): void {
    this.current?.hide();
  }

  /** Closes the window for good, without asking anybody. */
  finish(): void {
    this.isFinished = true;
    const { current } = this;
    if (current === undefined) return;
    this.remember(current);
    current.destroy();
  }

  private create(isShown: boolean): void {
    if (this.isFinished) return;
    const { dataFolder, files, pages, log } = this.options;
    const workAreas = [
      screen.getPrimaryDisplay().workArea,
      ...screen.getAllDisplays().map((display) => display.workArea),
    ];
    const window = createWindow(placeWindow(readWindowState(dataFolder, log), workAreas), files, pages);
    this.window = window;
    this.options.onCreated(window.webContents);
    window.once('ready-to-show', () => {
      if (isShown) window.show();
    });
    window.on('close', (event) => {
      this.remember(window);
      if (this.isFinished) return;
      event.preventDefault();
      this.options.onClose();
    });
    window.on('unresponsive', () => log.warn('the page does not respond'));
    window.on('responsive', () => log.info('the page responds again'));
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit' || this.isFinished) return;
      log.error('the page crashed; the engine goes on', { reason, exitCode });
      this.replace(window);
    });
    window.loadURL(pages.address).catch((error: unknown) => {
      if (!window.isDestroyed()) log.error('the page could not be loaded', { error });
    });
  }

  private replace(crashed: BrowserWindow): void {
    const nowMs = this.options.nowMs();
    this.crashTimesMs = [...this.crashTimesMs.filter((timeMs) => nowMs - timeMs < crashSpanMs), nowMs];
    this.remember(crashed);
    const retry = (): void => {
      // The new one first: a moment without any window would look like the end of the program.
      // One that was hidden in the tray stays hidden.
      this.create(crashed.isVisible());
      crashed.destroy();
    };
    if (this.crashTimesMs.length <= crashesMax) retry();
    else this.options.onCrashLoop(retry);
  }

  private remember(window: BrowserWindow): void {
    const { dataFolder, log } = this.options;
    writeWindowState(dataFolder, { ...window.getNormalBounds(), isMaximized: window.isMaximized() }, log);
  }
}
