/** Entering of the rule strategy: at market, at once, or not at all. */

import { timeframeMs } from '../../shared/domain/candle.ts';
import { quantityOf } from '../../shared/domain/instrument.ts';
import { type PriceTicks, type QuantityLots, quantityLots } from '../../shared/domain/nominal.ts';
import type { Side } from '../../shared/domain/order.ts';
import { takerTicks } from '../../shared/lab/fill-price.ts';
import { nextCloseMs } from '../common/candle-catch-up.ts';
import type { Desk } from '../common/desk.ts';
import type { PositionSide } from '../common/position-levels.ts';
import { amountText } from '../common/texts.ts';
import { entryLegOf } from './legs.ts';
import type { RuleParams } from './params.ts';
import { entryLots, entryValue } from './sizing.ts';
import type { RulesState } from './state.ts';

export interface RuleEntry {
  /** Lots of an entry decided at a close of `ticks` with this much money; 0 when the venue would not take them. */
  lotsAt(ticks: PriceTicks, equity: number): QuantityLots;
  /** What a taker of this side is expected to get at `ticks`. */
  takerTicks(ticks: PriceTicks, side: Side): number;
  /** Sends the entry. One that cannot be sent is dropped: the next close decides anew. */
  enter(side: PositionSide, lots: QuantityLots): void;
}

/** Makes the entry of a bot. */
export function makeRuleEntry(desk: Desk<RulesState>, params: RuleParams): RuleEntry {
  const { context, say } = desk;
  const { instrument, terms } = context;
  const nextBar = () => nextCloseMs(context.nowMs(), timeframeMs(params.timeframe));
  return {
    lotsAt: (ticks, equity) =>
      entryLots(instrument, terms, entryValue(params, instrument, terms, equity), ticks),
    takerTicks: (ticks, side) => takerTicks(ticks, side, terms.slippage),
    enter(side, lots) {
      if (lots === 0) {
        say('BELOW_MINIMUM', "the entry would be below the venue's minimum", nextBar());
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
        barsHeld: 0,
        bestTicks: null,
        stopTicks: null,
        stopTrails: false,
        exitReason: null,
        exitAttempt: 0,
        turn: null,
        profitBefore: before.profit,
      });
      const sent = context.send({
        leg: entryLegOf(trade),
        side: side === 'long' ? 'buy' : 'sell',
        type: 'market',
        lots,
      });
      if (sent.ok) {
        say(
          'ENTERING',
          () => `enters ${side} with ${amountText(quantityOf(instrument, lots))} ${instrument.base}`,
        );
        return;
      }
      context.setState(before);
      say('ENTRY_DENIED', `the entry could not be sent (${sent.code}: ${sent.message})`, nextBar());
    },
  };
}
