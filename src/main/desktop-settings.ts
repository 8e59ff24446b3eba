/** Settings that belong to the desktop program, kept with all others by the terminal. */

import type { LogPort } from '../adapters/logging/log-port.ts';
import type { ApiTransport } from '../shared/api/client.ts';

const closeToTrayKey = 'desktop.closeToTray';

export class DesktopSettings {
  private readonly client: Pick<ApiTransport, 'call'>;
  private readonly log: LogPort;
  private keepsRunning = false;

  constructor(client: Pick<ApiTransport, 'call'>, log: LogPort) {
    this.client = client;
    this.log = log;
  }

  /** Whether closing the window leaves the program running in the tray. Off until the person switches it on. */
  get closeToTray(): boolean {
    return this.keepsRunning;
  }

  /** Reads the settings anew; called at the start and whenever the page has set one. */
  async load(): Promise<void> {
    const result = await this.client.call('settings/get', {});
    if (result.ok) this.keepsRunning = result.value.settings[closeToTrayKey] === true;
    else this.log.warn('the settings could not be read', { message: result.message });
  }

  async setCloseToTray(value: boolean): Promise<void> {
    this.keepsRunning = value;
    const result = await this.client.call('settings/set', { key: closeToTrayKey, value });
    if (!result.ok) this.log.warn('a setting could not be remembered', { message: result.message });
  }
}
