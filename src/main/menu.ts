/** The application's menu: what a person expects of any program, and the two things that must never be hard to find. */

import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { TradingActions } from './trading-actions.ts';

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly hasDeveloperTools: boolean;
  readonly actions: TradingActions;
  readonly checkForUpdates: (() => void) | undefined;
  readonly quit: () => void;
}

/** Gives the menu's template. */
export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const { platform, hasDeveloperTools, actions, checkForUpdates } = options;
  const quit: MenuItemConstructorOptions = {
    label: 'Quit Sextant',
    accelerator: 'CmdOrCtrl+Q',
    click: options.quit,
  };
  const updates: MenuItemConstructorOptions[] =
    checkForUpdates === undefined ? [] : [{ label: 'Check for Updates…', click: checkForUpdates }];
  const developer: MenuItemConstructorOptions[] = hasDeveloperTools
    ? [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }]
    : [];
  return [
    ...(platform === 'darwin'
      ? [
          {
            label: 'Sextant',
            submenu: [
              { role: 'about' as const },
              ...updates,
              { type: 'separator' as const },
              { role: 'hide' as const },
              { role: 'hideOthers' as const },
              { role: 'unhide' as const },
              { type: 'separator' as const },
              quit,
            ],
          },
        ]
      : [{ label: 'File', submenu: [...updates, quit] }]),
    { role: 'editMenu' },
    {
      label: 'Trading',
      submenu: [
        { label: 'Pause All Bots', click: () => void actions.pauseAllBots() },
        {
          label: 'HALT Everything',
          accelerator: 'CmdOrCtrl+Shift+H',
          // Shown here, heard by the page: it tells there what happened.
          registerAccelerator: false,
          click: () => void actions.halt(),
        },
      ],
    },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...developer,
      ],
    },
    { role: 'windowMenu' },
  ];
}

/** Sets the menu. */
export function setMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)));
}
