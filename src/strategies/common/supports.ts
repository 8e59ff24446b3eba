/** Which instruments the strategies can count profit for. */

import type { Instrument } from '../../shared/domain/instrument.ts';

/** True for spot and for perpetuals settled in their quote currency; else a text that says why not. */
export function supportsLinear(instrument: Instrument): true | string {
  if (instrument.kind === 'perpetual' && instrument.settle !== instrument.quote) {
    return `${instrument.symbol} is settled in ${instrument.settle}: profit here is counted in ${instrument.quote}, so choose a contract settled in ${instrument.quote}`;
  }
  return true;
}
