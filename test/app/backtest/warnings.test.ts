/** What a run tells about itself before its figures. */

import { describe, expect, it } from 'vitest';
import { priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { candleFile, flat, orderAt, type Prices, runScript } from './scripted.ts';

const symbol = 'BTC/USDT:USDT';

describe('orders that real venues refuse', () => {
  const candles = [flat(100), flat(100), flat(100)];
  const buy = (quantity: number, more: Parameters<typeof runScript>[2] = {}) =>
    runScript(candles, orderAt(0, 'buy', quantity), more);

  it('are told with their number and what refuses them, and their rule is among the assumptions', async () => {
    // 0.049 at 100 is 4.90.
    const small = await buy(0.049);
    expect(small.warnings).toEqual([
      '1 entry was worth less than 5 USDT in BTC/USDT, the smallest 4.9: real venues refuse orders that small, and this result cannot be traded. --minimum-notional 5 makes the run refuse them too.',
    ]);
    expect(small.assumptions).toContain(
      'No least order value of BTC/USDT was given (--minimum-notional): orders of any size are taken, where real venues refuse small ones.',
    );
    expect((await buy(0.05)).warnings).toEqual([]);
  });

  it('are counted in great currencies by their worth, and not judged in unknown ones', async () => {
    const cheap = [flat(0.02), flat(0.02), flat(0.02)];
    const run = (symbol: string, quantity: number) =>
      runScript(cheap, orderAt(0, 'buy', quantity), { symbol });
    // 0.004 at 0.02 is 0.00008, 0.005 is 0.0001.
    expect((await run('ETH/BTC', 0.004)).warnings.join()).toContain('less than 0.0001 BTC in ETH/BTC');
    expect((await run('ETH/BTC', 0.005)).warnings).toEqual([]);
    expect((await run('ETH/XYZ', 0.004)).warnings).toEqual([]);
  });

  it('are refused where the least value is given, which is then the assumption', async () => {
    const rules = { tickSize: '0.01', lotSize: '0.001', minimumNotional: '5' };
    const source = { kind: 'file', path: candleFile(candles) } as const;
    const result = await buy(0.049, { series: [{ source, instrument: 'BTC/USDT', rules }] });
    expect(result.counts.fills).toBe(0);
    expect(result.assumptions).toContain('Orders of BTC/USDT below 5 USDT are refused.');
    expect(result.warnings.join()).not.toContain('real venues');
  });
});

describe('a liquidation', () => {
  const toEighty = [flat(100), flat(100), [100, 100, 80, 99], flat(99)] as Prices[];

  it('is the first warning: when, at what price, and what was lost', async () => {
    const result = await runScript(toEighty, orderAt(0, 'buy', 90), {
      symbol,
      capital: '1000',
      leverage: 10,
    });
    // 1000 + 90 (P − 100) = 0.005 × 90 P at P = 89.335…; 90 × 10.67 = 960.30. The candle of 2:00 falls 20 in its
    // first 20 minutes.
    expect(result.warnings[0]).toBe(
      'Liquidated on 2023-11-15 02:10 UTC: equity no longer covered the maintenance margin, and the venue closed the long position of 90 in BTC/USDT:USDT at 89.33. The trade it ended lost 960.30 USDT. Lower leverage, smaller orders or a stop-loss keep a position away from it.',
    );
  });

  it('has its own price, not that of the sales before it', async () => {
    const result = await runScript(
      [flat(100), flat(100), flat(110), flat(110), [110, 110, 70, 75], flat(75)],
      (context) => {
        const [buy, sell] = [orderAt(0, 'buy', 90)(context), orderAt(2, 'sell', 40)(context)];
        return {
          onBar(timeframe, candle) {
            buy.onBar?.(timeframe, candle);
            sell.onBar?.(timeframe, candle);
          },
        };
      },
      { symbol, capital: '1000', leverage: 10 },
    );
    // 40 sold at 110 made 400. 1400 + 50 (P − 100) = 0.005 × 50 P at P = 3600 / 49.75 = 72.36…: 400 − 50 × 27.64 = −982.
    expect(result.warnings[0]).toContain('closed the long position of 50 in BTC/USDT:USDT at 72.36.');
    expect(result.warnings[0]).toContain('The trade it ended lost 982.00 USDT.');
  });

  it('makes the venue refuse an exit the bot still wants, which is not told as a fault', async () => {
    const result = await runScript(
      toEighty,
      (context) => {
        const handlers = orderAt(0, 'buy', 90)(context);
        return {
          ...handlers,
          onFill(fill) {
            if (fill.side !== 'buy') return context.keep([]);
            context.keep([
              {
                leg: 'exit',
                side: 'sell',
                type: 'limit',
                lots: quantityLots(90_000),
                priceTicks: priceTicks(12_000),
                reduceOnly: true,
              },
            ]);
          },
        };
      },
      { symbol, capital: '1000', leverage: 10 },
    );
    // The venue cancels the exit, the bot puts it back, and hears only then that there is nothing left to sell.
    expect(result.counts).toMatchObject({ liquidations: 1, rejected: 1 });
    expect(result.warnings.filter((warning) => warning.includes('refused'))).toEqual([]);
  });
});
