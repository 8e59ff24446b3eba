/** A terminal that remembers what it was asked; for tests of what stands before it. */
import type { Terminal } from '../../../src/app/terminal-types.ts';
import { contract, type MethodName } from '../../../src/shared/api/contract.ts';
import type { StreamMessage, StreamRequest } from '../../../src/shared/api/streams.ts';

export interface FakeStream {
  request: StreamRequest;
  readonly send: (message: StreamMessage) => void;
  readonly isBusy: () => boolean;
  isClosed: boolean;
}

export interface FakeTerminal {
  readonly terminal: Terminal;
  /** Calls that reached the terminal, status calls of our own apart. */
  readonly calls: { readonly name: string; readonly request: unknown }[];
  readonly streams: FakeStream[];
  /** What `system/status` gives. */
  status: {
    mode: string;
    bots: { id: string; state: string }[];
    risk: { state: string; openOrders: number };
  };
  isBusy: boolean;
}

/** Makes one. It parses requests as the real one does and answers `{}`. */
export function fakeTerminal(): FakeTerminal {
  const calls: FakeTerminal['calls'] = [];
  const streams: FakeStream[] = [];
  const fake: FakeTerminal = {
    calls,
    streams,
    isBusy: false,
    status: { mode: 'demo', bots: [], risk: { state: 'ACTIVE', openOrders: 0 } },
    terminal: {
      handle: async (name: MethodName, request: unknown) => {
        const parsed = contract[name].request.safeParse(request);
        if (!parsed.success) {
          const [issue] = parsed.error.issues;
          return {
            ok: false,
            code: 'bad-input',
            message: issue?.message ?? '',
            field: issue?.path.join('.'),
          };
        }
        if (name === 'system/status') return { ok: true, value: fake.status };
        calls.push({ name, request: parsed.data });
        return { ok: true, value: {} };
      },
      openStream: (request: StreamRequest, send: FakeStream['send'], isBusy: () => boolean) => {
        const stream: FakeStream = { request, send, isBusy, isClosed: false };
        streams.push(stream);
        return {
          update: (next: StreamRequest) => {
            stream.request = next;
          },
          close: () => {
            stream.isClosed = true;
          },
        };
      },
      get isBusy() {
        return fake.isBusy;
      },
    } as unknown as Terminal,
  };
  return fake;
}

const labSpec = { strategy: 'ma-cross', series: [{ source: { kind: 'file', path: 'candles.csv' } }] };

/** One valid request for every method: a method that is added without one does not compile. */
export const validRequests: { readonly [Name in MethodName]: unknown } = {
  'system/status': {},
  'system/stop': {},
  'system/set-speed': { speed: 2 },
  'system/log': { limit: 10 },
  'venues/list': {},
  'instruments/list': { venue: 'sim-a' },
  'market/quotes': {},
  'market/candles': { instrument: 'sim-a:BTC/USDT', timeframe: '1m' },
  'market/book': { instrument: 'sim-a:BTC/USDT' },
  'market/trades': { instrument: 'sim-a:BTC/USDT' },
  'strategies/list': {},
  'strategies/suggest': { strategy: 'grid', venue: 'sim-a', instrument: 'BTC/USDT' },
  'strategies/plan': { strategy: 'grid', venue: 'sim-a', instrument: 'BTC/USDT', params: {} },
  'bots/list': {},
  'bots/show': { bot: 'b1' },
  'bots/create': { strategy: 'grid', venue: 'sim-a', instrument: 'BTC/USDT', params: {} },
  'bots/start': { bot: 'b1' },
  'bots/pause': { bot: 'b1' },
  'bots/resume': { bot: 'b1' },
  'bots/stop': { bot: 'b1' },
  'bots/edit': { bot: 'b1', params: {} },
  'bots/remove': { bot: 'b1' },
  'orders/list': {},
  'orders/show': { order: 'o1' },
  'orders/preview': { instrument: 'sim-a:BTC/USDT', side: 'buy', type: 'market', quantity: '1' },
  'orders/place': {
    instrument: 'sim-a:BTC/USDT',
    side: 'buy',
    type: 'limit',
    quantity: '0.5',
    price: '60000',
    token: 'abcdefgh',
  },
  'orders/resolve-unknown': { order: 'sx-t-1', note: 'looked at the venue' },
  'orders/cancel': { order: 'o1' },
  'orders/cancel-all': {},
  'fills/list': {},
  'positions/list': {},
  'balances/list': {},
  'equity/history': {},
  'risk/show': {},
  'risk/halt': {},
  'risk/resume': {},
  'risk/set-limits': {
    limits: {
      orderNotionalMax: '1000',
      botExposureMax: '5000',
      totalExposureMax: '20000',
      openOrdersPerBotMax: 50,
      openOrdersTotalMax: 200,
      priceBand: '0.1',
      dataAgeMsMax: 5000,
      ordersPerTenSecondsMax: 100,
    },
  },
  'journal/list': {},
  'journal/records': { fromSequence: 1 },
  'journal/verify': {},
  'journal/report': {},
  'journal/dismiss-report': {},
  'settings/get': {},
  'settings/set': { key: 'appearance', value: { theme: 'dark' } },
  'settings/about': {},
  'keys/list': {},
  'keys/remove': { key: 'k1' },
  'data/list': {},
  'data/import': { file: 'prices.csv', venue: 'binance', instrument: 'BTC/USDT' },
  'data/download': {
    venue: 'binance',
    instruments: ['BTC/USDT'],
    timeframes: ['1h'],
    fromMs: 1_767_225_600_000,
  },
  'data/check': { venue: 'binance', instrument: 'BTC/USDT', timeframe: '1h' },
  'data/repair': { venue: 'binance', instrument: 'BTC/USDT', timeframe: '1h', gaps: 'fill' },
  'data/candles': { venue: 'binance', instrument: 'BTC/USDT', kind: 'trades', timeframe: '1m' },
  'data/remove': { venue: 'binance', instrument: 'BTC/USDT', timeframe: '1h' },
  'jobs/list': { kinds: ['backtest'], limit: 5 },
  'jobs/show': { job: 'j1' },
  'jobs/cancel': { job: 'j1' },
  'backtests/run': { spec: labSpec },
  'backtests/list': {},
  'backtests/show': { backtest: 'bt-1' },
  'backtests/trades': { backtest: 'bt-1' },
  'backtests/candles': { backtest: 'bt-1' },
  'backtests/html': { backtest: 'bt-1' },
  'backtests/shadow': { bot: 'b1' },
  'backtests/remove': { backtest: 'bt-1' },
  'studies/samplers': {},
  'studies/run': { spec: { backtest: labSpec } },
  'studies/resume': { study: 'st-1' },
  'studies/list': {},
  'studies/show': { study: 'st-1' },
  'studies/remove': { study: 'st-1' },
  'robustness/walk-forward': { spec: { study: { backtest: labSpec } } },
  'robustness/walk-forwards': {},
  'robustness/bias': { spec: labSpec },
  'robustness/sensitivity': { study: 'st-1' },
  'robustness/monte-carlo': { backtest: 'bt-1' },
  'robustness/noise': { backtest: 'bt-1' },
  'robustness/random-entries': { backtest: 'bt-1' },
  'indicators/list': {},
  'indicators/run': { indicator: 'RSI', venue: 'binance', instrument: 'BTC/USDT', timeframe: '1h' },
  'pairs/scan': {
    series: [
      { venue: 'binance', instrument: 'BTC/USDT', timeframe: '1h' },
      { venue: 'binance', instrument: 'ETH/USDT', timeframe: '1h' },
    ],
  },
  'recordings/replay': { venue: 'binance', instrument: 'BTC/USDT', strategy: 'grid', params: { levels: 1 } },
};
