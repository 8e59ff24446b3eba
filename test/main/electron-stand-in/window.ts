/** Electron's windows and their contents. A page behind them is opened by whoever sets `pageOpener`. */
import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, Rectangle, WebPreferences } from 'electron';
import { app, makeEvent } from './app.ts';
import { type StandInSession, session } from './session.ts';

type OpenVerdict = { action: 'allow' | 'deny' };

export interface StandInFrame {
  url: string;
  parent: StandInFrame | null;
  frameTreeNodeId: number;
}

/** What shows a page for contents. */
export interface PageBehind {
  close(): void;
}

/** Opens a page for contents; unset, contents have none and every address loads at once. */
export const pages: {
  open: ((contents: StandInContents, address: string) => Promise<PageBehind>) | undefined;
} = {
  open: undefined,
};

let lastId = 0;
const windows = new Set<StandInWindow>();

export class StandInContents extends EventEmitter {
  readonly id: number;
  readonly mainFrame: StandInFrame;
  readonly session: StandInSession;
  private readonly preferences: WebPreferences;
  private openHandler: (details: { url: string }) => OpenVerdict = () => ({ action: 'allow' });
  private page: PageBehind | undefined;
  private isGone = false;

  constructor(preferences: WebPreferences) {
    super();
    lastId += 1;
    this.id = lastId;
    this.mainFrame = { url: '', parent: null, frameTreeNodeId: lastId * 100 };
    this.session = session.defaultSession;
    this.preferences = preferences;
    app.emit('web-contents-created', makeEvent({}), this);
  }

  /** The preferences in force, as Electron's own undocumented method of this name gives them. */
  getLastWebPreferences(): WebPreferences {
    return app.isSandboxForced ? { ...this.preferences, sandbox: true } : { ...this.preferences };
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  isDestroyed(): boolean {
    return this.isGone;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => OpenVerdict): void {
    this.openHandler = handler;
  }

  /** The page wants a new window; true when it would get one. */
  wantsWindow(url: string): boolean {
    return this.openHandler({ url }).action === 'allow';
  }

  /** The page wants to go elsewhere; true when it may. */
  wantsToGo(
    url: string,
    kind: 'will-navigate' | 'will-redirect' | 'will-frame-navigate',
    isMainFrame = true,
  ): boolean {
    const event = makeEvent({ url, isMainFrame, isSameDocument: false, frame: this.mainFrame });
    this.emit(kind, event, url);
    return !event.defaultPrevented;
  }

  async load(address: string): Promise<void> {
    this.mainFrame.url = address;
    this.page = await pages.open?.(this, address);
    if (this.isGone) this.page?.close();
    this.emit('did-finish-load');
  }

  forcefullyCrashRenderer(): void {
    this.page?.close();
    this.page = undefined;
    this.emit('render-process-gone', makeEvent({}), { reason: 'crashed', exitCode: 5 });
  }

  /** Ends with its window. */
  end(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.page?.close();
    this.emit('destroyed');
  }
}

export class StandInWindow extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents: StandInContents;
  private bounds: Rectangle;
  private isShown: boolean;
  private isLarge = false;
  private isSmall = false;
  private isGone = false;
  focusCount = 0;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.isShown = options.show !== false;
    this.bounds = {
      x: options.x ?? 0,
      y: options.y ?? 0,
      width: options.width ?? 800,
      height: options.height ?? 600,
    };
    windows.add(this);
    this.webContents = new StandInContents(options.webPreferences ?? {});
  }

  static getAllWindows(): StandInWindow[] {
    return [...windows];
  }

  static fromWebContents(contents: unknown): StandInWindow | null {
    return [...windows].find((window) => window.webContents === contents) ?? null;
  }

  async loadURL(address: string): Promise<void> {
    await this.webContents.load(address);
    if (!this.isGone) this.emit('ready-to-show');
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  isVisible(): boolean {
    return this.isShown;
  }

  focus(): void {
    this.focusCount += 1;
  }

  minimize(): void {
    this.isSmall = true;
  }

  restore(): void {
    this.isSmall = false;
  }

  isMinimized(): boolean {
    return this.isSmall;
  }

  maximize(): void {
    this.isLarge = true;
  }

  isMaximized(): boolean {
    return this.isLarge;
  }

  getBounds(): Rectangle {
    return { ...this.bounds };
  }

  getNormalBounds(): Rectangle {
    return { ...this.bounds };
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.bounds = { ...this.bounds, ...bounds };
  }

  /** Asks the listeners first. */
  close(): void {
    if (this.isGone) return;
    const event = makeEvent({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.isGone) return;
    this.isGone = true;
    windows.delete(this);
    this.webContents.end();
    this.emit('closed');
    if (windows.size === 0) app.emit('window-all-closed');
  }

  isDestroyed(): boolean {
    return this.isGone;
  }
}

app.closeWindows = () => {
  for (const window of [...windows]) window.close();
  return windows.size === 0;
};
app.destroyWindows = () => {
  for (const window of [...windows]) {
    windows.delete(window);
    window.webContents.end();
  }
};

export function resetWindows(): void {
  windows.clear();
  pages.open = undefined;
}
