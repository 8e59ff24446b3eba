/** How a crossing becomes an entry: within the candle after it, or not at all. */

import { retryMs } from '../../engine/strategy/retry.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { notionalOf, quantityOf } from '../../shared/domain/instrument.ts';
import { quantityLots } from '../../shared/domain/nominal.ts';
import type { Side } from '../../shared/domain/order.ts';
import { nextCloseMs } from '../common/candle-catch-up.ts';
import type { Desk } from '../common/desk.ts';
import { buyCostFactor } from '../common/fees.ts';
import { expectedTicks, meetsMinimum } from '../common/orders.ts';
import type { PositionSide } from '../common/position-levels.ts';
import { amountText } from '../common/texts.ts';
import { entryLegOf } from './legs.ts';
import { type MaCrossParams, maCrossNumbers } from './params.ts';
import type { CrossSide, CrossSignal } from './signal.ts';
import { entryLots, entryValue } from './sizing.ts';
import type { MaCrossState } from './state.ts';

/** The timer on which an entry is tried again. */
export const enterTimer = 'enter';

export interface CrossEntry {
  /** Remembers what a crossing asks for; a crossing that is a candle old asks for nothing. */
  onCross(cross: CrossSide, closedAtMs: number): void;
  /** Enters if a crossing asked for it, or says what it waits for. */
  enterIfWanted(): void;
}

/** Gives the averages as they are now, in words. */
export function averagesText(signal: CrossSignal, places: number): string {
  const { side, values } = signal;
  if (values === undefined) return '';
  const relation = side === 1 ? 'above' : side === -1 ? 'below' : 'at';
  return `fast ${values.fast.toFixed(places)} ${relation} slow ${values.slow.toFixed(places)}`;
}

/** Makes the entry of a bot. */
export function makeCrossEntry(
  desk: Desk<MaCrossState>,
  params: MaCrossParams,
  signal: CrossSignal,
): CrossEntry {
  const { context, update, say, show } = desk;
  const { instrument } = context;
  const numbers = maCrossNumbers(params);
  const barMs = timeframeMs(params.timeframe);
  const reserve = Decimal.fromNumber(context.terms.priceReserve);
  const shorts = params.direction === 'long-short' && instrument.kind === 'perpetual';
  const nextBar = () => nextCloseMs(context.nowMs(), barMs);
  const wake = () => desk.wake(enterTimer, retryMs);
  const averages = () => averagesText(signal, instrument.tickSize.scale + 1);
  // Made when somebody reads it: the averages move with candles only, and so does this reason.
  const waitingText = () => `${averages()}; trades when they cross`;
  const positionSide = (cross: CrossSide): PositionSide | undefined =>
    cross === 1 ? 'long' : cross === -1 && shorts ? 'short' : undefined;

  function onCross(cross: CrossSide, closedAtMs: number): void {
    const side = positionSide(cross);
    const untilMs = closedAtMs + barMs;
    const fresh = side !== undefined && context.nowMs() < untilMs;
    update({ wanted: fresh ? { side, untilMs } : null });
  }

  function enterIfWanted(): void {
    const { wanted } = context.state;
    if (wanted === null) {
      if (signal.ready) {
        say('WAITING_FOR_CROSS', waitingText, nextBar());
      } else
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
    const ticks = expectedTicks(context, orderSide);
    const value = entryValue(instrument, params, numbers, context.balance(instrument.settle), reserve);
    if (ticks === undefined || value === undefined) {
      say('WAITING_FOR_PRICE', 'waits for a price of the market to enter', wake());
      return;
    }
    const lots = entryLots(instrument, value, ticks);
    if (!meetsMinimum(instrument, lots, ticks)) {
      say(
        'BELOW_MINIMUM',
        `the entry would be ${quantityOf(instrument, lots).toString()} ${instrument.base}, below the venue's minimum`,
        wake(),
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
        wake(),
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
        `${averages()}: enters ${side} with ${amountText(quantityOf(instrument, lots))} ${instrument.base} at about ${show(ticks)}`,
      );
      return;
    }
    context.setState(before);
    say('ENTRY_DENIED', `the entry could not be sent (${sent.code}: ${sent.message}); tried again`, wake());
  }

  return { onCross, enterIfWanted };
}
