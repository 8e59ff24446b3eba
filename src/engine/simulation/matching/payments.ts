/** Payments that a venue books by itself on positions: funding, and interest on what a margin position borrows. */

import type { Decimal } from '../../../shared/domain/decimal.ts';
import { notionalOf } from '../../../shared/domain/instrument.ts';
import { epochMs, quantityLots } from '../../../shared/domain/nominal.ts';
import type { FundingPaidEvent } from '../../../shared/events/venue.ts';
import type { PaperAccount } from './account.ts';
import { type BorrowRates, hourlyInterest } from './borrow-interest.ts';
import type { InstrumentMarket } from './instrument-market.ts';
import type { VenueAnswers } from './venue-answers.ts';
import type { VenueLedger } from './venue-ledger.ts';

interface PaymentParts {
  readonly account: PaperAccount;
  readonly ledger: VenueLedger;
  readonly answers: VenueAnswers;
  readonly onFunding?: ((payment: FundingPaidEvent) => void) | undefined;
}

/** Each payment is booked once: its id is made of instrument and due time. */
export class Payments {
  private readonly parts: PaymentParts;

  constructor(parts: PaymentParts) {
    this.parts = parts;
  }

  /** Funding at a rate and price, if there is a position. */
  bookFunding(
    market: InstrumentMarket,
    rate: Decimal,
    markTicks: number,
    dueMs: number,
    nowMs: number,
  ): void {
    const { instrument } = market;
    const lots = this.parts.account.positionLots(instrument.id);
    const amount = notionalOf(instrument, markTicks, lots).times(rate).negated();
    this.book(market, `${instrument.id}@${dueMs}`, amount, dueMs, nowMs);
  }

  /** An hour's interest at a price, if the position has borrowed anything. */
  bookInterest(
    market: InstrumentMarket,
    rates: BorrowRates,
    ticks: number,
    dueMs: number,
    nowMs: number,
  ): void {
    const { instrument } = market;
    const interest = hourlyInterest(this.parts.account, instrument, rates, ticks);
    if (interest.isZero) return;
    this.book(market, `${instrument.id}@${dueMs}/interest`, interest.negated(), dueMs, nowMs);
  }

  private book(
    { instrument }: InstrumentMarket,
    paymentId: string,
    amount: Decimal,
    dueMs: number,
    nowMs: number,
  ): void {
    const { account, answers, ledger, onFunding } = this.parts;
    const lots = account.positionLots(instrument.id);
    if (lots === 0 || ledger.hasPayment(paymentId)) return;
    account.credit(instrument.settle, amount);
    const payment = {
      kind: 'funding-paid',
      venue: ledger.venue,
      instrument: instrument.id,
      paymentId,
      amount: amount.toString(),
      currency: instrument.settle,
      positionLots: quantityLots(lots),
      timeMs: epochMs(dueMs),
    } as const;
    ledger.addPayment(payment, nowMs);
    onFunding?.(payment);
    answers.fundingPaid(payment, nowMs);
  }
}
