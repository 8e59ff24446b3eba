/**
 * The environment variables of the configuration. An unknown `SEXTANT_` name is told and ignored, not refused: other
 * programs set such names too (Kubernetes does for a service called sextant).
 */

import { configFault } from './config-fault.ts';

type Kind = 'text' | 'number';

interface Variable {
  readonly path: readonly [string, ...string[]];
  readonly kind: Kind;
  readonly help: string;
}

/** Variables that set one field of the configuration each. Secrets are never among them. */
export const configVariables: Readonly<Record<string, Variable>> = {
  SEXTANT_MODE: { path: ['mode'], kind: 'text', help: 'demo or paper' },
  SEXTANT_API_PORT: {
    path: ['api', 'port'],
    kind: 'number',
    help: 'loopback port of the local API, 0 for a free one',
  },
  SEXTANT_API_REQUESTS_PER_TEN_SECONDS_MAX: {
    path: ['api', 'requestsPerTenSecondsMax'],
    kind: 'number',
    help: 'requests one client may make in ten seconds',
  },
  SEXTANT_LOG_LEVEL: { path: ['log', 'level'], kind: 'text', help: 'debug, info, warn or error' },
  SEXTANT_LOG_KEEP_DAYS: { path: ['log', 'keepDays'], kind: 'number', help: 'days a log file is kept' },
  SEXTANT_DEMO_AWAY_MINUTES_MAX: {
    path: ['demo', 'awayMinutesMax'],
    kind: 'number',
    help: 'longest absence the simulated venues catch up with',
  },
  SEXTANT_DEFAULT_INSTRUMENT: {
    path: ['defaultInstrument'],
    kind: 'text',
    help: 'for example sim-a:BTC/USDT',
  },
};

/** Variables read elsewhere: folders and files, and what tests and set-up use. */
const otherVariables = new Set(['SEXTANT_DATA', 'SEXTANT_CONFIG', 'SEXTANT_BROWSER', 'SEXTANT_SHARED']);

/** One value that overrides the file, and where it was given. */
export interface ConfigOverride {
  readonly path: readonly [string, ...string[]];
  readonly value: unknown;
  readonly place: string;
}

const plainNumber = /^-?\d{1,15}(\.\d{1,15})?$/;

/** Gives a number written plainly, or throws `bad-input`: `1,5`, `1e400`, `NaN` and the like are refused. */
export function plainNumberOf(text: string, place: string, field: string): number {
  if (plainNumber.test(text)) return Number(text);
  throw configFault(
    { text: place },
    field,
    `${JSON.stringify(text.slice(0, 40))} is not a plain number such as 1.5`,
  );
}

/** Gives the overrides of an environment and the names nobody knows. Throws `bad-input` for an unreadable value. */
export function overridesFromEnvironment(environment: Readonly<Record<string, string | undefined>>): {
  readonly overrides: readonly ConfigOverride[];
  readonly unknown: readonly string[];
} {
  const overrides: ConfigOverride[] = [];
  const unknown: string[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('SEXTANT_') || text === undefined || otherVariables.has(name)) continue;
    const variable = Object.hasOwn(configVariables, name) ? configVariables[name] : undefined;
    if (variable === undefined) {
      unknown.push(name);
      continue;
    }
    const field = variable.path.join('.');
    const value = variable.kind === 'number' ? plainNumberOf(text, name, field) : text;
    overrides.push({ path: variable.path, value, place: name });
  }
  return { overrides, unknown };
}
