/**
 * A stand-in for the terminal, served by the real HTTP host: any load, and any trouble on demand (a lost batch, a
 * failing method, a stale venue, an invalid book). For what the real demo cannot show at will.
 */
import type { ServableTerminal } from '../../../src/adapters/http/servable-terminal.ts';
import type { StreamHandle } from '../../../src/shared/api/client.ts';
import type { MethodName, RequestOf, ResponseOf } from '../../../src/shared/api/contract.ts';
import type { ApiFailure, ApiResult } from '../../../src/shared/api/result.ts';
import type { StreamBatch, StreamMessage, StreamRequest } from '../../../src/shared/api/streams.ts';
import type {
  JournalRowView,
  OrderView,
  RiskView,
  StatusView,
  VenueView,
} from '../../../src/shared/api/views.ts';
import { MockMarket } from './mock-market.ts';

export interface MockOptions {
  readonly instruments: number;
  readonly candles: number;
  readonly journalRows: number;
  /** Quotes that move each second. */
  readonly quotesPerSecond: number;
  /** Batches a second. */
  readonly batchesPerSecond: number;
}

type Answers = { [Name in MethodName]?: (request: RequestOf<Name>) => ResponseOf<Name> };
interface Client {
  request: StreamRequest;
  readonly send: (message: StreamMessage) => void;
  batch: number;
}

const limits: RiskView['limits'] = {
  orderNotionalMax: '50000',
  botExposureMax: '100000',
  totalExposureMax: '500000',
  openOrdersPerBotMax: 200,
  openOrdersTotalMax: 1000,
  priceBand: '0.1',
  dataAgeMsMax: 5000,
  ordersPerTenSecondsMax: 300,
};

export class MockTerminal implements ServableTerminal {
  readonly market: MockMarket;
  /** Methods that fail, until they are taken out. */
  readonly failures = new Map<MethodName, ApiFailure>();
  /** How often each method was called. */
  readonly calls = new Map<string, number>();
  readonly settings = new Map<string, unknown>();
  venue: VenueView['state'] = 'connected';
  isBookValid = true;
  /** Open orders. */
  orders: OrderView[] = [];
  mode: StatusView['mode'] = 'demo';
  private readonly options: MockOptions;
  private readonly clients = new Set<Client>();
  private readonly timer: ReturnType<typeof setInterval>;
  private riskState: RiskView['state'] = 'ACTIVE';
  private ticks = 0;

  constructor(options: MockOptions) {
    this.options = options;
    this.market = new MockMarket(options.instruments, options.candles);
    this.timer = setInterval(() => this.tick(), 1000 / options.batchesPerSecond);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Skips a batch number for every client, as if a message had been lost. */
  loseBatch(): void {
    for (const client of this.clients) client.batch += 1;
  }

  async handle(name: MethodName, request: unknown): Promise<ApiResult<unknown>> {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    const failure = this.failures.get(name);
    if (failure !== undefined) return failure;
    const answer = this.answers[name] as ((request: unknown) => unknown) | undefined;
    if (answer === undefined) return { ok: false, code: 'not-found', message: `the stand-in has no ${name}` };
    return { ok: true, value: answer(request) };
  }

  openStream(request: StreamRequest, send: (message: StreamMessage) => void): StreamHandle {
    const client: Client = { request, send, batch: 0 };
    this.clients.add(client);
    return {
      update: (next) => {
        client.request = next;
      },
      close: () => this.clients.delete(client),
    };
  }

  private tick(): void {
    this.ticks += 1;
    const { batchesPerSecond, quotesPerSecond } = this.options;
    if (this.venue !== 'connected') this.market.nowMs += 1000 / batchesPerSecond;
    const touched =
      this.venue === 'connected'
        ? this.market.step(1000 / batchesPerSecond, Math.round(quotesPerSecond / batchesPerSecond))
        : [];
    const candles = this.market.liveCandles();
    const isStatusDue = this.ticks % batchesPerSecond === 0;
    for (const client of this.clients) {
      client.batch += 1;
      const batch: StreamBatch = {
        kind: 'batch',
        batch: client.batch,
        timeMs: Math.floor(this.market.nowMs),
        quotes: touched.map((at) => this.market.quote(at)),
        markets: client.request.markets.map(({ instrument, timeframe, depth }) => ({
          instrument,
          timeframe,
          book: {
            ...this.market.book(instrument, depth),
            valid: this.isBookValid,
            reason: this.isBookValid ? '' : 'gap of 3 updates',
          },
          trades: this.market.trades(instrument, 2),
          candles: timeframe === '1m' && this.market.indexOf(instrument) === 0 ? candles : [],
        })),
        ...(isStatusDue ? { status: this.status() } : {}),
      };
      client.send(batch);
    }
  }

  private risk(): RiskView {
    const scopes = [{ scope: { kind: 'all' as const }, state: this.riskState, reason: 'by hand' }];
    return { state: this.riskState, scopes, limits, exposure: { USDT: '0' }, openOrders: 0 };
  }

  private status(): StatusView {
    const venue: VenueView = {
      id: 'mock-1',
      title: 'Stand-in',
      kind: 'simulated',
      state: this.venue,
      message: '',
      latencyMs: 4,
      dataAgeMs: this.venue === 'connected' ? 20 : 12_000,
      instruments: this.options.instruments,
    };
    return {
      host: 'running',
      version: '0.1.0',
      mode: this.mode,
      timeMs: Math.floor(this.market.nowMs),
      speed: 1,
      simulated: true,
      uptimeMs: this.ticks * 16,
      venues: [venue],
      bots: [],
      risk: this.risk(),
      equity: { USDT: '100000.12' },
      startEquity: { USDT: '100000' },
      dayPnl: { USDT: '0.12' },
      identities: { checked: 10, failed: 0 },
      auditSequence: this.options.journalRows,
      marketEvents: this.ticks,
      eventsPerSecond: this.options.quotesPerSecond,
      memoryMb: 100,
      awayReport: false,
    };
  }

  private journalRow(sequence: number): JournalRowView {
    return {
      sequence,
      timeMs: this.market.nowMs - (this.options.journalRows - sequence) * 20,
      kind: sequence % 5 === 0 ? 'fill' : 'order-state',
      bot: `b${sequence % 7}`,
      text: `Order sx-${sequence} is open at the venue: accepted by the venue`,
      hash: String(sequence).padStart(64, '0'),
      body: { kind: 'order-state' },
    };
  }

  private readonly answers: Answers = {
    'system/status': () => this.status(),
    'system/log': () => ({ lines: [] }),
    'instruments/list': () => ({ instruments: this.market.instruments }),
    'market/quotes': () => ({ quotes: this.market.instruments.map((_, at) => this.market.quote(at)) }),
    // The first page holds everything, so that the chart has all of it behind the view at once.
    'market/candles': ({ limit, beforeMs }) =>
      beforeMs === undefined
        ? {
            candles: limit === 1000 ? this.market.candles : this.market.candles.slice(-(limit ?? 500)),
            complete: true,
          }
        : { candles: [], complete: true },
    'market/book': ({ instrument, depth }) => this.market.book(instrument, depth ?? 20),
    'market/trades': ({ instrument }) => ({ trades: this.market.trades(instrument, 60) }),
    'strategies/list': () => ({ strategies: [] }),
    'jobs/list': () => ({ jobs: [] }),
    'backtests/list': () => ({ backtests: [] }),
    'studies/list': () => ({ studies: [] }),
    'data/list': () => ({ series: [], formats: [] }),
    'orders/list': ({ state }) => {
      const rows = state === 'open' ? this.orders : [];
      return { rows, total: rows.length };
    },
    'orders/show': ({ order }) => ({
      order: this.orders.find((one) => one.clientOrderId === order) as OrderView,
      states: [],
      fills: [],
    }),
    'orders/resolve-unknown': ({ order, note }) => {
      const known = this.orders.find((one) => one.clientOrderId === order) as OrderView;
      const closed: OrderView = { ...known, state: 'REJECTED', reason: note };
      this.orders = this.orders.map((one) => (one === known ? closed : one));
      return { order: closed };
    },
    'fills/list': () => ({ rows: [], total: 0 }),
    'positions/list': () => ({ rows: [], total: 0 }),
    'balances/list': () => ({
      rows: [
        { venue: 'mock-1', currency: 'USDT', owner: 'main', total: '1000', reserved: '0', available: '1000' },
      ],
      total: 1,
    }),
    'orders/preview': () => ({
      notional: '100',
      fee: '0.1',
      feeCurrency: 'USDT',
      averagePrice: '60000.1',
      slippageRate: '0.0001',
      funds: '100.1',
      fundsCurrency: 'USDT',
      available: '1000',
      verdict: 'approved',
      denied: false,
    }),
    'risk/show': () => this.risk(),
    'risk/halt': ({ state }) => {
      this.riskState = state ?? 'HALTED';
      return this.risk();
    },
    'risk/resume': () => {
      this.riskState = 'ACTIVE';
      return this.risk();
    },
    'journal/list': () => ({
      rows: Array.from({ length: this.options.journalRows }, (_, at) =>
        this.journalRow(this.options.journalRows - at),
      ),
      total: this.options.journalRows,
    }),
    'settings/get': () => ({ settings: Object.fromEntries(this.settings) }),
    'settings/set': ({ key, value }) => {
      this.settings.set(key, value);
      return {};
    },
    'settings/about': () => ({
      version: '0.1.0',
      nodeVersion: '24',
      dataFolder: 'none',
      nativeVersion: 'none',
      disclaimer: 'A stand-in for tests.',
    }),
    'keys/list': () => ({ store: 'none', keys: [] }),
  };
}

/** An order whose reply was lost. */
export function unknownOrder(instrument: string): OrderView {
  const [venue = '', symbol = ''] = instrument.split(':');
  return {
    clientOrderId: 'sx-lost-1',
    venueOrderId: null,
    bot: 'manual',
    leg: 'manual',
    venue,
    instrument,
    symbol,
    side: 'buy',
    type: 'limit',
    timeInForce: 'gtc',
    postOnly: false,
    reduceOnly: false,
    price: '59000.0',
    triggerPrice: null,
    quantity: '0.0100',
    filled: '0',
    averagePrice: null,
    state: 'UNKNOWN',
    reason: 'time-out after 5 s',
    createdAtMs: 0,
    updatedAtMs: 0,
  };
}
