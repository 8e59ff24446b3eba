/** A made-up market for the stand-in terminal: any number of instruments, moving as fast as asked. Seeded. */
import type {
  BookView,
  CandleView,
  InstrumentView,
  QuoteView,
  TradeView,
} from '../../../src/shared/api/views.ts';

/** A small seeded generator of numbers from 0 to 1. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const bases = ['BTC', 'ETH', 'SOL', 'XRP', 'ADA', 'DOT', 'LTC', 'LINK', 'AVAX', 'ATOM'];

/** Makes instruments `mock-1:BTC/USDT`, `mock-1:ETH/USDT` … */
export function mockInstruments(count: number): InstrumentView[] {
  return Array.from({ length: count }, (_, at) => {
    const base = `${bases[at % bases.length]}${at < bases.length ? '' : Math.floor(at / bases.length)}`;
    return {
      id: `mock-1:${base}/USDT`,
      venue: 'mock-1',
      symbol: `${base}/USDT`,
      kind: 'spot',
      base,
      quote: 'USDT',
      settle: 'USDT',
      tickSize: '0.1',
      lotSize: '0.0001',
      minimumQuantity: '0.0001',
      minimumNotional: '5',
      makerFeeRate: '0.0008',
      takerFeeRate: '0.001',
      leverageMax: 1,
    };
  });
}

export class MockMarket {
  readonly instruments: InstrumentView[];
  readonly candles: CandleView[] = [];
  nowMs: number;
  private readonly prices: number[];
  private readonly random = seededRandom(7);
  private tradeNumber = 0;

  constructor(instrumentCount: number, candleCount: number) {
    this.instruments = mockInstruments(instrumentCount);
    this.prices = this.instruments.map((_, at) => 60_000 / (at + 1));
    this.nowMs = Date.UTC(2026, 0, 1, 12, 0, 0);
    this.makeCandles(candleCount);
  }

  private makeCandles(count: number): void {
    let close = this.prices[0] as number;
    const rows: CandleView[] = [];
    const lastOpenMs = this.nowMs - (this.nowMs % 60_000);
    for (let at = 0; at < count; at += 1) {
      const open = close * (1 + (this.random() - 0.5) * 0.002);
      const high = Math.max(open, close) * (1 + this.random() * 0.0008);
      const low = Math.min(open, close) * (1 - this.random() * 0.0008);
      // Made from the newest back, so that the last close is the price now.
      rows.push([lastOpenMs - at * 60_000, open, high, low, close, 5 + this.random() * 40]);
      close = open;
    }
    this.candles.push(...rows.reverse());
  }

  /** Moves time on and some prices with it. */
  step(ms: number, moved: number): number[] {
    this.nowMs += ms;
    const touched: number[] = [];
    for (let count = 0; count < moved; count += 1) {
      const at = Math.floor(this.random() * this.prices.length);
      const price = this.prices[at] as number;
      this.prices[at] = Math.round(price * (1 + (this.random() - 0.5) * 0.0004) * 10) / 10;
      touched.push(at);
    }
    return touched;
  }

  quote(at: number): QuoteView {
    const price = this.prices[at] as number;
    return {
      instrument: (this.instruments[at] as InstrumentView).id,
      bid: (price - 0.1).toFixed(1),
      ask: (price + 0.1).toFixed(1),
      last: price.toFixed(1),
      change24h: Math.sin(at) * 0.05,
      volume24h: 1e6 * (at + 1),
      timeMs: this.nowMs,
      bookValid: true,
    };
  }

  book(id: string, depth: number): BookView {
    const price = this.prices[this.indexOf(id)] as number;
    const side = (sign: number): [string, string][] =>
      Array.from({ length: depth }, (_, at) => [
        (price + sign * (0.1 + at * 0.4)).toFixed(1),
        (0.01 + this.random() * 2).toFixed(4),
      ]);
    return { instrument: id, valid: true, reason: '', timeMs: this.nowMs, bids: side(-1), asks: side(1) };
  }

  trades(id: string, count: number): TradeView[] {
    const price = this.prices[this.indexOf(id)] as number;
    return Array.from({ length: count }, () => {
      this.tradeNumber += 1;
      return {
        tradeId: `t${this.tradeNumber}`,
        timeMs: this.nowMs,
        price: (price + (this.random() - 0.5)).toFixed(1),
        quantity: (0.001 + this.random()).toFixed(4),
        aggressor: this.random() > 0.5 ? 'buy' : 'sell',
      };
    });
  }

  /** The candle in the making, moved to the price now, or a new one for each minute that has begun since. */
  liveCandles(): CandleView[] {
    const price = this.prices[0] as number;
    const [openedMs, open, high, low, close, volume] = this.candles[this.candles.length - 1] as CandleView;
    const [highest, lowest] = [Math.max(close, price), Math.min(close, price)];
    const begun: CandleView[] = [];
    for (let openMs = openedMs + 60_000; openMs <= this.nowMs; openMs += 60_000)
      begun.push([openMs, close, highest, lowest, price, 1]);
    this.candles.push(...begun);
    if (begun.length > 0) return begun;
    const next: CandleView = [
      openedMs,
      open,
      Math.max(high, price),
      Math.min(low, price),
      price,
      volume + 0.1,
    ];
    this.candles[this.candles.length - 1] = next;
    return [next];
  }

  indexOf(id: string): number {
    return this.instruments.findIndex((one) => one.id === id);
  }
}
