/** A strategy file that buys ten thousand lots at its first candle and keeps them. */

import { quantityLots } from '../../../src/shared/domain/nominal.ts';
import { scriptedStrategy } from './scripted-strategy.ts';

export const strategy = scriptedStrategy((context) => {
  let isDone = false;
  return {
    onBar() {
      if (!isDone) context.send({ leg: 'buy', side: 'buy', type: 'market', lots: quantityLots(10_000) });
      isDone = true;
    },
  };
});
