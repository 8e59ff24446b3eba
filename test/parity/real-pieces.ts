/** Backtests drawn over pieces of recorded candle files: a market's rules as coarse, fine or dear as there are. */

import type { SourceCandles } from '../../src/app/backtest/load-series.ts';
import type { Timeframe } from '../../src/shared/domain/candle.ts';
import type { BacktestSpecInput } from '../../src/shared/lab/spec.ts';
import { ruleParams } from './path-difference.ts';
import { randomCase, randomNumbers } from './random-rules.ts';

export interface RealFile {
  /** Path within the folder of shared data. */
  readonly name: string;
  readonly timeframe: Timeframe;
  /** Recorded funding rates of the same market. */
  readonly funding?: string;
}

/** Spot markets: dear and cheap ones, quoted in dollars and in BTC, one of them with 21,001 gaps. */
export const spotFiles: readonly RealFile[] = [
  { name: 'ohlcv/binance_spot_BTCUSDT_1h_2020-2024.csv.gz', timeframe: '1h' },
  { name: 'ohlcv/binance_spot_XRPUSDT_1h_2020-2024.csv.gz', timeframe: '1h' },
  { name: 'ohlcv/binance_spot_ETHBTC_5m_2018-01.csv.gz', timeframe: '5m' },
  { name: 'ohlcv/binance_spot_ZECBTC_5m_2018-01.csv.gz', timeframe: '5m' },
  { name: 'cross-exchange/kraken_spot_BTCUSDC_1m_2023-01-01_03-10.csv.gz', timeframe: '1m' },
];

export const perpetualFiles: readonly RealFile[] = [
  {
    name: 'perp/binance_usdm_BTCUSDT_perp_1h_2022-2024.csv.gz',
    timeframe: '1h',
    funding: 'perp/binance_usdm_BTCUSDT_funding_8h_2020-2024.csv.gz',
  },
  {
    name: 'perp/binance_usdm_XRPUSDT_perp_1h_2022-2024.csv.gz',
    timeframe: '1h',
    funding: 'perp/binance_usdm_XRPUSDT_funding_8h_2020-2024.csv.gz',
  },
  {
    name: 'perp/binance_usdm_ETHUSDT_perp_5m_2023-01_2024-05.csv.gz',
    timeframe: '5m',
    funding: 'perp/binance_usdm_ETHUSDT_funding_8h_2020-2024.csv.gz',
  },
  { name: 'perp/binance_usdm_DOGEUSDT_perp_1m_2026-01.csv.gz', timeframe: '1m' },
  { name: 'perp/binance_usdm_TRXUSDT_perp_1m_2026-01.csv.gz', timeframe: '1m' },
];

/** Decimal text of a power of ten times a whole number. */
const stepText = (count: number, exponent: number): string =>
  (count * 10 ** exponent).toFixed(Math.max(0, -exponent));

/**
 * Draws a backtest of rules over a piece of a file. `pathOf` gives where a file lies (undefined: the draw is left out),
 * `read` its candles.
 */
export async function realDraw(
  seed: number,
  pathOf: (name: string) => string | undefined,
  read: (path: string) => Promise<SourceCandles>,
): Promise<BacktestSpecInput | undefined> {
  const drawn = randomCase(seed);
  const { market } = drawn;
  const random = randomNumbers(seed * 104_729 + 7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (part: number): boolean => random() < part;
  const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const file = pick(market.perpetual ? perpetualFiles : spotFiles);
  const path = pathOf(file.name);
  if (path === undefined) return undefined;
  const { columns, priceDecimals } = await read(path);
  const { length } = columns.openTimeMs;
  const rows = Math.min(length - 1, chance(0.06) ? whole(5000, 7000) : whole(200, 900));
  const first = whole(0, length - rows - 1);
  const timeOf = (row: number): number => columns.openTimeMs[row] as number;
  const price = columns.close[first] as number;
  let lowest = price;
  for (let row = first; row < first + rows; row += 1) lowest = Math.min(lowest, columns.low[row] as number);
  const coarse = [1, 1, 1, 5, 10, 25, 100, 1000].filter(
    (count) => lowest > 25 * count * 10 ** -priceDecimals,
  );
  const lotExponent = Math.max(-8, Math.round(Math.log10(drawn.capital / price)) - whole(1, 6));
  const fundingPath = file.funding === undefined ? undefined : pathOf(file.funding);
  const funded = market.perpetual ? pick(['file', 'file', 'constant', 'none'] as const) : 'none';
  // So much on so little that the market ends it.
  const isReckless = market.perpetual && chance(0.2);
  const leverage = isReckless ? pick([50, 75, 100]) : market.leverage;
  const minimumNotional = pick([0, 0, 5, 10, drawn.capital / 20, drawn.capital / 3]);
  return {
    strategy: 'rules',
    params: {
      ...ruleParams(drawn, file.timeframe),
      ...(isReckless ? { sizeType: 'percent', orderPercent: '60', stopPercent: '0' } : {}),
    },
    series: [
      {
        source: { kind: 'file', path },
        timeframe: file.timeframe,
        rules: {
          ...(chance(0.85) && coarse.length > 0 ? { tickSize: stepText(pick(coarse), -priceDecimals) } : {}),
          ...(chance(0.85) ? { lotSize: stepText(pick([1, 1, 5]), lotExponent) } : {}),
          ...(minimumNotional > 0 ? { minimumNotional: minimumNotional.toFixed(2) } : {}),
          ...(market.perpetual && !isReckless && chance(0.4) ? { leverageMax: pick([2, 5, 20, 125]) } : {}),
          ...(market.perpetual && chance(0.7)
            ? { maintenanceTiers: [{ notionalMax: null, maintenanceRate: market.maintenanceRate }] }
            : {}),
        },
        ...(funded === 'file' && fundingPath !== undefined
          ? { funding: { kind: 'file', path: fundingPath } }
          : funded === 'constant'
            ? { funding: { kind: 'constant', rate: drawn.fundingRate } }
            : {}),
      },
    ],
    dataFromMs: timeOf(first),
    ...(chance(0.5) ? { fromMs: timeOf(first + whole(0, Math.min(150, rows - 50))) } : {}),
    toMs: timeOf(first + rows),
    capital: String(drawn.capital),
    // Nothing rests at the venue to be hit: no maker fee may be paid.
    makerFee: market.takerFee / 4,
    ...(chance(0.8) ? { takerFee: market.takerFee } : {}),
    slippage: chance(0.1) ? 0.01 : drawn.slippage,
    fill: drawn.fill,
    intrabar: drawn.intrabar,
    ...(chance(0.3) ? { reserve: pick([0, 0.001, 0.05]) } : {}),
    leverage,
  };
}
