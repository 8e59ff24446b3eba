/** The tray: what the terminal does, and how to quiet it, without its window. */

import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import type { ApiTransport } from '../shared/api/client.ts';
import type { StatusView } from '../shared/api/views.ts';
import type { DesktopSettings } from './desktop-settings.ts';
import type { TradingActions } from './trading-actions.ts';

const refreshIntervalMs = 2_000;

export interface TrayOptions {
  readonly client: Pick<ApiTransport, 'call'>;
  readonly actions: TradingActions;
  readonly settings: DesktopSettings;
  readonly resources: string;
  readonly show: () => void;
  readonly quit: () => void;
  readonly log: LogPort;
}

export interface TrayKeeper {
  /** Whether there is a tray to hide in. */
  readonly isThere: boolean;
  refresh(): Promise<void>;
  dispose(): void;
}

/** Gives the lines that say what the terminal does. */
export function statusLines(status: StatusView): readonly [string, string] {
  const running = status.bots.filter((bot) => bot.state === 'RUNNING').length;
  const bots = `${running} of ${status.bots.length} bots running`;
  const orders = `${status.risk.openOrders} open orders`;
  return [`${status.mode.toUpperCase()} · ${status.risk.state}`, `${bots}, ${orders}`];
}

/** Puts the tray up. Where the desktop has none, the program works without it. */
export function startTray(options: TrayOptions): TrayKeeper {
  const { actions, settings, log } = options;
  let tray: Tray;
  try {
    tray = new Tray(nativeImage.createFromPath(join(options.resources, 'desktop', 'tray.png')));
  } catch (error) {
    log.info('there is no tray here', { error });
    return { isThere: false, refresh: async () => undefined, dispose: () => undefined };
  }
  let shown = '';

  const run = (work: Promise<void>): void => {
    work.then(refresh).catch((error: unknown) => log.error('an action of the tray failed', { error }));
  };
  const template = (lines: readonly string[]): MenuItemConstructorOptions[] => [
    ...lines.map((label) => ({ label, enabled: false })),
    { type: 'separator' },
    { label: 'Show Sextant', click: options.show },
    { label: 'Pause all bots', click: () => run(actions.pauseAllBots()) },
    { label: 'HALT everything', click: () => run(actions.halt()) },
    { type: 'separator' },
    {
      label: 'Keep running when the window is closed',
      type: 'checkbox',
      checked: settings.closeToTray,
      click: () => run(settings.setCloseToTray(!settings.closeToTray)),
    },
    { label: 'Quit', click: options.quit },
  ];
  const refresh = async (): Promise<void> => {
    const answer = await options.client.call('system/status', {});
    const lines = answer.ok ? statusLines(answer.value) : ['The engine does not answer'];
    // A menu that is replaced closes under the hand of who uses it.
    const key = JSON.stringify([lines, settings.closeToTray]);
    if (key === shown || tray.isDestroyed()) return;
    shown = key;
    tray.setToolTip(`Sextant: ${lines.join(', ')}`);
    tray.setContextMenu(Menu.buildFromTemplate(template(lines)));
  };
  const refreshOrLog = (): void => {
    refresh().catch((error: unknown) => log.error('the tray could not be refreshed', { error }));
  };

  tray.on('click', options.show);
  const timer = setInterval(refreshOrLog, refreshIntervalMs);
  refreshOrLog();
  return {
    isThere: true,
    refresh,
    dispose() {
      clearInterval(timer);
      tray.destroy();
    },
  };
}
