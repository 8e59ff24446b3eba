/**
 * The configuration: one YAML file, environment and flags on top. Unknown keys are refused, every value is bounded.
 * Secrets never belong here: keys are named, not written.
 */

import { z } from 'zod';
import { instrumentText, moneyByCurrency, nameText, venueText } from '../api/primitives.ts';

/** A bot described in the file: created at start when no bot of this name exists. */
export const configuredBot = z.strictObject({
  name: nameText,
  strategy: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'must be a strategy id such as grid'),
  venue: venueText,
  instrument: z.string().min(1).max(60),
  params: z.record(z.string().max(60), z.unknown()),
  allocation: moneyByCurrency.optional(),
  start: z.boolean().default(true),
});

/** A venue reached through CCXT. In paper mode only its market data is used; fills are simulated on its books. */
export const configuredVenue = z.strictObject({
  id: venueText,
  /** CCXT's exchange id, for example `binance`. */
  exchange: z.string().regex(/^[a-z0-9]{2,40}$/, 'must be an exchange id of CCXT such as binance'),
  instruments: z.array(z.string().min(1).max(60)).min(1).max(200),
  sandbox: z.boolean().default(false),
  /** Name of the stored key; none is needed for paper trading. */
  key: z.string().max(120).optional(),
  /** Paper balances the simulated account starts with. */
  paperBalances: moneyByCurrency.default({ USDT: '10000' }),
  /** Assumed one-way delay of orders in paper trading. */
  latencyMs: z.number().int().min(0).max(60_000).default(50),
});

export const configSchema = z.strictObject({
  /** `demo`: simulated markets; `paper`: live prices, simulated money. */
  mode: z.enum(['demo', 'paper']).default('demo'),
  venues: z.array(configuredVenue).max(20).default([]),
  bots: z.array(configuredBot).max(200).default([]),
  api: z
    .strictObject({
      /** Loopback port of the local API; 0 takes a free one. */
      port: z.number().int().min(0).max(65_535).default(0),
      /** Requests a client may make in ten seconds. */
      requestsPerTenSecondsMax: z.number().int().min(10).max(10_000).default(600),
    })
    .default({ port: 0, requestsPerTenSecondsMax: 600 }),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      keepDays: z.number().int().min(1).max(365).default(14),
    })
    .default({ level: 'info', keepDays: 14 }),
  demo: z
    .strictObject({
      /** How much simulated time passes at most for the time the terminal was off. */
      awayMinutesMax: z.number().int().min(0).max(1_440).default(60),
    })
    .default({ awayMinutesMax: 60 }),
  defaultInstrument: instrumentText.optional(),
});
export type SextantConfig = z.output<typeof configSchema>;

/** Gives the configuration of an installation without a file. */
export function defaultConfig(): SextantConfig {
  return configSchema.parse({});
}
