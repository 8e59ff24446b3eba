/** The bots of the demo workspace: one of each kind, small against the account, placed where something happens soon. */

import type { PlanMarket } from '../engine/strategy/api.ts';
import { Decimal } from '../shared/domain/decimal.ts';
import { priceOf, ticksOf } from '../shared/domain/instrument.ts';
import { botHandlers } from './api/bots.ts';
import { type AppContext, findInstrument, findStrategyOrThrow } from './api/context.ts';
import { planMarketOf } from './views/bot-views.ts';

interface DemoBot {
  readonly name: string;
  readonly strategy: string;
  readonly venue: string;
  readonly instrument: string;
  /** Parameters that differ from the strategy's own suggestion. */
  readonly params: (market: PlanMarket) => Readonly<Record<string, unknown>>;
}

/** Gives the price a fraction away from the reference, on the venue's price grid. */
function priceAt(market: PlanMarket, fraction: string): string {
  const price = market.referencePrice.times(Decimal.one.plus(Decimal.parse(fraction)));
  return priceOf(market.instrument, ticksOf(market.instrument, price)).toString();
}

const demoBots: readonly DemoBot[] = [
  {
    name: 'Grid on BTC perpetual',
    strategy: 'grid',
    venue: 'sim-perp',
    instrument: 'BTC/USDT:USDT',
    params: (market) => ({
      lower: priceAt(market, '-0.02'),
      upper: priceAt(market, '0.02'),
      levels: 40,
      spacing: 'geometric',
      mode: 'neutral',
      investment: '10000',
    }),
  },
  {
    name: 'DCA on ETH',
    strategy: 'dca',
    venue: 'sim-a',
    instrument: 'ETH/USDT',
    params: () => ({
      baseOrderQuote: '200',
      safetyOrderQuote: '200',
      deviationPercent: '0.3',
      takeProfitPercent: '0.35',
      maxSafetyOrders: 5,
      maxActiveSafetyOrders: 3,
      cooldownMinutes: 1,
    }),
  },
  {
    name: 'Trend on SOL',
    strategy: 'ma-cross',
    venue: 'sim-b',
    instrument: 'SOL/USDT',
    params: () => ({ timeframe: '1m', fastPeriod: 5, slowPeriod: 20 }),
  },
];

/** Creates the demo bots whose name is not there yet, and starts them if asked. */
export async function createDemoBots(context: AppContext, start: boolean): Promise<void> {
  const names = new Set([...context.kernel.botManager.bots.values()].map((bot) => bot.definition.name));
  for (const { name, strategy: id, venue, instrument: symbol, params } of demoBots) {
    if (names.has(name)) continue;
    const strategy = findStrategyOrThrow(context, id);
    const market = planMarketOf(context.kernel, findInstrument(context, venue, symbol));
    if (market === undefined) continue;
    const suggested = strategy.suggest(market) as Record<string, unknown>;
    await botHandlers['bots/create'](
      {
        strategy: id,
        venue,
        instrument: symbol,
        params: { ...suggested, ...params(market) },
        name,
        start,
      },
      context,
    );
  }
}
