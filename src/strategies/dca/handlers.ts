/**
 * The running DCA bot: one deal at a time. After every fill the exit is computed anew from what was really filled
 * and paid. Closing at market waits until the cancels of the deal's other orders are proven.
 */

import { Rsi } from '../../engine/indicators/rsi.ts';
import type { DesiredOrder, StrategyContext, StrategyHandlers } from '../../engine/strategy/api.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { priceOf, ticksOf } from '../../shared/domain/instrument.ts';
import { epochMs, type PriceTicks, quantityLots } from '../../shared/domain/nominal.ts';
import { liveOrderStates, type OrderPurpose, oppositeSide } from '../../shared/domain/order.ts';
import { candlesToFeed } from '../common/candle-catch-up.ts';
import { makeDesk } from '../common/desk.ts';
import { canExit, closeAtMarket, closeTimer, exitOrderEnded } from '../common/market-exit.ts';
import { hasLiveOrder, legFinished, takingTicks } from '../common/orders.ts';
import { amountText } from '../common/texts.ts';
import { averageEntryPrice, basePrice, bookFill, dealMoney } from './book.ts';
import { entryTimer, makeDealEntry, startTimer } from './entry.ts';
import { exitLots, stopLossTicks, takeProfitPrice, takeProfitTicks } from './exits.ts';
import { closeLeg, entrySide, type SafetyOrder, safetyLeg, safetyOrders, takeProfitLeg } from './ladder.ts';
import { type DcaParams, dcaNumbers } from './params.ts';
import type { CloseReason, DcaState } from './state.ts';

const closePurposes: Readonly<Record<CloseReason, OrderPurpose>> = {
  'take-profit': 'target',
  'trailing take-profit': 'trailing',
  'stop-loss': 'stop',
};

/** Makes the handlers of a running DCA bot. */
export function createDca(context: StrategyContext<DcaState>, params: DcaParams): StrategyHandlers {
  const { instrument } = context;
  const numbers = dcaNumbers(params);
  const long = params.direction === 'long';
  const entry = entrySide(params);
  const exit = oppositeSide(entry);
  const barMs = timeframeMs(params.timeframe);
  const trailing = numbers.trailing.isPositive;
  const perpetual = instrument.kind === 'perpetual';
  let rsi = new Rsi(params.rsiPeriod);
  // Prices an open deal watches; computed when its fills change, compared on every quote.
  let stopTicks: PriceTicks | undefined;
  let targetTicks: PriceTicks | undefined;
  let turn: { readonly bestTicks: PriceTicks; readonly ticks: PriceTicks } | undefined;
  let ladder: { readonly deal: number; readonly orders: readonly SafetyOrder[] } | undefined;

  const desk = makeDesk(context);
  const { update, say, show } = desk;
  const entries = makeDealEntry(
    desk,
    params,
    () => rsi.value,
    () => {
      update({ phase: 'open' });
      proceedOpen();
    },
  );

  // --- an open deal ------------------------------------------------------------------------------------------

  function dealLadder(): readonly SafetyOrder[] {
    const { deal } = context.state;
    if (ladder?.deal !== deal)
      ladder = {
        deal,
        orders: safetyOrders(instrument, params, numbers, basePrice(instrument, context.state)),
      };
    return ladder.orders;
  }

  function refreshExits(): void {
    const { state } = context;
    const money = dealMoney(params, state);
    const feeRate = trailing ? instrument.takerFeeRate : instrument.makerFeeRate;
    stopTicks = stopLossTicks(
      instrument,
      params,
      numbers,
      averageEntryPrice(instrument, state),
      basePrice(instrument, state),
    );
    if (!money.open.isPositive) {
      targetTicks = undefined;
      return;
    }
    // Entries and edited parameters move the exit; its own fills do not, or it would lose its place in the queue.
    const { takeProfitPercent, takeProfitType } = params;
    const basis = `${state.entryFilledLots}|${takeProfitPercent}|${takeProfitType}|${trailing}`;
    if (state.target?.basis !== basis) {
      const price = takeProfitPrice(instrument, params, numbers, money, feeRate);
      update({ target: { basis, ticks: takeProfitTicks(instrument, params, price) } });
    }
    targetTicks = context.state.target?.ticks;
  }

  function proceedOpen(): void {
    const { state } = context;
    if (state.phase !== 'open') return;
    refreshExits();
    const { deal } = state;
    const open = exitableLots();
    const tpLeg = takeProfitLeg(deal);
    const exited = context.filledLots(tpLeg);
    const tooSmall = targetTicks === undefined || !canExit(instrument, open, targetTicks);
    const exitRests = hasLiveOrder(context, tpLeg);
    if (open === 0 || (tooSmall && exited > 0 && !exitRests)) {
      close('take-profit');
      return;
    }
    const waiting = dealLadder().filter(
      (order) =>
        order.lots > 0 && !legFinished(context, safetyLeg(deal, order.number), order.lots, order.ticks),
    );
    const active = waiting.slice(0, params.maxActiveSafetyOrders);
    const orders: DesiredOrder[] = active.map((order) => ({
      leg: safetyLeg(deal, order.number),
      side: entry,
      type: 'limit',
      lots: order.lots,
      priceTicks: order.ticks,
    }));
    if (!trailing && targetTicks !== undefined && (!tooSmall || exitRests)) {
      orders.push({
        leg: tpLeg,
        purpose: 'target',
        side: exit,
        type: 'limit',
        lots: quantityLots(exited + open),
        priceTicks: targetTicks,
        ...(perpetual ? { reduceOnly: true } : {}),
      });
    }
    context.watch(trailing ? 'every-price' : stopTicks === undefined ? [] : [stopTicks]);
    context.keep(orders);
    const done = params.maxSafetyOrders - waiting.length;
    const average = averageEntryPrice(instrument, state).toFixed(instrument.tickSize.scale);
    const parts = [
      `deal ${deal}: ${done} of ${params.maxSafetyOrders} safety orders filled, average ${average}`,
      targetTicks === undefined || tooSmall
        ? "the position is below the venue's minimum"
        : `take-profit ${trailing ? 'trails from' : 'rests at'} ${show(targetTicks)}`,
      ...(active[0] === undefined ? [] : [`next safety order at ${show(active[0].ticks)}`]),
      ...(stopTicks === undefined ? [] : [`stop-loss at ${show(stopTicks)}`]),
    ];
    const code = tooSmall
      ? 'POSITION_BELOW_MINIMUM'
      : waiting.length === 0 && params.maxSafetyOrders > 0
        ? 'LADDER_EXHAUSTED'
        : 'DEAL_OPEN';
    say(code, parts.join('; '));
  }

  /** Lots an exit order would trade now; on spot never more than the account holds. */
  function exitableLots(): number {
    const { open } = dealMoney(params, context.state);
    const feeRate = trailing ? instrument.takerFeeRate : instrument.makerFeeRate;
    const lots = exitLots(instrument, params, open, feeRate);
    if (!long || perpetual) return lots;
    const owned = Number(
      context.balance(instrument.base).dividedBy(instrument.lotSize, 0, 'down').coefficient,
    );
    return Math.max(0, Math.min(lots, owned));
  }

  function watch(ticks: PriceTicks): void {
    const beyond = (level: PriceTicks) => (long ? ticks <= level : ticks >= level);
    if (stopTicks !== undefined && beyond(stopTicks)) {
      say('STOP_LOSS_REACHED', `${show(ticks)} has reached the stop-loss at ${show(stopTicks)}`);
      close('stop-loss');
      return;
    }
    if (!trailing || targetTicks === undefined) return;
    const { bestTicks } = context.state;
    const better =
      bestTicks === null
        ? long
          ? ticks >= targetTicks
          : ticks <= targetTicks
        : long
          ? ticks > bestTicks
          : ticks < bestTicks;
    if (better) {
      update({ bestTicks: ticks });
      say(
        'TRAILING_TAKE_PROFIT',
        `take-profit reached; closes when the price turns ${params.trailingPercent} % from ${show(ticks)}`,
      );
      return;
    }
    if (bestTicks === null) return;
    if (beyond(turnFrom(bestTicks))) close('trailing take-profit');
  }

  /** The price at which a trailing exit closes when `bestTicks` was the best. */
  function turnFrom(bestTicks: PriceTicks): PriceTicks {
    if (turn?.bestTicks !== bestTicks) {
      const factor = long ? Decimal.one.minus(numbers.trailing) : Decimal.one.plus(numbers.trailing);
      turn = {
        bestTicks,
        ticks: ticksOf(instrument, priceOf(instrument, bestTicks).times(factor), long ? 'down' : 'up'),
      };
    }
    return turn.ticks;
  }

  // --- closing -----------------------------------------------------------------------------------------------

  function close(reason: CloseReason): void {
    update({ phase: 'closing', closeReason: reason });
    context.watch([]);
    context.keep([]);
    proceedClosing();
  }

  function proceedClosing(): void {
    const { state } = context;
    if (state.phase !== 'closing') return;
    const finished = closeAtMarket(desk, {
      what: `deal ${state.deal}`,
      reason: state.closeReason ?? 'take-profit',
      purpose: closePurposes[state.closeReason ?? 'take-profit'],
      side: exit,
      attempt: state.closeAttempt,
      lots: exitableLots(),
      legOf: (attempt) => closeLeg(state.deal, attempt),
      onAttempt: (attempt) => update({ closeAttempt: attempt }),
    });
    if (finished) endDeal();
  }

  function endDeal(): void {
    const { state } = context;
    const profit = Decimal.parse(state.profit).minus(Decimal.parse(state.profitBefore));
    const dealsCompleted = state.dealsCompleted + 1;
    const finished = params.maxDeals > 0 && dealsCompleted >= params.maxDeals;
    const reason = state.closeReason ?? 'take-profit';
    const cooldownUntilMs =
      params.cooldownMinutes > 0 ? context.nowMs() + params.cooldownMinutes * 60_000 : null;
    stopTicks = undefined;
    targetTicks = undefined;
    update({
      phase: finished ? 'finished' : cooldownUntilMs === null ? 'idle' : 'cooldown',
      dealsCompleted,
      dealsLost: state.dealsLost + (profit.isNegative ? 1 : 0),
      lastDeal: { deal: state.deal, reason, profit: profit.toString() },
      cooldownUntilMs,
    });
    const text = `deal ${state.deal} ended by ${reason}: ${amountText(profit, 4)} ${instrument.quote}`;
    if (finished) {
      say('ALL_DEALS_DONE', `${text}; all ${params.maxDeals} deals are done`);
      context.requestStop(`all ${params.maxDeals} deals are done`, 'cancel-orders');
      return;
    }
    say('DEAL_ENDED', text);
    rest();
  }

  /** Between two deals: waits out the cooldown, then for the start condition. */
  function rest(): void {
    const { cooldownUntilMs, phase } = context.state;
    if (phase === 'cooldown' && cooldownUntilMs !== null && context.nowMs() < cooldownUntilMs) {
      context.setTimer('cooldown', epochMs(cooldownUntilMs));
      say(
        'COOLDOWN',
        `the next deal may start after the cooldown of ${params.cooldownMinutes} minutes`,
        cooldownUntilMs,
      );
      return;
    }
    if (phase === 'cooldown') update({ phase: 'idle', cooldownUntilMs: null });
    entries.tryStart();
  }

  // --- candles -----------------------------------------------------------------------------------------------

  function catchUp(): void {
    if (params.startCondition !== 'rsi') return;
    const { state } = context;
    const { fresh, candles } = candlesToFeed(context.candles(barMs), state.rsiOpenTimeMs, barMs);
    rsi = fresh || state.rsi === null ? new Rsi(params.rsiPeriod) : new Rsi(params.rsiPeriod, state.rsi);
    for (const candle of candles) rsi.push(candle.close);
    const last = candles[candles.length - 1];
    if (last !== undefined) update({ rsi: rsi.snapshot(), rsiOpenTimeMs: last.openTimeMs });
  }

  function proceed(): void {
    const { phase } = context.state;
    if (phase === 'entry') entries.proceed();
    else if (phase === 'open') proceedOpen();
    else if (phase === 'closing') proceedClosing();
  }

  return {
    onStart() {
      context.watch([]);
      catchUp();
      const { phase } = context.state;
      if (phase === 'finished') context.requestStop('all deals are done', 'cancel-orders');
      else if (phase === 'idle' || phase === 'cooldown') rest();
      else {
        proceed();
        const ticks = takingTicks(context, exit);
        if (context.state.phase === 'open' && ticks !== undefined) watch(ticks);
      }
    },
    onQuote(quote) {
      if (context.state.phase === 'open') watch(long ? quote.bidTicks : quote.askTicks);
    },
    onTrade(trade) {
      // Only where a market has no quotes; otherwise the quote is the price.
      if (context.state.phase === 'open' && context.quote() === undefined) watch(trade.priceTicks);
    },
    onBar(closedMs, candle) {
      if (params.startCondition !== 'rsi' || closedMs !== barMs) return;
      const { rsiOpenTimeMs } = context.state;
      if (rsiOpenTimeMs !== null && candle.openTimeMs <= rsiOpenTimeMs) return;
      rsi.push(candle.close);
      update({ rsi: rsi.snapshot(), rsiOpenTimeMs: candle.openTimeMs });
      if (context.state.phase === 'idle') entries.startOnRsi();
    },
    onFill(fill, order) {
      const { state } = context;
      const isBase = order.leg.startsWith(`D${state.deal}-base`);
      context.setState(bookFill(instrument, params, state, fill, isBase));
      if (fill.side === entry && context.state.bestTicks !== null) update({ bestTicks: null });
      proceed();
    },
    onOrder(order) {
      if (liveOrderStates.has(order.state)) return;
      const { state } = context;
      if (
        state.phase === 'closing' &&
        order.leg === closeLeg(state.deal, state.closeAttempt) &&
        order.state !== 'FILLED'
      ) {
        exitOrderEnded(desk, order);
        return;
      }
      // A finished order changes what is left to do; an order that was only moved does not.
      if (state.phase === 'open' && order.state === 'CANCELED') return;
      proceed();
    },
    onTimer(name) {
      if (name === startTimer) entries.tryStart();
      else if (name === entryTimer) entries.renew();
      else if (name === closeTimer) proceedClosing();
      else if (name === 'cooldown') rest();
    },
  };
}
