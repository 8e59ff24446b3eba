/**
 * The running DCA bot: one deal at a time. After every fill the exit is computed anew from what was really filled
 * and paid. Closing at market waits until the cancels of the deal's other orders are proven.
 */

import { Rsi } from '../../engine/indicators/rsi.ts';
import type { DesiredOrder, StrategyContext, StrategyHandlers } from '../../engine/strategy/api.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { lotsForQuote, notionalOf, priceOf, quantityOf, ticksOf } from '../../shared/domain/instrument.ts';
import { epochMs, type PriceTicks, quantityLots } from '../../shared/domain/nominal.ts';
import { liveOrderStates, oppositeSide } from '../../shared/domain/order.ts';
import { candlesToFeed, nextCloseMs } from '../common/candle-catch-up.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor } from '../common/fees.ts';
import { hasLiveOrder, legFinished, meetsMinimum, restingTicks, takingTicks } from '../common/orders.ts';
import { amountText, priceText } from '../common/texts.ts';
import { averageEntryPrice, basePrice, bookFill, dealMoney, openDeal } from './book.ts';
import { exitLots, stopLossTicks, takeProfitPrice, takeProfitTicks } from './exits.ts';
import {
  baseLeg,
  closeLeg,
  dealValue,
  entrySide,
  marketReserve,
  type SafetyOrder,
  safetyLeg,
  safetyOrders,
  takeProfitLeg,
} from './ladder.ts';
import { type DcaParams, dcaNumbers } from './params.ts';
import type { CloseReason, DcaState } from './state.ts';

const repriceMs = 60_000;
const retryMs = 10_000;

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

  const update = (patch: Partial<DcaState>) => context.setState({ ...context.state, ...patch });
  const say = (code: string, text: string, nextCheckMs?: number) =>
    context.why(
      nextCheckMs === undefined ? { code, text } : { code, text, nextCheckMs: epochMs(nextCheckMs) },
    );
  const show = (ticks: number) => `${priceText(instrument, ticks)} ${instrument.quote}`;
  const wake = (name: string, delayMs: number): number => {
    const atMs = context.nowMs() + delayMs;
    context.setTimer(name, epochMs(atMs));
    return atMs;
  };

  // --- starting a deal ---------------------------------------------------------------------------------------

  function tryStart(): void {
    const { state } = context;
    if (state.phase !== 'idle') return;
    context.keep([]);
    if (params.startCondition === 'immediate') {
      enter();
      return;
    }
    const next = nextCloseMs(context.nowMs(), barMs);
    const value = rsi.value;
    const wanted = `${params.rsiDirection} ${params.rsiThreshold}`;
    if (value === undefined)
      say('WARMING_UP', `the RSI needs ${params.rsiPeriod + 1} closed ${params.timeframe} candles`, next);
    else say('WAITING_FOR_RSI', `RSI is ${value.toFixed(1)}, a deal starts when it closes ${wanted}`, next);
  }

  function startOnRsi(): void {
    const value = rsi.value;
    const threshold = Number(params.rsiThreshold);
    const met =
      value !== undefined && (params.rsiDirection === 'below' ? value < threshold : value > threshold);
    if (met && context.state.phase === 'idle') enter();
    else tryStart();
  }

  /** When an entry that could not be made is tried again: soon, or at the next candle. */
  function tryLater(code: string, text: string): void {
    if (params.startCondition === 'rsi') say(code, text, nextCloseMs(context.nowMs(), barMs));
    else say(code, text, wake('start', retryMs));
  }

  function enter(): void {
    const ticks = params.entryType === 'market' ? takingTicks(context, entry) : restingTicks(context, entry);
    if (ticks === undefined) {
      tryLater('WAITING_FOR_PRICE', 'waits for a price of the market');
      return;
    }
    const lots = lotsForQuote(instrument, numbers.baseOrder, ticks);
    if (!meetsMinimum(instrument, lots, ticks)) {
      tryLater(
        'BELOW_MINIMUM',
        `the base order would be ${quantityOf(instrument, lots).toString()} ${instrument.base} at ${show(ticks)}, below the venue's minimum`,
      );
      return;
    }
    const inBase = !long && !perpetual;
    const currency = inBase ? instrument.base : instrument.settle;
    const price = priceOf(instrument, ticks);
    const costFactor = buyCostFactor(instrument, instrument.takerFeeRate);
    const needed = inBase
      ? quantityOf(instrument, lots)
      : notionalOf(instrument, ticks, lots).times(costFactor);
    const free = context.available(currency);
    if (free.compare(needed) < 0) {
      tryLater(
        'FUNDS_SHORT',
        `the base order needs ${amountText(needed)} ${currency}, ${amountText(free)} are free`,
      );
      return;
    }
    const before = context.state;
    context.setState({ ...openDeal(params, before), entryLots: lots, entryTicks: ticks });
    if (params.entryType === 'limit') {
      proceedEntry();
    } else if (!sendEntry()) {
      context.setState(before);
      return;
    }
    const whole = inBase
      ? dealValue(params, numbers).dividedBy(price, 12)
      : dealValue(params, numbers).times(costFactor);
    const text = `deal ${context.state.deal}: base order of ${amountText(quantityOf(instrument, lots))} ${instrument.base} at about ${show(ticks)}`;
    if (free.compare(whole) < 0)
      say(
        'LADDER_PARTLY_FUNDED',
        `${text}; all safety orders together need ${amountText(whole, 2)} ${currency}, ${amountText(free, 2)} are free`,
      );
    else say('ENTERING', text);
  }

  function sendEntry(): boolean {
    const { deal, entryAttempt, entryLots } = context.state;
    const sent = context.send({
      leg: baseLeg(deal, entryAttempt),
      side: entry,
      type: 'market',
      lots: entryLots,
    });
    if (!sent.ok)
      tryLater('ENTRY_DENIED', `the base order could not be sent (${sent.code}: ${sent.message})`);
    return sent.ok;
  }

  function proceedEntry(): void {
    const { state } = context;
    const leg = baseLeg(state.deal, state.entryAttempt);
    const { entryTicks } = state;
    if (state.phase !== 'entry' || entryTicks === null) return;
    if (params.entryType === 'market') {
      if (hasLiveOrder(context, leg)) return;
      if (state.baseLots > 0) openNow();
      else
        say('ENTRY_ENDED', 'the base order ended without a fill; it is sent again', wake('entry', retryMs));
      return;
    }
    if (legFinished(context, leg, state.entryLots, entryTicks)) {
      openNow();
      return;
    }
    context.keep([{ leg, side: entry, type: 'limit', lots: state.entryLots, priceTicks: entryTicks }]);
    say(
      'ENTRY_RESTING',
      `deal ${state.deal}: the base order rests at ${show(entryTicks)}`,
      wake('entry', repriceMs),
    );
  }

  /** A minute has passed: a limit entry moves to the best price, a failed market entry is sent again. */
  function renewEntry(): void {
    const { state } = context;
    if (state.phase !== 'entry') return;
    if (params.entryType === 'market') {
      if (hasLiveOrder(context, baseLeg(state.deal, state.entryAttempt)) || state.baseLots > 0) return;
      update({ entryAttempt: state.entryAttempt + 1 });
      if (!sendEntry()) wake('entry', retryMs);
      return;
    }
    const ticks = restingTicks(context, entry);
    if (ticks !== undefined && ticks !== state.entryTicks) {
      const spent = Decimal.parse(state.baseNotional);
      const rest = lotsForQuote(instrument, numbers.baseOrder.minus(spent), ticks);
      if (state.baseLots > 0 && !meetsMinimum(instrument, rest, ticks)) {
        context.keep([]);
        update({ entryLots: state.baseLots });
      } else update({ entryTicks: ticks, entryLots: quantityLots(state.baseLots + rest) });
    }
    proceedEntry();
  }

  function openNow(): void {
    update({ phase: 'open' });
    proceedOpen();
  }

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
    targetTicks = money.open.isPositive
      ? takeProfitTicks(instrument, params, takeProfitPrice(instrument, params, numbers, money, feeRate))
      : undefined;
  }

  function proceedOpen(): void {
    const { state } = context;
    if (state.phase !== 'open') return;
    refreshExits();
    const { deal } = state;
    const open = exitableLots();
    const tpLeg = takeProfitLeg(deal);
    const exited = context.filledLots(tpLeg);
    const tooSmall = targetTicks === undefined || !canExit(open, targetTicks);
    if (open === 0 || (tooSmall && exited > 0 && !hasLiveOrder(context, tpLeg))) {
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
    if (!trailing && targetTicks !== undefined && !tooSmall) {
      orders.push({
        leg: tpLeg,
        side: exit,
        type: 'limit',
        lots: quantityLots(exited + open),
        priceTicks: targetTicks,
        ...(perpetual ? { reduceOnly: true } : {}),
      });
    }
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

  /** Lots a closing order can pay for: only a short deal on spot spends money to close. */
  function affordableLots(ticks: PriceTicks): number {
    if (long || perpetual) return Number.POSITIVE_INFINITY;
    const factor = buyCostFactor(instrument, instrument.takerFeeRate);
    const spendable = context.available(instrument.quote).times(Decimal.one.minus(marketReserve));
    return lotsForQuote(instrument, quotient(spendable, factor), ticks);
  }

  function canExit(lots: number, ticks: number): boolean {
    return perpetual ? lots >= instrument.minimumLots : meetsMinimum(instrument, lots, ticks);
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
    context.keep([]);
    proceedClosing();
  }

  function proceedClosing(): void {
    const { state } = context;
    if (state.phase !== 'closing') return;
    if (context.openOrders().length > 0) {
      say(
        'CLOSING',
        `closes deal ${state.deal} (${state.closeReason}); waits until its other orders are cancelled`,
      );
      return;
    }
    const lots = exitableLots();
    const ticks = takingTicks(context, exit);
    if (lots > 0 && ticks === undefined) {
      say('WAITING_FOR_PRICE', 'waits for a price of the market to close the deal', wake('close', retryMs));
      return;
    }
    if (lots === 0 || ticks === undefined || !canExit(lots, ticks)) {
      endDeal();
      return;
    }
    const affordable = affordableLots(ticks);
    if (affordable < lots && !canExit(affordable, ticks)) {
      say(
        'CLOSE_UNFUNDED',
        `buying back ${amountText(quantityOf(instrument, lots))} ${instrument.base} at about ${show(ticks)} needs more ${instrument.quote} than the bot has`,
        wake('close', retryMs),
      );
      return;
    }
    const attempt = state.closeAttempt + 1;
    update({ closeAttempt: attempt });
    const sent = context.send({
      leg: closeLeg(state.deal, attempt),
      side: exit,
      type: 'market',
      lots: quantityLots(Math.min(lots, affordable)),
      ...(perpetual ? { reduceOnly: true } : {}),
    });
    if (sent.ok) say('CLOSING', `closes deal ${state.deal} at market: ${state.closeReason}`);
    else
      say(
        'CLOSE_DENIED',
        `the closing order could not be sent (${sent.code}: ${sent.message}); tried again`,
        wake('close', retryMs),
      );
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
    tryStart();
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
    if (phase === 'entry') proceedEntry();
    else if (phase === 'open') proceedOpen();
    else if (phase === 'closing') proceedClosing();
  }

  return {
    onStart() {
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
      if (context.state.phase === 'idle') startOnRsi();
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
        say(
          'CLOSE_ENDED',
          `the closing order ended as ${order.state.toLowerCase()}; the rest is sent again`,
          wake('close', retryMs),
        );
        return;
      }
      // A finished order changes what is left to do; an order that was only moved does not.
      if (state.phase === 'open' && order.state === 'CANCELED') return;
      proceed();
    },
    onTimer(name) {
      if (name === 'start') tryStart();
      else if (name === 'entry') renewEntry();
      else if (name === 'close') proceedClosing();
      else if (name === 'cooldown') rest();
    },
  };
}
