/**
 * Loads one exchange class of CCXT. Importing the whole package costs about 600 ms and 105 MB, one class about
 * 170 ms and 37 MB (measured with 4.5.84), so the file of the class is imported by itself.
 */

import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Exchange } from 'ccxt';
import { nearHint } from '../../../shared/domain/near-name.ts';
import { VenueError } from './venue-error.ts';

/** A CCXT exchange class, with WebSocket methods where the exchange has them. */
export interface ExchangeClass {
  new (config: Readonly<Record<string, unknown>>): Exchange;
}

/** An exchange class and whether it knows WebSocket streams. */
export interface LoadedExchange {
  readonly exchangeClass: ExchangeClass;
  readonly pro: boolean;
}

let classFolder: string | undefined;

function findClassFolder(): string {
  if (classFolder === undefined) {
    const entry = createRequire(import.meta.url).resolve('ccxt');
    classFolder = join(dirname(entry), '..', 'js', 'src');
  }
  return classFolder;
}

/** Gives the ids of all exchanges CCXT knows, without loading any of them. */
export function exchangeIds(): readonly string[] {
  return readdirSync(findClassFolder())
    .filter((name) => /^[a-z0-9]+\.js$/.test(name))
    .map((name) => name.slice(0, -3))
    .sort();
}

/** Loads the class of an exchange id such as `binance`. Throws `VenueError` for an id CCXT does not know. */
export async function loadExchange(exchangeId: string): Promise<LoadedExchange> {
  const folder = findClassFolder();
  if (!/^[a-z0-9]{2,30}$/.test(exchangeId) || !existsSync(join(folder, `${exchangeId}.js`))) {
    throw new VenueError({
      code: 'unknown-exchange',
      venue: exchangeId.slice(0, 40),
      reason: 'CCXT knows no exchange of this id',
      hint: nearHint(
        exchangeId,
        exchangeIds(),
        `Use one of its ${exchangeIds().length} ids, for example binance, kraken, bybit or okx.`,
      ),
    });
  }
  const proPath = join(folder, 'pro', `${exchangeId}.js`);
  const pro = existsSync(proPath);
  const path = pro ? proPath : join(folder, `${exchangeId}.js`);
  const module: { readonly default: ExchangeClass } = await import(
    /* @vite-ignore */ pathToFileURL(path).href
  );
  return { exchangeClass: module.default, pro };
}
