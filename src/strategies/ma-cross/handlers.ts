/**
 * The running crossover bot: one position at a time. Entries follow a crossing of the newest closed candle; exits
 * follow the side the averages are on, the stop order at the venue, and the take-profit.
 */

import type { StrategyContext, StrategyHandlers, WatchedPrices } from '../../engine/strategy/api.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { lotsOf, notionalOf, priceOf, quantityOf, ticksOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, quantityLots } from '../../shared/domain/nominal.ts';
import { liveOrderStates, type Side } from '../../shared/domain/order.ts';
import { nextCloseMs } from '../common/candle-catch-up.ts';
import { quotient } from '../common/decimal-math.ts';
import { makeDesk } from '../common/desk.ts';
import { applyChange, fillEffect } from '../common/inventory.ts';
import { canExit, closeAtMarket, closeTimer, exitOrderEnded } from '../common/market-exit.ts';
import { hasLiveOrder, takingTicks } from '../common/orders.ts';
import { stopPurpose, stopTicksOf, targetTicksOf } from '../common/position-levels.ts';
import { amountText } from '../common/texts.ts';
import { averagesText, enterTimer, makeCrossEntry } from './entry.ts';
import { entryLegOf, exitLegOf, stopLegOf } from './legs.ts';
import { type MaCrossParams, maCrossNumbers } from './params.ts';
import { CrossSignal } from './signal.ts';
import type { ExitReason, MaCrossState } from './state.ts';

/** A trailing stop moves only by at least one part in this many of the price, to spare the venue's rate limits. */
const trailingStepParts = 1000;

/** Makes the handlers of a running crossover bot. */
export function createMaCross(
  context: StrategyContext<MaCrossState>,
  params: MaCrossParams,
): StrategyHandlers {
  const { instrument } = context;
  const numbers = maCrossNumbers(params);
  const barMs = timeframeMs(params.timeframe);
  const perpetual = instrument.kind === 'perpetual';
  const signal = new CrossSignal(instrument, params);
  // Levels an open position watches; computed when its fills change, compared on every quote.
  let targetTicks: PriceTicks | undefined;
  let entryTicks = 0;
  /** True once the open position's stop rests as it should: until something happens to it there is nothing to do. */
  let settled = false;
  let openText = '';

  const desk = makeDesk(context);
  const { update, say, show } = desk;
  const entries = makeCrossEntry(desk, params, signal);
  const nextBar = () => nextCloseMs(context.nowMs(), barMs);
  const exitSide = (): Side => (context.state.side === 'short' ? 'buy' : 'sell');

  /** Acts on what the averages say now. */
  function decide(): void {
    const { phase } = context.state;
    if (phase === 'open') {
      const { side } = context.state;
      if ((side === 'long' && signal.side === -1) || (side === 'short' && signal.side === 1)) close('signal');
      else if (settled) sayOpen();
      else proceedOpen();
      return;
    }
    if (phase === 'flat') entries.enterIfWanted();
  }

  function proceedEntering(): void {
    const { state } = context;
    if (state.phase !== 'entering' || hasLiveOrder(context, entryLegOf(state.trade))) return;
    if (state.entryLots > 0) {
      update({ phase: 'open' });
      decide();
      return;
    }
    update({ phase: 'flat', side: null });
    say('ENTRY_ENDED', 'the entry order ended without a fill; waits for the next crossing', nextBar());
  }

  // --- position ----------------------------------------------------------------------------------------------

  function averageEntry(): Decimal {
    const { entryNotional, entryLots: lots } = context.state;
    return quotient(Decimal.parse(entryNotional), quantityOf(instrument, lots));
  }

  /** Lots the exit has to trade; on spot never more than the account holds. */
  function exitLots(): number {
    const { side, inventory } = context.state;
    const held = Decimal.parse(inventory.held);
    const open = side === 'short' ? held.negated() : held;
    if (!open.isPositive) return 0;
    const lots = lotsOf(instrument, open, 'down');
    return perpetual ? lots : Math.min(lots, lotsOf(instrument, context.balance(instrument.base), 'down'));
  }

  function proceedOpen(): void {
    const { state } = context;
    if (state.phase !== 'open' || state.side === null) return;
    const lots = exitLots();
    const stopLeg = stopLegOf(state.trade);
    const stopped = context.filledLots(stopLeg);
    const entry = averageEntry();
    targetTicks = targetTicksOf(instrument, numbers, state.side, entry);
    entryTicks = ticksOf(instrument, entry, state.side === 'long' ? 'up' : 'down');
    const bestTicks = state.bestTicks;
    const best = bestTicks === null ? entry : priceOf(instrument, bestTicks);
    const stopTicks = stopTicksOf(instrument, numbers, state.side, entry, best) ?? null;
    if (stopTicks !== state.stopTicks) update({ stopTicks });
    if (
      lots === 0 ||
      (stopped > 0 && !hasLiveOrder(context, stopLeg) && !canExit(instrument, lots, stopTicks ?? 0))
    ) {
      close('stop');
      return;
    }
    const rests =
      stopTicks !== null && (canExit(instrument, lots, stopTicks) || hasLiveOrder(context, stopLeg));
    settled = stopTicks === null || hasLiveOrder(context, stopLeg);
    context.watch(watchedPrices(stopTicks));
    context.keep(
      rests
        ? [
            {
              leg: stopLeg,
              purpose: stopPurpose(instrument, numbers, state.side, entry, stopTicks),
              side: exitSide(),
              type: 'stop',
              lots: quantityLots(stopped + lots),
              triggerTicks: stopTicks,
              ...(perpetual ? { reduceOnly: true } : {}),
            },
          ]
        : [],
    );
    openText = `${state.side} ${amountText(quantityOf(instrument, lots))} ${instrument.base} from ${entry.toFixed(instrument.tickSize.scale)}`;
    sayOpen();
  }

  const openReason = (): string => {
    const { stopTicks } = context.state;
    return [
      openText,
      averagesText(signal, instrument.tickSize.scale + 1),
      ...(stopTicks === null ? [] : [`stop at ${show(stopTicks)}`]),
      ...(targetTicks === undefined ? [] : [`take-profit at ${show(targetTicks)}`]),
    ].join('; ');
  };

  function sayOpen(): void {
    say('POSITION_OPEN', openReason, nextBar());
  }

  /** A trailing stop follows every price; otherwise only the levels matter at which the bot itself closes. */
  function watchedPrices(stopTicks: PriceTicks | null): WatchedPrices {
    if (numbers.trailingStop.isPositive) return 'every-price';
    return [targetTicks, stopTicks].filter((ticks) => ticks !== undefined && ticks !== null);
  }

  function watch(ticks: PriceTicks): void {
    const { state } = context;
    const long = state.side === 'long';
    if (targetTicks !== undefined && (long ? ticks >= targetTicks : ticks <= targetTicks)) {
      close('take-profit');
      return;
    }
    const { stopTicks } = state;
    if (
      stopTicks !== null &&
      (long ? ticks <= stopTicks : ticks >= stopTicks) &&
      !hasLiveOrder(context, stopLegOf(state.trade))
    ) {
      close('stop');
      return;
    }
    if (!numbers.trailingStop.isPositive) return;
    const best = state.bestTicks;
    if (best !== null && (long ? ticks <= best : ticks >= best)) return;
    const step = Math.max(1, Math.floor(ticks / trailingStepParts));
    if (best !== null && Math.abs(ticks - best) < step) return;
    // Before the first favourable price the entry itself is the best price.
    if (best === null && (long ? ticks <= entryTicks : ticks >= entryTicks)) return;
    update({ bestTicks: ticks });
    settled = false;
    proceedOpen();
  }

  // --- exit --------------------------------------------------------------------------------------------------

  function close(reason: ExitReason): void {
    update({ phase: 'closing', exitReason: reason });
    context.watch([]);
    context.keep([]);
    proceedClosing();
  }

  function proceedClosing(): void {
    const { state } = context;
    if (state.phase !== 'closing') return;
    const finished = closeAtMarket(desk, {
      what: `trade ${state.trade}`,
      reason: state.exitReason ?? 'stop',
      purpose: state.exitReason === 'take-profit' ? 'target' : (state.exitReason ?? 'stop'),
      side: exitSide(),
      attempt: state.exitAttempt,
      lots: exitLots(),
      legOf: (attempt) => exitLegOf(state.trade, attempt),
      onAttempt: (attempt) => update({ exitAttempt: attempt }),
    });
    if (finished) endTrade();
  }

  function endTrade(): void {
    const { state } = context;
    const profit = Decimal.parse(state.profit).minus(Decimal.parse(state.profitBefore));
    const reason = state.exitReason ?? 'stop';
    targetTicks = undefined;
    update({
      phase: 'flat',
      side: null,
      bestTicks: null,
      stopTicks: null,
      trades: state.trades + 1,
      tradesWon: state.tradesWon + (profit.isPositive ? 1 : 0),
      lastTrade: { trade: state.trade, reason, profit: profit.toString() },
    });
    say(
      'TRADE_ENDED',
      `trade ${state.trade} ended by ${reason}: ${amountText(profit, 4)} ${instrument.quote}`,
      nextBar(),
    );
    entries.enterIfWanted();
  }

  function bookFill(fill: Parameters<NonNullable<StrategyHandlers['onFill']>>[0], leg: string): void {
    const { state } = context;
    const effect = fillEffect(instrument, fill);
    const { inventory, realised } = applyChange(state.inventory, effect);
    const isEntry = leg === entryLegOf(state.trade);
    update({
      inventory,
      profit: Decimal.parse(state.profit).plus(realised).toString(),
      feesPaid: Decimal.parse(state.feesPaid).plus(effect.feeValue).toString(),
      ...(isEntry
        ? {
            entryNotional: Decimal.parse(state.entryNotional)
              .plus(notionalOf(instrument, fill.priceTicks, fill.lots))
              .toString(),
            entryLots: quantityLots(state.entryLots + fill.lots),
          }
        : {}),
    });
  }

  function proceed(): void {
    settled = false;
    const { phase } = context.state;
    if (phase === 'entering') proceedEntering();
    else if (phase === 'open') proceedOpen();
    else if (phase === 'closing') proceedClosing();
  }

  return {
    onStart() {
      context.watch([]);
      if (params.direction === 'long-short' && !perpetual) {
        say('SHORT_NEEDS_PERPETUAL', 'long-short needs a perpetual; on spot this bot trades long only');
      }
      const cross = signal.resume(context.state.signal, context.candles(barMs), barMs);
      update({ signal: signal.snapshot() });
      const { openTimeMs } = signal.snapshot();
      if (cross !== 0 && openTimeMs !== null) entries.onCross(cross, openTimeMs + barMs);
      const { phase } = context.state;
      if (phase === 'entering' || phase === 'closing') proceed();
      else decide();
      const ticks = takingTicks(context, exitSide());
      if (context.state.phase === 'open' && ticks !== undefined) watch(ticks);
    },
    onBar(closedMs, candle) {
      if (closedMs !== barMs) return;
      const cross = signal.push(candle);
      context.setState({ ...context.state, signal: signal.snapshot() });
      if (cross !== 0) entries.onCross(cross, candle.openTimeMs + barMs);
      decide();
    },
    onQuote(quote) {
      if (context.state.phase === 'open')
        watch(context.state.side === 'short' ? quote.askTicks : quote.bidTicks);
    },
    onTrade(trade) {
      // Only where a market has no quotes; otherwise the quote is the price.
      if (context.state.phase === 'open' && context.quote() === undefined) watch(trade.priceTicks);
    },
    onFill(fill, order) {
      bookFill(fill, order.leg);
      proceed();
    },
    onOrder(order) {
      if (liveOrderStates.has(order.state)) return;
      const { state } = context;
      if (
        state.phase === 'closing' &&
        order.leg === exitLegOf(state.trade, state.exitAttempt) &&
        order.state !== 'FILLED'
      ) {
        exitOrderEnded(desk, order);
        return;
      }
      if (state.phase === 'open' && order.state === 'CANCELED') return;
      proceed();
    },
    onTimer(name) {
      if (name === enterTimer && context.state.phase === 'flat') entries.enterIfWanted();
      else if (name === closeTimer) proceedClosing();
    },
  };
}
