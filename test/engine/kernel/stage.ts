/**
 * A kernel with several bots and instruments, a venue played by hand and, when asked for, a real journal: `restart`
 * throws the kernel away and makes the next one from what was durable.
 */

import { z } from 'zod';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { Kernel, type KernelEvent } from '../../../src/engine/kernel/kernel.ts';
import type { KernelSnapshot } from '../../../src/engine/kernel/snapshot.ts';
import {
  defineStrategy,
  type StrategyContext,
  type StrategyHandlers,
} from '../../../src/engine/strategy/api.ts';
import type { Instrument } from '../../../src/shared/domain/instrument.ts';
import {
  type BotId,
  botId,
  type ClientOrderId,
  epochMs,
  type InstrumentId,
  priceTicks,
  quantityLots,
  type VenueId,
  venueOrderId,
} from '../../../src/shared/domain/nominal.ts';
import type { Fill, Order } from '../../../src/shared/domain/order.ts';
import type { AuditBody, AuditRecord } from '../../../src/shared/events/audit.ts';
import type { AccountReportEvent, VenueCommand } from '../../../src/shared/events/venue.ts';
import { spotInstrument } from '../instruments.ts';
import { emptySnapshot, sha256 } from './harness.ts';

export type StageContext = StrategyContext<{ count: number }>;

export interface StageOptions {
  readonly instruments?: readonly Instrument[];
  readonly handlers?: (context: StageContext, params: Record<string, unknown>) => StrategyHandlers;
  readonly startMs?: number;
  readonly candleGraceMs?: number;
  /** Folder of a real journal; without it nothing survives. */
  readonly folder?: string;
}

export class Stage {
  readonly instruments: readonly Instrument[];
  readonly records: AuditRecord[] = [];
  commands: VenueCommand[] = [];
  readonly contexts = new Map<string, StageContext>();
  kernel!: Kernel;
  timeMs: number;
  private journal: Journal | undefined;
  private readonly options: StageOptions;
  private trade = 0;

  constructor(options: StageOptions = {}) {
    this.options = options;
    this.instruments = options.instruments ?? [spotInstrument()];
    this.timeMs = options.startMs ?? 1_000_000;
    this.open();
  }

  get instrument(): Instrument {
    return this.instruments[0] as Instrument;
  }

  private open(): void {
    const { folder, handlers } = this.options;
    let snapshot: KernelSnapshot = emptySnapshot;
    if (folder !== undefined) {
      this.journal = Journal.open({ folder, mode: 'demo' });
      this.journal.saveInstruments(this.instruments);
      snapshot = this.journal.load();
    }
    const strategy = defineStrategy<Record<string, unknown>, { count: number }>({
      id: 'scripted',
      family: 'test',
      title: 'Scripted',
      summary: '',
      goodFor: '',
      risk: '',
      params: z.looseObject({}) as never,
      supports: () => true,
      suggest: () => ({}),
      subscribe: (params) => ({
        timeframesMs: (params.timeframesMs as number[] | undefined) ?? [60_000],
        warmupBars: 0,
        quotes: true,
        trades: true,
      }),
      plan: () => {
        throw new Error('not planned');
      },
      initialState: () => ({ count: 0 }),
      create: (context, params) => {
        this.contexts.set(context.bot, context);
        return handlers?.(context, params) ?? {};
      },
    });
    this.kernel = new Kernel({
      digest: sha256,
      instruments: this.instruments,
      findStrategy: (id) => (id === 'scripted' ? strategy : undefined),
      snapshot,
      orderPrefix: 'sx-t',
      startMs: epochMs(this.timeMs),
      candleGraceMs: this.options.candleGraceMs ?? 0,
    });
    this.collect();
  }

  close(): void {
    this.journal?.close();
    this.journal = undefined;
  }

  /** Everything not durable is gone, commands under way too. */
  restart(): void {
    this.close();
    this.commands = [];
    this.contexts.clear();
    this.open();
  }

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
    if (checkpoint === null) return;
    this.records.push(...checkpoint.records);
    this.journal?.commit(checkpoint);
  }

  later(ms: number): void {
    this.timeMs += ms;
    this.feed({ kind: 'tick', timeMs: epochMs(this.timeMs) });
  }

  quote(bidTicks: number, askTicks: number, instrument: Instrument = this.instrument): void {
    this.feed({
      kind: 'quote',
      instrument: instrument.id,
      venueTimeMs: epochMs(this.timeMs),
      receiveTimeMs: epochMs(this.timeMs),
      bidTicks: priceTicks(bidTicks),
      bidLots: quantityLots(1000),
      askTicks: priceTicks(askTicks),
      askLots: quantityLots(1000),
    });
  }

  tape(
    ticks: number,
    lots: number,
    venueTimeMs = this.timeMs,
    instrument: Instrument = this.instrument,
  ): void {
    this.trade += 1;
    this.feed({
      kind: 'trade',
      instrument: instrument.id,
      venueTimeMs: epochMs(venueTimeMs),
      receiveTimeMs: epochMs(this.timeMs),
      tradeId: `p${this.trade}`,
      priceTicks: priceTicks(ticks),
      lots: quantityLots(lots),
      aggressor: 'buy',
    });
  }

  connection(state: 'connected' | 'stale' | 'disconnected', venue: VenueId = this.instrument.venue): void {
    this.feed({ kind: 'venue-connection', venue, state, message: '', timeMs: epochMs(this.timeMs) });
  }

  /** Connects a venue and answers its report, by default with what the journal has. */
  connect(balances?: Record<string, string>): void {
    this.connection('connected');
    this.report(balances === undefined ? {} : { balances });
  }

  get lastRequest() {
    const request = this.commands.filter((command) => command.kind === 'request-account-report').at(-1);
    if (request?.kind !== 'request-account-report') throw new Error('no report was asked for');
    return request;
  }

  get requestCount(): number {
    return this.commands.filter((command) => command.kind === 'request-account-report').length;
  }

  report(
    answer: Partial<Omit<AccountReportEvent, 'balances'>> & { balances?: Record<string, string> },
  ): void {
    const request = this.lastRequest;
    const { balances, ...rest } = answer;
    this.feed({
      kind: 'account-report',
      venue: request.venue,
      requestId: request.requestId,
      sinceMs: request.sinceMs,
      orders: [],
      provenAbsent: [],
      fills: [],
      fundingPayments: [],
      positions: [],
      timeMs: epochMs(this.timeMs),
      ...rest,
      balances: Object.entries(balances ?? this.ownBalances(request.venue)).map(([currency, free]) => ({
        currency,
        free,
        locked: '0',
      })),
    });
  }

  ownBalances(venue: VenueId): Record<string, string> {
    const { ledger } = this.kernel.services.portfolio;
    const currencies = new Set(this.instruments.flatMap((one) => [one.base, one.quote]));
    return Object.fromEntries([...currencies].map((one) => [one, ledger.ownTotal(venue, one).toString()]));
  }

  create(id: string, allocation: Record<string, string>, instrument = this.instrument, params = {}): BotId {
    const created = this.control({
      kind: 'create-bot',
      definition: {
        id: botId(id),
        name: id,
        strategy: 'scripted',
        instrument: instrument.id as InstrumentId,
        params,
        allocation,
      },
    });
    if (created?.ok !== true) throw new Error(JSON.stringify(created));
    return botId(id);
  }

  start(id: string, allocation: Record<string, string>, instrument = this.instrument, params = {}): BotId {
    const bot = this.create(id, allocation, instrument, params);
    const started = this.control({ kind: 'start-bot', bot });
    if (started?.ok !== true) throw new Error(JSON.stringify(started));
    return bot;
  }

  context(id: string): StageContext {
    const context = this.contexts.get(id);
    if (context === undefined) throw new Error(`bot ${id} has no context`);
    return context;
  }

  /** Lets a bot send one order; throws when risk denies it. */
  send(id: string, order: Parameters<StageContext['send']>[0]): Order {
    const result = this.context(id).send(order);
    this.collect();
    if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
    return this.last;
  }

  bot(id: string) {
    const bot = this.kernel.bot(botId(id));
    if (bot === undefined) throw new Error(`no bot ${id}`);
    return bot;
  }

  get sent(): Order[] {
    return this.commands.flatMap((command) => (command.kind === 'submit-order' ? [command.order] : []));
  }

  get last(): Order {
    const order = this.sent.at(-1);
    if (order === undefined) throw new Error('nothing was sent');
    return order;
  }

  get cancels(): ClientOrderId[] {
    return this.commands.flatMap((command) =>
      command.kind === 'cancel-order' ? [command.clientOrderId] : [],
    );
  }

  bodies<Kind extends AuditBody['kind']>(kind: Kind): Extract<AuditBody, { kind: Kind }>[] {
    return this.records.flatMap(({ body }) => (body.kind === kind ? [body as never] : []));
  }

  order(id: ClientOrderId): Order | undefined {
    return this.kernel.services.orders.get(id);
  }

  accept(id: ClientOrderId): void {
    this.feed({
      kind: 'order-accepted',
      venue: this.venueOf(id),
      clientOrderId: id,
      venueOrderId: venueOrderId(`v-${id}`),
      timeMs: epochMs(this.timeMs),
    });
  }

  unknown(id: ClientOrderId): void {
    this.feed({
      kind: 'order-outcome-unknown',
      venue: this.venueOf(id),
      clientOrderId: id,
      message: 'timed out',
      timeMs: epochMs(this.timeMs),
    });
  }

  reject(id: ClientOrderId, code: 'no-liquidity' | 'insufficient-funds' | 'other' = 'other'): void {
    this.feed({
      kind: 'order-rejected',
      venue: this.venueOf(id),
      clientOrderId: id,
      code,
      message: 'no',
      timeMs: epochMs(this.timeMs),
    });
  }

  closed(id: ClientOrderId, outcome: 'canceled' | 'expired' = 'canceled'): void {
    this.feed({
      kind: 'order-closed',
      venue: this.venueOf(id),
      clientOrderId: id,
      outcome,
      message: outcome,
      timeMs: epochMs(this.timeMs),
    });
  }

  makeFill(id: ClientOrderId, lots: number, change: Partial<Fill> = {}): Fill {
    const order = this.order(id);
    if (order === undefined) throw new Error(`no order ${id}`);
    this.trade += 1;
    return {
      instrument: order.instrument,
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
    this.again(fill);
    return fill;
  }

  /** Reports a fill (again). */
  again(fill: Fill): void {
    this.feed({
      kind: 'order-filled',
      venue: this.venueOf(fill.clientOrderId),
      fill,
      timeMs: epochMs(this.timeMs),
    });
  }

  private venueOf(id: ClientOrderId): VenueId {
    const instrument = this.order(id)?.instrument;
    return this.instruments.find((one) => one.id === instrument)?.venue ?? this.instrument.venue;
  }
}

/** A limit order of a declared list. */
export function limit(leg: string, side: 'buy' | 'sell', ticks: number, lots: number, more: object = {}) {
  return {
    leg,
    side,
    type: 'limit' as const,
    priceTicks: priceTicks(ticks),
    lots: quantityLots(lots),
    ...more,
  };
}
