/** Loads settings at the start and writes each change to the host and to this browser. */

import type { ApiTransport } from '../../shared/api/client.ts';
import { readSettings, type SettingKey, type Settings, useSettings } from './settings.ts';

const storageKey = 'sextant.settings';

function storedHere(): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    // A private window may refuse storage, and old text may not parse: defaults serve.
    return {};
  }
}

function storeHere(settings: Settings): boolean {
  try {
    localStorage.setItem(storageKey, JSON.stringify(settings));
    return true;
  } catch {
    // Storage may be off or full; the host still remembers.
    return false;
  }
}

export class SettingsKeeper {
  private readonly call: ApiTransport['call'];
  private readonly waiting = new Map<SettingKey, unknown>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(call: ApiTransport['call']) {
    this.call = call;
  }

  /** Shows this browser's copy at once, so that the theme does not flash. */
  loadLocal(): void {
    useSettings.setState({ settings: readSettings(storedHere()) });
  }

  /** Loads the host's settings; they win over this browser's. */
  async load(): Promise<void> {
    const result = await this.call('settings/get', {});
    if (!result.ok) return;
    const merged = { ...storedHere(), ...result.value.settings };
    // The acknowledgement belongs to the installation, not to the browser.
    merged['disclaimer'] = result.value.settings['disclaimer'] ?? null;
    useSettings.setState({ settings: readSettings(merged), isLoaded: true });
  }

  /** Changes one setting now; it is written within a moment. */
  set<Key extends SettingKey>(key: Key, value: Settings[Key]): void {
    const settings = { ...useSettings.getState().settings, [key]: value };
    useSettings.setState({ settings });
    storeHere(settings);
    this.waiting.set(key, value);
    this.timer ??= setTimeout(() => void this.flush(), 250);
  }

  private async flush(): Promise<void> {
    this.timer = null;
    const changes = [...this.waiting];
    this.waiting.clear();
    for (const [key, value] of changes) {
      const result = await this.call('settings/set', { key, value });
      // Tried again with the next change; until then this browser remembers it.
      if (!result.ok && !this.waiting.has(key)) this.waiting.set(key, value);
    }
  }
}
