/** What API handlers work on. One object per running terminal. */

import type { LogLevel, LogPort } from '../../adapters/logging/log-port.ts';
import type { Journal } from '../../adapters/store/journal.ts';
import type { Kernel } from '../../engine/kernel/kernel.ts';
import type { AnyStrategy } from '../../engine/strategy/api.ts';
import type { MethodName, ParsedRequestOf, ResponseOf } from '../../shared/api/contract.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { ModeView, VenueView } from '../../shared/api/views.ts';
import type { SextantConfig } from '../../shared/config/schema.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import { nearHint } from '../../shared/domain/near-name.ts';
import { type EpochMs, type InstrumentId, instrumentId } from '../../shared/domain/nominal.ts';
import type { CandleService } from '../candles/candle-service.ts';
import type { DataLibrary } from '../data/data-library.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { Lab } from '../lab/lab.ts';
import type { EngineHost } from '../session/engine-host.ts';
import type { Pace } from '../session/virtual-driver.ts';

export interface AppContext {
  readonly mode: ModeView;
  readonly config: SextantConfig;
  readonly dataFolder: string;
  readonly kernel: Kernel;
  readonly host: EngineHost;
  readonly journal: Journal;
  readonly candles: CandleService;
  /** Market data that was imported or downloaded. */
  readonly library: DataLibrary;
  /** Long work: backtests, studies, downloads. */
  readonly jobs: JobRunner;
  readonly lab: Lab;
  readonly log: LogPort;
  readonly instruments: readonly Instrument[];
  findStrategy(id: string): AnyStrategy | undefined;
  readonly strategies: readonly AnyStrategy[];
  /** Kernel time now, between events too. */
  nowMs(): EpochMs;
  /** Simulated speed, and how to change it; undefined in real time. */
  readonly speed: { get(): Pace; set(pace: number): void } | undefined;
  venueViews(): VenueView[];
  /** Makes sure candles of these timeframes are there before a bot starts on them. */
  warmUp(instrument: InstrumentId, timeframesMs: readonly number[], bars: number): Promise<void>;
  readonly startedAtWallMs: number;
  readonly startEquity: () => Readonly<Record<string, string>>;
  readonly dayStartEquity: () => Readonly<Record<string, string>>;
  readonly eventsPerSecond: () => number;
  recentLog(limit: number, level: LogLevel): { timeMs: number; level: string; message: string }[];
  requestStop(reason: string): void;
  nextBotId(): string;
}

export type Handler<Name extends MethodName> = (
  request: ParsedRequestOf<Name>,
  context: AppContext,
) => ResponseOf<Name> | Promise<ResponseOf<Name>>;

/** The handlers of one domain: every method whose name starts with `Domain/`. */
export type Handlers<Domain extends string> = {
  readonly [Name in Extract<MethodName, `${Domain}/${string}`>]: Handler<Name>;
};

/** Gives an instrument by venue and symbol, or throws `not-found` with what there is. */
export function findInstrument(context: AppContext, venue: string, symbol: string): Instrument {
  const found = context.instruments.find((instrument) => instrument.id === instrumentId(venue, symbol));
  if (found !== undefined) return found;
  const symbols = context.instruments
    .filter((instrument) => instrument.venue === venue)
    .map(({ symbol: name }) => name);
  if (symbols.length > 0) {
    throw new ApiError('not-found', `${venue} has no instrument ${symbol}`, {
      field: 'instrument',
      hint: `It has: ${symbols.slice(0, 12).join(', ')}`,
    });
  }
  const venues = [...new Set(context.instruments.map((instrument) => instrument.venue))];
  throw new ApiError('not-found', `there is no venue ${venue}`, {
    field: 'venue',
    hint: nearHint(venue, venues, `Known venues: ${venues.join(', ')}`),
  });
}

/** Gives the market of an instrument id, or throws `not-found`. */
export function findMarket(context: AppContext, id: string) {
  const market = context.kernel.services.markets.get(id as InstrumentId);
  if (market === undefined)
    throw new ApiError('not-found', `there is no instrument ${id}`, { field: 'instrument' });
  return market;
}

/** Gives a strategy, or throws `not-found` with what there is. */
export function findStrategyOrThrow(
  context: Pick<AppContext, 'findStrategy' | 'strategies'>,
  id: string,
): AnyStrategy {
  const strategy = context.findStrategy(id);
  if (strategy !== undefined) return strategy;
  throw new ApiError('not-found', `there is no strategy "${id}"`, {
    field: 'strategy',
    hint: nearHint(
      id,
      context.strategies.map((known) => known.id),
      `Known strategies: ${context.strategies.map((known) => known.id).join(', ')}`,
    ),
  });
}
