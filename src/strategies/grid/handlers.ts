/**
 * The running grid. One order an interval; when it has filled completely the opposite order is placed one level
 * away. Everything it knows is in its state, so a restart declares the same orders again.
 */

import type { StrategyContext, StrategyHandlers } from '../../engine/strategy/api.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { priceOf, quantityOf, ticksOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, quantityLots } from '../../shared/domain/nominal.ts';
import { type Fill, liveOrderStates, type Order } from '../../shared/domain/order.ts';
import { makeDesk } from '../common/desk.ts';
import { applyChange, fillEffect } from '../common/inventory.ts';
import { hasLiveOrder, legFinished, marketTicks } from '../common/orders.ts';
import { amountText } from '../common/texts.ts';
import { beginIntervals } from './begin.ts';
import { bookOnInterval, rebuyLots, turnInterval } from './intervals.ts';
import { type GridLayout, intervalOfLeg, isPurchaseLeg, layOutGrid } from './layout.ts';
import { levelPrices } from './levels.ts';
import { type GridParams, gridNumbers } from './params.ts';
import { makePurchase, newPurchase, purchaseTimer } from './purchase.ts';
import { currentLeg, desiredOrders, movingInterval, orderTicks } from './selection.ts';
import type { GridState, IntervalState } from './state.ts';
import { movedInterval, wantedMove } from './trailing.ts';

/** Makes the handlers of a running grid. */
export function createGrid(context: StrategyContext<GridState>, params: GridParams): StrategyHandlers {
  const { instrument } = context;
  const numbers = gridNumbers(params);
  const price = levelPrices(instrument, { ...numbers, levels: params.levels, spacing: params.spacing });
  const stopTicks =
    numbers.stopLoss === undefined ? -Infinity : ticksOf(instrument, numbers.stopLoss, 'down');
  const targetTicks =
    numbers.takeProfit === undefined ? Infinity : ticksOf(instrument, numbers.takeProfit, 'up');
  // Outside this band the choice of nearest orders is made anew; inside it a quote costs two comparisons.
  let bandLow = -Infinity;
  let bandHigh = Infinity;
  let wakeTicks = Infinity;

  const desk = makeDesk(context);
  const { update, say, show } = desk;
  const purchase = makePurchase(desk, (initial) => run(layOut(), initial, true));

  function stop(code: string, reason: string): void {
    update({ phase: 'stopping', stopReason: reason });
    say(code, reason);
    context.keep([]);
    context.requestStop(reason, 'cancel-and-close-position');
  }

  function layOut(): GridLayout {
    return layOutGrid(instrument, params, context.state.startTicks as PriceTicks);
  }

  // --- start -------------------------------------------------------------------------------------------------

  function awaitTrigger(ticks: PriceTicks): void {
    const first = context.state.firstTicks ?? ticks;
    if (context.state.firstTicks === null) update({ firstTicks: ticks });
    if (numbers.trigger !== undefined) {
      const trigger = ticksOf(instrument, numbers.trigger);
      const reached = first < trigger ? ticks >= trigger : first > trigger ? ticks <= trigger : true;
      if (!reached) {
        const direction = first < trigger ? 'rise' : 'fall';
        say('WAITING_FOR_TRIGGER', `waits for the price to ${direction} to ${show(trigger)}`);
        return;
      }
    }
    begin(ticks);
  }

  function begin(startTicks: PriceTicks): void {
    const layout = layOutGrid(instrument, params, startTicks);
    if (layout.intervals.some((interval) => interval.sellLots <= 0 || interval.buyTicks <= 0)) {
      say('CANNOT_START', `at ${show(startTicks)} the investment does not pay for one lot at every level`);
      return;
    }
    if (layout.initialLots > 0) {
      update({
        phase: 'buying',
        startTicks,
        anchorTicks: startTicks,
        initial: newPurchase(layout.initialLots),
      });
      purchase.proceed();
      return;
    }
    const owned = context.balance(instrument.base);
    const brought = layout.baseNeeded.compare(owned) <= 0 ? layout.baseNeeded : owned;
    const cost = brought.times(priceOf(instrument, startTicks));
    update({ startTicks });
    run(layout, { held: brought.toString(), cost: cost.toString() }, false);
  }

  function run(
    layout: GridLayout,
    start: { readonly held: string; readonly cost: string },
    purchased: boolean,
  ): void {
    const { intervals, rest, missingLots } = beginIntervals(instrument, layout, start, purchased);
    const stray = { base: rest.held, money: Decimal.parse(rest.cost).negated().toString() };
    update({ phase: 'running', anchorTicks: layout.startTicks, intervals, stray });
    declare();
    if (missingLots > 0) {
      const missing = amountText(quantityOf(instrument, missingLots));
      say(
        'BASE_MISSING',
        `${missing} ${instrument.base} are missing for the sell orders; the farthest intervals wait to buy`,
      );
    }
  }

  // --- orders ------------------------------------------------------------------------------------------------

  function declare(): void {
    refreshBand();
    const orders = desiredOrders(
      instrument,
      context.state,
      price,
      params.maxOpenOrders,
      (leg) => context.filledLots(leg) > 0,
    );
    context.keep(orders);
    const { intervals, completedCycles, gridProfit } = context.state;
    const poor = intervals.find((interval) => !interval.waiting && interval.lots === 0);
    if (poor !== undefined) {
      const at = show(orderTicks(poor, price));
      say('LEVEL_UNDERFUNDED', `interval ${currentLeg(poor)} at ${at} has too little for the smallest order`);
      return;
    }
    const buys = orders.filter((order) => order.side === 'buy');
    const sells = orders.filter((order) => order.side === 'sell');
    const next = [
      buys.length > 0
        ? `next buy at ${show(Math.max(...buys.map((order) => order.priceTicks as number)))}`
        : 'no buy below',
      sells.length > 0
        ? `next sell at ${show(Math.min(...sells.map((order) => order.priceTicks as number)))}`
        : 'no sell above',
    ];
    const code =
      buys.length === 0
        ? 'PRICE_BELOW_RANGE'
        : sells.length === 0
          ? 'PRICE_ABOVE_RANGE'
          : orders.length < intervals.length
            ? 'NEAREST_LEVELS_RESTING'
            : 'ALL_LEVELS_RESTING';
    const profit = amountText(Decimal.parse(gridProfit), 4);
    say(
      code,
      `${buys.length} buys and ${sells.length} sells rest; ${next.join(', ')}; ${completedCycles} cycles, grid profit ${profit} ${instrument.quote}`,
    );
  }

  function refreshBand(): void {
    bandLow = -Infinity;
    bandHigh = Infinity;
    wakeTicks = Infinity;
    const { intervals, anchorTicks } = context.state;
    const first = intervals[0];
    const last = intervals[intervals.length - 1];
    if (first === undefined || last === undefined || anchorTicks === null) return;
    for (const interval of intervals) {
      if (interval.waiting)
        wakeTicks = Math.min(wakeTicks, (price(interval.index) + price(interval.index + 1)) / 2);
    }
    if (intervals.length <= params.maxOpenOrders) return;
    // One whole interval of play on both sides, so that a price that trembles at a level moves no far order.
    const at = intervals.find((interval) => anchorTicks < price(interval.index + 1)) ?? last;
    if (at.index > first.index) bandLow = price(at.index - 1);
    if (at.index < last.index) bandHigh = price(at.index + 2);
  }

  function wakeIntervals(ticks: PriceTicks): void {
    const intervals = context.state.intervals.map((interval) => {
      const middle = (price(interval.index) + price(interval.index + 1)) / 2;
      if (!interval.waiting || ticks <= middle) return interval;
      return { ...interval, waiting: false, lots: rebuyLots(instrument, interval, price(interval.index)) };
    });
    update({ intervals });
  }

  function onPrice(ticks: PriceTicks): void {
    const { phase } = context.state;
    if (phase === 'waiting') awaitTrigger(ticks);
    if (phase === 'waiting' || phase === 'stopping') return;
    if (ticks <= stopTicks) {
      stop('STOP_LOSS_REACHED', `the price ${show(ticks)} has reached the stop-loss at ${show(stopTicks)}`);
      return;
    }
    if (ticks >= targetTicks) {
      stop(
        'TAKE_PROFIT_REACHED',
        `the price ${show(ticks)} has reached the take-profit at ${show(targetTicks)}`,
      );
      return;
    }
    if (phase !== 'running') return;
    trail(ticks);
    const wakes = ticks > wakeTicks;
    if (wakes) wakeIntervals(ticks);
    if (wakes || ticks < bandLow || ticks > bandHigh) {
      update({ anchorTicks: ticks });
      declare();
    }
  }

  // --- trailing ----------------------------------------------------------------------------------------------

  function trail(ticks: PriceTicks): void {
    for (;;) {
      const { state } = context;
      const wanted = wantedMove(state, price, ticks, numbers, instrument);
      const interval = movingInterval(state);
      if (interval === undefined) {
        if (wanted === undefined) return;
        const candidate = movingInterval({ ...state, moving: wanted }) as IntervalState;
        const ready =
          candidate.side === (wanted === 'up' ? 'buy' : 'sell') &&
          context.filledLots(currentLeg(candidate)) === 0;
        if (!ready) {
          say('TRAILING_WAITS', `the range moves ${wanted} once ${currentLeg(candidate)} has finished`);
          return;
        }
        update({ moving: wanted });
        declare();
        continue;
      }
      const leg = currentLeg(interval);
      if (hasLiveOrder(context, leg)) return;
      const turned = interval.side !== (state.moving === 'up' ? 'buy' : 'sell');
      if (wanted !== state.moving || turned || context.filledLots(leg) > 0) {
        // The price came back, or the order filled before the cancel arrived: the interval stays where it is.
        update({ moving: null });
        turnIfFinished(interval.index);
        declare();
        return;
      }
      const moved = movedInterval(instrument, state, interval, price);
      const others = state.intervals.filter((other) => other !== interval);
      update({
        moving: null,
        lastCycle: moved.cycle,
        anchorTicks: ticks,
        intervals: wanted === 'up' ? [...others, moved] : [moved, ...others],
      });
      declare();
      say(
        'RANGE_SHIFTED',
        `the range moved ${wanted} by one interval; new order at ${show(orderTicks(moved, price))}`,
      );
    }
  }

  // --- fills -------------------------------------------------------------------------------------------------

  function turnIfFinished(index: number): boolean {
    const { intervals, lastCycle, completedCycles, phase } = context.state;
    const position = index - (intervals[0]?.index ?? 0);
    const interval = intervals[position];
    if (phase !== 'running' || interval === undefined || interval.waiting || interval.lots === 0)
      return false;
    if (!legFinished(context, currentLeg(interval), interval.lots, orderTicks(interval, price))) return false;
    const turned = turnInterval(instrument, interval, {
      buyTicks: price(index),
      sellTicks: price(index + 1),
    });
    update({
      intervals: intervals.with(position, turned.interval),
      lastCycle: Math.max(lastCycle, turned.interval.cycle),
      completedCycles: completedCycles + (turned.cycleCompleted ? 1 : 0),
      // A fill says where the price is: the nearest orders are chosen around it.
      anchorTicks: orderTicks(interval, price),
    });
    return true;
  }

  function bookFill(fill: Fill, order: Order): number | undefined {
    const effect = fillEffect(instrument, fill);
    const { state } = context;
    const feesPaid = Decimal.parse(state.feesPaid).plus(effect.feeValue).toString();
    if (isPurchaseLeg(order.leg)) {
      const { initial } = state;
      if (initial !== null && state.phase === 'buying') {
        const { inventory } = applyChange(initial, effect);
        const filledLots = quantityLots(initial.filledLots + fill.lots);
        update({ feesPaid, initial: { ...initial, ...inventory, filledLots } });
        return undefined;
      }
    }
    const index = intervalOfLeg(order.leg);
    const position = index === undefined ? -1 : index - (state.intervals[0]?.index ?? 0);
    const interval = state.intervals[position];
    if (index === undefined || interval === undefined) {
      const base = Decimal.parse(state.stray.base).plus(effect.base).toString();
      const money = Decimal.parse(state.stray.money).plus(effect.money).toString();
      update({ feesPaid, stray: { base, money } });
      return undefined;
    }
    const booked = bookOnInterval(interval, effect);
    const account =
      interval.origin === 'initial' && interval.side === 'sell' ? 'initialProfit' : 'gridProfit';
    update({
      feesPaid,
      intervals: state.intervals.with(position, booked.interval),
      [account]: Decimal.parse(state[account]).plus(booked.realised).toString(),
    });
    return index;
  }

  return {
    onStart() {
      const { state } = context;
      if (state.phase === 'stopping') {
        context.requestStop(state.stopReason ?? 'the grid was stopping', 'cancel-and-close-position');
        return;
      }
      if (state.phase === 'buying') purchase.proceed();
      if (context.state.phase === 'running') {
        for (const interval of context.state.intervals) turnIfFinished(interval.index);
        declare();
      }
      const ticks = marketTicks(context);
      if (ticks !== undefined) onPrice(ticks);
      else if (context.state.phase === 'waiting')
        say('WAITING_FOR_PRICE', 'waits for the first price of the market');
    },
    onQuote(quote) {
      onPrice(Math.floor((quote.bidTicks + quote.askTicks) / 2) as PriceTicks);
    },
    onTrade(trade) {
      // Only where a market has no quotes; otherwise the quote is the price.
      if (context.quote() === undefined) onPrice(trade.priceTicks);
    },
    onFill(fill, order) {
      const index = bookFill(fill, order);
      if (context.state.phase === 'buying') purchase.proceed();
      else if (index !== undefined) {
        // A first partial fill makes an order rank before all others, so the nearest ones are chosen anew.
        if (turnIfFinished(index) || context.state.intervals.length > params.maxOpenOrders) declare();
      }
    },
    onOrder(order) {
      if (liveOrderStates.has(order.state)) return;
      if (context.state.phase === 'buying') purchase.orderEnded(order);
      if (context.state.phase !== 'running') return;
      const index = intervalOfLeg(order.leg);
      if (index !== undefined && turnIfFinished(index)) declare();
      const ticks = marketTicks(context);
      if (context.state.moving !== null && ticks !== undefined) trail(ticks);
      if (order.state === 'REJECTED')
        say('ORDER_REJECTED', `${order.leg} was refused: ${order.reason ?? 'no reason given'}`);
    },
    onTimer(name) {
      if (name === purchaseTimer) purchase.proceed();
    },
  };
}
