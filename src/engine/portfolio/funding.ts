/** Books funding payments once and shares them out to the bots that hold the position. */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { BotId } from '../../shared/domain/nominal.ts';
import type { FundingPaidEvent } from '../../shared/events/venue.ts';
import type { KernelServices } from '../kernel/services.ts';
import { manualBot } from './ledger.ts';

const shareScale = 18;

export class FundingBooker {
  private readonly services: KernelServices;
  private readonly booked: Set<string>;

  constructor(services: KernelServices, booked: readonly string[]) {
    this.services = services;
    this.booked = new Set(booked);
  }

  /** Books a payment; gives the bots it touched. A payment id counts once. */
  book(payment: FundingPaidEvent): BotId[] {
    const { services } = this;
    const instrument = services.instrument(payment.instrument);
    if (this.booked.has(payment.paymentId) || instrument === undefined) return [];
    this.booked.add(payment.paymentId);
    const amount = Decimal.parse(payment.amount);
    if (amount.isZero) return [];
    const holders = [...services.portfolio.allPositions()].filter(
      ({ position }) => position.instrument.id === payment.instrument && !position.held.isZero,
    );
    const net = holders.reduce((sum, { position }) => sum + position.lots, 0);
    // Holders of both directions can net to nothing; then each pays on its own size.
    const whole = net === 0 ? holders.reduce((sum, { position }) => sum + Math.abs(position.lots), 0) : net;
    let rest = amount;
    const touched: BotId[] = [];
    holders.forEach(({ bot, position }, index) => {
      const last = index === holders.length - 1;
      const part = last
        ? rest
        : amount.timesInteger(position.lots).dividedBy(Decimal.fromInteger(whole), shareScale);
      rest = rest.minus(part);
      this.bookPart(payment, bot, part);
      touched.push(bot);
    });
    if (holders.length === 0) this.bookPart(payment, manualBot, amount);
    return touched;
  }

  private bookPart(payment: FundingPaidEvent, bot: BotId, amount: Decimal): void {
    const instrument = this.services.instrument(payment.instrument);
    if (instrument === undefined) return;
    this.services.portfolio.bookFunding(bot, instrument, amount, payment.paymentId);
    this.services.audit({
      kind: 'funding',
      venue: payment.venue,
      bot,
      instrument: payment.instrument,
      paymentId: payment.paymentId,
      amount: amount.toString(),
      currency: payment.currency,
    });
  }
}
