/** The crossover of two simple averages as a user would write it in TypeScript: all money in, all out. */

import { z } from 'zod';
import { compareAverages, Sma } from '../../src/engine/indicators/moving-averages.ts';
import { defineStrategy } from '../../src/engine/strategy/api.ts';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { lotsForQuote } from '../../src/shared/domain/instrument.ts';

/** Averages of 50 and 200 candles, compared exactly in ticks; a tie keeps the side. */
export const smaStrategy = (timeframeMs: number) =>
  defineStrategy<Record<string, never>, null>({
    id: 'sma',
    family: 'bench',
    title: 'SMA',
    summary: '',
    goodFor: '',
    risk: '',
    params: z.strictObject({}),
    supports: () => true,
    suggest: () => ({}),
    subscribe: () => ({ timeframesMs: [timeframeMs], warmupBars: 0, quotes: false, trades: false }),
    plan: () =>
      ({
        levels: [],
        lines: [],
        figures: [],
        funds: [],
        worstLoss: null,
        breakEven: null,
        violations: [],
      }) as never,
    initialState: () => null,
    create(context) {
      const { instrument } = context;
      const tick = instrument.tickSize.toNumber();
      const fast = new Sma(50);
      const slow = new Sma(200);
      const costs = Decimal.one.plus(instrument.takerFeeRate);
      let side = 0;
      return {
        onBar(_timeframe, candle) {
          const ticks = Math.round(candle.close / tick);
          fast.push(ticks);
          slow.push(ticks);
          const now = compareAverages(fast, slow) ?? 0;
          if (now === 0 || now === side) return;
          const isFirst = side === 0;
          side = now;
          if (isFirst) return;
          const { lots } = context.position();
          const leg = `at-${candle.openTimeMs}`;
          if (now > 0 && lots === 0) {
            const money = context.available(instrument.settle).dividedBy(costs, 12, 'down');
            const quote = context.quote();
            if (quote === undefined) return;
            context.send({
              leg,
              side: 'buy',
              type: 'market',
              lots: lotsForQuote(instrument, money, quote.askTicks),
            });
          } else if (now < 0 && lots > 0) context.send({ leg, side: 'sell', type: 'market', lots });
        },
      };
    },
  });
