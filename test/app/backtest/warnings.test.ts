/** What a run tells about itself before its figures. */

import { describe, expect, it } from 'vitest';
import { priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { flat, orderAt, type Prices, runScript } from './scripted.ts';

const symbol = 'BTC/USDT:USDT';

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
