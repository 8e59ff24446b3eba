/** A paper venue on a table: books, prints and orders by hand, every answer kept. */

import {
  PaperVenue,
  type PaperVenueConfig,
  type PaperVenueRestore,
} from '../../../../src/engine/simulation/matching/paper-venue.ts';
import { Decimal } from '../../../../src/shared/domain/decimal.ts';
import type { Instrument } from '../../../../src/shared/domain/instrument.ts';
import {
  botId,
  clientOrderId,
  epochMs,
  instrumentId,
  priceTicks,
  quantityLots,
  venueId,
} from '../../../../src/shared/domain/nominal.ts';
import type { Order, OrderRequest, Side } from '../../../../src/shared/domain/order.ts';
import type { MarketEvent } from '../../../../src/shared/events/market.ts';
import type { AccountReportEvent, VenueEvent } from '../../../../src/shared/events/venue.ts';

const venue = venueId('x');

/** Price in steps of 0.1, quantity in steps of 0.01; maker 0.1 %, taker 0.2 %. */
export const spot: Instrument = {
  id: instrumentId('x', 'BTC/USDT'),
  venue,
  symbol: 'BTC/USDT',
  kind: 'spot',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: Decimal.parse('0.1'),
  lotSize: Decimal.parse('0.01'),
  minimumLots: 2,
  maximumLots: 100_000,
  minimumNotional: Decimal.parse('10'),
  makerFeeRate: Decimal.parse('0.001'),
  takerFeeRate: Decimal.parse('0.002'),
  feeCurrencyRule: 'quote',
  leverageMax: 1,
  maintenanceMarginRate: Decimal.zero,
  fundingIntervalHours: 0,
};

export const perpetual: Instrument = {
  ...spot,
  id: instrumentId('x', 'BTC/USDT:USDT'),
  symbol: 'BTC/USDT:USDT',
  kind: 'perpetual',
  leverageMax: 20,
  maintenanceMarginRate: Decimal.parse('0.05'),
  fundingIntervalHours: 8,
};

export type OrderInput = Partial<Omit<OrderRequest, 'lots' | 'priceTicks' | 'triggerTicks'>> & {
  readonly id: string;
  readonly side: Side;
  readonly lots: number;
  readonly priceTicks?: number;
  readonly triggerTicks?: number;
};

/** Gives a whole order from the few words a test needs. */
export function orderOf(instrument: Instrument, input: OrderInput): Order {
  return {
    instrument: input.instrument ?? instrument.id,
    clientOrderId: clientOrderId(input.id),
    bot: botId('b1'),
    leg: 'leg',
    origin: 'send',
    side: input.side,
    type: input.type ?? (input.priceTicks === undefined ? 'market' : 'limit'),
    lots: quantityLots(input.lots),
    priceTicks: input.priceTicks === undefined ? undefined : priceTicks(input.priceTicks),
    triggerTicks: input.triggerTicks === undefined ? undefined : priceTicks(input.triggerTicks),
    timeInForce: input.timeInForce ?? 'gtc',
    postOnly: input.postOnly ?? false,
    reduceOnly: input.reduceOnly ?? false,
    state: 'PENDING_CREATE',
    filledLots: quantityLots(0),
    filledNotional: '0',
    createdAtMs: epochMs(0),
    updatedAtMs: epochMs(0),
  };
}

export class VenueTable {
  readonly venue: PaperVenue;
  readonly events: VenueEvent[] = [];
  readonly instrument: Instrument;
  nowMs = 1000;
  private sequence = 0;
  private tradeCount = 0;
  private requestCount = 0;

  constructor(
    instrument: Instrument = spot,
    config: Partial<PaperVenueConfig> = {},
    restore?: PaperVenueRestore,
    others: readonly Instrument[] = [],
  ) {
    this.instrument = instrument;
    this.venue = new PaperVenue(
      {
        venue,
        seed: 'table',
        balances: { USDT: '10000', BTC: '10' },
        leverage: 1,
        toVenueLatency: { kind: 'constant', ms: 0 },
        toClientLatency: { kind: 'constant', ms: 0 },
        ...config,
      },
      [instrument, ...others],
      restore,
    );
  }

  readonly take = (event: MarketEvent | VenueEvent): void => {
    this.events.push(event as VenueEvent);
  };

  /** Replaces the book; flat pairs (ticks, lots), best first. */
  book(bids: readonly number[], asks: readonly number[], instrument = this.instrument): void {
    this.sequence += 1;
    this.market({ ...this.base(instrument), kind: 'book-snapshot', sequence: this.sequence, bids, asks });
  }

  delta(bids: readonly number[], asks: readonly number[]): void {
    this.sequence += 1;
    const numbers = { firstSequence: this.sequence, lastSequence: this.sequence };
    this.market({ ...this.base(), kind: 'book-delta', ...numbers, bids, asks });
  }

  trade(ticks: number, lots: number, aggressor: Side): void {
    this.tradeCount += 1;
    const tradeId = String(this.tradeCount);
    const size = { priceTicks: priceTicks(ticks), lots: quantityLots(lots) };
    this.market({ ...this.base(), kind: 'trade', tradeId, ...size, aggressor });
  }

  quote(bidTicks: number, bidLots: number, askTicks: number, askLots: number): void {
    this.market({
      ...this.base(),
      kind: 'quote',
      bidTicks: priceTicks(bidTicks),
      bidLots: quantityLots(bidLots),
      askTicks: priceTicks(askTicks),
      askLots: quantityLots(askLots),
    });
  }

  mark(ticks: number, rate = '0', nextFundingMs = 1e12, instrument = this.instrument): void {
    this.market({
      ...this.base(instrument),
      kind: 'funding-rate',
      markTicks: priceTicks(ticks),
      rate,
      nextFundingMs: epochMs(nextFundingMs),
    });
  }

  /** Hands over a market event, then lets the moment end. */
  market(event: MarketEvent): void {
    this.venue.onMarket(event, this.take);
    this.advance(0);
  }

  submit(input: OrderInput): void {
    const order = orderOf(this.instrument, input);
    this.venue.submit({ kind: 'submit-order', venue, order, auditSequence: 1 }, epochMs(this.nowMs));
    this.advance(0);
  }

  cancel(id: string): void {
    const command = {
      kind: 'cancel-order',
      venue,
      instrument: this.instrument.id,
      auditSequence: 1,
    } as const;
    this.venue.submit({ ...command, clientOrderId: clientOrderId(id) }, epochMs(this.nowMs));
    this.advance(0);
  }

  advance(ms: number): void {
    this.nowMs += ms;
    this.venue.advance(epochMs(this.nowMs), this.take);
  }

  requestReport(ids: readonly string[] = [], sinceMs = 0): void {
    this.requestCount += 1;
    this.venue.submit(
      {
        kind: 'request-account-report',
        venue,
        requestId: this.requestCount,
        sinceMs: epochMs(sinceMs),
        clientOrderIds: ids.map(clientOrderId),
        auditSequence: 1,
      },
      epochMs(this.nowMs),
    );
    this.advance(0);
  }

  /** Asks for a report and gives it; only for venues without latency. */
  report(ids: readonly string[] = [], sinceMs = 0): AccountReportEvent {
    this.requestReport(ids, sinceMs);
    const report = this.events.findLast((event) => event.kind === 'account-report');
    if (report === undefined) throw new Error('no report came');
    return report;
  }

  /** Gives `free+locked` of a currency. */
  balance(currency: string): string {
    const row = this.report().balances.find((balance) => balance.currency === currency);
    return row === undefined ? 'none' : `${row.free}+${row.locked}`;
  }

  /** Gives what happened to one order in short words, for example `accepted, maker 5@1000, canceled`. */
  story(id: string): string {
    const words: string[] = [];
    for (const event of this.events) {
      if (event.kind === 'order-filled') {
        const { fill } = event;
        if (fill.clientOrderId === id) words.push(`${fill.liquidity} ${fill.lots}@${fill.priceTicks}`);
      } else if ('clientOrderId' in event && event.clientOrderId === id) {
        if (event.kind === 'order-rejected') words.push(`rejected ${event.code}`);
        else if (event.kind === 'order-closed') words.push(event.outcome);
        else words.push(event.kind.replace('order-', ''));
      }
    }
    return words.join(', ');
  }

  private base(instrument = this.instrument) {
    const timeMs = epochMs(this.nowMs);
    return { instrument: instrument.id, venueTimeMs: timeMs, receiveTimeMs: timeMs };
  }
}
