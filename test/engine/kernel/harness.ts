/** A kernel on one instrument with a venue played by the test: every answer is said by hand. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Kernel, type KernelEvent } from '../../../src/engine/kernel/kernel.ts';
import type { KernelSnapshot } from '../../../src/engine/kernel/snapshot.ts';
import {
  defineStrategy,
  type StrategyContext,
  type StrategyHandlers,
} from '../../../src/engine/strategy/api.ts';
import {
  botId,
  type ClientOrderId,
  epochMs,
  type InstrumentId,
  priceTicks,
  quantityLots,
  venueOrderId,
} from '../../../src/shared/domain/nominal.ts';
import type { Fill } from '../../../src/shared/domain/order.ts';
import { type AuditRecord, genesisHash } from '../../../src/shared/events/audit.ts';
import type { VenueCommand, VenueOrderReport } from '../../../src/shared/events/venue.ts';
import { spotInstrument } from '../instruments.ts';

export const emptySnapshot: KernelSnapshot = {
  lastSequence: 0,
  lastHash: genesisHash,
  core: null,
  bots: [],
  orders: [],
  fillKeys: [],
  ledger: [],
  lastFillMs: {},
  fundingPayments: [],
};

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What the test's strategy does; replaced by each test. */
export interface Script {
  handlers(context: StrategyContext<{ count: number }>): StrategyHandlers;
}

export class Harness {
  readonly instrument = spotInstrument();
  readonly kernel: Kernel;
  readonly records: AuditRecord[] = [];
  readonly commands: VenueCommand[] = [];
  context!: StrategyContext<{ count: number }>;
  timeMs: number;
  private trade = 0;

  constructor(script: Script, snapshot: KernelSnapshot = emptySnapshot, startMs = 1_000_000) {
    this.timeMs = startMs;
    const strategy = defineStrategy<Record<string, never>, { count: number }>({
      id: 'scripted',
      family: 'test',
      title: 'Scripted',
      summary: '',
      goodFor: '',
      risk: '',
      params: z.looseObject({}) as never,
      supports: () => true,
      suggest: () => ({}),
      subscribe: () => ({ timeframesMs: [60_000], warmupBars: 0, quotes: true, trades: true }),
      plan: () => {
        throw new Error('not planned');
      },
      initialState: () => ({ count: 0 }),
      create: (context) => {
        this.context = context;
        return script.handlers(context);
      },
    });
    this.kernel = new Kernel({
      digest: sha256,
      instruments: [this.instrument],
      findStrategy: (id) => (id === 'scripted' ? strategy : undefined),
      snapshot,
      orderPrefix: 'sx-t',
      startMs: epochMs(startMs),
      candleGraceMs: 0,
    });
  }

  /** Processes an event, keeps commands and records. */
  feed(event: KernelEvent): void {
    this.kernel.process(event);
    this.collect();
  }

  control(command: Extract<KernelEvent, { kind: 'control' }>['command']) {
    const outcome = this.kernel.process({ kind: 'control', command, timeMs: epochMs(this.timeMs) });
    this.collect();
    return outcome;
  }

  private collect(): void {
    this.commands.push(...this.kernel.drainCommands());
    const checkpoint = this.kernel.checkpoint();
    if (checkpoint !== null) this.records.push(...checkpoint.records);
  }

  later(ms: number): void {
    this.timeMs += ms;
    this.feed({ kind: 'tick', timeMs: epochMs(this.timeMs) });
  }

  quote(bidTicks: number, askTicks: number): void {
    this.feed({
      kind: 'quote',
      instrument: this.instrument.id,
      venueTimeMs: epochMs(this.timeMs),
      receiveTimeMs: epochMs(this.timeMs),
      bidTicks: priceTicks(bidTicks),
      bidLots: quantityLots(1000),
      askTicks: priceTicks(askTicks),
      askLots: quantityLots(1000),
    });
  }

  /** Connects the venue and answers its first report: 100,000 USDT and 2 BTC. */
  connect(balances: Record<string, string> = { USDT: '100000', BTC: '2' }): void {
    this.feed({
      kind: 'venue-connection',
      venue: this.instrument.venue,
      state: 'connected',
      message: '',
      timeMs: epochMs(this.timeMs),
    });
    this.report({ balances });
  }

  /** Answers the newest account report that was asked for. */
  report(answer: {
    balances?: Record<string, string>;
    orders?: VenueOrderReport[];
    fills?: Fill[];
    provenAbsent?: ClientOrderId[];
  }): void {
    const request = this.commands.filter((command) => command.kind === 'request-account-report').at(-1);
    if (request?.kind !== 'request-account-report') throw new Error('no report was asked for');
    this.feed({
      kind: 'account-report',
      venue: this.instrument.venue,
      requestId: request.requestId,
      sinceMs: request.sinceMs,
      orders: answer.orders ?? [],
      provenAbsent: answer.provenAbsent ?? [],
      fills: answer.fills ?? [],
      fundingPayments: [],
      balances: Object.entries(answer.balances ?? this.ownBalances()).map(([currency, free]) => ({
        currency,
        free,
        locked: '0',
      })),
      positions: [],
      timeMs: epochMs(this.timeMs),
    });
  }

  /** Balances as the journal has them: a venue that agrees. */
  ownBalances(): Record<string, string> {
    const { ledger } = this.kernel.services.portfolio;
    return {
      USDT: ledger.ownTotal('test', 'USDT').toString(),
      BTC: ledger.ownTotal('test', 'BTC').toString(),
    };
  }

  startBot(allocation: Record<string, string> = { USDT: '50000', BTC: '1' }): void {
    const bot = botId('b1');
    const created = this.control({
      kind: 'create-bot',
      definition: {
        id: bot,
        name: 'bot',
        strategy: 'scripted',
        instrument: this.instrument.id as InstrumentId,
        params: {},
        allocation,
      },
    });
    if (created?.ok !== true) throw new Error(JSON.stringify(created));
    const started = this.control({ kind: 'start-bot', bot });
    if (started?.ok !== true) throw new Error(JSON.stringify(started));
  }

  /** Orders sent so far. */
  get sent() {
    return this.commands.flatMap((command) => (command.kind === 'submit-order' ? [command.order] : []));
  }

  get cancels() {
    return this.commands.flatMap((command) =>
      command.kind === 'cancel-order' ? [command.clientOrderId] : [],
    );
  }

  accept(id: ClientOrderId): void {
    this.feed({
      kind: 'order-accepted',
      venue: this.instrument.venue,
      clientOrderId: id,
      venueOrderId: venueOrderId(`v-${id}`),
      timeMs: epochMs(this.timeMs),
    });
  }

  makeFill(id: ClientOrderId, lots: number, change: Partial<Fill> = {}): Fill {
    const order = this.kernel.services.orders.get(id);
    if (order === undefined) throw new Error(`no order ${id}`);
    this.trade += 1;
    return {
      instrument: this.instrument.id,
      clientOrderId: id,
      venueOrderId: venueOrderId(`v-${id}`),
      tradeId: `t${this.trade}`,
      side: order.side,
      priceTicks: order.priceTicks ?? priceTicks(1000),
      lots: quantityLots(lots),
      fee: '0',
      feeCurrency: 'USDT',
      liquidity: 'maker',
      venueTimeMs: epochMs(this.timeMs),
      ...change,
    };
  }

  fill(id: ClientOrderId, lots: number, change: Partial<Fill> = {}): Fill {
    const fill = this.makeFill(id, lots, change);
    this.feed({ kind: 'order-filled', venue: this.instrument.venue, fill, timeMs: epochMs(this.timeMs) });
    return fill;
  }

  closed(id: ClientOrderId, outcome: 'canceled' | 'expired' = 'canceled'): void {
    this.feed({
      kind: 'order-closed',
      venue: this.instrument.venue,
      clientOrderId: id,
      outcome,
      message: outcome,
      timeMs: epochMs(this.timeMs),
    });
  }

  stateOf(id: ClientOrderId) {
    return this.kernel.services.orders.get(id)?.state;
  }
}
