/**
 * Books money: opening balances, allocations to bots, fills once each, funding. Keeps positions and checks the
 * identities of double-entry as it goes.
 */

import { AssertionFailure } from '../../shared/domain/assert.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { type Instrument, priceOf, quantityOf } from '../../shared/domain/instrument.ts';
import type { BotId, InstrumentId, VenueId } from '../../shared/domain/nominal.ts';
import type { Fill } from '../../shared/domain/order.ts';
import type { AuditBody, LedgerCause, LedgerLeg } from '../../shared/events/audit.ts';
import type { LedgerBalance, PositionSnapshot } from '../kernel/snapshot.ts';
import { fillLegs, transferLegs } from './booking.ts';
import { accountOf, Ledger, manualBot } from './ledger.ts';
import { Position } from './position.ts';

/** What was set aside for a bot, so that its profit can be proven at any time. */
interface Stake {
  /** Quote or settle currency set aside. */
  readonly money: Decimal;
  /** Cost of base currency set aside. */
  readonly baseCost: Decimal;
}

export interface IdentityCounters {
  checked: number;
  failed: number;
}

export class Portfolio {
  readonly ledger: Ledger;
  readonly identities: IdentityCounters;
  private readonly audit: (body: AuditBody) => void;
  private readonly positions = new Map<string, Position>();
  private readonly stakes = new Map<BotId, Stake>();
  private readonly lastFailures = new Map<string, string>();

  constructor(
    audit: (body: AuditBody) => void,
    ledger: readonly LedgerBalance[],
    identities: IdentityCounters,
  ) {
    this.audit = audit;
    this.ledger = new Ledger(ledger);
    this.identities = identities;
  }

  /** Books the money found at a venue when its account is first seen. */
  open(venue: VenueId, balances: Readonly<Record<string, string>>): void {
    for (const [currency, amount] of Object.entries(balances)) {
      const value = Decimal.parse(amount);
      if (value.isZero) continue;
      this.post('opening', `opening:${venue}`, transferLegs('external', 'main', venue, currency, value));
    }
  }

  /** Moves money between the main account and a bot; negative amounts move back. */
  allocate(bot: BotId, venue: VenueId, currency: string, amount: Decimal): void {
    this.post('allocation', `bot:${bot}`, transferLegs('main', accountOf(bot), venue, currency, amount));
  }

  /** Books a correction a person or a rule decided on. */
  adjust(bot: BotId, venue: VenueId, currency: string, amount: Decimal, reference: string): void {
    this.post('adjust', reference, transferLegs('adjust', accountOf(bot), venue, currency, amount));
  }

  /** Sets up the position of a bot; `snapshot` and the ledger restore one that existed. */
  openPosition(bot: BotId, instrument: Instrument, snapshot?: PositionSnapshot): Position {
    const held =
      instrument.kind === 'spot' && bot !== manualBot
        ? this.ledger.balance(accountOf(bot), instrument.venue, instrument.base)
        : snapshot?.held === undefined
          ? instrument.lotSize.timesInteger(snapshot?.lots ?? 0)
          : Decimal.parse(snapshot.held);
    const position = new Position(instrument, held, snapshot);
    this.positions.set(`${bot}|${instrument.id}`, position);
    return position;
  }

  closePosition(bot: BotId, instrument: InstrumentId): void {
    this.positions.delete(`${bot}|${instrument}`);
    this.stakes.delete(bot);
  }

  position(bot: BotId, instrument: InstrumentId): Position | undefined {
    return this.positions.get(`${bot}|${instrument}`);
  }

  /** Gives who a fill of a bot's order belongs to: the main account once the bot was removed, as its money does. */
  ownerOf(bot: BotId, instrument: InstrumentId): BotId {
    return this.positions.has(`${bot}|${instrument}`) ? bot : manualBot;
  }

  /** All positions with their owner. */
  *allPositions(): Iterable<{ bot: BotId; position: Position }> {
    for (const [key, position] of this.positions)
      yield { bot: key.slice(0, key.indexOf('|')) as BotId, position };
  }

  /** Remembers what a bot was given; base currency counts at `baseCost`. */
  setStake(bot: BotId, money: Decimal, baseCost: Decimal): void {
    this.stakes.set(bot, { money, baseCost });
  }

  stakeOf(bot: BotId): Stake | undefined {
    return this.stakes.get(bot);
  }

  /** Books a fill into ledger and position; gives the realised profit before fees. */
  bookFill(bot: BotId, instrument: Instrument, fill: Fill): Decimal {
    const position = this.positionFor(bot, instrument);
    if (bot === manualBot) receiveDeposited(position, fill);
    const realised = position.book(fill);
    const legs = fillLegs(accountOf(bot), instrument, fill, realised);
    if (legs.length > 0) this.post('fill', `${fill.clientOrderId}/${fill.tradeId}`, legs);
    this.checkProfit(bot, instrument, position);
    return realised;
  }

  /** Books a funding payment, signed from our view. */
  bookFunding(bot: BotId, instrument: Instrument, amount: Decimal, paymentId: string): void {
    const position = this.positionFor(bot, instrument);
    position.funding = position.funding.plus(amount);
    this.post(
      'funding',
      paymentId,
      transferLegs('funding', accountOf(bot), instrument.venue, instrument.settle, amount),
    );
    this.checkProfit(bot, instrument, position);
  }

  /** Counts an identity; a failure is recorded with its words. */
  check(name: string, holds: boolean, message: () => string): void {
    this.identities.checked += 1;
    if (holds) return;
    this.identities.failed += 1;
    const text = message();
    // Counted every time, recorded when it changes: a lasting failure must not flood the journal.
    if (this.lastFailures.get(name) === text) return;
    this.lastFailures.set(name, text);
    this.audit({ kind: 'identity-failed', name, message: text });
  }

  private positionFor(bot: BotId, instrument: Instrument): Position {
    const known = this.position(bot, instrument.id);
    if (known !== undefined) return known;
    if (bot === manualBot) return this.openPosition(bot, instrument);
    throw new AssertionFailure(`bot ${bot} has no position in ${instrument.id}`);
  }

  private post(cause: LedgerCause, reference: string, legs: readonly LedgerLeg[]): void {
    this.ledger.post(legs);
    this.identities.checked += 1;
    this.audit({ kind: 'ledger', cause, reference, legs });
  }

  /**
   * Money in the bot's account must be what it was given plus what it made: exact for every fill.
   * Spot: quote − given + cost of what is held − cost given = realised − fees. Perpetual: cost does not bind money.
   */
  private checkProfit(bot: BotId, instrument: Instrument, position: Position): void {
    const stake = this.stakes.get(bot);
    if (stake === undefined) return;
    const money = this.ledger.balance(accountOf(bot), instrument.venue, instrument.settle);
    const bound = instrument.kind === 'spot' ? position.cost.minus(stake.baseCost) : Decimal.zero;
    const left = money.minus(stake.money).plus(bound);
    const right = position.realised.minus(position.fees).plus(position.funding);
    this.check('bot-profit', left.equals(right), () => `${bot}: account says ${left}, fills say ${right}`);
    if (instrument.kind === 'spot') {
      const held = this.ledger.balance(accountOf(bot), instrument.venue, instrument.base);
      this.check(
        'bot-base',
        held.equals(position.held),
        () => `${bot}: ledger holds ${held}, position ${position.held}`,
      );
    }
  }
}

/**
 * Goods deposited at a spot venue have no cost here and no position. One that is sold counts at its own selling price: it
 * makes neither profit nor a short position, which spot does not have.
 */
function receiveDeposited(position: Position, fill: Fill): void {
  const { instrument } = position;
  if (instrument.kind !== 'spot' || fill.side !== 'sell') return;
  const missing = quantityOf(instrument, fill.lots).minus(position.held);
  if (missing.isPositive) position.receive(missing, valueAt(instrument, missing, fill.priceTicks));
}

/** Gives the value in quote currency of a base quantity at a price in ticks. */
export function valueAt(instrument: Instrument, quantity: Decimal, ticks: number): Decimal {
  return quantity.times(priceOf(instrument, ticks));
}
