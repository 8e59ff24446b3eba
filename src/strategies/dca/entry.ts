/** How a deal begins: the start condition, and the base order until it has filled. */

import { retryMs } from '../../engine/strategy/retry.ts';
import { timeframeMs } from '../../shared/domain/candle.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { lotsForQuote, notionalOf, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import { quantityLots } from '../../shared/domain/nominal.ts';
import { nextCloseMs } from '../common/candle-catch-up.ts';
import type { Desk } from '../common/desk.ts';
import { orderMoney } from '../common/fees.ts';
import { hasLiveOrder, legFinished, meetsMinimum, restingTicks, takingTicks } from '../common/orders.ts';
import { makeRetry } from '../common/retry.ts';
import { amountText } from '../common/texts.ts';
import { openDeal } from './book.ts';
import { baseLeg, dealValue, entrySide } from './ladder.ts';
import { type DcaParams, dcaNumbers } from './params.ts';
import type { DcaState } from './state.ts';

const repriceMs = 60_000;

/** Timers of this part: a start that is tried again, a base order that is looked at again. */
export const startTimer = 'start';
export const entryTimer = 'entry';

export interface DealEntry {
  /** Opens a deal if nothing speaks against it, or says what it waits for. */
  tryStart(): void;
  /** A candle closed: opens a deal if the RSI is beyond its threshold. */
  startOnRsi(): void;
  /** Looks at the base order after a fill, a change of its state or a restart. */
  proceed(): void;
  /** A minute has passed: a limit entry moves to the best price, a failed market entry is sent again. */
  renew(): void;
}

/** Makes the entry of a bot's deals. `onFilled` is called when the base order is complete. */
export function makeDealEntry(
  desk: Desk<DcaState>,
  params: DcaParams,
  rsiValue: () => number | undefined,
  onFilled: () => void,
): DealEntry {
  const { context, say, wake } = desk;
  const { instrument } = context;
  const numbers = dcaNumbers(params);
  const side = entrySide(params);
  const barMs = timeframeMs(params.timeframe);
  const retry = makeRetry(desk);
  const market = params.entryType === 'market';
  // A short deal on spot sells base it was given; all others spend or bind money.
  const inBase = params.direction === 'short' && instrument.kind === 'spot';
  const currency = inBase ? instrument.base : instrument.settle;
  const costOf = (notional: Decimal): Decimal => orderMoney(context, notional, instrument.takerFeeRate);

  function tryStart(): void {
    if (context.state.phase !== 'idle') return;
    context.keep([]);
    if (params.startCondition === 'immediate') {
      enter();
      return;
    }
    const next = nextCloseMs(context.nowMs(), barMs);
    const value = rsiValue();
    const wanted = `${params.rsiDirection} ${params.rsiThreshold}`;
    if (value === undefined) {
      say('WARMING_UP', `the RSI needs ${params.rsiPeriod + 1} closed ${params.timeframe} candles`, next);
    } else say('WAITING_FOR_RSI', `RSI is ${value.toFixed(1)}, a deal starts when it closes ${wanted}`, next);
  }

  function startOnRsi(): void {
    const value = rsiValue();
    const threshold = Number(params.rsiThreshold);
    const below = params.rsiDirection === 'below';
    const met = value !== undefined && (below ? value < threshold : value > threshold);
    if (met && context.state.phase === 'idle') enter();
    else tryStart();
  }

  /** When an entry that could not be made is tried again: soon, or at the next candle. */
  function tryLater(code: string, text: string, delayMs = retryMs): void {
    if (params.startCondition === 'rsi') say(code, text, nextCloseMs(context.nowMs(), barMs));
    else say(code, text, wake(startTimer, delayMs));
  }

  /** The same for what was refused: the oftener in a row, the later. */
  function refused(code: string, text: string): void {
    tryLater(code, text, retry.deniedDelayMs());
  }

  function enter(): void {
    const ticks = market ? takingTicks(context, side) : restingTicks(context, side);
    if (ticks === undefined) {
      tryLater('WAITING_FOR_PRICE', 'waits for a price of the market');
      return;
    }
    const lots = lotsForQuote(instrument, numbers.baseOrder, ticks);
    const quantity = quantityOf(instrument, lots);
    const size = `${amountText(quantity)} ${instrument.base} at ${market ? 'about ' : ''}${desk.show(ticks)}`;
    if (!meetsMinimum(instrument, lots, ticks)) {
      refused('BELOW_MINIMUM', `the base order would be ${size}, below the venue's minimum`);
      return;
    }
    const needed = inBase ? quantity : costOf(notionalOf(instrument, ticks, lots));
    const free = context.available(currency);
    if (free.compare(needed) < 0) {
      const have = `${amountText(free)} are free`;
      refused('FUNDS_SHORT', `the base order needs ${amountText(needed)} ${currency}, ${have}`);
      return;
    }
    const before = context.state;
    context.setState({ ...openDeal(params, before), entryLots: lots, entryTicks: ticks });
    if (!market) {
      retry.sent();
      proceed();
    } else if (!send()) {
      context.setState(before);
      return;
    }
    const value = dealValue(params, numbers);
    const whole = inBase ? value.dividedBy(priceOf(instrument, ticks), 12) : costOf(value);
    const text = `deal ${context.state.deal}: base order of ${size}`;
    if (free.compare(whole) >= 0) say('ENTERING', text);
    else {
      const missing = `all orders together need ${amountText(whole, 2)} ${currency}, ${amountText(free, 2)} are free`;
      say('LADDER_PARTLY_FUNDED', `${text}; ${missing}`);
    }
  }

  function send(): boolean {
    const { deal, entryAttempt, entryLots: lots } = context.state;
    const sent = context.send({ leg: baseLeg(deal, entryAttempt), side, type: 'market', lots });
    if (!sent.ok) {
      refused('ENTRY_DENIED', `the base order could not be sent (${sent.code}: ${sent.message})`);
    } else retry.sent();
    return sent.ok;
  }

  function proceed(): void {
    const { state } = context;
    const leg = baseLeg(state.deal, state.entryAttempt);
    const { entryTicks } = state;
    if (state.phase !== 'entry' || entryTicks === null) return;
    if (market) {
      if (hasLiveOrder(context, leg)) return;
      if (state.baseLots > 0) onFilled();
      else {
        const atMs = wake(entryTimer, retry.endedDelayMs());
        say('ENTRY_ENDED', 'the base order ended without a fill; it is sent again', atMs);
      }
      return;
    }
    if (legFinished(context, leg, state.entryLots, entryTicks)) {
      onFilled();
      return;
    }
    context.keep([{ leg, side, type: 'limit', lots: state.entryLots, priceTicks: entryTicks }]);
    const atMs = wake(entryTimer, repriceMs);
    say('ENTRY_RESTING', `deal ${state.deal}: the base order rests at ${desk.show(entryTicks)}`, atMs);
  }

  function renew(): void {
    const { state } = context;
    if (state.phase !== 'entry') return;
    if (market) {
      if (hasLiveOrder(context, baseLeg(state.deal, state.entryAttempt)) || state.baseLots > 0) return;
      desk.update({ entryAttempt: state.entryAttempt + 1 });
      if (!send()) wake(entryTimer, retry.endedDelayMs());
      return;
    }
    const ticks = restingTicks(context, side);
    if (ticks !== undefined && ticks !== state.entryTicks) {
      const spent = Decimal.parse(state.baseNotional);
      const rest = lotsForQuote(instrument, numbers.baseOrder.minus(spent), ticks);
      if (state.baseLots > 0 && !meetsMinimum(instrument, rest, ticks)) {
        context.keep([]);
        desk.update({ entryLots: state.baseLots });
      } else desk.update({ entryTicks: ticks, entryLots: quantityLots(state.baseLots + rest) });
    }
    proceed();
  }

  return { tryStart, startOnRsi, proceed, renew };
}
