/**
 * The flags of the desktop program. Chromium reads the same command line and has hundreds of its own, so an unknown
 * flag is told in the log and left alone; a known one with a bad value is refused.
 */

import { type ConfigOverride, plainNumberOf } from '../adapters/config/environment.ts';
import { logLevels } from '../adapters/logging/log-port.ts';
import { ApiError } from '../shared/api/result.ts';

export interface DesktopFlags {
  readonly data: string | undefined;
  readonly config: string | undefined;
  readonly demo: boolean;
  readonly speed: number | 'max';
  readonly seed: string | undefined;
  /** What flags override in the configuration. */
  readonly overrides: readonly ConfigOverride[];
  readonly unknown: readonly string[];
}

const withValue: ReadonlySet<string> = new Set([
  '--data',
  '--config',
  '--speed',
  '--seed',
  '--log-level',
  '--port',
]);
const speedMin = 0.1;
const speedMax = 1000;

/** Reads the arguments after the program's own path. Throws `bad-input` naming the flag. */
export function readArguments(args: readonly string[]): DesktopFlags {
  const given = new Map<string, string>();
  const unknown: string[] = [];
  let demo = false;
  for (let index = 0; index < args.length; index += 1) {
    const [name = '', ...rest] = (args[index] ?? '').split('=');
    if (name === '--demo') demo = true;
    else if (withValue.has(name)) {
      const isJoined = (args[index] ?? '').includes('=');
      const value = isJoined ? rest.join('=') : args[index + 1];
      if (!isJoined) index += 1;
      const field = name.slice(2);
      if (value === undefined || value === '') throw bad(field, 'needs a value');
      given.set(field, value);
    } else if (name.startsWith('-')) unknown.push(name.slice(0, 60));
  }
  return {
    data: given.get('data'),
    config: given.get('config'),
    demo,
    speed: speedOf(given.get('speed')),
    seed: seedOf(given.get('seed')),
    overrides: overridesOf(given, demo),
    unknown,
  };
}

function overridesOf(given: ReadonlyMap<string, string>, demo: boolean): ConfigOverride[] {
  const overrides: ConfigOverride[] = [];
  if (demo) overrides.push({ path: ['mode'], value: 'demo', place: '--demo' });
  const level = given.get('log-level');
  if (level !== undefined) {
    if (!logLevels.some((known) => known === level))
      throw bad('log-level', `is not one of ${logLevels.join(', ')}`);
    overrides.push({ path: ['log', 'level'], value: level, place: '--log-level' });
  }
  const port = given.get('port');
  if (port !== undefined) {
    const value = plainNumberOf(port, '--port', 'port');
    overrides.push({ path: ['api', 'port'], value, place: '--port' });
  }
  return overrides;
}

function speedOf(text: string | undefined): number | 'max' {
  if (text === undefined) return 1;
  if (text === 'max') return 'max';
  const speed = plainNumberOf(text, '--speed', 'speed');
  if (speed >= speedMin && speed <= speedMax) return speed;
  throw bad('speed', `is not between ${speedMin} and ${speedMax}, or max`);
}

function seedOf(text: string | undefined): string | undefined {
  if (text === undefined || /^[A-Za-z0-9._-]{1,60}$/.test(text)) return text;
  throw bad('seed', 'is not a seed: up to 60 letters, digits, dots, dashes');
}

const bad = (field: string, reason: string): ApiError =>
  new ApiError('bad-input', `${field}: ${reason}`, { field });
