/** Series of different timeframes on one clock: each does what it does at its own time. */

import { expect, it } from 'vitest';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';
import { candleFile, hourMs, type Prices, scriptedStrategy } from './scripted.ts';

const flat = (price: number): Prices => [price, price, price, price];

it('payments and prices of a long candle do not run ahead of a shorter one', async () => {
  const day = candleFile([flat(100), flat(100)] as Prices[], 24 * hourMs, Date.UTC(2024, 0, 1));
  const hours = Array.from({ length: 48 }, (): Prices => [100, 100, 100, 100]);
  hours[27] = [100, 100, 90, 90];
  for (let hour = 28; hour < 48; hour += 1) hours[hour] = [90, 90, 90, 90];
  const rules = { tickSize: '0.01', lotSize: '0.001' };
  const result = await runBacktest(
    backtestSpec.parse({
      strategy: 'scripted',
      capital: '10000',
      makerFee: 0,
      takerFee: 0,
      slippage: 0,
      series: [
        {
          source: { kind: 'file', path: day },
          instrument: 'BTC/USDT',
          rules,
          borrow: { baseRatePerDay: 0.024, quoteRatePerDay: 0 },
        },
        {
          source: { kind: 'file', path: candleFile(hours, hourMs, Date.UTC(2024, 0, 1)) },
          instrument: 'ETH/USDT',
          rules,
        },
      ],
    }),
    {
      // At the close of the first day one is sold short of the one, and ten of the other are asked for at 95.
      findStrategy: () =>
        scriptedStrategy(
          ({ instrument, send, watch }) => {
            watch([]);
            let isFirst = true;
            const lots = (quantity: number) => quantityLots(quantity * 1000);
            return {
              onBar() {
                if (isFirst && instrument.symbol === 'BTC/USDT')
                  send({ leg: 'short', side: 'sell', type: 'market', lots: lots(1) });
                if (isFirst && instrument.symbol === 'ETH/USDT')
                  send({
                    leg: 'dip',
                    side: 'buy',
                    type: 'limit',
                    lots: lots(10),
                    priceTicks: priceTicks(9_500),
                  });
                isFirst = false;
              },
            };
          },
          [24 * hourMs],
        ),
    },
  );
  // Behind the open of the second day 23 hours of 0.1 are charged; at the close of hour 27 ten bought at 95 are worth 90.
  const hourOf = (timeMs: number) => Math.floor((timeMs - Date.UTC(2024, 0, 1)) / hourMs);
  expect([...result.trades.entryTimeMs].map(hourOf)).toEqual([24, 27]);
  const money = [...result.equity.equity].map((value) => Math.round(value * 10) / 10);
  expect(money.slice(0, 24)).toEqual(Array(24).fill(10_000));
  expect(money.slice(24, 27)).toEqual(Array(3).fill(9_997.7));
  expect(money.slice(27)).toEqual(Array(21).fill(9_947.7));
});
