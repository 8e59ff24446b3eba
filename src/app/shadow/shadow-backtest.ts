/**
 * The shadow backtest of one bot: the time it has lived runs through the backtester, with its parameters and its money,
 * over the candles it saw; both lists of trades are compared. Market orders of the backtest fill at the close the
 * decision was made on, so that what the run lost between decision and fill shows as slippage.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalQueries } from '../../adapters/store/queries.ts';
import { type AnyStrategy, liveTerms } from '../../engine/strategy/api.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import { exitReasons } from '../../shared/lab/result.ts';
import type { ShadowResult, ShadowTrip } from '../../shared/lab/shadow.ts';
import {
  type BacktestSpec,
  backtestSpec,
  type InstrumentRulesSpec,
  leverageLimit,
} from '../../shared/lab/spec.ts';
import { parseParams } from '../api/params.ts';
import type { JobControl } from '../jobs/job-runner.ts';
import type { BacktestRunner } from '../lab/lab-tools.ts';
import { attributePair, totalsOf } from './attribute.ts';
import { type ComparedTime, comparedTime, floorMinute, minuteMs } from './compared-time.ts';
import { matchTrips } from './match-trips.ts';
import { openAtEnd } from './open-at-end.ts';
import { readRun } from './read-run.ts';
import { clock, type ReasonContext, whyExtra, whyMissed } from './reasons.ts';
import { type RunTrip, tripsOf } from './run-trips.ts';
import { verdictOf } from './verdict.ts';

export interface ShadowRequest {
  readonly bot: string;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Candles of the bot two entries may lie apart and still be the same trade. */
  readonly toleranceBars: number;
  /** Slippage the backtest assumes, a fraction. */
  readonly slippage: number;
}

/** Where a shadow backtest gets what it needs; host and command line differ here only. */
export interface ShadowSources {
  readonly queries: Pick<JournalQueries, 'journal'>;
  readonly instruments: readonly Instrument[];
  findStrategy(id: string): AnyStrategy | undefined;
  /** Closed minutes that open from `fromMs` on and before `toMs`, oldest first: what was lived, before that history. */
  minutes(instrument: Instrument, fromMs: number, toMs: number): Promise<readonly Candle[]>;
  readonly runner: Pick<BacktestRunner, 'run'>;
  /** Kernel time: nothing later was lived. */
  readonly nowMs: number;
}

/** Margin tiers a specification may have. */
const tiersMaximum = 20;
/** Minutes of one comparison, warm-up included. */
const minutesMaximum = 400_000;

/**
 * Compares. Throws `ApiError`: `not-found` for an unknown bot, strategy or market, `refused` where parameters or candles
 * of the time do not allow a replay; `JobCancelled` when cancelled.
 */
export async function shadowBacktest(
  request: ShadowRequest,
  sources: ShadowSources,
  control: Pick<JobControl, 'isCancelled' | 'progress'>,
): Promise<ShadowResult> {
  control.progress({ message: 'reads the journal' });
  const run = readRun(sources.queries, request.bot);
  const wanted = comparedTime(run, request, sources.nowMs);
  const { definition, fromMs } = wanted;
  const instrument = sources.instruments.find(({ id }) => id === definition.instrument);
  if (instrument === undefined) {
    throw new ApiError('not-found', `bot: its market ${definition.instrument} is not known any more`, {
      field: 'bot',
    });
  }
  const strategy = sources.findStrategy(definition.strategy);
  if (strategy === undefined) {
    throw new ApiError('not-found', `bot: there is no strategy "${definition.strategy}"`, { field: 'bot' });
  }
  const { timeframesMs, warmupBars } = strategy.subscribe(parseParams(strategy, definition.params));
  const timeframeMs = Math.min(...timeframesMs, Number.POSITIVE_INFINITY);
  const barMs = Number.isFinite(timeframeMs) ? timeframeMs : minuteMs;
  const warmupMs = (warmupBars + 2) * Math.max(barMs, ...timeframesMs);

  control.progress({ message: 'reads the candles' });
  const minutes = await livedMinutes(sources, instrument, wanted, warmupMs, request.toMs === undefined);
  const toMs = (minutes.at(-1) as Candle).openTimeMs + minuteMs;
  const notes = [...wanted.notes];
  const warmed = (fromMs - (minutes[0] as Candle).openTimeMs) / minuteMs;
  if (warmed * minuteMs < warmupBars * barMs) {
    notes.push(
      `Only ${warmed} minutes from before the compared time are known; the backtest may begin to trade later than the run.`,
    );
  }
  const firstRow = minutes.findIndex(({ openTimeMs }) => openTimeMs >= fromMs);
  const first = minutes[firstRow] as Candle;
  const heldBase = Number(instrument.kind === 'spot' ? (definition.allocation[instrument.base] ?? '0') : '0');
  if (heldBase > 0 && !wanted.isFromStart) {
    throw new ApiError('refused', 'fromMs: a bot that began with goods can be replayed from its start only', {
      field: 'fromMs',
      hint: 'Leave --from out.',
    });
  }
  const all = tripsOf(run, {
    instrument,
    toMs,
    lastClose: (minutes.at(-1) as Candle).close,
    held: heldBase > 0 ? { quantity: heldBase, price: first.open, timeMs: fromMs } : undefined,
    closeBefore: closeLookup(minutes),
  });
  const runTrips = all.filter(({ entryTimeMs }) => entryTimeMs >= fromMs);
  notes.push(...carriedNotes(all, runTrips, fromMs, instrument));
  const capital = capitalAt(definition.allocation[instrument.settle], all, fromMs);

  const result = await replay(request, sources, control, { minutes, instrument, wanted, toMs, capital });
  // What is decided at the very last close fills in the run only after the compared time.
  const end = {
    toMs,
    lastClose: (minutes.at(-1) as Candle).close,
    tickSize: instrument.tickSize.toNumber(),
    takerFee: Math.max(0, instrument.takerFeeRate.toNumber()),
    slippage: request.slippage,
  };
  const backtestTrips = backtestTripsOf(result)
    .filter(({ entryTimeMs }) => entryTimeMs < toMs)
    .map((trip) => openAtEnd(trip, end));
  const toleranceMs = request.toleranceBars * barMs;
  const matched = matchTrips(runTrips, backtestTrips, toleranceMs);
  const context: ReasonContext = {
    run,
    bot: request.bot,
    instrument,
    runTrips: all,
    backtestTrips,
    fromMs,
    timeframeMs: barMs,
    toleranceMs,
  };
  const pairs = matched.pairs.map((pair) => attributePair(plain(pair.run as RunTrip), pair.backtest));
  const missed = matched.missed.map((trip) => ({ trip, reason: whyMissed(trip, context) }));
  const extra = matched.extra.map((trip) => ({
    trip: plain(trip as RunTrip),
    reason: whyExtra(trip as RunTrip, context),
  }));
  const compared = {
    pairs,
    missed,
    extra,
    quote: instrument.settle,
    totals: totalsOf(pairs, matched.missed, matched.extra),
  };
  return {
    bot: request.bot,
    name: definition.name,
    strategy: definition.strategy,
    venue: instrument.venue,
    symbol: instrument.symbol,
    fromMs,
    toMs,
    timeframeMs: barMs,
    toleranceBars: request.toleranceBars,
    ...compared,
    verdict: verdictOf(compared),
    notes: [
      ...notes,
      ...conventionNotes(instrument, request.slippage, run.funding.length > 0),
      ...result.warnings,
    ],
  };
}

/** Reads the minutes and refuses holes in the compared time. */
async function livedMinutes(
  sources: ShadowSources,
  instrument: Instrument,
  { fromMs, toMs }: ComparedTime,
  warmupMs: number,
  mayEndEarlier: boolean,
): Promise<readonly Candle[]> {
  const firstMs = floorMinute(fromMs - warmupMs);
  if ((toMs - firstMs) / minuteMs > minutesMaximum) {
    throw new ApiError('refused', `fromMs: more than ${minutesMaximum} minutes lie in the time asked for`, {
      field: 'fromMs',
      hint: 'Give a later --from.',
    });
  }
  const minutes = await sources.minutes(instrument, firstMs, toMs);
  const lived = minutes.filter(({ openTimeMs }) => openTimeMs >= fromMs);
  // The newest minutes may not be written down yet: unless an end was asked for, the time ends with what is.
  const endMs = mayEndEarlier ? (lived.at(-1)?.openTimeMs ?? fromMs) + minuteMs : toMs;
  const missing = (endMs - fromMs) / minuteMs - lived.length;
  if (lived.length > 0 && missing === 0) return minutes;
  let hole: number = fromMs;
  for (const { openTimeMs } of lived) {
    if (openTimeMs !== hole) break;
    hole += minuteMs;
  }
  throw new ApiError(
    'refused',
    `fromMs: ${lived.length === 0 ? 'no' : `${missing}`} candles of ${instrument.symbol} ${lived.length === 0 ? 'are stored' : 'are missing'}, the first at ${clock(hole)} UTC: what the bot saw then is not known`,
    { field: 'fromMs', hint: 'Compare a time without a hole, with --from and --to.' },
  );
}

async function replay(
  request: ShadowRequest,
  sources: ShadowSources,
  control: Pick<JobControl, 'isCancelled' | 'progress'>,
  on: {
    readonly minutes: readonly Candle[];
    readonly instrument: Instrument;
    readonly wanted: ComparedTime;
    readonly toMs: number;
    readonly capital: string;
  },
): Promise<BacktestResult> {
  const folder = await mkdtemp(join(tmpdir(), 'sextant-shadow-'));
  try {
    const path = join(folder, 'candles.csv');
    await writeFile(path, candleText(on.minutes, on.instrument));
    const spec = specOf(request, path, on.instrument, on.wanted, on.toMs, on.capital);
    return await sources.runner.run(spec, {
      isCancelled: () => control.isCancelled(),
      onProgress: (done, total) =>
        control.progress({ done, total, unit: 'candles', message: 'replays the candles' }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function specOf(
  request: ShadowRequest,
  path: string,
  instrument: Instrument,
  { definition, fromMs }: ComparedTime,
  toMs: number,
  capital: string,
): BacktestSpec {
  const heldBase = instrument.kind === 'spot' ? definition.allocation[instrument.base] : undefined;
  return backtestSpec.parse({
    strategy: definition.strategy,
    params: { ...definition.params },
    series: [
      {
        source: { kind: 'file', path },
        venue: instrument.venue,
        instrument: instrument.symbol,
        timeframe: '1m',
        rules: {
          tickSize: instrument.tickSize.toString(),
          lotSize: instrument.lotSize.toString(),
          ...(instrument.minimumNotional.isPositive
            ? { minimumNotional: instrument.minimumNotional.toString() }
            : {}),
          ...marginRulesOf(instrument),
        },
      },
    ],
    fromMs,
    toMs,
    capital,
    ...(heldBase !== undefined && Number(heldBase) > 0 ? { holdings: { [instrument.base]: heldBase } } : {}),
    makerFee: Math.max(0, instrument.makerFeeRate.toNumber()),
    takerFee: Math.max(0, instrument.takerFeeRate.toNumber()),
    slippage: request.slippage,
    fill: 'close',
    // The engine that traded is the one compared with.
    path: 'event',
    reserve: liveTerms.priceReserve,
    leverage: liveTerms.leverage,
  });
}

/** What the venue asks for a perpetual's positions: else the backtest would assume the usual. */
function marginRulesOf(instrument: Instrument): InstrumentRulesSpec {
  if (instrument.kind !== 'perpetual') return {};
  const tiers = instrument.maintenanceTiers ?? [
    { notionalMax: Number.POSITIVE_INFINITY, rate: instrument.maintenanceMarginRate },
  ];
  return {
    leverageMax: Math.max(1, Math.min(leverageLimit, Math.floor(instrument.leverageMax))),
    // The lower ones are those a bot's positions are in.
    maintenanceTiers: [...tiers.slice(0, tiersMaximum - 1), ...tiers.slice(tiersMaximum - 1).slice(-1)].map(
      ({ notionalMax, rate }) => ({
        notionalMax: Number.isFinite(notionalMax) ? notionalMax : null,
        maintenanceRate: rate.toNumber(),
      }),
    ),
  };
}

/** The minutes as a file for the backtester; prices on the market's grid. */
function candleText(minutes: readonly Candle[], instrument: Instrument): string {
  const price = (value: number): string => value.toFixed(instrument.tickSize.scale);
  const rows = minutes.map(({ close, high, low, open, openTimeMs, volume }) =>
    [openTimeMs, price(open), price(high), price(low), price(close), volume.toFixed(8)].join(','),
  );
  return `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`;
}

/** Money the bot had when the compared time began: its allocation and what closed trades had made of it. */
function capitalAt(allocated: string | undefined, trips: readonly RunTrip[], fromMs: number): string {
  const closed = trips.filter(({ exitTimeMs, isOpen }) => !isOpen && exitTimeMs < fromMs);
  const earned = closed.reduce((sum, { profit }) => sum + profit, 0);
  const capital = Decimal.parse(allocated ?? '0').plus(Decimal.parse(earned.toFixed(8)));
  if (capital.isPositive) return capital.toString();
  throw new ApiError('refused', 'bot: it had no money at the beginning of the compared time', {
    field: 'bot',
  });
}

function carriedNotes(
  all: readonly RunTrip[],
  compared: readonly RunTrip[],
  fromMs: number,
  { symbol }: Instrument,
): string[] {
  const carried = all.find(({ entryTimeMs, exitTimeMs }) => entryTimeMs < fromMs && exitTimeMs > fromMs);
  if (all.length === compared.length || carried === undefined) return [];
  return [
    `The run brought a position of ${symbol} from ${clock(carried.entryTimeMs)} into the compared time; the backtest begins without one, and that trade is left out.`,
  ];
}

function conventionNotes(instrument: Instrument, slippage: number, hasFunding: boolean): string[] {
  return [
    `The backtest fills market orders at the close they were decided on, less ${slippage * 100} % slippage; stops, limits and the path inside a minute as in every backtest.`,
    'The run’s slippage is counted from the last closed minute before a market order was made, from the trigger of a stop; from the limit of a limit order that took where that was better.',
    ...(instrument.feeCurrencyRule === 'received' && instrument.kind === 'spot'
      ? [
          `The venue takes fees of purchases in ${instrument.base}; they are counted at the price of the fill.`,
        ]
      : []),
    ...(hasFunding ? ['The backtest pays no funding: the run’s payments are a part of the difference.'] : []),
  ];
}

function backtestTripsOf({ trades }: BacktestResult): ShadowTrip[] {
  return Array.from({ length: trades.length }, (_, row): ShadowTrip => {
    const value = (
      column:
        | 'entryTimeMs'
        | 'exitTimeMs'
        | 'quantity'
        | 'entryPrice'
        | 'exitPrice'
        | 'fees'
        | 'funding'
        | 'slippage'
        | 'profit',
    ) => trades[column][row] as number;
    const exitReason = exitReasons[trades.exitReason[row] as number] ?? 'open';
    return {
      side: trades.side[row] as 1 | -1,
      entryTimeMs: value('entryTimeMs'),
      exitTimeMs: value('exitTimeMs'),
      quantity: value('quantity'),
      entryPrice: value('entryPrice'),
      exitPrice: value('exitPrice'),
      fees: value('fees'),
      funding: value('funding'),
      slippage: value('slippage'),
      profit: value('profit'),
      isOpen: exitReason === 'open',
      exitReason,
    };
  });
}

/** A trip without what only the search for reasons needs. */
function plain({ entryOrder: _order, isReconciled: _reconciled, ...trip }: RunTrip): ShadowTrip {
  return trip;
}

/** Gives the close of the newest minute that had closed at a time. */
function closeLookup(minutes: readonly Candle[]): (timeMs: number) => number | undefined {
  const [first] = minutes;
  return (timeMs) => {
    let low = 0;
    let high = first === undefined ? 0 : minutes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((minutes[middle] as Candle).openTimeMs + minuteMs <= timeMs) low = middle + 1;
      else high = middle;
    }
    return minutes[low - 1]?.close;
  };
}
