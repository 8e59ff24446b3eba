/** Reads the method of a Monte Carlo request. */

import type { MonteCarloMethod } from '../../adapters/compute/robustness.ts';
import type { ParsedRequestOf } from '../../shared/api/contract.ts';

export function monteCarloMethod({
  method,
  missedShare,
  blockLength,
}: Pick<
  ParsedRequestOf<'robustness/monte-carlo'>,
  'method' | 'missedShare' | 'blockLength'
>): MonteCarloMethod {
  switch (method) {
    case 'shuffle':
    case 'bootstrap':
      return { kind: method };
    case 'blocks':
      return { kind: 'blocks', length: blockLength };
    case 'missed':
      return { kind: 'missed', probability: missedShare };
  }
}
