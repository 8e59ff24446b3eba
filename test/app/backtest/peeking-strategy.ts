/** A strategy file that looks for candles which have not closed yet and sends an order where it finds one. */

import { quantityLots } from '../../../src/shared/domain/nominal.ts';
import { hourMs, scriptedStrategy } from './scripted-strategy.ts';

export const strategy = scriptedStrategy((context) => ({
  onBar() {
    const candles = context.candles(hourMs);
    // A candle that opened within the last hour cannot have closed.
    const future = candles.some(({ openTimeMs }) => openTimeMs > context.nowMs() - hourMs);
    // What is known must not be writable into what others will see.
    const list = candles as unknown as unknown[];
    const next = list[list.length];
    if (future || next !== undefined)
      context.send({ leg: 'cheat', side: 'buy', type: 'market', lots: quantityLots(1) });
  },
}));
