/** A strategy file that never returns from its third candle. */

import { scriptedStrategy } from './scripted-strategy.ts';

export const strategy = scriptedStrategy(() => {
  let bars = 0;
  return {
    onBar() {
      bars += 1;
      while (bars >= 3) bars += 0;
    },
  };
});
