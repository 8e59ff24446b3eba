/**
 * Updates: looked for and fetched only where the package names a feed; installed only when a person agrees, and never
 * while a bot runs. With open orders the person is told what stays at the venues.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dialog } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import type { ApiTransport } from '../shared/api/client.ts';

const checkIntervalMs = 24 * 3_600_000;

/** The part of electron-updater that is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  allowPrerelease: boolean;
  logger: unknown;
  on(event: 'update-downloaded', listener: (info: { version: string }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  checkForUpdates(): Promise<{ readonly isUpdateAvailable: boolean } | null>;
  quitAndInstall(): void;
}

export interface UpdatesOptions {
  readonly updater: Updater;
  readonly client: Pick<ApiTransport, 'call'>;
  /** Stops the engine within its bound; true when it stopped well. */
  readonly stopEngine: (reason: string) => Promise<boolean>;
  /** Ends the program where an update could not be installed after the engine had stopped. */
  readonly abandon: () => void;
  readonly log: LogPort;
}

/** Loads the updater where the package names a feed; undefined otherwise, which is every package of ours so far. */
export async function loadUpdater(isPackaged: boolean, resources: string): Promise<Updater | undefined> {
  if (!isPackaged || !existsSync(join(resources, 'app-update.yml'))) return undefined;
  const { default: updater } = await import('electron-updater');
  return updater.autoUpdater as Updater;
}

/** Why an update may not be installed now, or what must be asked first; undefined when nothing stands against it. */
export type InstallDoubt =
  | { readonly kind: 'forbidden'; readonly reason: string }
  | { readonly kind: 'ask'; readonly reason: string };

/** Judges whether an update may be installed. An engine that does not answer forbids it. */
export async function doubtAboutInstalling(
  client: Pick<ApiTransport, 'call'>,
): Promise<InstallDoubt | undefined> {
  const status = await client.call('system/status', {});
  if (!status.ok) return { kind: 'forbidden', reason: 'The engine does not answer.' };
  const running = status.value.bots.filter(
    (bot) => bot.state === 'RUNNING' || bot.state === 'STOPPING',
  ).length;
  if (running > 0) {
    return {
      kind: 'forbidden',
      reason: `${running} bot${running === 1 ? ' is' : 's are'} running. Stop or pause them first.`,
    };
  }
  const { openOrders } = status.value.risk;
  if (openOrders > 0) {
    return {
      kind: 'ask',
      reason: `${openOrders} order${openOrders === 1 ? '' : 's'} stay open at the venues while Sextant restarts.`,
    };
  }
  return undefined;
}

export class Updates {
  private readonly options: UpdatesOptions;
  private downloadedVersion: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: UpdatesOptions) {
    this.options = options;
    const { updater, log } = options;
    updater.autoDownload = true;
    // Quitting must stay quitting: an update is installed by asking for it.
    updater.autoInstallOnAppQuit = false;
    updater.allowDowngrade = false;
    updater.allowPrerelease = false;
    updater.logger = null;
    updater.on('error', (error) => log.warn('looking for updates failed', { error }));
    updater.on('update-downloaded', ({ version }) => {
      this.downloadedVersion = version;
      log.info('an update is ready', { version });
      this.offer().catch((error: unknown) => log.error('the update was not installed', { error }));
    });
  }

  /** Looks now and once a day. */
  start(): void {
    this.timer = setInterval(() => this.look(), checkIntervalMs);
    this.look();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Looks because a person asked: they hear of every outcome. */
  async check(): Promise<void> {
    if (this.downloadedVersion !== undefined) {
      await this.offer();
      return;
    }
    try {
      const result = await this.options.updater.checkForUpdates();
      if (result?.isUpdateAvailable !== true) await tell('Sextant is up to date.');
    } catch (error) {
      await tell('Looking for updates failed.', error instanceof Error ? error.message : String(error));
    }
  }

  /** Offers to install what was downloaded. */
  async offer(): Promise<void> {
    const { updater, client, stopEngine, abandon, log } = this.options;
    const version = this.downloadedVersion;
    if (version === undefined) return;
    const doubt = await doubtAboutInstalling(client);
    if (doubt?.kind === 'forbidden') {
      await tell(`Sextant ${version} is ready, but not installed now.`, doubt.reason);
      return;
    }
    const { response } = await dialog.showMessageBox({
      type: doubt === undefined ? 'info' : 'warning',
      title: 'Sextant',
      message: `Install Sextant ${version} now?`,
      detail: doubt?.reason ?? 'No bot runs and no order is open. Sextant restarts.',
      buttons: ['Later', 'Install and Restart'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response !== 1) return;
    // Time has passed at the dialog: a bot may have started meanwhile.
    const late = await doubtAboutInstalling(client);
    if (late?.kind === 'forbidden' || (late !== undefined && doubt === undefined)) {
      await tell(`Sextant ${version} was not installed.`, late.reason);
      return;
    }
    if (!(await stopEngine('an update is installed'))) {
      log.error('the update was not installed: the engine did not stop cleanly');
      abandon();
      return;
    }
    updater.quitAndInstall();
  }

  private look(): void {
    this.options.updater.checkForUpdates().catch((error: unknown) => {
      this.options.log.warn('looking for updates failed', { error });
    });
  }
}

async function tell(message: string, detail = ''): Promise<void> {
  await dialog.showMessageBox({ type: 'info', title: 'Sextant', message, detail });
}
