/** The rest of the desktop: tray, menus, dialogs, screens, power. Everything is remembered for tests to look at. */
import { EventEmitter } from 'node:events';
import type { MenuItemConstructorOptions, MessageBoxOptions, Rectangle } from 'electron';

export interface StandInMenu {
  readonly template: readonly MenuItemConstructorOptions[];
}

/** What the program did to the desktop. */
export const seen = {
  trays: [] as StandInTray[],
  applicationMenu: undefined as StandInMenu | undefined,
  messageBoxes: [] as MessageBoxOptions[],
  errorBoxes: [] as { title: string; content: string }[],
  openedLinks: [] as string[],
  blockers: new Map<number, string>(),
  /** How the next dialogs are answered; without an answer they are cancelled. */
  answers: [] as number[],
  workAreas: [{ x: 0, y: 0, width: 1920, height: 1080 }] as Rectangle[],
  /** Set: there is no tray on this desktop. */
  trayError: undefined as Error | undefined,
};

export class StandInTray extends EventEmitter {
  toolTip = '';
  menu: StandInMenu | undefined;
  private isGone = false;

  constructor(_image: unknown) {
    super();
    if (seen.trayError !== undefined) throw seen.trayError;
    seen.trays.push(this);
  }

  setToolTip(text: string): void {
    this.toolTip = text;
  }

  setContextMenu(menu: StandInMenu): void {
    this.menu = menu;
  }

  destroy(): void {
    this.isGone = true;
  }

  isDestroyed(): boolean {
    return this.isGone;
  }
}

export const Menu = {
  buildFromTemplate: (template: readonly MenuItemConstructorOptions[]): StandInMenu => ({ template }),
  setApplicationMenu: (menu: StandInMenu): void => {
    seen.applicationMenu = menu;
  },
};

export const nativeImage = {
  createFromPath: (path: string) => ({ path }),
};

export const dialog = {
  async showMessageBox(first: unknown, second?: MessageBoxOptions) {
    const options = second ?? (first as MessageBoxOptions);
    seen.messageBoxes.push(options);
    return { response: seen.answers.shift() ?? options.cancelId ?? 0, checkboxChecked: false };
  },
  showErrorBox(title: string, content: string): void {
    seen.errorBoxes.push({ title, content });
  },
};

export const shell = {
  async openExternal(address: string): Promise<void> {
    seen.openedLinks.push(address);
  },
};

export const screen = {
  getPrimaryDisplay: () => ({ workArea: seen.workAreas[0] }),
  getAllDisplays: () => seen.workAreas.map((workArea) => ({ workArea })),
};

export const powerMonitor = new EventEmitter();

let lastBlocker = 0;
export const powerSaveBlocker = {
  start(kind: string): number {
    lastBlocker += 1;
    seen.blockers.set(lastBlocker, kind);
    return lastBlocker;
  },
  stop(id: number): boolean {
    return seen.blockers.delete(id);
  },
  isStarted: (id: number): boolean => seen.blockers.has(id),
};

export function resetDesktop(): void {
  seen.trays = [];
  seen.applicationMenu = undefined;
  seen.messageBoxes = [];
  seen.errorBoxes = [];
  seen.openedLinks = [];
  seen.blockers.clear();
  seen.answers = [];
  seen.workAreas = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  seen.trayError = undefined;
  powerMonitor.removeAllListeners();
}
