/** The flags of a run, read and bounded. */

import type { ConfigOverride } from '../../adapters/config/environment.ts';
import type { CommandContext } from '../cli/context.ts';
import { badFlag, parseDuration, parseNumber } from '../cli/values.ts';

/** The flags as commander gives them. */
export interface TypedRunFlags {
  readonly demo?: boolean | undefined;
  readonly for?: string | undefined;
  readonly simFor?: string | undefined;
  readonly speed?: string | undefined;
  readonly seed?: string | undefined;
  readonly port?: string | undefined;
  readonly serve?: boolean | undefined;
}

export interface RunFlags {
  /** Simulated venues, funded account, demo bots. */
  readonly demo: boolean;
  /** Wall time after which it stops. */
  readonly forMs: number | undefined;
  /** Simulated time after which it stops. */
  readonly simulateForMs: number | undefined;
  readonly speed: number | 'max';
  readonly seed: string | undefined;
  readonly serve: boolean;
  /** What flags override in the configuration. */
  readonly overrides: readonly ConfigOverride[];
}

const speedMin = 0.1;
const speedMax = 1000;

function parseSpeed(text: string): number | 'max' {
  if (text === 'max') return 'max';
  const speed = parseNumber(text, 'speed');
  if (speed < speedMin || speed > speedMax)
    throw badFlag('speed', text, `is not between ${speedMin} and ${speedMax}, or max`);
  return speed;
}

function parsePort(text: string): number {
  const port = parseNumber(text, 'port');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw badFlag('port', text, 'is not a port from 0 to 65535');
  return port;
}

function parseSeed(text: string): string {
  if (/^[A-Za-z0-9._-]{1,60}$/.test(text)) return text;
  throw badFlag('seed', text, 'is not a seed: up to 60 letters, digits, dots, dashes');
}

/** Reads the flags of a run. Throws `bad-input` naming the flag. */
export function readRunFlags(typed: TypedRunFlags, context: Pick<CommandContext, 'logLevel'>): RunFlags {
  const overrides: ConfigOverride[] = [];
  if (typed.demo === true) overrides.push({ path: ['mode'], value: 'demo', place: '--demo' });
  if (typed.port !== undefined)
    overrides.push({ path: ['api', 'port'], value: parsePort(typed.port), place: '--port' });
  if (context.logLevel !== undefined) {
    overrides.push({ path: ['log', 'level'], value: context.logLevel, place: '--log-level' });
  }
  return {
    demo: typed.demo === true,
    forMs: typed.for === undefined ? undefined : parseDuration(typed.for, 'for'),
    simulateForMs: typed.simFor === undefined ? undefined : parseDuration(typed.simFor, 'sim-for'),
    speed: typed.speed === undefined ? 1 : parseSpeed(typed.speed),
    seed: typed.seed === undefined ? undefined : parseSeed(typed.seed),
    serve: typed.serve === true,
    overrides,
  };
}
