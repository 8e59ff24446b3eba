/**
 * Keeps the configuration of a running host. The last good file is kept as a copy in the data folder, so that a file
 * that was cut (a full disk, a crash of the editor) is told from one that was changed. A bad file changes nothing.
 */

import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { SextantConfig } from '../../shared/config/schema.ts';
import { configFault } from './config-fault.ts';
import { type ConfigSources, type LoadedConfig, loadConfig } from './load-config.ts';

const lastGoodSchema = z.object({ file: z.string(), savedAtMs: z.number(), text: z.string() });
type LastGood = z.infer<typeof lastGoodSchema>;

/** Gives where the copy of the last good configuration is. */
export function lastGoodConfigFile(dataFolder: string): string {
  return join(dataFolder, 'config.last-good.json');
}

/** What a reload changed. */
export interface ConfigChange {
  readonly config: SextantConfig;
  /** Dotted names of the parts that differ, for example `log.level`. */
  readonly changed: readonly string[];
}

export class ConfigKeeper {
  private current: LoadedConfig;
  private readonly sources: ConfigSources;

  private constructor(sources: ConfigSources, loaded: LoadedConfig) {
    this.sources = sources;
    this.current = loaded;
  }

  /** Reads the configuration for a start. Throws `bad-input`: a host does not start on a bad file. */
  static open(sources: ConfigSources): ConfigKeeper {
    return new ConfigKeeper(sources, loadWhole(sources));
  }

  /** The configuration in force. */
  get config(): SextantConfig {
    return this.current.config;
  }

  /** The file in force, absolute; null when there is none. */
  get file(): string | null {
    return this.current.file;
  }

  /** What a person should be told although nothing is wrong. */
  get warnings(): readonly string[] {
    return this.current.warnings;
  }

  /** Keeps the file in force as the last good one; called once a host has started with it. */
  confirm(nowMs: number): void {
    keepLastGood(this.sources.dataFolder, this.current, nowMs);
  }

  /** Reads everything again. Throws `bad-input` and leaves the configuration in force as it was. */
  reload(nowMs: number): ConfigChange {
    const loaded = loadWhole(this.sources);
    const changed = differences(this.current.config, loaded.config);
    keepLastGood(this.sources.dataFolder, loaded, nowMs);
    this.current = loaded;
    return { config: loaded.config, changed };
  }
}

function loadWhole(sources: ConfigSources): LoadedConfig {
  const loaded = loadConfig(sources);
  if (loaded.file !== null && loaded.text !== null) {
    const before = readLastGood(sources.dataFolder);
    if (before !== undefined && before.file === loaded.file) refuseCut(loaded.text, before.text, loaded.file);
  }
  return loaded;
}

/** A text that is the beginning of the last good one was most likely cut, not edited. */
function refuseCut(text: string, lastGood: string, file: string): void {
  if (text.length >= lastGood.length || !lastGood.startsWith(text)) return;
  if (lastGood.slice(text.length).trim() === '') return;
  throw configFault(
    { text: `${basename(file)}:${text.split('\n').length}` },
    undefined,
    `the file ends where the last good one went on (${text.length} of ${lastGood.length} characters): it may be half-written`,
    'If you removed the end on purpose, add a comment line (# …) after what remains.',
  );
}

function readLastGood(dataFolder: string): LastGood | undefined {
  const file = lastGoodConfigFile(dataFolder);
  if (!existsSync(file)) return undefined;
  try {
    return lastGoodSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // The copy only helps to notice cut files; a damaged copy is written anew at the next good start.
    return undefined;
  }
}

function keepLastGood(dataFolder: string, loaded: LoadedConfig, savedAtMs: number): void {
  if (loaded.file === null || loaded.text === null) return;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const file = lastGoodConfigFile(dataFolder);
  const fresh = `${file}.new`;
  const copy: LastGood = { file: loaded.file, savedAtMs, text: loaded.text };
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(copy)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  chmodSync(fresh, 0o600);
  renameSync(fresh, file);
}

/** Gives the dotted names of what differs, two levels deep. */
function differences(before: SextantConfig, after: SextantConfig): string[] {
  const names: string[] = [];
  const isGroup = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof SextantConfig>) {
    const old: unknown = before[key];
    const now: unknown = after[key];
    if (same(old, now)) continue;
    if (!isGroup(old) || !isGroup(now)) names.push(key);
    else
      for (const inner of Object.keys(now)) if (!same(old[inner], now[inner])) names.push(`${key}.${inner}`);
  }
  return names;
}
