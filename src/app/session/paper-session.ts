/**
 * Paper trading: live market data, a simulated account on our side. The books and the tape of the real venue fill the
 * orders by the same matching rules as in the demo; nothing is ever sent to the venue.
 */

import { randomInt } from 'node:crypto';
import { liveIndicators } from '../../adapters/compute/indicator-port.ts';
import type { LogPort } from '../../adapters/logging/log-port.ts';
import { sha256Hex } from '../../adapters/store/digest.ts';
import { PaperVenueStore } from '../../adapters/store/paper-venue-store.ts';
import type { VenueTruthStore } from '../../adapters/store/venue-truth.ts';
import { CcxtFeed } from '../../adapters/venues/ccxt/ccxt-feed.ts';
import { VenueError } from '../../adapters/venues/ccxt/venue-error.ts';
import { Kernel } from '../../engine/kernel/kernel.ts';
import type { JournalPort, KernelSnapshot } from '../../engine/kernel/snapshot.ts';
import type { MarketFeed } from '../../engine/ports.ts';
import { PaperVenue } from '../../engine/simulation/matching/paper-venue.ts';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { VenueView } from '../../shared/api/views.ts';
import type { SextantConfig } from '../../shared/config/schema.ts';
import { type EpochMs, epochMs, instrumentId, type VenueId, venueId } from '../../shared/domain/nominal.ts';
import type { MarketEvent } from '../../shared/events/market.ts';
import type { ConnectionState, VenueEvent } from '../../shared/events/venue.ts';
import { EngineHost } from './engine-host.ts';
import type { Session } from './session.ts';
import { UnbrokenClock } from './unbroken-clock.ts';
import { storeWholeAccount } from './venue-books.ts';

const tickMs = 20;
/** Late trades are waited for before a live candle is final. */
const candleGraceMs = 1_500;
const connectTimeoutMs = 20_000;
/** What of a venue's errors the configuration is to blame for. */
const inputCodes: ReadonlySet<string> = new Set([
  'unknown-exchange',
  'no-sandbox',
  'unknown-instrument',
  'no-instruments',
]);
const orderPrefixKey = 'order-prefix';

export interface PaperSessionOptions {
  readonly config: SextantConfig;
  readonly journal: JournalPort;
  readonly snapshot: KernelSnapshot;
  readonly truth: VenueTruthStore;
  readonly findStrategy: (id: string) => AnyStrategy | undefined;
  readonly wallClock: () => number;
  readonly log: LogPort;
  readonly onEnd: (reason: string, failure?: Error) => void;
  /** Makes the feed of a configured venue; tests hand in their own. */
  readonly createFeed?: ((venue: SextantConfig['venues'][number]) => MarketFeed) | undefined;
}

interface PaperSide {
  readonly feed: MarketFeed;
  readonly title: string;
  readonly venue: PaperVenue;
}

/** What a feed says before the kernel is there is kept and told afterwards, in order. */
interface Intake {
  readonly early: (MarketEvent | VenueEvent)[];
  take: (event: MarketEvent | VenueEvent) => void;
}

/** Makes the paper session: markets loaded, accounts restored, kernel on top; streams begin with `connect`. */
export async function createPaperSession(options: PaperSessionOptions): Promise<Session> {
  const { config, log } = options;
  if (config.venues.length === 0) {
    throw new ApiError('bad-input', 'venues: paper trading needs at least one venue', {
      field: 'venues',
      hint: 'Add a venue with its exchange and instruments to the configuration, or use mode: demo.',
    });
  }
  const early: Intake['early'] = [];
  const intake: Intake = { early, take: (event) => early.push(event) };
  const feeds: MarketFeed[] = [];
  try {
    for (const venue of config.venues) {
      const feed = options.createFeed?.(venue) ?? liveFeed(venue, log);
      feeds.push(feed);
      await feed.start((event) => intake.take(event));
    }
    return assemble(options, feeds, intake);
  } catch (error) {
    for (const feed of feeds) await feed.stop();
    throw error instanceof VenueError ? venueFailure(error) : error;
  }
}

/** A venue that is misnamed is bad input; one that does not answer is the network's or its own fault. */
function venueFailure(error: VenueError): ApiError {
  const isInput = inputCodes.has(error.code);
  return new ApiError(isInput ? 'bad-input' : 'venue', error.message, {
    field: isInput ? 'venues' : undefined,
    hint: error.hint,
  });
}

/** Puts accounts and kernel on feeds that know their markets. */
function assemble(options: PaperSessionOptions, feeds: readonly MarketFeed[], intake: Intake): Session {
  const { config, truth, log, wallClock } = options;
  let session: EngineHost | undefined;

  const venueStore = new PaperVenueStore(truth);
  const sides = new Map<VenueId, PaperSide>();
  config.venues.forEach((venue, index) => {
    const feed = feeds[index] as MarketFeed;
    const wanted = new Set(venue.instruments.map((symbol) => instrumentId(venue.id, symbol)));
    const instruments = feed.instruments().filter((instrument) => wanted.has(instrument.id));
    for (const symbol of venue.instruments) {
      if (!instruments.some((instrument) => instrument.symbol === symbol)) {
        throw new ApiError(
          'bad-input',
          `venues.${index}.instruments: ${venue.exchange} has no active market ${symbol}`,
          {
            field: `venues.${index}.instruments`,
          },
        );
      }
    }
    const account = venueStore.load(venueId(venue.id));
    const latency = { kind: 'constant', ms: venue.latencyMs } as const;
    sides.set(venueId(venue.id), {
      feed,
      title: `${venue.exchange} (paper)`,
      venue: new PaperVenue(
        {
          venue: venueId(venue.id),
          seed: venue.id,
          balances: venue.paperBalances,
          leverage: 1,
          toVenueLatency: latency,
          toClientLatency: latency,
          onCommandArrival: (auditSequence) => session?.ensureDurable(auditSequence),
        },
        instruments,
        account === undefined ? undefined : { account },
      ),
    });
  });

  for (const { venue } of sides.values()) {
    if (venueStore.load(venue.venue) === undefined) storeWholeAccount(venueStore, venue.snapshot());
  }

  const instruments = config.venues.flatMap((venue, index) => {
    const wanted = new Set(venue.instruments.map((symbol) => instrumentId(venue.id, symbol)));
    return (feeds[index] as MarketFeed).instruments().filter((instrument) => wanted.has(instrument.id));
  });
  const startMs = epochMs(Math.max(wallClock(), options.snapshot.core?.timeMs ?? 0));
  const kernel = new Kernel({
    digest: sha256Hex,
    indicators: liveIndicators(),
    instruments,
    findStrategy: options.findStrategy,
    snapshot: options.snapshot,
    orderPrefix: orderPrefix(truth),
    startMs,
    candleGraceMs,
  });
  const saveVenues = (): void => {
    for (const { venue } of sides.values()) if (venue.hasChanges) venueStore.put(venue.drainChanges());
    truth.commit();
  };
  const host = new EngineHost({
    kernel,
    journal: options.journal,
    route: (command, nowMs) => sides.get(command.venue)?.venue.submit(command, nowMs),
    beforeCommit: saveVenues,
  });
  session = host;
  let events = 0;
  let timer: NodeJS.Timeout | undefined;
  const clock = new UnbrokenClock(wallClock);
  const nowMs = (): EpochMs => epochMs(clock.nowMs(kernel.services.nowMs));
  host.currentTimeMs = nowMs;

  /** What the feeds last said of their venues: they tell changes only. */
  const links = new Map<VenueId, ConnectionState>();
  const onEvent = (event: MarketEvent | VenueEvent): void => {
    events += 1;
    if (event.kind === 'venue-connection') links.set(event.venue, event.state);
    host.feed(event);
    if ('receiveTimeMs' in event) {
      sides
        .get(event.instrument.slice(0, event.instrument.indexOf(':')) as VenueId)
        ?.venue.onMarket(event, host.feed);
    }
  };
  let failed = false;
  const guarded = (work: () => void): void => {
    if (failed) return;
    try {
      work();
    } catch (error) {
      failed = true;
      clearInterval(timer);
      options.onEnd('the engine stopped', error instanceof Error ? error : new Error(String(error)));
    }
  };
  const tick = (): void => {
    const untilMs = nowMs();
    for (const { venue } of sides.values())
      if (venue.nextTimeMs() <= untilMs) venue.advance(untilMs, host.feed);
    if (kernel.nextTimerMs() <= untilMs) host.feed({ kind: 'tick', timeMs: untilMs });
    host.flush();
  };

  return {
    host,
    instruments,
    startMs,
    nowMs,
    events: () => events,
    speed: undefined,
    async connect() {
      intake.take = (event) => guarded(() => onEvent(event));
      for (const event of intake.early.splice(0)) intake.take(event);
      for (const instrument of instruments) sides.get(instrument.venue)?.feed.subscribe(instrument.id);
      timer = setInterval(() => guarded(tick), tickMs);
      const deadline = performance.now() + connectTimeoutMs;
      const ready = () => [...sides.keys()].every((venue) => kernel.link(venue)?.reconciled === true);
      while (!ready() && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, tickMs));
      if (!ready()) log.warn('not every venue is connected yet; bots wait for theirs');
    },
    start: () => undefined,
    async stop() {
      clearInterval(timer);
      for (const feed of feeds) await feed.stop();
      saveVenues();
    },
    venueViews: () => [...sides].map(([id, side]) => viewOf(host, id, side.title, nowMs())),
    history: async (instrument, timeframeMs, bars) => {
      const feed = sides.get(instrument.slice(0, instrument.indexOf(':')) as VenueId)?.feed;
      return feed === undefined ? [] : feed.history(instrument, timeframeMs, bars);
    },
    onResume() {
      for (const venue of sides.keys()) {
        const tell = (state: ConnectionState, message: string) =>
          guarded(() => host.feed({ kind: 'venue-connection', venue, state, message, timeMs: nowMs() }));
        tell('stale', 'the machine slept');
        // A feed whose streams outlived a short sleep has nothing to tell: its venue is only compared again.
        if (links.get(venue) === 'connected') tell('connected', 'after the machine slept');
      }
    },
  };
}

function liveFeed(venue: SextantConfig['venues'][number], log: LogPort): MarketFeed {
  return new CcxtFeed({
    venue: venueId(venue.id),
    exchangeId: venue.exchange,
    sandbox: venue.sandbox,
    symbols: venue.instruments,
    onFault: (error) => log.error('a market data stream failed', { venue: venue.id, error }),
  });
}

/** Order ids of one installation begin alike and unlike those of any other. */
function orderPrefix(truth: VenueTruthStore): string {
  const known = truth.state(orderPrefixKey);
  if (known !== undefined) return known;
  const made = `sx-p${randomInt(36 ** 5)
    .toString(36)
    .padStart(5, '0')}`;
  truth.putState(orderPrefixKey, made);
  truth.commit();
  return made;
}

function viewOf(host: EngineHost, venue: VenueId, title: string, nowMs: number): VenueView {
  const link = host.kernel.link(venue);
  const markets = [...host.kernel.services.markets.values()].filter(
    (market) => market.instrument.venue === venue,
  );
  const newestMs = Math.max(0, ...markets.map((market) => market.updatedAtMs));
  return {
    id: venue,
    title,
    kind: 'ccxt',
    state: link?.state ?? 'connecting',
    message: link?.message ?? '',
    latencyMs: null,
    dataAgeMs: newestMs === 0 ? null : Math.max(0, nowMs - newestMs),
    instruments: markets.length,
  };
}
