/** Remembered settings: kept by the host, with this browser's own store as a fallback while it does not answer. */

import { z } from 'zod';
import { create } from 'zustand';

export const appearanceSchema = z.object({
  theme: z.enum(['dark', 'light', 'system']).default('dark'),
  palette: z.enum(['classic', 'colour-blind']).default('classic'),
  swapUpDown: z.boolean().default(false),
  density: z.enum(['normal', 'compact']).default('normal'),
  clock: z.enum(['utc', 'local']).default('utc'),
});
export type Appearance = z.infer<typeof appearanceSchema>;

const workspaceSchema = z.object({ id: z.string().max(40), name: z.string().max(40), layout: z.unknown() });
export type Workspace = z.infer<typeof workspaceSchema>;

/** Every setting the page keeps, by its key at the host. A value that does not fit falls back to its default. */
export const settingSchemas = {
  appearance: appearanceSchema.prefault({}).catch(appearanceSchema.parse({})),
  disclaimer: z
    .object({ acknowledged: z.boolean(), version: z.string() })
    .nullable()
    .catch(null)
    .default(null),
  'trade.instrument': z.string().max(120).nullable().catch(null).default(null),
  'trade.timeframe': z.string().max(4).catch('1m').default('1m'),
  'trade.indicators': z
    .array(z.string().max(20))
    .max(10)
    .catch(['ema20', 'ema50'])
    .default(['ema20', 'ema50']),
  'trade.workspace': z.string().max(40).catch('default').default('default'),
  'trade.watchlist': z.array(z.string().max(120)).max(200).nullable().catch(null).default(null),
  /** What the form of a backtest held last. */
  'lab.form': z.record(z.string().max(60), z.unknown()).nullable().catch(null).default(null),
  /** What the form of a study held last. */
  'lab.study': z.record(z.string().max(60), z.unknown()).nullable().catch(null).default(null),
  workspaces: z.array(workspaceSchema).max(20).catch([]).default([]),
} as const;

export type SettingKey = keyof typeof settingSchemas;
export type Settings = { readonly [Key in SettingKey]: z.output<(typeof settingSchemas)[Key]> };

/** Reads settings out of what a host, a file or the browser's store gave. Unknown keys are left out. */
export function readSettings(raw: Readonly<Record<string, unknown>>): Settings {
  const read = Object.entries(settingSchemas).map(([key, schema]) => [key, schema.parse(raw[key])]);
  return Object.fromEntries(read) as Settings;
}

export interface SettingsState {
  readonly settings: Settings;
  /** False until the host's settings are in: a first start must not be taken for one while they load. */
  readonly isLoaded: boolean;
}

export const useSettings = create<SettingsState>()(() => ({ settings: readSettings({}), isLoaded: false }));

/** Follows one setting. */
export function useSetting<Key extends SettingKey>(key: Key): Settings[Key] {
  return useSettings((state) => state.settings[key]);
}
