/**
 * The running crossover bot: one position at a time. Entries follow a crossing of the newest closed candle; exits
 * follow the side the averages are on, the stop order at the venue, and the take-profit.
 */

import type { StrategyContext, StrategyHandlers } from '../../engine/strategy/api.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { lotsOf, notionalOf, priceOf, quantityOf, ticksOf } from '../../shared/domain/instrument.ts';
import { epochMs, type PriceTicks, quantityLots } from '../../shared/domain/nominal.ts';
import { liveOrderStates, type Side } from '../../shared/domain/order.ts';
import { nextCloseMs } from '../common/candle-catch-up.ts';
import { quotient } from '../common/decimal-math.ts';
import { buyCostFactor } from '../common/fees.ts';
import { applyChange, fillEffect } from '../common/inventory.ts';
import { hasLiveOrder, meetsMinimum, takingTicks } from '../common/orders.ts';
import { amountText, priceText } from '../common/texts.ts';
import { type MaCrossParams, maCrossNumbers } from './params.ts';
import { type CrossSide, CrossSignal } from './signal.ts';
import { entryLots, entryValue, stopTicksOf, targetTicksOf } from './sizing.ts';
import type { ExitReason, MaCrossState, PositionSide } from './state.ts';

const retryMs = 10_000;
/** A trailing stop moves only by at least one part in this many of the price, to spare the venue's rate limits. */
const trailingStepParts = 1000;

export const entryLegOf = (trade: number) => `T${trade}-entry`;
export const stopLegOf = (trade: number) => `T${trade}-stop`;
export const exitLegOf = (trade: number, attempt: number) => `T${trade}-exit-${attempt}`;

/** Makes the handlers of a running crossover bot. */
export function createMaCross(
  context: StrategyContext<MaCrossState>,
  params: MaCrossParams,
): StrategyHandlers {
  const { instrument } = context;
  const numbers = maCrossNumbers(params);
  const barMs = timeframeMs(params.timeframe);
  const perpetual = instrument.kind === 'perpetual';
  const shorts = params.direction === 'long-short' && perpetual;
  const signal = new CrossSignal(instrument, params);
  // Levels an open position watches; computed when its fills change, compared on every quote.
  let targetTicks: PriceTicks | undefined;
  let entryTicks = 0;

  const update = (patch: Partial<MaCrossState>) => context.setState({ ...context.state, ...patch });
  const say = (code: string, text: string, nextCheckMs?: number) =>
    context.why(
      nextCheckMs === undefined ? { code, text } : { code, text, nextCheckMs: epochMs(nextCheckMs) },
    );
  const show = (ticks: number) => `${priceText(instrument, ticks)} ${instrument.quote}`;
  const wake = (name: string): number => {
    const atMs = context.nowMs() + retryMs;
    context.setTimer(name, epochMs(atMs));
    return atMs;
  };
  const nextBar = () => nextCloseMs(context.nowMs(), barMs);
  const exitSide = (): Side => (context.state.side === 'short' ? 'buy' : 'sell');
  const positionSide = (cross: CrossSide): PositionSide | undefined =>
    cross === 1 ? 'long' : cross === -1 && shorts ? 'short' : undefined;

  function averagesText(): string {
    const values = signal.values;
    if (values === undefined) return '';
    const places = instrument.tickSize.scale + 1;
    return `fast ${values.fast.toFixed(places)} ${signal.side === 1 ? 'above' : signal.side === -1 ? 'below' : 'at'} slow ${values.slow.toFixed(places)}`;
  }

  // --- entry -------------------------------------------------------------------------------------------------

  function onCross(cross: CrossSide, closedAtMs: number): void {
    const side = positionSide(cross);
    const untilMs = closedAtMs + barMs;
    const fresh = side !== undefined && context.nowMs() < untilMs;
    update({ wanted: fresh ? { side, untilMs } : null });
  }

  /** Acts on what the averages say now. */
  function decide(): void {
    const { phase } = context.state;
    if (phase === 'open') {
      const { side } = context.state;
      if ((side === 'long' && signal.side === -1) || (side === 'short' && signal.side === 1)) close('signal');
      else proceedOpen();
      return;
    }
    if (phase === 'flat') enterIfWanted();
  }

  function enterIfWanted(): void {
    const { wanted } = context.state;
    if (wanted === null) {
      if (signal.ready) say('WAITING_FOR_CROSS', `${averagesText()}; trades when they cross`, nextBar());
      else
        say(
          'WARMING_UP',
          `the slow average needs ${params.slowPeriod} closed ${params.timeframe} candles`,
          nextBar(),
        );
      return;
    }
    if (context.nowMs() >= wanted.untilMs) {
      update({ wanted: null });
      say(
        'SIGNAL_DROPPED',
        'the entry could not be made before the next candle closed; waits for the next crossing',
        nextBar(),
      );
      return;
    }
    enter(wanted.side);
  }

  function enter(side: PositionSide): void {
    const orderSide: Side = side === 'long' ? 'buy' : 'sell';
    const ticks = takingTicks(context, orderSide);
    const value = entryValue(instrument, params, numbers, context.balance(instrument.settle));
    if (ticks === undefined || value === undefined) {
      say('WAITING_FOR_PRICE', 'waits for a price of the market to enter', wake('enter'));
      return;
    }
    const lots = entryLots(instrument, value, ticks);
    if (!meetsMinimum(instrument, lots, ticks)) {
      say(
        'BELOW_MINIMUM',
        `the entry would be ${quantityOf(instrument, lots).toString()} ${instrument.base}, below the venue's minimum`,
        wake('enter'),
      );
      return;
    }
    const needed = notionalOf(instrument, ticks, lots).times(
      buyCostFactor(instrument, instrument.takerFeeRate),
    );
    const free = context.available(instrument.settle);
    if (free.compare(needed) < 0) {
      say(
        'FUNDS_SHORT',
        `the entry needs ${amountText(needed, 2)} ${instrument.settle}, ${amountText(free, 2)} are free`,
        wake('enter'),
      );
      return;
    }
    const before = context.state;
    const trade = before.trade + 1;
    context.setState({
      ...before,
      phase: 'entering',
      trade,
      side,
      entryNotional: '0',
      entryLots: quantityLots(0),
      bestTicks: null,
      stopTicks: null,
      exitReason: null,
      exitAttempt: 0,
      wanted: null,
      profitBefore: before.profit,
    });
    const sent = context.send({ leg: entryLegOf(trade), side: orderSide, type: 'market', lots });
    if (sent.ok) {
      say(
        'ENTERING',
        `${averagesText()}: enters ${side} with ${amountText(quantityOf(instrument, lots))} ${instrument.base} at about ${show(ticks)}`,
      );
      return;
    }
    context.setState(before);
    say(
      'ENTRY_DENIED',
      `the entry could not be sent (${sent.code}: ${sent.message}); tried again`,
      wake('enter'),
    );
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

  function canExit(lots: number, ticks: number): boolean {
    return perpetual ? lots >= instrument.minimumLots : meetsMinimum(instrument, lots, ticks);
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
    if (lots === 0 || (stopped > 0 && !hasLiveOrder(context, stopLeg) && !canExit(lots, stopTicks ?? 0))) {
      close('stop');
      return;
    }
    const rests = stopTicks !== null && canExit(lots, stopTicks);
    context.keep(
      rests
        ? [
            {
              leg: stopLeg,
              side: exitSide(),
              type: 'stop',
              lots: quantityLots(stopped + lots),
              triggerTicks: stopTicks,
              ...(perpetual ? { reduceOnly: true } : {}),
            },
          ]
        : [],
    );
    const parts = [
      `${state.side} ${amountText(quantityOf(instrument, lots))} ${instrument.base} from ${entry.toFixed(instrument.tickSize.scale)}`,
      averagesText(),
      ...(stopTicks === null ? [] : [`stop at ${show(stopTicks)}`]),
      ...(targetTicks === undefined ? [] : [`take-profit at ${show(targetTicks)}`]),
    ];
    say('POSITION_OPEN', parts.join('; '), nextBar());
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
    proceedOpen();
  }

  // --- exit --------------------------------------------------------------------------------------------------

  function close(reason: ExitReason): void {
    update({ phase: 'closing', exitReason: reason });
    context.keep([]);
    proceedClosing();
  }

  function proceedClosing(): void {
    const { state } = context;
    if (state.phase !== 'closing') return;
    if (context.openOrders().length > 0) {
      say(
        'CLOSING',
        `closes trade ${state.trade} (${state.exitReason}); waits until its stop order is cancelled`,
      );
      return;
    }
    const lots = exitLots();
    const ticks = takingTicks(context, exitSide());
    if (lots > 0 && ticks === undefined) {
      say('WAITING_FOR_PRICE', 'waits for a price of the market to close the position', wake('close'));
      return;
    }
    if (lots === 0 || ticks === undefined || !canExit(lots, ticks)) {
      endTrade();
      return;
    }
    const attempt = state.exitAttempt + 1;
    update({ exitAttempt: attempt });
    const sent = context.send({
      leg: exitLegOf(state.trade, attempt),
      side: exitSide(),
      type: 'market',
      lots: quantityLots(lots),
      ...(perpetual ? { reduceOnly: true } : {}),
    });
    if (sent.ok) say('CLOSING', `closes trade ${state.trade} at market: ${state.exitReason}`);
    else
      say(
        'CLOSE_DENIED',
        `the closing order could not be sent (${sent.code}: ${sent.message}); tried again`,
        wake('close'),
      );
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
    enterIfWanted();
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
    const { phase } = context.state;
    if (phase === 'entering') proceedEntering();
    else if (phase === 'open') proceedOpen();
    else if (phase === 'closing') proceedClosing();
  }

  return {
    onStart() {
      if (params.direction === 'long-short' && !perpetual) {
        say('SHORT_NEEDS_PERPETUAL', 'long-short needs a perpetual; on spot this bot trades long only');
      }
      const cross = signal.resume(context.state.signal, context.candles(barMs), barMs);
      update({ signal: signal.snapshot() });
      const { openTimeMs } = signal.snapshot();
      if (cross !== 0 && openTimeMs !== null) onCross(cross, openTimeMs + barMs);
      const { phase } = context.state;
      if (phase === 'entering' || phase === 'closing') proceed();
      else decide();
      const ticks = takingTicks(context, exitSide());
      if (context.state.phase === 'open' && ticks !== undefined) watch(ticks);
    },
    onBar(closedMs, candle) {
      if (closedMs !== barMs) return;
      const cross = signal.push(candle);
      update({ signal: signal.snapshot() });
      if (cross !== 0) onCross(cross, candle.openTimeMs + barMs);
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
        say(
          'CLOSE_ENDED',
          `the closing order ended as ${order.state.toLowerCase()}; the rest is sent again`,
          wake('close'),
        );
        return;
      }
      if (state.phase === 'open' && order.state === 'CANCELED') return;
      proceed();
    },
    onTimer(name) {
      if (name === 'enter' && context.state.phase === 'flat') enterIfWanted();
      else if (name === 'close') proceedClosing();
    },
  };
}
