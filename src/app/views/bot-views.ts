/** Bots and strategies as the API shows them, and planned against actual orders with a reason for each missing one. */

import { orderViewOf } from '../../adapters/store/order-words.ts';
import type { BotRuntime } from '../../engine/kernel/bot-runtime.ts';
import type { Kernel } from '../../engine/kernel/kernel.ts';
import { unfundedMessage } from '../../engine/risk/checks.ts';
import { availableFunds } from '../../engine/risk/facts.ts';
import type { AnyStrategy, PlanMarket } from '../../engine/strategy/api.ts';
import type { BotView, LadderRowView } from '../../shared/api/views.ts';
import { type Instrument, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { NeededMoney } from '../../shared/domain/risk.ts';
import { botBalances, botEquity, pnlViewOf } from './account-views.ts';

/** Candles a plan may look at for its volatility figures. */
const planCandles = 500;

export function botViewOf(kernel: Kernel, bot: BotRuntime): BotView {
  const { instrument, position } = bot;
  return {
    id: bot.id,
    name: bot.definition.name,
    strategy: bot.strategy.id,
    strategyTitle: bot.strategy.title,
    venue: instrument.venue,
    instrument: instrument.id,
    symbol: instrument.symbol,
    state: bot.state,
    stateReason: bot.stateReason,
    why:
      restrictionWhy(kernel, bot) ??
      refusalWhy(kernel, bot) ??
      (bot.why === null
        ? null
        : {
            code: bot.why.code,
            text: bot.why.text,
            nextCheckMs: bot.why.nextCheckMs ?? null,
            atMs: bot.why.atMs,
          }),
    params: bot.definition.params,
    allocation: bot.definition.allocation,
    balances: botBalances(kernel, bot.id, instrument.venue),
    pnl: pnlViewOf(kernel, position),
    equity: botEquity(kernel, bot.id, position)?.toString() ?? null,
    position: {
      quantity: position.held.toString(),
      averageEntryPrice:
        position.averageEntryPrice?.rounded(instrument.tickSize.scale + 2, 'half-even').toString() ?? null,
    },
    openOrders: kernel.services.orders.liveCountOf(bot.id),
    fills: bot.fillCount,
    createdAtMs: bot.createdAtMs,
    startedAtMs: bot.startedAtMs,
  };
}

/** While trading is restricted, that is what blocks a running bot, whatever its strategy last said. */
function restrictionWhy(kernel: Kernel, bot: BotRuntime): BotView['why'] {
  if (bot.state !== 'RUNNING') return null;
  const entry = kernel.services.riskStates.effective(bot.id, bot.instrument.venue, bot.instrument.id);
  if (entry === undefined) return null;
  const words =
    entry.state === 'HALTED' ? 'trading is halted' : 'only orders that reduce exposure may be sent';
  return {
    code: entry.state,
    text: `${words} (${entry.scope.kind}): ${entry.reason}`,
    nextCheckMs: null,
    atMs: kernel.services.nowMs,
  };
}

/** An order refused again and again is more than what the strategy last said. */
function refusalWhy(kernel: Kernel, bot: BotRuntime): BotView['why'] {
  const refusal = bot.state === 'RUNNING' ? bot.refusal(kernel.services.nowMs) : undefined;
  return refusal === undefined ? null : { ...refusal, nextCheckMs: refusal.nextCheckMs ?? null };
}

/** Gives the market a plan is made from; undefined while no price is known. */
export function planMarketOf(kernel: Kernel, instrument: Instrument): PlanMarket | undefined {
  const market = kernel.services.markets.get(instrument.id);
  const mark = market?.markTicks();
  if (market === undefined || mark === undefined) return undefined;
  return {
    instrument,
    referencePrice: priceOf(instrument, Math.round(mark)),
    candles: market.seriesFor(60_000).closed.slice(-planCandles),
  };
}

/** Gives the plan of a strategy with already parsed parameters. */
export function planOf(strategy: AnyStrategy, params: unknown, market: PlanMarket): Plan {
  return strategy.plan(params, market);
}

/** Gives the orders a bot declared beside those that rest, in order of price, highest first. */
export function ladderOf(bot: BotRuntime, kernel: Kernel): LadderRowView[] {
  const { instrument } = bot;
  const live = new Map<string, LadderRowView['actual']>();
  for (const order of kernel.services.orders.liveOf(bot.id)) {
    if (order.origin === 'keep') live.set(order.leg, orderViewOf(order, instrument));
  }
  const rows = bot.desired.map((desired): LadderRowView & { ticks: number } => {
    const ticks = desired.priceTicks ?? desired.triggerTicks ?? 0;
    const actual = live.get(desired.leg) ?? null;
    return {
      key: desired.leg,
      side: desired.side,
      plannedPrice: priceOf(instrument, ticks).toString(),
      plannedQuantity: quantityOf(instrument, desired.lots).toString(),
      actual,
      missingReason: actual === null ? missingReason(bot, desired.leg, desired.lots, kernel) : '',
      ticks,
    };
  });
  return rows.sort((left, right) => right.ticks - left.ticks).map(({ ticks: _ticks, ...row }) => row);
}

function unfunded(bot: BotRuntime, need: NeededMoney, { services }: Kernel): string {
  const free = availableFunds(services, bot.id, bot.instrument.venue, need.currency);
  return unfundedMessage(need, free);
}

function missingReason(bot: BotRuntime, leg: string, lots: number, kernel: Kernel): string {
  const blocked = bot.blocked.get(leg);
  if (blocked !== undefined && blocked.untilMs > 0) {
    const waitMs = Math.max(0, blocked.untilMs - kernel.services.nowMs);
    const again =
      blocked.waitsFor === 'money'
        ? '; tried again once money is free'
        : blocked.waitsFor !== undefined
          ? '; tried again once that order is gone'
          : waitMs > 0
            ? `; tried again in ${Math.ceil(waitMs / 1000)} s`
            : '';
    // Free money may have changed since, without being enough.
    const message = blocked.need === undefined ? blocked.message : unfunded(bot, blocked.need, kernel);
    return `${blocked.code}: ${message}${again}`;
  }
  const waiting = bot.waiting.get(leg);
  if (waiting !== undefined) return waiting;
  if ((bot.legs.get(leg) ?? 0) >= lots) return 'filled';
  if (bot.state !== 'RUNNING') return `the bot is ${bot.state.toLowerCase()}`;
  return 'not placed yet';
}
