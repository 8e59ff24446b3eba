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

it('what happens inside a long candle happens at its own time, however often a shorter one closes meanwhile', async () => {
  // From 100 at 1:00:00.000 to 90 at 1:19:59.999 in a straight line: 95 is reached half way.
  const long = candleFile([flat(100), [100, 100, 90, 100], flat(100)]);
  const short = candleFile(
    Array.from({ length: 36 }, () => flat(50)),
    hourMs / 12,
  );
  const rules = { tickSize: '0.01', lotSize: '0.001' };
  const result = await runBacktest(
    backtestSpec.parse({
      strategy: 'scripted',
      capital: '10000',
      makerFee: 0,
      takerFee: 0,
      slippage: 0,
      intrabar: 'open-low-high-close',
      series: [
        { source: { kind: 'file', path: long }, instrument: 'BTC/USDT', rules },
        { source: { kind: 'file', path: short }, instrument: 'ETH/USDT', rules },
      ],
    }),
    {
      findStrategy: () =>
        scriptedStrategy(({ instrument, send, watch }) => {
          watch([]);
          const lots = quantityLots(1000);
          let isFirst = instrument.symbol === 'BTC/USDT';
          return {
            onBar() {
              if (isFirst) send({ leg: 'in', side: 'buy', type: 'market', lots });
              isFirst = false;
            },
            onFill(_fill, { leg }) {
              if (leg === 'in')
                send({ leg: 'out', side: 'sell', type: 'stop', lots, triggerTicks: priceTicks(9_500) });
            },
          };
        }),
    },
  );
  const { trades } = result;
  expect([trades.length, trades.exitPrice[0]]).toEqual([1, 95]);
  expect((trades.exitTimeMs[0] as number) - (trades.entryTimeMs[0] as number)).toBe(599_999);
});
