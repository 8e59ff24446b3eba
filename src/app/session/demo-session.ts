/**
 * The demo: a simulated world with funded accounts. The world keeps its own truth in its own file, so that a restart
 * is a real one: the engine has to find out from the venues what happened meanwhile.
 */

import { createHash } from 'node:crypto';
import { liveIndicators } from '../../adapters/compute/indicator-port.ts';
import { sha256Hex } from '../../adapters/store/digest.ts';
import { PaperVenueStore } from '../../adapters/store/paper-venue-store.ts';
import type { VenueTruthStore } from '../../adapters/store/venue-truth.ts';
import { Kernel } from '../../engine/kernel/kernel.ts';
import type { JournalPort, KernelSnapshot } from '../../engine/kernel/snapshot.ts';
import { demoWorldConfig, SimulatedWorld, type SimulatedWorldState } from '../../engine/simulation/world.ts';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { VenueView } from '../../shared/api/views.ts';
import { type EpochMs, epochMs, type VenueId } from '../../shared/domain/nominal.ts';
import { EngineHost } from './engine-host.ts';
import type { Session } from './session.ts';
import { storeWholeAccount } from './venue-books.ts';
import { type Pace, VirtualDriver } from './virtual-driver.ts';

const worldKey = 'world';
/** How often the generators are written; the accounts are written with every commit. */
const worldSaveIntervalMs = 2_000;
/** Simulated time lived in one go while nobody listens, so that signals are still heard. */
const awaySliceMs = 60_000;
/** Simulated time in which the venues' first answers arrive. */
const settleMs = 2_000;
const titles: Readonly<Record<string, string>> = {
  'sim-a': 'Simulated spot A',
  'sim-b': 'Simulated spot B',
  'sim-perp': 'Simulated perpetuals',
};

interface SavedWorld {
  readonly world: SimulatedWorldState;
  /** Wall time of the save: how long the terminal was off. */
  readonly savedAtWallMs: number;
}

export interface DemoSessionOptions {
  readonly journal: JournalPort;
  readonly snapshot: KernelSnapshot;
  /** Absent in runs that keep nothing (tests, benchmarks). */
  readonly truth: VenueTruthStore | undefined;
  readonly findStrategy: (id: string) => AnyStrategy | undefined;
  readonly seed: string | undefined;
  /** Start of a world that does not exist yet. */
  readonly newWorldStartMs: EpochMs;
  readonly pace: Pace;
  readonly simulateForMs: number | undefined;
  readonly awayMinutesMax: number;
  readonly wallClock: () => number;
  readonly onEnd: (reason: string, failure?: Error) => void;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** Gives the start of the client order ids of a world: its venues know no other installation. */
function orderPrefixOf(seed: string): string {
  return `sx-d${createHash('sha256').update(seed).digest('hex').slice(0, 5)}`;
}

function readSaved(truth: VenueTruthStore | undefined): SavedWorld | undefined {
  const text = truth?.state(worldKey);
  return text === undefined ? undefined : (JSON.parse(text) as SavedWorld);
}

/** Makes the demo session: world restored or new, time away lived through, kernel on top. */
export async function createDemoSession(
  options: DemoSessionOptions,
): Promise<Session & { readonly seed: string }> {
  const { truth, snapshot } = options;
  const saved = readSaved(truth);
  if (saved !== undefined && options.seed !== undefined && options.seed !== saved.world.seed) {
    throw new ApiError('refused', `this data folder holds a world with the seed "${saved.world.seed}"`, {
      field: 'seed',
      hint: 'Leave --seed out to go on with it, or choose another folder with --data.',
    });
  }
  const seed = saved?.world.seed ?? options.seed ?? String(options.wallClock());
  let ensureDurable: (auditSequence: number) => void = () => undefined;
  const config = {
    ...demoWorldConfig(seed, epochMs(saved?.world.startMs ?? options.newWorldStartMs)),
    onCommandArrival: (auditSequence: number) => ensureDurable(auditSequence),
  };
  const venueStore = truth === undefined ? undefined : new PaperVenueStore(truth);
  const world = new SimulatedWorld(
    config,
    saved === undefined ? undefined : withAccounts(saved.world, venueStore),
  );
  if (saved !== undefined) await liveThroughAbsence(world, saved, options);
  else if (venueStore !== undefined) {
    for (const venue of config.venues) storeWholeAccount(venueStore, world.venueState(venue.venue));
  }

  const instruments = world.instruments();
  const startMs = Math.max(world.nowMs, snapshot.core?.timeMs ?? 0);
  if (startMs > world.nowMs) world.fastForward(epochMs(startMs));
  const kernel = new Kernel({
    digest: sha256Hex,
    indicators: liveIndicators(),
    instruments,
    findStrategy: options.findStrategy,
    snapshot,
    orderPrefix: orderPrefixOf(seed),
    startMs: epochMs(startMs),
    candleGraceMs: 0,
  });
  let worldSavedAtWallMs = Number.NEGATIVE_INFINITY;
  const saveVenues = (force: boolean): void => {
    if (truth === undefined || venueStore === undefined) return;
    for (const changes of world.drainChanges()) venueStore.put(changes);
    const wallMs = options.wallClock();
    if (force || wallMs - worldSavedAtWallMs >= worldSaveIntervalMs) {
      worldSavedAtWallMs = wallMs;
      const state: SavedWorld = { world: world.save(force), savedAtWallMs: wallMs };
      truth.putState(worldKey, JSON.stringify(state));
    }
    truth.commit();
  };
  const host = new EngineHost({
    kernel,
    journal: options.journal,
    route: (command, nowMs) => world.submit(command, nowMs),
    beforeCommit: () => saveVenues(false),
  });
  ensureDurable = host.ensureDurable;
  const driver = new VirtualDriver({
    host,
    source: world,
    startMs,
    endMs: options.simulateForMs === undefined ? Number.POSITIVE_INFINITY : startMs + options.simulateForMs,
    pace: options.pace,
    onEnd: options.onEnd,
  });
  const venues = [...new Set(instruments.map((instrument) => instrument.venue))];
  saveVenues(true);

  return {
    seed,
    host,
    instruments,
    startMs,
    nowMs: () => driver.nowMs,
    events: () => driver.events,
    speed: { get: () => driver.speed, set: (pace) => driver.setPace(pace) },
    async connect() {
      world.emitBooks(host.feed);
      for (const venue of venues) connect(host, venue, startMs);
      // A fixed span of simulated time, not of wall time: equal seeds give equal runs.
      driver.runUntil(startMs + settleMs);
      host.flush();
    },
    start: () => driver.start(),
    async stop() {
      driver.stop();
      saveVenues(true);
    },
    venueViews: () => venues.map((venue) => venueViewOf(host, venue, driver.nowMs)),
    history: async (instrument, timeframeMs, bars) => world.history(instrument, timeframeMs, bars),
    onResume: () => undefined,
  };
}

function connect(host: EngineHost, venue: VenueId, timeMs: number): void {
  host.feed({
    kind: 'venue-connection',
    venue,
    state: 'connected',
    message: 'simulated',
    timeMs: epochMs(timeMs),
  });
}

/** The accounts in the venues' own tables are the newest truth; the generators may be a few seconds older. */
function withAccounts(world: SimulatedWorldState, store: PaperVenueStore | undefined): SimulatedWorldState {
  if (store === undefined) return world;
  return {
    ...world,
    venues: world.venues.map((venue) => ({
      ...venue,
      account: store.load(venue.account.venue) ?? venue.account,
    })),
  };
}

async function liveThroughAbsence(
  world: SimulatedWorld,
  saved: SavedWorld,
  options: DemoSessionOptions,
): Promise<void> {
  const offMs = Math.max(0, options.wallClock() - saved.savedAtWallMs);
  const livedMs = Math.min(offMs, options.awayMinutesMax * 60_000);
  const untilMs = world.nowMs + livedMs;
  while (world.nowMs < untilMs) {
    world.fastForward(epochMs(Math.min(untilMs, world.nowMs + awaySliceMs)));
    options.onProgress?.(`the simulated venues caught up to ${new Date(world.nowMs).toISOString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Gives a venue for the status: its data age counts simulated time. */
function venueViewOf(host: EngineHost, venue: VenueId, nowMs: number): VenueView {
  const link = host.kernel.link(venue);
  let newestMs = 0;
  let count = 0;
  for (const market of host.kernel.services.markets.values()) {
    if (market.instrument.venue !== venue) continue;
    count += 1;
    newestMs = Math.max(newestMs, market.updatedAtMs);
  }
  return {
    id: venue,
    title: titles[venue] ?? venue,
    kind: 'simulated',
    state: link?.state ?? 'connecting',
    message: link?.message ?? '',
    latencyMs: null,
    dataAgeMs: newestMs === 0 ? null : Math.max(0, nowMs - newestMs),
    instruments: count,
  };
}
