/** Trades of a range from a venue, page by page, oldest first; requests keep to the venue's limits. */

import type { Exchange } from 'ccxt';
import { patiently } from './patiently.ts';
import { VenueError } from './venue-error.ts';

const pageTrades = 1_000;
/** Venues look at least this far from the time that is asked for (Binance's aggregated trades: exactly so far). */
const windowMs = 3_600_000;

/** One trade as a venue tells it. */
export interface VenueTrade {
  readonly timeMs: number;
  readonly price: number;
  /** Base currency. */
  readonly amount: number;
  readonly side: 'buy' | 'sell' | undefined;
  /** The venue's, where it has one. */
  readonly id?: string | undefined;
}

/** Which trades: from `fromMs` (included) to `toMs` (not included). */
export interface TradeRangeRequest {
  readonly symbol: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly signal: AbortSignal;
  /** Trades at `fromMs` that are known already, in their order: the venue must tell them first, and they are left out. */
  readonly known: readonly VenueTrade[];
}

/**
 * Gives pages of trades, each with where the next one begins. Every page begins with the moment at which the one before
 * ended, so that a venue that leaves trades out is found out. Throws `VenueError` `history` for one that does, what the last
 * attempt threw, and stops at `signal`.
 */
export async function* tradePages(
  exchange: Exchange,
  request: TradeRangeRequest,
): AsyncGenerator<{ readonly trades: readonly VenueTrade[]; readonly nextMs: number }> {
  const { symbol, signal, toMs } = request;
  const contractSize = linearContractSize(exchange, symbol);
  let sinceMs = request.fromMs;
  let known = request.known;
  while (sinceMs < toMs) {
    signal.throwIfAborted();
    const rows = await patiently(signal, () => exchange.fetchTrades(symbol, sinceMs, pageTrades));
    const page = (rows as readonly unknown[])
      .map((row) => venueTrade(exchange.id, row, contractSize))
      .filter(({ timeMs }) => timeMs >= sinceMs)
      .sort((left, right) => left.timeMs - right.timeMs || compareIds(left.id, right.id));
    checkKnown(exchange.id, sinceMs, known, page);
    const fresh = page.slice(known.length).filter(({ timeMs }) => timeMs < toMs);
    const lastMs = fresh.at(-1)?.timeMs;
    if (lastMs === undefined) {
      // Nothing new as far as the venue looks; a whole page of one moment is gone past, too.
      sinceMs =
        page.length >= pageTrades && page.at(-1)?.timeMs === sinceMs ? sinceMs + 1 : sinceMs + windowMs;
      known = [];
    } else if (lastMs === sinceMs && page.length < pageTrades) {
      sinceMs += 1;
      known = [];
    } else {
      known = [...(lastMs === sinceMs ? known : []), ...fresh.filter(({ timeMs }) => timeMs === lastMs)];
      sinceMs = lastMs;
    }
    yield { trades: fresh, nextMs: Math.min(sinceMs, toMs) };
  }
}

/** A venue that does not begin with what is known has left out what lies between. */
function checkKnown(
  venue: string,
  sinceMs: number,
  known: readonly VenueTrade[],
  page: readonly VenueTrade[],
): void {
  const isThere = known.every((trade, index) => {
    const told = page[index];
    return told?.timeMs === trade.timeMs && told.price === trade.price && told.amount === trade.amount;
  });
  if (isThere) return;
  throw new VenueError({
    code: 'history',
    venue,
    reason: `it does not give the trades since ${new Date(sinceMs).toISOString()} again: there would be a hole`,
    hint: 'The venue tells only its newest trades. Download from a later time, or import its archive.',
  });
}

/** Base currency in one contract; 1 for spot. Throws `VenueError` for contracts that are counted in quote currency. */
function linearContractSize(exchange: Exchange, symbol: string): number {
  const market = exchange.market(symbol);
  if (market?.inverse !== true) return market?.contractSize ?? 1;
  throw new VenueError({
    code: 'history',
    venue: exchange.id,
    reason: `the amounts of ${symbol} are contracts in quote currency`,
    hint: 'Trades of inverse contracts cannot be downloaded; import the archive of the venue.',
  });
}

function venueTrade(venue: string, row: unknown, contractSize: number): VenueTrade {
  const { timestamp, price, amount, side, id } = (row ?? {}) as Readonly<Record<string, unknown>>;
  const isSound =
    typeof timestamp === 'number' &&
    Number.isSafeInteger(timestamp) &&
    typeof price === 'number' &&
    price > 0 &&
    Number.isFinite(price) &&
    typeof amount === 'number' &&
    amount > 0 &&
    Number.isFinite(amount);
  if (isSound)
    return {
      timeMs: timestamp,
      price,
      amount: scaled(amount, contractSize),
      side: side === 'buy' || side === 'sell' ? side : undefined,
      id: typeof id === 'string' ? id : undefined,
    };
  throw new VenueError({
    code: 'history',
    venue,
    reason: `a trade cannot be believed: ${JSON.stringify({ timestamp, price, amount })}`,
    hint: 'Nothing of this page was stored.',
  });
}

/** Numbered trades of one moment come in the order of their numbers; CCXT has them in that of their texts. */
function compareIds(left: string | undefined, right: string | undefined): number {
  const isNumber = (id: string | undefined): id is string => id !== undefined && /^\d+$/.test(id);
  if (!isNumber(left) || !isNumber(right)) return 0;
  return left.length - right.length || (left < right ? -1 : Number(left !== right));
}

/** A product of decimals as the decimal it is: the last bits of a double are noise. */
function scaled(amount: number, factor: number): number {
  return factor === 1 ? amount : Number((amount * factor).toPrecision(12));
}
