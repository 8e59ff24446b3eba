/** Books the fills of a deal: pure steps from state to state. */

import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, notionalOf, quantityOf } from '../../shared/domain/instrument.ts';
import { quantityLots } from '../../shared/domain/nominal.ts';
import type { Fill } from '../../shared/domain/order.ts';
import { quotient } from '../common/decimal-math.ts';
import { applyChange, fillEffect } from '../common/inventory.ts';
import type { DealMoney } from './exits.ts';
import { entrySide } from './ladder.ts';
import type { DcaParams } from './params.ts';
import type { DcaState } from './state.ts';

/** Gives the state after a fill. `isBase` tells whether it belongs to the base order. */
export function bookFill(
  instrument: Instrument,
  params: DcaParams,
  state: DcaState,
  fill: Fill,
  isBase: boolean,
): DcaState {
  const effect = fillEffect(instrument, fill);
  const { inventory, realised } = applyChange(state.inventory, effect);
  const plus = (text: string, amount: Decimal) => Decimal.parse(text).plus(amount).toString();
  const entry = fill.side === entrySide(params);
  const money = effect.money.absolute();
  const notional = notionalOf(instrument, fill.priceTicks, fill.lots);
  return {
    ...state,
    inventory,
    profit: plus(state.profit, realised),
    feesPaid: plus(state.feesPaid, effect.feeValue),
    ...(entry
      ? {
          entered: plus(state.entered, money),
          entryNotional: plus(state.entryNotional, notional),
          entryFilledLots: quantityLots(state.entryFilledLots + fill.lots),
        }
      : { exited: plus(state.exited, money) }),
    ...(isBase
      ? {
          baseNotional: plus(state.baseNotional, notional),
          baseLots: quantityLots(state.baseLots + fill.lots),
          baseMoney: plus(state.baseMoney, money),
        }
      : {}),
  };
}

/** Gives the money of the deal as the exit formulas need it. */
export function dealMoney(params: DcaParams, state: DcaState): DealMoney {
  const held = Decimal.parse(state.inventory.held);
  return {
    open: params.direction === 'long' ? held : held.negated(),
    entered: Decimal.parse(state.entered),
    exited: Decimal.parse(state.exited),
    baseMoney: Decimal.parse(state.baseMoney),
  };
}

/** Gives the state at the opening of the next deal; a rest of the last one comes with it at its cost. */
export function openDeal(params: DcaParams, state: DcaState): DcaState {
  const held = Decimal.parse(state.inventory.held);
  const cost = Decimal.parse(state.inventory.cost);
  const carried = params.direction === 'long' ? held.isPositive : held.isNegative;
  const zero = quantityLots(0);
  return {
    ...state,
    phase: 'entry',
    deal: state.deal + 1,
    entryAttempt: 1,
    entryLots: zero,
    entryTicks: null,
    baseNotional: '0',
    baseLots: zero,
    baseMoney: '0',
    entryNotional: '0',
    entryFilledLots: zero,
    entered: carried ? cost.absolute().toString() : '0',
    exited: '0',
    target: null,
    bestTicks: null,
    closeReason: null,
    closeAttempt: 0,
    cooldownUntilMs: null,
    profitBefore: state.profit,
  };
}

/** Average price of the base order's fills, without fees. */
export function basePrice(instrument: Instrument, state: DcaState): Decimal {
  return quotient(Decimal.parse(state.baseNotional), quantityOf(instrument, state.baseLots));
}

/** Average price of all entries of the deal, without fees. */
export function averageEntryPrice(instrument: Instrument, state: DcaState): Decimal {
  return quotient(Decimal.parse(state.entryNotional), quantityOf(instrument, state.entryFilledLots));
}
