/** A run to make reports of: a walk of prices, entered and left at fixed places, the same every time. */

import { type BacktestResult, emptyTrades } from '../../../src/shared/lab/result.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';

export interface SampleOptions {
  readonly bars?: number;
  readonly timeframeMs?: number;
  readonly tradeEvery?: number;
  readonly strategy?: string;
  readonly symbol?: string;
}

const startMs = Date.UTC(2023, 0, 1);
const money = 10_000;

/** Makes a run. All in, long and short by turns, held for a third of the distance between entries. */
export function sampleRun(options: SampleOptions = {}): BacktestResult {
  const { bars = 20_000, timeframeMs = 3_600_000, tradeEvery = 60 } = options;
  const close = walk(bars);
  const starts: number[] = [];
  for (let bar = 5; bar + tradeEvery < bars; bar += tradeEvery) starts.push(bar);
  const trades = emptyTrades(starts.length);
  const equity = new Float64Array(bars).fill(money);
  const exposure = new Float64Array(bars);
  let account = money;
  let fees = 0;
  let filled = 0;
  starts.forEach((entry, row) => {
    const held = Math.max(2, Math.floor(tradeEvery / 3) + (row % 7));
    const exit = Math.min(bars - 1, entry + held);
    const side = row % 3 === 2 ? -1 : 1;
    const [entryPrice, exitPrice] = [close[entry] as number, close[exit] as number];
    const quantity = account / entryPrice;
    const fee = 0.0002 * account;
    equity.fill(account, filled, entry);
    let worst = 0;
    let best = 0;
    for (let bar = entry; bar < exit; bar++) {
      const moved = side * ((close[bar] as number) / entryPrice - 1);
      worst = Math.min(worst, moved);
      best = Math.max(best, moved);
      equity[bar] = account * (1 + moved) - fee;
      exposure[bar] = side;
    }
    const last = side * (exitPrice / entryPrice - 1);
    const profit = account * last - 2 * fee;
    filled = exit;
    trades.side[row] = side;
    trades.entryTimeMs[row] = startMs + entry * timeframeMs;
    trades.exitTimeMs[row] = startMs + exit * timeframeMs;
    trades.entryBar[row] = entry;
    trades.exitBar[row] = exit;
    trades.quantity[row] = quantity;
    trades.entryPrice[row] = entryPrice;
    trades.exitPrice[row] = exitPrice;
    trades.fees[row] = 2 * fee;
    trades.slippage[row] = fee;
    trades.profit[row] = profit;
    trades.profitRatio[row] = profit / account;
    trades.mae[row] = Math.min(worst, last);
    trades.mfe[row] = Math.max(best, last);
    trades.exitReason[row] = 1 + (row % 3);
    account += profit;
    fees += 2 * fee;
  });
  equity.fill(account, filled);
  const toMs = startMs + bars * timeframeMs;
  return {
    spec: backtestSpec.parse({
      strategy: options.strategy ?? 'ma-cross',
      params: { fastPeriod: 50, slowPeriod: 200 },
      series: [{ source: { kind: 'file', path: 'candles.csv.gz' } }],
    }),
    instruments: [
      {
        venue: 'binance',
        symbol: options.symbol ?? 'BTC/USDT',
        kind: 'spot',
        quote: 'USDT',
        timeframeMs,
        tickSize: '0.01',
        lotSize: '0.00001',
      },
    ],
    trades,
    openPositions: [],
    equity: {
      length: bars,
      timeMs: Float64Array.from(close, (_, bar) => startMs + (bar + 1) * timeframeMs),
      equity,
      exposure,
    },
    path: 'event',
    counts: {
      bars,
      orders: trades.length * 2,
      fills: trades.length * 2,
      rejected: 0,
      refusedEntries: 0,
      liquidations: 0,
    },
    fees,
    funding: 0,
    slippage: fees / 2,
    startEquity: money,
    finalEquity: account,
    fromMs: startMs,
    toMs,
    assumptions: [
      'Market orders fill at the open of the next candle.',
      'Prices inside a candle: the side against the position comes first.',
    ],
    warnings: ['12 candles are missing between 2023-03-01 and 2023-03-02.'],
    wallMs: 100,
    barsPerSecond: 1_000_000,
    price: { close, start: close[0] ?? 0 },
  };
}

/** A walk with a little drift, from a small generator of its own, so that it is the same everywhere. */
function walk(bars: number): Float64Array {
  let state = 12_345;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const close = new Float64Array(bars);
  let price = 20_000;
  for (let bar = 0; bar < bars; bar++) {
    price *= 1 + (uniform() + uniform() - 0.998) * 0.008;
    close[bar] = price;
  }
  return close;
}
