/** Money of perpetuals and goods held at the start: worked out by hand or proven by two equal runs. */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';
import { findStrategy } from '../../../src/strategies/registry.ts';
import {
  candleFile,
  flat,
  hourMs,
  orderAt,
  type Prices,
  rounded,
  runScript,
  startMs,
  testFolder,
  tripsOf,
} from './scripted.ts';

const perpetual = 'BTC/USDT:USDT';

describe('perpetuals', () => {
  it('funding is paid at its time on the position held before the open, at the open price', async () => {
    const file = join(testFolder(), 'funding.csv');
    // At the opens of candles 1, 2 and 3, and in the middle of candle 3.
    const rows = [
      [startMs + hourMs, '0.001'],
      [startMs + 2 * hourMs, '0.001'],
      [startMs + 3 * hourMs, '-0.002'],
      [startMs + 3.5 * hourMs, '0.01'],
    ];
    writeFileSync(file, `timestamp,funding_rate\n${rows.map((row) => row.join(',')).join('\n')}\n`);
    const candles = [flat(100), flat(100), flat(110), [120, 130, 115, 125], flat(125)] as Prices[];
    const result = await runScript(candles, orderAt(0, 'buy', 2), {
      symbol: perpetual,
      series: [
        {
          source: { kind: 'file', path: candleFile(candles) },
          instrument: perpetual,
          rules: { tickSize: '0.01', lotSize: '0.001' },
          funding: { kind: 'file', path: file },
        },
      ],
    });
    // Bought at the open of candle 1, after its payment. Then −2×110×0.001, +2×120×0.002, −2×120×0.01.
    expect(rounded(result.funding)).toBe(rounded(-0.22 + 0.48 - 2.4));
    expect(rounded(result.finalEquity)).toBe(rounded(10_000 + 2 * 25 - 2.14));
  });

  it.each(['event', 'sweep'] as const)(
    'every funding time inside a long candle is charged (%s path)',
    async (path) => {
      const dayMs = 24 * hourMs;
      const firstMs = Date.UTC(2024, 0, 1);
      const file = join(testFolder(), 'funding.csv');
      // Days of three funding times, rates by day: 0.001, 0.002, −0.003, 0.004.
      const rates = ['0.001', '0.002', '-0.003', '0.004'];
      const rows = rates.flatMap((rate, day) =>
        [0, 8, 16].map((hour) => `${firstMs + day * dayMs + hour * hourMs},${rate}`),
      );
      writeFileSync(file, `timestamp,funding_rate\n${rows.join('\n')}\n`);
      const candles = [
        [100, 100, 100, 100],
        [100, 101, 100, 101],
        [110, 111, 110, 111],
        [120, 121, 120, 121],
      ] as const satisfies Prices[];
      const result = await runBacktest(
        backtestSpec.parse({
          strategy: 'rules',
          params: {
            longEntry: 'close >= 100',
            sizeType: 'quote',
            orderQuote: '150',
            stopPercent: '0',
            targetPercent: '0',
          },
          path,
          slippage: 0,
          makerFee: 0,
          takerFee: 0,
          series: [
            {
              source: { kind: 'file', path: candleFile(candles, dayMs, firstMs) },
              instrument: perpetual,
              rules: { tickSize: '0.01', lotSize: '1' },
              funding: { kind: 'file', path: file },
            },
          ],
        }),
        { findStrategy },
      );
      // 150 at 100 less the reserve is 1 piece, bought at the open of day 1 after the payment of 0:00. Day 1: two payments
      // of 100 × 0.002; day 2: three of 110 × −0.003, received; day 3: three of 120 × 0.004.
      expect(result.trades.quantity[0]).toBe(1);
      expect(rounded(result.funding)).toBe(rounded(-2 * 0.2 + 3 * 0.33 - 3 * 0.48));
      expect(rounded(result.finalEquity)).toBe(rounded(10_000 + 21 - 0.85));
    },
  );

  it('a long position is liquidated on the path where equity meets maintenance, before anything beyond', async () => {
    // 1,000 at leverage 10: 90 at 100 is 9,000. Equity 1000 + 90 (P − 100) = 0.005 × 90 P at P = 8000 / 89.55 = 89.335…
    const result = await runScript(
      [flat(100), flat(100), [100, 100, 80, 99], flat(99)],
      orderAt(0, 'buy', 90),
      {
        symbol: perpetual,
        capital: '1000',
        leverage: 10,
      },
    );
    expect(result.counts.liquidations).toBe(1);
    expect(tripsOf(result)).toEqual([
      {
        side: 1,
        entryBar: 1,
        entryPrice: 100,
        exitBar: 2,
        exitPrice: 89.33,
        profit: rounded(90 * (89.33 - 100)),
        reason: 'liquidation',
      },
    ]);
    expect(rounded(result.finalEquity)).toBe(rounded(1000 - 90 * 10.67));
  });

  it('tiers decide the maintenance rate, and a short position is liquidated above', async () => {
    const candles = [flat(100), flat(100), [100, 120, 100, 101], flat(101)] as Prices[];
    const result = await runScript(candles, orderAt(0, 'sell', 50), {
      capital: '1000',
      leverage: 10,
      series: [
        {
          source: { kind: 'file', path: candleFile(candles) },
          instrument: perpetual,
          rules: {
            tickSize: '0.01',
            lotSize: '0.001',
            maintenanceTiers: [
              { notionalMax: 1000, maintenanceRate: 0.004 },
              { notionalMax: null, maintenanceRate: 0.02 },
            ],
          },
        },
      ],
    });
    // 1000 − 50 (P − 100) = 0.02 × 50 P at P = 6000 / 51 = 117.647…
    expect(tripsOf(result)[0]).toMatchObject({ side: -1, exitPrice: 117.65, reason: 'liquidation' });
  });

  it('a tick above the price is refused: the price would be told as none at all', async () => {
    const candles = [flat(100), [100, 101, 99, 100], flat(100)] as Prices[];
    const run = (tickSize: string) =>
      runScript(candles, orderAt(0, 'buy', 1), {
        symbol: perpetual,
        series: [
          {
            source: { kind: 'file', path: candleFile(candles) },
            instrument: perpetual,
            rules: { tickSize, lotSize: '0.001' },
          },
        ],
      });
    await expect(run('100')).rejects.toThrow(
      `series.0.rules.tickSize: prices of ${perpetual} as low as 99 cannot be told in ticks of 100`,
    );
    expect((await run('99')).trades).toHaveLength(1);
  });

  it('leverage that does nothing is told', async () => {
    const candles = [flat(100), flat(100)] as Prices[];
    const warnings = async (leverage: number): Promise<string> =>
      (await runScript(candles, orderAt(0, 'buy', 1), { leverage })).warnings.join(' ');
    expect(await warnings(5)).toContain('Leverage 5 does nothing in BTC/USDT');
    expect(await warnings(1)).not.toContain('Leverage');
  });

  it('the leverage of a market that takes less than the account is told', async () => {
    const candles = [flat(100), flat(100)] as Prices[];
    const result = await runScript(candles, orderAt(0, 'buy', 1), {
      symbol: perpetual,
      leverage: 10,
      series: [
        {
          source: { kind: 'file', path: candleFile(candles) },
          instrument: perpetual,
          rules: { tickSize: '0.01', lotSize: '0.001', leverageMax: 3 },
        },
      ],
    });
    expect(result.assumptions.join(' ')).toContain(
      `Leverage 10 (3 in ${perpetual}, which takes no more), cross margin`,
    );
  });

  it('without leverage an order beyond the money is denied', async () => {
    const result = await runScript([flat(100), flat(100)], orderAt(0, 'buy', 101), { symbol: perpetual });
    expect(result.counts).toMatchObject({ fills: 0, refusedEntries: 1 });
  });

  it.each([
    // Interval 90 to 100 buys at 90, 100 to 110 holds from the start and may lose 10: 400 / (90 + 100 + 10) = 2 pieces each.
    [
      'grid',
      { mode: 'long', lower: '90', upper: '110', levels: 2, investment: '400', slippagePercent: '0' },
      2,
    ],
    ['dca', { direction: 'long', baseOrderQuote: '500', maxSafetyOrders: 0 }, 5],
  ])(
    '%s finds the money of its first order by the leverage of the account',
    async (strategy, params, pieces) => {
      const quantities = async (leverage: number) => {
        const spec = {
          strategy,
          params: {
            ...params,
            ...(strategy === 'grid' ? { spacing: 'arithmetic', sizeMode: 'equal-base' } : {}),
          },
          capital: '100',
          makerFee: 0,
          takerFee: 0,
          slippage: 0,
          leverage,
          series: [
            {
              source: { kind: 'file' as const, path: candleFile([flat(100), flat(100), flat(100)]) },
              instrument: perpetual,
              rules: { tickSize: '0.01', lotSize: '0.001' },
            },
          ],
        };
        return [...(await runBacktest(backtestSpec.parse(spec), { findStrategy })).trades.quantity];
      };
      expect(await quantities(10)).toEqual([pieces]);
      expect(await quantities(1)).toEqual([]);
    },
  );
});

const shared = join(import.meta.dirname, '../../../../shared');
const perpFile = join(shared, 'data/perp/binance_usdm_BTCUSDT_perp_5m_2023-01_2024-05.csv.gz');

describe.skipIf(!existsSync(perpFile))('real data (skipped where ../shared is absent)', () => {
  it.each(['event', 'sweep'] as const)(
    'SMA 50/200 at the close gives the trades of the reference (%s)',
    async (path) => {
      const result = await runBacktest(
        backtestSpec.parse({
          strategy: 'ma-cross',
          params: {
            average: 'sma',
            fastPeriod: 50,
            slowPeriod: 200,
            direction: 'long',
            sizeType: 'percent',
            orderPercent: '100',
            stopLossPercent: '0',
          },
          capital: '1000000',
          makerFee: 0.001,
          takerFee: 0.001,
          slippage: 0,
          fill: 'close',
          path,
          series: [{ source: { kind: 'file', path: perpFile }, rules: { lotSize: '0.0000000001' } }],
        }),
        { findStrategy },
      );
      expect(result.instruments[0]?.symbol).toBe(perpetual);
      expect(result.trades.length).toBe(485);
      expect(result.counts.bars).toBe(143_900);
      // The reference buys fractions without end; lots of 1e-10 leave a little unused.
      expect(Math.abs(result.finalEquity / 1_012_413.8568638159 - 1)).toBeLessThan(1e-9);
      expect(Math.abs(result.fees / 1_050_031.911342166 - 1)).toBeLessThan(1e-9);
    },
  );
});

describe('goods held at the start', () => {
  it('count at the close before the first traded candle, in the start equity and in their round trip', async () => {
    // 2 at 100 and 10,000 of money. The first traded candle opens at 130; sold at its close of 120.
    const candles: Prices[] = [flat(100), flat(100), [130, 130, 115, 120], flat(120)];
    const result = await runScript(candles, orderAt(0, 'sell', 2), {
      fill: 'close',
      warmupBars: 2,
      holdings: { BTC: '2' },
    });
    expect(result.startEquity).toBe(10_200);
    expect(result.finalEquity).toBe(10_240);
    expect(tripsOf(result)).toMatchObject([{ entryPrice: 100, exitPrice: 120, profit: 40 }]);
  });
});
