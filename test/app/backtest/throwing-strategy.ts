/** A strategy file that fails at its third candle. */

import { scriptedStrategy } from './scripted-strategy.ts';

export const strategy = scriptedStrategy(() => {
  let bars = 0;
  return {
    onBar() {
      bars += 1;
      if (bars === 3) throw new Error('the third candle');
    },
  };
});
