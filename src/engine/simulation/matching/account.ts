/**
 * The account a simulated venue keeps for us: exact balances, amounts locked by resting orders, positions of
 * perpetuals with their margin. Knows nothing of books or time.
 *
 * Margin model (cross margin in the settle currency): with signed entry notional N of the position, B and S the
 * notional of resting buys and sells that are not reduce-only, an instrument needs
 * max(|N|, N + B, S - N) / leverage, the leverage being the account's or the instrument's highest if that is
 * less. An order that only reduces therefore never needs more.
 */

import { Decimal, decimalMax, decimalMin } from '../../../shared/domain/decimal.ts';
import { type Instrument, maintenanceOf, notionalOf, quantityOf } from '../../../shared/domain/instrument.ts';
import type { InstrumentId } from '../../../shared/domain/nominal.ts';
import type { Side } from '../../../shared/domain/order.ts';
import type { VenueBalance } from '../../../shared/events/venue.ts';
import type { PaperPositionState } from './venue-state.ts';

/** Digits after the point to which a part of an entry cost is rounded when a position is partly closed. */
export const entryCostScale = 12;

/** Gives the part of the entry cost that belongs to `closedLots` of `openLots`; the whole cost for all of them. */
export function entryCostPortion(entryNotional: Decimal, closedLots: number, openLots: number): Decimal {
  if (closedLots === openLots) return entryNotional;
  return entryNotional.timesInteger(closedLots).dividedBy(Decimal.fromInteger(openLots), entryCostScale);
}

interface Position {
  readonly instrument: Instrument;
  lots: number;
  entryNotional: Decimal;
  /** Notional of resting orders that may raise the position, by side. */
  restingBuys: Decimal;
  restingSells: Decimal;
}

/** What a fill cost in fees. */
export interface FeeCharge {
  readonly fee: Decimal;
  readonly currency: string;
}

/** Gives the fee of a fill: exact, never rounded. */
export function feeOf(
  instrument: Instrument,
  side: Side,
  ticks: number,
  lots: number,
  liquidity: 'maker' | 'taker',
): FeeCharge {
  const rate = liquidity === 'maker' ? instrument.makerFeeRate : instrument.takerFeeRate;
  if (instrument.kind === 'spot' && instrument.feeCurrencyRule === 'received' && side === 'buy') {
    return { fee: quantityOf(instrument, lots).times(rate), currency: instrument.base };
  }
  const currency = instrument.kind === 'perpetual' ? instrument.settle : instrument.quote;
  return { fee: notionalOf(instrument, ticks, lots).times(rate), currency };
}

export class PaperAccount {
  private readonly totals = new Map<string, Decimal>();
  private readonly spotLocked = new Map<string, Decimal>();
  private readonly positions = new Map<InstrumentId, Position>();
  private readonly changedCurrencies = new Set<string>();
  private readonly changedPositions = new Set<InstrumentId>();
  private readonly leverage: number;
  private fillCount = 0;
  private changeCount = 0;

  constructor(balances: Readonly<Record<string, string>>, leverage: number) {
    this.leverage = leverage;
    for (const [currency, amount] of Object.entries(balances)) {
      this.totals.set(currency, Decimal.parse(amount));
    }
  }

  total(currency: string): Decimal {
    return this.totals.get(currency) ?? Decimal.zero;
  }

  /** Counts the fills of perpetuals; tells cheaply whether a position may have changed. */
  get perpetualFillCount(): number {
    return this.fillCount;
  }

  /** Grows whenever money or a position changes. */
  get version(): number {
    return this.changeCount;
  }

  /** Gives what is bound: locked by resting spot orders plus margin of perpetuals settled in this currency. */
  bound(currency: string): Decimal {
    return this.lockedBySpot(currency).plus(this.marginRequired(currency));
  }

  /** Gives what a new order may use: total less what is bound, less unrealised losses at `markOf`. */
  free(currency: string, markOf: (instrument: InstrumentId) => number): Decimal {
    const unrealized = decimalMin(Decimal.zero, this.unrealized(currency, markOf));
    return this.total(currency).minus(this.bound(currency)).plus(unrealized);
  }

  lock(currency: string, amount: Decimal): void {
    this.spotLocked.set(currency, this.lockedBySpot(currency).plus(amount));
    this.changedCurrencies.add(currency);
  }

  unlock(currency: string, amount: Decimal): void {
    this.lock(currency, amount.negated());
  }

  credit(currency: string, amount: Decimal): void {
    this.changeCount += 1;
    this.totals.set(currency, this.total(currency).plus(amount));
    this.changedCurrencies.add(currency);
  }

  /** Books a spot fill: money and goods change hands, the fee is taken. Gives the fee. */
  bookSpotFill(
    instrument: Instrument,
    side: Side,
    ticks: number,
    lots: number,
    liquidity: 'maker' | 'taker',
  ): FeeCharge {
    const notional = notionalOf(instrument, ticks, lots);
    const quantity = quantityOf(instrument, lots);
    const charge = feeOf(instrument, side, ticks, lots, liquidity);
    this.credit(instrument.base, side === 'buy' ? quantity : quantity.negated());
    this.credit(instrument.quote, side === 'buy' ? notional.negated() : notional);
    this.credit(charge.currency, charge.fee.negated());
    return charge;
  }

  /** Books a perpetual fill: realised profit of the closed part and the fee go to the settle currency. */
  bookPerpetualFill(
    instrument: Instrument,
    side: Side,
    ticks: number,
    lots: number,
    liquidity: 'maker' | 'taker',
  ): FeeCharge {
    const position = this.positionFor(instrument);
    const signed = side === 'buy' ? lots : -lots;
    const opposes = position.lots !== 0 && position.lots > 0 !== signed > 0;
    const openLots = Math.abs(position.lots);
    const closedLots = opposes ? Math.min(openLots, lots) : 0;
    if (closedLots > 0) {
      const entry = entryCostPortion(position.entryNotional, closedLots, openLots);
      const exit = notionalOf(instrument, ticks, closedLots);
      position.entryNotional = position.entryNotional.minus(entry);
      this.credit(instrument.settle, position.lots > 0 ? exit.minus(entry) : entry.minus(exit));
    }
    if (lots > closedLots) {
      position.entryNotional = position.entryNotional.plus(notionalOf(instrument, ticks, lots - closedLots));
    }
    position.lots += signed;
    this.fillCount += 1;
    this.changedPositions.add(instrument.id);
    const charge = feeOf(instrument, side, ticks, lots, liquidity);
    this.credit(charge.currency, charge.fee.negated());
    return charge;
  }

  /** Adds (or with a negative amount takes away) the notional of resting orders of a perpetual. */
  addResting(instrument: Instrument, side: Side, notional: Decimal): void {
    const position = this.positionFor(instrument);
    if (side === 'buy') position.restingBuys = position.restingBuys.plus(notional);
    else position.restingSells = position.restingSells.plus(notional);
    this.changedCurrencies.add(instrument.settle);
  }

  positionLots(instrument: InstrumentId): number {
    return this.positions.get(instrument)?.lots ?? 0;
  }

  entryNotional(instrument: InstrumentId): Decimal {
    return this.positions.get(instrument)?.entryNotional ?? Decimal.zero;
  }

  /** Gives the margin all perpetuals settled in `currency` need, rounded up. */
  marginRequired(currency: string): Decimal {
    if (this.positions.size === 0) return Decimal.zero;
    let margin = Decimal.zero;
    for (const position of this.positions.values()) {
      if (position.instrument.settle !== currency) continue;
      margin = margin.plus(this.marginFor(position.instrument, exposureOf(position)));
    }
    return margin;
  }

  /** Gives by how much the margin of one instrument would grow with one more order of this notional. */
  marginIncrease(instrument: Instrument, side: Side, notional: Decimal): Decimal {
    const position = this.positionFor(instrument);
    const before = this.marginFor(instrument, exposureOf(position));
    const exposure = exposureOf({
      ...position,
      restingBuys: side === 'buy' ? position.restingBuys.plus(notional) : position.restingBuys,
      restingSells: side === 'sell' ? position.restingSells.plus(notional) : position.restingSells,
    });
    return this.marginFor(instrument, exposure).minus(before);
  }

  /** Gives the profit of one open position at a mark price. */
  unrealizedOf(instrument: Instrument, markTicks: number): Decimal {
    const position = this.positions.get(instrument.id);
    if (position === undefined || position.lots === 0 || markTicks <= 0) return Decimal.zero;
    const value = notionalOf(instrument, markTicks, Math.abs(position.lots));
    return position.lots > 0 ? value.minus(position.entryNotional) : position.entryNotional.minus(value);
  }

  unrealized(currency: string, markOf: (instrument: InstrumentId) => number): Decimal {
    let sum = Decimal.zero;
    for (const { instrument, lots } of this.positions.values()) {
      if (lots !== 0 && instrument.settle === currency) {
        sum = sum.plus(this.unrealizedOf(instrument, markOf(instrument.id)));
      }
    }
    return sum;
  }

  /** Gives the least equity the open positions settled in `currency` must keep. */
  maintenanceRequired(currency: string, markOf: (instrument: InstrumentId) => number): Decimal {
    let sum = Decimal.zero;
    for (const { instrument, lots } of this.positions.values()) {
      if (lots === 0 || instrument.settle !== currency) continue;
      const value = notionalOf(instrument, markOf(instrument.id), Math.abs(lots));
      sum = sum.plus(maintenanceOf(instrument, value));
    }
    return sum;
  }

  /** Gives the instruments with an open position settled in `currency`. */
  openPositions(currency: string): Instrument[] {
    const open: Instrument[] = [];
    for (const { instrument, lots } of this.positions.values()) {
      if (lots !== 0 && instrument.settle === currency) open.push(instrument);
    }
    return open;
  }

  /** Gives every currency with total = free + locked; locked never exceeds what is there. */
  balances(): VenueBalance[] {
    const rows: VenueBalance[] = [];
    for (const [currency, total] of this.totals) {
      const locked = decimalMax(Decimal.zero, decimalMin(total, this.bound(currency)));
      rows.push({ currency, free: total.minus(locked).toString(), locked: locked.toString() });
    }
    return rows;
  }

  totalsAsTexts(): Record<string, string> {
    return Object.fromEntries([...this.totals].map(([currency, total]) => [currency, total.toString()]));
  }

  positionStates(): PaperPositionState[] {
    const states: PaperPositionState[] = [];
    for (const [instrument, position] of this.positions) {
      if (position.lots !== 0) {
        states.push({ instrument, lots: position.lots, entryNotional: position.entryNotional.toString() });
      }
    }
    return states;
  }

  restorePosition(instrument: Instrument, state: PaperPositionState): void {
    const position = this.positionFor(instrument);
    position.lots = state.lots;
    position.entryNotional = Decimal.parse(state.entryNotional);
  }

  /** Gives and forgets what changed since the last call. */
  drainChanges(): { balances: Record<string, string>; positions: PaperPositionState[] } {
    const balances: Record<string, string> = {};
    for (const currency of this.changedCurrencies) balances[currency] = this.total(currency).toString();
    const positions = [...this.changedPositions].map((instrument) => ({
      instrument,
      lots: this.positionLots(instrument),
      entryNotional: this.entryNotional(instrument).toString(),
    }));
    this.changedCurrencies.clear();
    this.changedPositions.clear();
    return { balances, positions };
  }

  private lockedBySpot(currency: string): Decimal {
    return this.spotLocked.get(currency) ?? Decimal.zero;
  }

  private marginFor(instrument: Instrument, exposure: Decimal): Decimal {
    const leverage = Math.min(this.leverage, instrument.leverageMax);
    if (leverage <= 1) return exposure;
    return exposure.dividedBy(Decimal.fromNumber(leverage), entryCostScale, 'up');
  }

  private positionFor(instrument: Instrument): Position {
    let position = this.positions.get(instrument.id);
    if (position === undefined) {
      position = {
        instrument,
        lots: 0,
        entryNotional: Decimal.zero,
        restingBuys: Decimal.zero,
        restingSells: Decimal.zero,
      };
      this.positions.set(instrument.id, position);
    }
    return position;
  }
}

function exposureOf(position: Position): Decimal {
  const { entryNotional, lots, restingBuys, restingSells } = position;
  const signed = lots < 0 ? entryNotional.negated() : entryNotional;
  const oneWay = decimalMax(signed.plus(restingBuys), restingSells.minus(signed));
  return decimalMax(entryNotional, oneWay);
}
