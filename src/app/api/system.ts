/** The host itself, its venues, markets and risk state. */

import { totalExposure } from '../../engine/risk/facts.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { RiskView, StatusView } from '../../shared/api/views.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { BotId, InstrumentId, VenueId } from '../../shared/domain/nominal.ts';
import type { RiskLimits, RiskScope } from '../../shared/domain/risk.ts';
import { programVersion } from '../../shared/version.ts';
import { totalEquity } from '../views/account-views.ts';
import { botViewOf } from '../views/bot-views.ts';
import {
  bookViewOf,
  candleViewOf,
  instrumentViewOf,
  quoteViewOf,
  tradeViewOf,
} from '../views/market-views.ts';
import { type AppContext, findMarket, type Handlers } from './context.ts';
import { control } from './control.ts';

export function riskViewOf(context: AppContext): RiskView {
  const { services } = context.kernel;
  const exposure: Record<string, string> = {};
  for (const quote of new Set(context.instruments.map((instrument) => instrument.quote))) {
    exposure[quote] = totalExposure(services, quote).toString();
  }
  return {
    state: services.riskStates.stateOf({ kind: 'all' }),
    scopes: services.riskStates
      .entries()
      .map(({ scope, state, reason }) => ({ scope: { ...scope }, state, reason })),
    limits: { ...services.riskLimits },
    exposure,
    openOrders: services.orders.liveCount,
  };
}

/** Gives the whole state of the host. */
export function statusOf(context: AppContext): StatusView {
  const equity = totalEquity(context.kernel);
  const startEquity = context.startEquity();
  const dayStart = context.dayStartEquity();
  const dayPnl: Record<string, string> = {};
  for (const [currency, amount] of Object.entries(equity)) {
    dayPnl[currency] = Decimal.parse(amount)
      .minus(Decimal.parse(dayStart[currency] ?? amount))
      .toString();
  }
  const speed = context.speed?.get();
  const { identities } = context.kernel.services.portfolio;
  return {
    host: 'running',
    version: programVersion,
    mode: context.mode,
    timeMs: context.nowMs(),
    speed: speed === undefined ? 1 : speed === 'max' ? 0 : speed,
    simulated: context.speed !== undefined,
    uptimeMs: Date.now() - context.startedAtWallMs,
    venues: context.venueViews(),
    bots: [...context.kernel.botManager.bots.values()].map((bot) => botViewOf(context.kernel, bot)),
    risk: riskViewOf(context),
    equity,
    startEquity: { ...startEquity },
    dayPnl,
    identities: { ...identities },
    auditSequence: context.kernel.lastSequence,
    marketEvents: context.kernel.marketEvents,
    eventsPerSecond: context.eventsPerSecond(),
    memoryMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    awayReport: context.journal.awayReportPending,
  };
}

/** A scope names something that exists; a typo must not halt nothing. */
function checkScope(context: AppContext, scope: RiskScope): RiskScope {
  const known =
    scope.kind === 'all' ||
    (scope.kind === 'venue' &&
      context.instruments.some((instrument) => instrument.venue === (scope.venue as VenueId))) ||
    (scope.kind === 'bot' && context.kernel.bot(scope.bot as BotId) !== undefined) ||
    (scope.kind === 'instrument' &&
      context.kernel.services.instrument(scope.instrument as InstrumentId) !== undefined);
  if (!known) throw new ApiError('not-found', `scope: there is no such ${scope.kind}`, { field: 'scope' });
  return scope;
}

export const systemHandlers: Handlers<'system'> = {
  'system/status': (_request, context) => statusOf(context),
  'system/stop': (_request, context) => {
    context.requestStop('stopped through the API');
    return {};
  },
  'system/set-speed': (request, context) => {
    if (context.speed === undefined)
      throw new ApiError('refused', 'only simulated time has a speed', { field: 'speed' });
    context.speed.set(request.speed);
    return {};
  },
  'system/log': (request, context) => ({
    lines: context.recentLog(request.limit, request.level),
  }),
};

export const venueHandlers: Handlers<'venues'> = {
  'venues/list': (_request, context) => ({ venues: context.venueViews() }),
};

export const instrumentHandlers: Handlers<'instruments'> = {
  'instruments/list': (request, context) => ({
    instruments: context.instruments
      .filter((instrument) => request.venue === undefined || instrument.venue === request.venue)
      .map(instrumentViewOf),
  }),
};

export const marketHandlers: Handlers<'market'> = {
  'market/quotes': (_request, context) => ({
    quotes: [...context.kernel.services.markets.values()].map(quoteViewOf),
  }),
  'market/candles': async (request, context) => {
    const { instrument } = findMarket(context, request.instrument);
    const beforeMs = request.beforeMs ?? Number.MAX_SAFE_INTEGER;
    const { candles, complete } = await context.candles.read(
      instrument.id,
      timeframeMs(request.timeframe),
      beforeMs,
      request.limit,
    );
    return { candles: candles.map(candleViewOf), complete };
  },
  'market/book': (request, context) => bookViewOf(findMarket(context, request.instrument), request.depth),
  'market/trades': (request, context) => {
    const market = findMarket(context, request.instrument);
    return {
      trades: market.tape
        .slice(-request.limit)
        .reverse()
        .map((trade) => tradeViewOf(market.instrument, trade)),
    };
  },
};

export const riskHandlers: Handlers<'risk'> = {
  'risk/show': (_request, context) => riskViewOf(context),
  'risk/halt': (request, context) => {
    const scope = checkScope(context, request.scope as RiskScope);
    control(context, { kind: 'set-risk-state', scope, state: request.state, reason: request.reason });
    if (request.flatten) control(context, { kind: 'flatten', scope });
    else if (request.cancel) control(context, { kind: 'cancel-all', scope });
    return riskViewOf(context);
  },
  'risk/resume': (request, context) => {
    const asked = request.scope as RiskScope;
    // A restriction may outlive what it was set on; it can always be lifted.
    const scope =
      context.kernel.services.riskStates.stateOf(asked) === 'ACTIVE' ? checkScope(context, asked) : asked;
    control(context, { kind: 'set-risk-state', scope, state: 'ACTIVE', reason: 'resumed by hand' });
    return riskViewOf(context);
  },
  'risk/set-limits': (request, context) => {
    for (const [field, text] of Object.entries(request.limits)) {
      if (typeof text === 'string' && !Decimal.parse(text).isPositive) {
        throw new ApiError('bad-input', `limits.${field}: must be greater than zero`, {
          field: `limits.${field}`,
        });
      }
    }
    control(context, { kind: 'set-risk-limits', limits: request.limits as RiskLimits });
    return riskViewOf(context);
  },
};
