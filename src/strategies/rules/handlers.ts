/**
 * The running rule bot: one position at a time. Rules are looked at when a candle has closed; between closes the stop order
 * at the venue and the watched levels hold.
 */

import type { StrategyContext, StrategyHandlers } from '../../engine/strategy/api.ts';
import { type Candle, timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { lotsOf, notionalOf, priceOf, quantityOf, tickRounder } from '../../shared/domain/instrument.ts';
import { type PriceTicks, priceTicks, quantityLots } from '../../shared/domain/nominal.ts';
import { type Fill, liveOrderStates, type Side } from '../../shared/domain/order.ts';
import { nextCloseMs } from '../common/candle-catch-up.ts';
import { quotient } from '../common/decimal-math.ts';
import { makeDesk } from '../common/desk.ts';
import { applyChange, fillEffect } from '../common/inventory.ts';
import { canExit, closeAtMarket, closeTimer, exitOrderEnded } from '../common/market-exit.ts';
import { hasLiveOrder, takingTicks } from '../common/orders.ts';
import type { PositionSide } from '../common/position-levels.ts';
import { amountText } from '../common/texts.ts';
import { makeRuleEntry } from './entry.ts';
import { RuleEvaluator, type RuleSignals } from './evaluator.ts';
import { entryLegOf, exitLegOf, stopLegOf } from './legs.ts';
import { ruleNumbers, type StopLevel, stopLevel, type WatchLevel, watchLevel } from './levels.ts';
import type { RuleParams } from './params.ts';
import { ruleSetOf } from './rule-texts.ts';
import type { RuleExit, RulesState } from './state.ts';

/** Makes the handlers of a running rule bot. */
export function createRules(context: StrategyContext<RulesState>, params: RuleParams): StrategyHandlers {
  const { instrument } = context;
  const numbers = ruleNumbers(params);
  const barMs = timeframeMs(params.timeframe);
  const perpetual = instrument.kind === 'perpetual';
  const evaluator = new RuleEvaluator(context, ruleSetOf(params), barMs);
  // The level the open position watches itself; follows from fills and candles.
  let watched: WatchLevel | undefined;
  /** The price is beyond that level already, which has come nearer since: the next price, whatever it is, decides. */
  let isBeyond = false;

  const desk = makeDesk(context);
  const { update, say, show } = desk;
  const entry = makeRuleEntry(desk, params);
  const nextBar = () => nextCloseMs(context.nowMs(), barMs);
  const toTicks = tickRounder(instrument.tickSize);
  const ticksOfPrice = (price: number): PriceTicks => priceTicks(toTicks(price));
  const exitSide = (): Side => (context.state.side === 'short' ? 'buy' : 'sell');
  const signOf = (side: PositionSide | null): 1 | -1 => (side === 'short' ? -1 : 1);

  // --- closes ------------------------------------------------------------------------------------------------

  function onClose(candle: Candle): void {
    const signals = evaluator.update();
    update({ decidedMs: candle.openTimeMs });
    const { phase } = context.state;
    if (phase === 'open') closeOrHold(candle, signals);
    else if (phase === 'flat') enterOrWait(candle, signals);
  }

  function enterOrWait(candle: Candle, signals: RuleSignals): void {
    const { cooldownBars } = context.state;
    if (cooldownBars > 0) {
      update({ cooldownBars: cooldownBars - 1 });
      say('COOLDOWN', `no entry for ${cooldownBars} more closes`, nextBar());
      return;
    }
    const side = entrySide(signals);
    if (side === undefined) {
      say('WAITING_FOR_RULE', 'no entry rule is met; looks again at the next close', nextBar());
      return;
    }
    const money = context.balance(instrument.settle).toNumber();
    entry.enter(side, entry.lotsAt(ticksOfPrice(candle.close), money));
  }

  function entrySide(signals: RuleSignals): PositionSide | undefined {
    if (signals.longEntry) return 'long';
    return signals.shortEntry && perpetual ? 'short' : undefined;
  }

  /** The reasons to close at a close, in the order in which they name the trade. */
  function closeOrHold(candle: Candle, signals: RuleSignals): void {
    const long = context.state.side === 'long';
    const barsHeld = context.state.barsHeld + 1;
    update({ barsHeld });
    const passed = trail(candle);
    const reason: RuleExit | undefined = (long ? signals.longExit : signals.shortExit)
      ? 'signal'
      : params.maxBars > 0 && barsHeld >= params.maxBars
        ? 'time'
        : passed
          ? 'trailing'
          : undefined;
    if (reason === undefined) {
      holdOn();
      return;
    }
    const turns = (long ? signals.shortEntry : signals.longEntry) && perpetual && params.cooldownBars === 0;
    if (turns) {
      const side = long ? 'short' : 'long';
      const ticks = ticksOfPrice(candle.close);
      update({ turn: { side, lots: entry.lotsAt(ticks, equityIfClosed(ticks)) } });
    }
    close(reason);
  }

  /** What the bot's money would be if the position closed at `ticks`, slippage and fee paid. */
  function equityIfClosed(ticks: PriceTicks): number {
    const { side } = context.state;
    const price = priceOf(instrument, entry.takerTicks(ticks, exitSide())).toNumber();
    const quantity = quantityOf(instrument, exitLots()).toNumber();
    const gained = signOf(side) * quantity * (price - averageEntry().toNumber());
    const fee = quantity * price * instrument.takerFeeRate.toNumber();
    return context.balance(instrument.settle).toNumber() + gained - fee;
  }

  /** Moves the trailing stop after a candle; gives whether the close is already beyond it. */
  function trail(candle: Candle): boolean {
    const { side, bestTicks, stopTicks } = context.state;
    if (side === null || numbers.trailingStop.isZero) return false;
    const sign = signOf(side);
    const average = averageEntry();
    const extreme = ticksOfPrice(side === 'long' ? candle.high : candle.low);
    const best = bestTicks === null ? average : priceOf(instrument, bestTicks);
    if (sign * priceOf(instrument, extreme).compare(best) > 0) update({ bestTicks: extreme });
    const stop = currentStop(average);
    if (stop === undefined || stop.ticks === stopTicks) return false;
    update({ stopTicks: stop.ticks, stopTrails: stop.trails });
    return sign * ticksOfPrice(candle.close) <= sign * stop.ticks;
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

  function currentStop(average: Decimal): StopLevel | undefined {
    const { side, bestTicks, stopTicks, stopTrails } = context.state;
    if (side === null) return undefined;
    const best = bestTicks === null ? average : priceOf(instrument, bestTicks);
    const before = stopTicks === null ? undefined : { ticks: stopTicks, trails: stopTrails };
    return stopLevel(instrument, numbers, side, average, best, before);
  }

  /** Lets the stop rest and watches what it has to. */
  function holdOn(): void {
    const { state } = context;
    if (state.phase !== 'open' || state.side === null) return;
    const average = averageEntry();
    const stop = currentStop(average);
    if (stop !== undefined && stop.ticks !== state.stopTicks)
      update({ stopTicks: stop.ticks, stopTrails: stop.trails });
    watched = watchLevel(instrument, numbers, state.side, average, state.barsHeld);
    const price = takingTicks(context, exitSide());
    const sign = signOf(state.side);
    isBeyond = watched !== undefined && price !== undefined && sign * price >= sign * watched.ticks;
    watchLevels(stop?.ticks);
    const lots = exitLots();
    const stopLeg = stopLegOf(state.trade);
    const stopped = context.filledLots(stopLeg);
    const rests = hasLiveOrder(context, stopLeg);
    if (lots === 0 || (stopped > 0 && !rests && !canExit(instrument, lots, stop?.ticks ?? 0))) {
      close(stop?.trails === true ? 'trailing' : 'stop');
      return;
    }
    context.keep(
      stop !== undefined && (rests || canExit(instrument, lots, stop.ticks))
        ? [
            {
              leg: stopLeg,
              purpose: stop.trails ? 'trailing' : 'stop',
              side: exitSide(),
              type: 'stop',
              lots: quantityLots(stopped + lots),
              triggerTicks: stop.ticks,
              ...(perpetual ? { reduceOnly: true } : {}),
            },
          ]
        : [],
    );
    const target = watched;
    say(
      'POSITION_OPEN',
      () =>
        [
          `${state.side} ${amountText(quantityOf(instrument, lots))} ${instrument.base} from ${average.toFixed(instrument.tickSize.scale)}`,
          ...(stop === undefined ? [] : [`${stop.trails ? 'trailing stop' : 'stop'} at ${show(stop.ticks)}`]),
          ...(target === undefined
            ? []
            : [`${target.reason === 'roi' ? 'enough' : 'take-profit'} at ${show(target.ticks)}`]),
        ].join('; '),
      nextBar(),
    );
  }

  function watchLevels(stopTicks: PriceTicks | undefined): void {
    context.watch(
      isBeyond
        ? 'every-price'
        : [watched?.ticks, stopTicks].filter((ticks): ticks is PriceTicks => ticks !== undefined),
    );
  }

  /** Closes when a price reaches the watched level, or the stop while it does not rest. */
  function look(ticks: PriceTicks): void {
    const { side, stopTicks, stopTrails, trade } = context.state;
    const sign = signOf(side);
    if (stopTicks !== null && sign * ticks <= sign * stopTicks && !hasLiveOrder(context, stopLegOf(trade)))
      close(stopTrails ? 'trailing' : 'stop');
    else if (watched !== undefined && sign * ticks >= sign * watched.ticks) close(watched.reason);
    else if (isBeyond) {
      isBeyond = false;
      watchLevels(stopTicks ?? undefined);
    }
  }

  // --- exit --------------------------------------------------------------------------------------------------

  function close(reason: RuleExit): void {
    update({ phase: 'closing', exitReason: reason });
    watched = undefined;
    context.watch([]);
    context.keep([]);
    proceedClosing();
  }

  function proceedClosing(): void {
    const { state } = context;
    if (state.phase !== 'closing') return;
    const reason = state.exitReason ?? 'stop';
    const finished = closeAtMarket(desk, {
      what: `trade ${state.trade}`,
      reason,
      purpose: reason,
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
    watched = undefined;
    update({
      phase: 'flat',
      side: null,
      bestTicks: null,
      stopTicks: null,
      stopTrails: false,
      turn: null,
      cooldownBars: params.cooldownBars,
      trades: state.trades + 1,
      tradesWon: state.tradesWon + (profit.isPositive ? 1 : 0),
      lastTrade: { trade: state.trade, reason, profit: profit.toString() },
    });
    say(
      'TRADE_ENDED',
      () => `trade ${state.trade} ended by ${reason}: ${amountText(profit, 4)} ${instrument.quote}`,
      nextBar(),
    );
    if (state.turn !== null) entry.enter(state.turn.side, state.turn.lots);
  }

  function proceedEntering(): void {
    const { state } = context;
    if (hasLiveOrder(context, entryLegOf(state.trade))) return;
    if (state.entryLots > 0) {
      update({ phase: 'open' });
      holdOn();
      return;
    }
    update({ phase: 'flat', side: null });
    say('ENTRY_ENDED', 'the entry order ended without a fill; waits for the next close', nextBar());
  }

  function proceed(): void {
    const { phase } = context.state;
    if (phase === 'entering') proceedEntering();
    else if (phase === 'open') holdOn();
    else if (phase === 'closing') proceedClosing();
  }

  function bookFill(fill: Fill, leg: string): void {
    const { state } = context;
    const effect = fillEffect(instrument, fill);
    const { inventory, realised } = applyChange(state.inventory, effect);
    const value = notionalOf(instrument, fill.priceTicks, fill.lots);
    update({
      inventory,
      profit: Decimal.parse(state.profit).plus(realised).toString(),
      feesPaid: Decimal.parse(state.feesPaid).plus(effect.feeValue).toString(),
      ...(leg === entryLegOf(state.trade)
        ? {
            entryNotional: Decimal.parse(state.entryNotional).plus(value).toString(),
            entryLots: quantityLots(state.entryLots + fill.lots),
          }
        : {}),
    });
  }

  return {
    onStart() {
      context.watch([]);
      evaluator.update();
      const newest = context.candles(barMs).at(-1);
      const { decidedMs, phase } = context.state;
      // After a restart the newest close is still acted on, if it was missed and its candle is not over.
      const isMissed = newest !== undefined && decidedMs !== null && newest.openTimeMs > decidedMs;
      proceed();
      if (isMissed && phase !== 'entering' && context.nowMs() < newest.openTimeMs + 2 * barMs)
        onClose(newest);
      else if (phase === 'flat') say('WAITING_FOR_RULE', 'looks at the rules at the next close', nextBar());
      const ticks = takingTicks(context, exitSide());
      if (context.state.phase === 'open' && ticks !== undefined) look(ticks);
    },
    onBar(closedMs, candle) {
      if (closedMs === barMs) onClose(candle);
    },
    onQuote(quote) {
      if (context.state.phase === 'open')
        look(context.state.side === 'short' ? quote.askTicks : quote.bidTicks);
    },
    onTrade(trade) {
      // Only where a market has no quotes; otherwise the quote is the price.
      if (context.state.phase === 'open' && context.quote() === undefined) look(trade.priceTicks);
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
      if (name === closeTimer) proceedClosing();
    },
  };
}
