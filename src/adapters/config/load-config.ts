/** The configuration of a run: the file, with environment and flags on top, checked as one. */

import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { inputFault, keyHint } from '../../shared/api/input-fault.ts';
import { configSchema, type SextantConfig } from '../../shared/config/schema.ts';
import { configFault } from './config-fault.ts';
import { type ConfigOverride, overridesFromEnvironment } from './environment.ts';
import { type ConfigText, parseConfigText, readConfigText } from './read-config-file.ts';

export interface ConfigSources {
  /** The file named by `--config`; left out: `SEXTANT_CONFIG`, else `sextant.yaml` in the data folder if it exists. */
  readonly file?: string | undefined;
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Values given as flags; they win over everything else. */
  readonly flags: readonly ConfigOverride[];
}

/** A configuration that was accepted whole. */
export interface LoadedConfig {
  readonly config: SextantConfig;
  /** The file it was read from, absolute; null when there is none. */
  readonly file: string | null;
  /** The file's text, to be kept as the last good one. */
  readonly text: string | null;
  /** What a person should be told although nothing is wrong. */
  readonly warnings: readonly string[];
}

/** Name of the configuration file in a data folder. */
export const configFileName = 'sextant.yaml';

/** Gives the absolute path of the configuration file in use, or null. */
export function findConfigFile(
  sources: Pick<ConfigSources, 'file' | 'dataFolder' | 'environment'>,
): string | null {
  const named = sources.file ?? sources.environment['SEXTANT_CONFIG'];
  if (named !== undefined && named !== '') return resolve(named);
  const usual = join(sources.dataFolder, configFileName);
  return existsSync(usual) ? usual : null;
}

/** Reads, merges and checks. Throws `bad-input` naming field, place and reason; changes nothing. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const file = findConfigFile(sources);
  const read = file === null ? null : parseConfigText(readConfigText(file), file);
  const { overrides, unknown } = overridesFromEnvironment(sources.environment);
  return {
    config: checkConfig(read, [...overrides, ...sources.flags]),
    file,
    text: read?.text ?? null,
    warnings: unknown.map((name) => `the environment variable ${name} means nothing to Sextant`),
  };
}

/** Checks what a file says together with its overrides. Throws `bad-input`. */
export function checkConfig(read: ConfigText | null, overrides: readonly ConfigOverride[]): SextantConfig {
  const values = read?.values ?? {};
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw configFault(placeIn(read, []), undefined, 'must be keys with values, such as mode: demo');
  }
  // The file is checked by itself first, so that an override never hides a mistake in it.
  parse(values, (path) => placeIn(read, path));
  let merged: Record<string, unknown> = values as Record<string, unknown>;
  for (const { path, value } of overrides) merged = withValue(merged, path, value);
  return parse(merged, (path) => {
    const override = overrides.findLast((candidate) =>
      candidate.path.every((part, index) => part === path[index]),
    );
    return override === undefined ? placeIn(read, path) : { text: override.place };
  });
}

function placeIn(read: ConfigText | null, path: readonly PropertyKey[]): { text: string } {
  return { text: read === null ? 'config' : `${basename(read.file)}:${read.lineOf(path)}` };
}

function parse(values: object, placeOf: (path: readonly PropertyKey[]) => { text: string }): SextantConfig {
  const parsed = configSchema.safeParse(values);
  if (parsed.success) {
    checkNames(parsed.data, placeOf);
    return parsed.data;
  }
  const fault = inputFault(parsed.error, configSchema, values);
  const { path, reason } = fault;
  throw configFault(placeOf(path), path.map(String).join('.'), reason, keyHint(fault));
}

/** Two venues of one id or two bots of one name could not be told apart. */
function checkNames(
  config: SextantConfig,
  placeOf: (path: readonly PropertyKey[]) => { text: string },
): void {
  const lists = [
    { list: 'venues', key: 'id', names: config.venues.map((venue) => venue.id) },
    { list: 'bots', key: 'name', names: config.bots.map((bot) => bot.name) },
  ];
  for (const { list, key, names } of lists) {
    const index = names.findIndex((name, at) => names.indexOf(name) < at);
    if (index < 0) continue;
    throw configFault(
      placeOf([list, index, key]),
      `${list}.${index}.${key}`,
      `"${names[index]}" is used twice`,
    );
  }
}

function withValue(
  values: Readonly<Record<string, unknown>>,
  path: readonly [string, ...string[]],
  value: unknown,
): Record<string, unknown> {
  const [first, second, ...rest] = path;
  if (second === undefined) return { ...values, [first]: value };
  const inner = values[first];
  const members = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
  return { ...values, [first]: withValue(members as Record<string, unknown>, [second, ...rest], value) };
}
