/**
 * The event path of a backtest: kernel, simulated venues and the strategy as they run live, over candles. The same
 * specification and data give the same result, byte for byte.
 */

import { createCatalogue } from '../../adapters/compute/catalogue.ts';
import { createIndicatorPort } from '../../adapters/compute/indicator-port.ts';
import { loadNative } from '../../adapters/compute/native.ts';
import { sha256Hex } from '../../adapters/store/digest.ts';
import { CountedTrail } from '../../engine/kernel/counted-trail.ts';
import { Kernel } from '../../engine/kernel/kernel.ts';
import { CandleRun } from '../../engine/simulation/candles/candle-run.ts';
import { CandleTrack } from '../../engine/simulation/candles/candle-track.ts';
import { ApiError } from '../../shared/api/result.ts';
import { assert, ensureDefined } from '../../shared/domain/assert.ts';
import { epochMs, type InstrumentId } from '../../shared/domain/nominal.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import { type BacktestSpec, reserveOf } from '../../shared/lab/spec.ts';
import { type CommandRoute, EngineHost } from '../session/engine-host.ts';
import { emptySnapshot, MemoryJournal } from '../session/memory-journal.ts';
import { assumptionsOf } from './assumptions.ts';
import { BacktestCancelledError, type BacktestOptions } from './backtest-options.ts';
import { buildEquity, buildTrades, openPositionsOf } from './build-tables.ts';
import { Checkpoints } from './checkpoints.ts';
import { liquidationWarnings } from './liquidation-warning.ts';
import type { LoadedSeries } from './load-series.ts';
import { makeVenues } from './make-venues.ts';
import type { PreparedBot } from './prepare-bots.ts';
import { resultInstrumentOf } from './result-instrument.ts';
import { RunCounter } from './run-counter.ts';
import { paramsOfRun } from './run-params.ts';
import { RunRecorder } from './run-recorder.ts';
import { seedHistory } from './seed-history.ts';
import { botWarnings, unsellableWarnings, warningsOf } from './warnings.ts';

/** Candles between two looks at the clock, and the wall time between two chances for progress and cancel. */
const sliceBars = 200;
const turnMs = 25;
/** Kernel time before the first candle in which the venues connect. */
const bootLeadMs = 3_600_000;

/** Runs a loaded backtest on the event path. Throws `ApiError` for failing strategies, and as its options say. */
export function runEvents(
  spec: BacktestSpec,
  options: BacktestOptions,
  series: readonly LoadedSeries[],
  bots: readonly PreparedBot[],
): Promise<BacktestResult> {
  return new Backtest(spec, options, series, bots).run();
}

class Backtest {
  private readonly spec: BacktestSpec;
  private readonly options: BacktestOptions;
  private readonly series: readonly LoadedSeries[];
  private readonly bots: readonly PreparedBot[];
  private readonly counter = new RunCounter();
  private readonly tracks = new Map<InstrumentId, CandleTrack>();
  private recorder: RunRecorder | undefined;
  /** Hands over the records that a full chain has kept back, so that they are counted. */
  private flushRecords = (): void => undefined;

  constructor(
    spec: BacktestSpec,
    options: BacktestOptions,
    series: readonly LoadedSeries[],
    bots: readonly PreparedBot[],
  ) {
    this.spec = spec;
    this.options = options;
    this.series = series;
    this.bots = bots;
  }

  async run(): Promise<BacktestResult> {
    const startedAt = performance.now();
    const { spec, series } = this;
    const trackOf = (id: InstrumentId): CandleTrack => ensureDefined(this.tracks.get(id), `series of ${id}`);
    const venues = await makeVenues(
      spec,
      series,
      {
        onFill: (fill, market) => this.recorder?.onFill(fill, market.aimTicks),
        onFunding: (payment) => this.recorder?.onFunding(payment),
      },
      trackOf,
    );
    for (const [index, loaded] of series.entries()) {
      this.tracks.set(
        loaded.instrument.id,
        new CandleTrack({
          ...loaded,
          venue: ensureDefined(venues.get(loaded.instrument.venue), loaded.instrument.venue),
          timeframesMs: this.bots.find((bot) => bot.series === index)?.longerTimeframesMs ?? [],
        }),
      );
    }
    const tracks = [...this.tracks.values()];
    const startMs = epochMs(Math.min(...tracks.map((track) => track.openMs)));
    // Accounts are compared before the first candle, however long messages take.
    const bootMs = epochMs(startMs - bootLeadMs);
    const host = this.makeHost(bootMs, (command, nowMs) =>
      ensureDefined(venues.get(command.venue), command.venue).submit(command, nowMs),
    );
    const run = new CandleRun({
      kernel: host.kernel,
      feed: host.feed,
      tracks,
      intrabar: spec.intrabar,
      observer: {
        onWalk: (track) => this.recorder?.onWalk(track),
        onPrice: (track, ticks) => this.recorder?.onPrice(track, ticks),
      },
    });
    const recorder = new RunRecorder(tracks, host.kernel, () => run.closing);
    this.recorder = recorder;
    for (const venue of venues.values()) {
      host.feed({
        kind: 'venue-connection',
        venue: venue.venue,
        state: 'connected',
        message: 'backtest',
        timeMs: bootMs,
      });
    }
    run.settle(startMs);
    for (const track of tracks) seedHistory(host, track, startMs);
    this.startBots(host, tracks, recorder, startMs);
    run.settle(startMs);
    await this.runCandles(run, tracks, recorder);
    recorder.finish();
    const identities = host.kernel.services.portfolio.identities;
    assert(identities.failed === 0, `${identities.failed} of ${identities.checked} money identities failed`);
    return this.resultOf(host.kernel, run, recorder, tracks, startedAt);
  }

  private makeHost(startMs: ReturnType<typeof epochMs>, route: CommandRoute) {
    const { counter, options, series, spec } = this;
    const kernel = new Kernel({
      digest: sha256Hex,
      ...(options.withAudit === true ? {} : { trail: new CountedTrail((_, body) => counter.note(body)) }),
      terms: { leverage: spec.leverage, priceReserve: reserveOf(spec), slippage: spec.slippage },
      instruments: series.map(({ instrument }) => instrument),
      indicators: createIndicatorPort(
        createCatalogue(loadNative()),
        (id, timeframeMs) =>
          series.find(
            ({ instrument, ...loaded }) => instrument.id === id && loaded.timeframeMs === timeframeMs,
          )?.columns,
      ),
      findStrategy: (id) => (id === spec.strategy ? options.findStrategy(id) : undefined),
      snapshot: emptySnapshot(),
      orderPrefix: 'sx-b',
      startMs,
      candleGraceMs: Number.POSITIVE_INFINITY,
      // Nothing can be lost between this kernel and its venues.
      reconcileIntervalMs: Number.POSITIVE_INFINITY,
    });
    const host = new EngineHost({
      kernel,
      journal: new MemoryJournal(),
      route: (command, nowMs) => route(command, nowMs),
    });
    if (options.withAudit === true) {
      host.onRecords((records) => {
        for (const { body } of records) counter.note(body);
      });
      this.flushRecords = () => host.flush();
    }
    return host;
  }

  private startBots(
    host: EngineHost,
    tracks: readonly CandleTrack[],
    recorder: RunRecorder,
    startMs: ReturnType<typeof epochMs>,
  ): void {
    host.control({ kind: 'set-risk-limits', limits: unlimited });
    for (const track of tracks) {
      // A book tells its price itself; bots wait for it.
      if (track.book !== undefined) continue;
      host.feed({
        kind: 'price',
        instrument: track.instrument.id,
        venueTimeMs: startMs,
        receiveTimeMs: startMs,
        priceTicks: track.startTicks as never,
      });
    }
    for (const bot of this.bots) {
      const track = tracks[bot.series] as CandleTrack;
      if (bot.heldLots > 0) recorder.hold(bot.series, bot.heldLots, startMs);
      for (const command of [
        { kind: 'create-bot', definition: bot.definition },
        { kind: 'start-bot', bot: bot.definition.id },
      ] as const) {
        const outcome = host.control(command);
        if (!outcome.ok) throw new ApiError(outcome.code, `${track.instrument.symbol}: ${outcome.message}`);
      }
    }
    this.throwIfFailed();
  }

  private async runCandles(
    run: CandleRun,
    tracks: readonly CandleTrack[],
    recorder: RunRecorder,
  ): Promise<void> {
    const { options } = this;
    const total = tracks.reduce((sum, track) => sum + track.endRow - track.firstRow, 0);
    const { checkpoints: asked, onCheckpoint } = options;
    const checkpoints = new Checkpoints(asked, total, this.startEquity(tracks), onCheckpoint);
    // Whoever watches for a strategy that hangs begins to count here.
    options.onProgress?.(0, total);
    let turnAt = performance.now();
    while (run.run(Math.min(sliceBars, checkpoints.nextBars - run.bars))) {
      this.throwIfFailed();
      checkpoints.pass(run.bars, () => recorder.equity());
      if (performance.now() - turnAt < turnMs) continue;
      turnAt = performance.now();
      options.onProgress?.(run.bars, total);
      await new Promise((resolve) => setImmediate(resolve));
      if (options.isCancelled?.() === true) throw new BacktestCancelledError('the backtest was cancelled');
    }
    this.throwIfFailed();
    options.onProgress?.(run.bars, total);
  }

  /** A strategy that threw is named; its run has no result. */
  private throwIfFailed(): void {
    this.flushRecords();
    const { failure } = this.counter;
    if (failure === undefined) return;
    throw new ApiError('refused', `strategy: ${this.spec.strategy} failed: ${failure}`, {
      field: 'strategy',
    });
  }

  /** Money of all venues and what is held from the start, at its first price. */
  private startEquity(tracks: readonly CandleTrack[]): number {
    const venues = new Set(tracks.map((track) => track.venue));
    const heldAtStart = this.bots.reduce((sum, { heldLots, series: index }) => {
      const track = tracks[index] as CandleTrack;
      return sum + heldLots * track.startTicks * track.unit;
    }, 0);
    return Number(this.spec.capital) * venues.size + heldAtStart;
  }

  private resultOf(
    kernel: Kernel,
    run: CandleRun,
    recorder: RunRecorder,
    tracks: readonly CandleTrack[],
    startedAt: number,
  ): BacktestResult {
    const { counter, options, series, spec } = this;
    const venues = new Set(tracks.map((track) => track.venue));
    const startEquity = this.startEquity(tracks);
    const trades = buildTrades(recorder, tracks);
    const equity = buildEquity(recorder, tracks, Number(spec.capital));
    const openPositions = openPositionsOf(recorder, tracks);
    const unfunded = [...venues].reduce((count, venue) => count + (venue.priceDesk?.unfunded ?? 0), 0);
    const refusedEntries = unfunded + kernel.botManager.orders.unfunded;
    const wallMs = performance.now() - startedAt;
    const instruments = series.map(resultInstrumentOf);
    return {
      spec,
      path: 'event',
      params: paramsOfRun(this.bots),
      instruments,
      trades,
      equity,
      openPositions,
      price: priceOf(tracks[0] as CandleTrack, equity.length),
      counts: {
        bars: run.bars,
        filledBars: series.reduce((count, { filledBars }) => count + filledBars, 0),
        orders: counter.orders,
        fills: counter.fills,
        closingFills: recorder.closingFills,
        rejected: counter.rejected,
        refusedEntries,
        liquidations: recorder.liquidations,
      },
      fees: sum(trades.fees),
      funding: sum(trades.funding),
      slippage: sum(trades.slippage),
      startEquity,
      finalEquity: equity.equity.at(-1) ?? startEquity,
      fromMs: Math.min(...tracks.map((track) => track.columns.openTimeMs[track.firstRow] as number)),
      toMs: equity.timeMs.at(-1) as number,
      assumptions: assumptionsOf(spec, series, 'event'),
      warnings: [
        ...liquidationWarnings(trades, instruments, recorder.liquidationFills),
        ...botWarnings(this.bots),
        ...recorder.smallEntries.flatMap((entries) => entries.warnings()),
        ...warningsOf(series, counter, run.candlesWithoutDetail, refusedEntries, kernel),
        ...unsellableWarnings(openPositions, trades, tracks),
      ],
      wallMs: Math.round(wallMs),
      barsPerSecond: Math.round(run.bars / (wallMs / 1000)),
      ...(options.withAudit === true ? { auditHash: kernel.lastHash } : {}),
    };
  }
}

/** What protects a live account would bend a test: here the strategy alone decides. */
const unlimited = {
  orderNotionalMax: '1000000000000000',
  botExposureMax: '1000000000000000',
  totalExposureMax: '1000000000000000',
  openOrdersPerBotMax: 100_000,
  openOrdersTotalMax: 1_000_000,
  priceBand: '1000',
  dataAgeMsMax: Number.MAX_SAFE_INTEGER,
  ordersPerTenSecondsMax: 1_000_000,
};

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** The price of the first series beside the equity, where both have the same rows. */
function priceOf(track: CandleTrack, rows: number): BacktestResult['price'] {
  const { columns, endRow, firstRow } = track;
  if (endRow - firstRow !== rows) return undefined;
  return { close: columns.close.subarray(firstRow, endRow), start: columns.open[firstRow] as number };
}
