/**
 * Replays recorded market frames through the live normalisation, the kernel and a simulated account. Nothing is
 * stored; the hash of the last record proves that two replays are equal.
 */

import { liveIndicators } from '../adapters/compute/indicator-port.ts';
import { sha256Hex } from '../adapters/store/digest.ts';
import { CandleReplay } from '../adapters/venues/replay/candle-replay.ts';
import { FrameReplay } from '../adapters/venues/replay/frame-replay.ts';
import { Kernel } from '../engine/kernel/kernel.ts';
import type { EventSink, VirtualTimeSource } from '../engine/ports.ts';
import { PaperVenue } from '../engine/simulation/matching/paper-venue.ts';
import type { AnyStrategy } from '../engine/strategy/api.ts';
import { ApiError } from '../shared/api/result.ts';
import type { Instrument } from '../shared/domain/instrument.ts';
import { priceOf } from '../shared/domain/instrument.ts';
import { botId, type EpochMs, epochMs, venueId } from '../shared/domain/nominal.ts';
import type { VenueCommand } from '../shared/events/venue.ts';
import { programVersion } from '../shared/version.ts';
import { findStrategy, strategies } from '../strategies/registry.ts';
import { findStrategyOrThrow } from './api/context.ts';
import { completeParams } from './api/params.ts';
import { CandleTape } from './session/candle-tape.ts';
import { EngineHost } from './session/engine-host.ts';
import { emptySnapshot, MemoryJournal } from './session/memory-journal.ts';
import { VirtualDriver } from './session/virtual-driver.ts';
import type { RunResult } from './terminal-types.ts';
import { totalEquity } from './views/account-views.ts';
import { planMarketOf, planOf } from './views/bot-views.ts';

export interface ReplayOptions {
  /** File of recorded frames, plain or gzip. */
  readonly frames: string;
  readonly venue: string;
  /** Unified symbol; read off the frames when left out. */
  readonly instrument?: string | undefined;
  readonly strategy?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** One-way delay between engine and venue. */
  readonly latencyMs: number;
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly isCancelled?: (() => boolean) | undefined;
}

export interface ReplayResult extends RunResult {
  readonly book: {
    readonly updates: number;
    readonly snapshots: number;
    readonly gaps: number;
    readonly resyncs: number;
    readonly crossed: number;
    readonly bestBid: string | null;
    readonly bestAsk: string | null;
  };
  readonly trades: number;
  /** What was assumed, in sentences: rules read off the data, the path inside a candle. */
  readonly assumptions: readonly string[];
  /** Given parameters that do not count, in sentences. */
  readonly warnings: readonly string[];
}

const hourMs = 3_600_000;
/** Recorded frames arrive after the moment they speak of, as live ones do. */
const liveGraceMs = 1_500;
/** Events between two chances for signals and progress. */
const sliceEvents = 20_000;

/** Recording first, then what it makes the simulated account do; commands arrive between. */
class ReplaySource implements VirtualTimeSource {
  private readonly frames: VirtualTimeSource;
  private readonly venue: PaperVenue;
  trades = 0;

  constructor(frames: VirtualTimeSource, venue: PaperVenue) {
    this.frames = frames;
    this.venue = venue;
  }

  nextTimeMs(): number {
    const frameMs = this.frames.nextTimeMs();
    // When the recording is over, the run is: the market stands still after it.
    return frameMs === Number.POSITIVE_INFINITY ? frameMs : Math.min(frameMs, this.venue.nextTimeMs());
  }

  step(emit: EventSink): void {
    const venueMs = this.venue.nextTimeMs();
    if (venueMs < this.frames.nextTimeMs()) {
      this.venue.advance(epochMs(venueMs), emit);
      return;
    }
    this.frames.step((event) => {
      emit(event);
      if ('receiveTimeMs' in event) {
        if (event.kind === 'trade') this.trades += 1;
        this.venue.onMarket(event, emit);
      }
    });
  }
}

/** What a replay needs of a recording, whatever its kind. */
interface Recording extends VirtualTimeSource {
  readonly instrument: Instrument;
  /** What was assumed, in sentences. */
  readonly notes: readonly string[];
  /** True where one step covers minutes or more: then the account is compared once an hour. */
  readonly isCoarse: boolean;
  close(): void;
}

/** Opens raw frames, or candles as CSV or Parquet, by the file's name. */
async function openRecording(options: ReplayOptions): Promise<Recording> {
  const venue = venueId(options.venue);
  if (!/\.(csv|csv\.gz|parquet)$/i.test(options.frames)) {
    const frames = await FrameReplay.open({ path: options.frames, venue, symbol: options.instrument });
    return Object.assign(frames, { isCoarse: false });
  }
  if (options.instrument === undefined) {
    throw new ApiError('bad-input', 'instrument: a candle file does not name its market', {
      field: 'instrument',
      hint: 'Add --instrument, for example BTC/USDT.',
    });
  }
  const tape = new CandleTape(
    await CandleReplay.open([{ path: options.frames, venue, symbol: options.instrument }]),
  );
  return Object.assign(tape, { isCoarse: true, close: () => undefined });
}

/** Runs a replay to its end. Throws `ApiError` for bad input and damaged files. */
export async function runReplay(options: ReplayOptions): Promise<ReplayResult> {
  const startedAtWallMs = Date.now();
  const strategy =
    options.strategy === undefined
      ? undefined
      : findStrategyOrThrow({ findStrategy, strategies }, options.strategy);
  const replay = await openRecording(options);
  try {
    return await run(options, replay, strategy, startedAtWallMs);
  } finally {
    replay.close();
  }
}

async function run(
  options: ReplayOptions,
  replay: Recording,
  strategy: AnyStrategy | undefined,
  startedAtWallMs: number,
): Promise<ReplayResult> {
  const instrument = replay.instrument;
  const startMs = epochMs(replay.nextTimeMs());
  if (!Number.isFinite(startMs))
    throw new ApiError('bad-input', `${options.frames}: there is no market frame in it`, { field: 'frames' });
  const latency = { kind: 'constant', ms: options.latencyMs } as const;
  let ensureDurable: (auditSequence: number) => void = () => undefined;
  const venue = new PaperVenue(
    {
      venue: instrument.venue,
      seed: 'replay',
      balances: {
        [instrument.settle]: '1000000',
        ...(instrument.kind === 'spot' ? { [instrument.base]: '10' } : {}),
      },
      leverage: 1,
      toVenueLatency: latency,
      toClientLatency: latency,
      onCommandArrival: (auditSequence) => ensureDurable(auditSequence),
    },
    [instrument],
  );
  const kernel = new Kernel({
    digest: sha256Hex,
    indicators: liveIndicators(),
    instruments: [instrument],
    findStrategy,
    snapshot: emptySnapshot(),
    orderPrefix: 'sx-r',
    startMs,
    candleGraceMs: replay.isCoarse ? 0 : liveGraceMs,
    reconcileIntervalMs: replay.isCoarse ? hourMs : undefined,
  });
  const host = new EngineHost({
    kernel,
    journal: new MemoryJournal(),
    route: (command: VenueCommand, nowMs: EpochMs) => venue.submit(command, nowMs),
  });
  ensureDurable = host.ensureDurable;
  const source = new ReplaySource(replay, venue);
  const driver = new VirtualDriver({
    host,
    source,
    startMs,
    endMs: Number.POSITIVE_INFINITY,
    pace: 'max',
    onEnd: () => undefined,
  });
  kernel.record({ kind: 'run-started', mode: 'replay', version: programVersion, seed: null });
  host.feed({
    kind: 'venue-connection',
    venue: instrument.venue,
    state: 'connected',
    message: 'replay',
    timeMs: startMs,
  });

  let startEquity: Record<string, string> = {};
  let warnings: readonly string[] = [];
  let started = strategy === undefined;
  let nextLook = sliceEvents;
  while (source.nextTimeMs() !== Number.POSITIVE_INFINITY) {
    const atMs = source.nextTimeMs();
    driver.runUntil(atMs);
    if (!started || Object.keys(startEquity).length === 0) {
      const ready =
        kernel.link(instrument.venue)?.reconciled === true &&
        kernel.services.markets.get(instrument.id)?.priced === true;
      if (ready) {
        if (Object.keys(startEquity).length === 0) startEquity = totalEquity(kernel);
        if (strategy !== undefined && !started)
          warnings = startBot(host, strategy, instrument, options.params ?? {});
        started = true;
      }
    }
    if (driver.events < nextLook) continue;
    nextLook = driver.events + sliceEvents;
    host.flush();
    options.onProgress?.(driver.events);
    await new Promise((resolve) => setImmediate(resolve));
    if (options.isCancelled?.() === true) break;
  }
  kernel.record({ kind: 'run-stopped', reason: 'the recording is over' });
  host.flush();
  return resultOf(host, driver, source, instrument, {
    startMs,
    startedAtWallMs,
    startEquity,
    assumptions: replay.notes,
    warnings,
  });
}

function startBot(
  host: EngineHost,
  strategy: AnyStrategy,
  instrument: Instrument,
  given: Readonly<Record<string, unknown>>,
): readonly string[] {
  const market = planMarketOf(host.kernel, instrument);
  if (market === undefined) return [];
  const { raw, parsed, unused } = completeParams(strategy, given, market);
  const plan = planOf(strategy, parsed, market);
  const bad = plan.violations.find((violation) => violation.severity === 'error');
  if (bad !== undefined) {
    throw new ApiError(
      'bad-input',
      `params${bad.field === undefined ? '' : `.${bad.field}`}: ${bad.message}`,
      {
        field: bad.field === undefined ? 'params' : `params.${bad.field}`,
      },
    );
  }
  const bot = botId('b1');
  for (const command of [
    {
      kind: 'create-bot' as const,
      definition: {
        id: bot,
        name: strategy.title,
        strategy: strategy.id,
        instrument: instrument.id,
        params: raw,
        allocation: Object.fromEntries(plan.funds.map(({ currency, amount }) => [currency, amount])),
      },
    },
    { kind: 'start-bot' as const, bot },
  ]) {
    const outcome = host.control(command);
    if (!outcome.ok) throw new ApiError(outcome.code, outcome.message);
  }
  return unused.map(({ message }) => `${instrument.symbol}: ${message}.`);
}

function resultOf(
  host: EngineHost,
  driver: VirtualDriver,
  source: ReplaySource,
  instrument: Instrument,
  run: {
    startMs: number;
    startedAtWallMs: number;
    startEquity: Record<string, string>;
    assumptions: readonly string[];
    warnings: readonly string[];
  },
): ReplayResult {
  const { kernel } = host;
  const { book } = kernel.services.markets.get(instrument.id) as NonNullable<
    ReturnType<typeof kernel.services.markets.get>
  >;
  const priceText = (ticks: number): string | null =>
    ticks === 0 ? null : priceOf(instrument, ticks).toString();
  return {
    events: driver.events,
    orders: host.counters.orders,
    fills: host.counters.fills,
    rejected: host.counters.rejected,
    unknown: [...kernel.services.orders.live()].filter((order) => order.state === 'UNKNOWN').length,
    equity: totalEquity(kernel),
    startEquity: run.startEquity,
    identities: { ...kernel.services.portfolio.identities },
    auditRecords: host.counters.records,
    auditHash: kernel.lastHash,
    simulatedMs: Math.round(driver.nowMs - run.startMs),
    wallMs: Date.now() - run.startedAtWallMs,
    rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    book: { ...book.counters, bestBid: priceText(book.bestBidTicks), bestAsk: priceText(book.bestAskTicks) },
    trades: source.trades,
    assumptions: run.assumptions,
    warnings: run.warnings,
  };
}
