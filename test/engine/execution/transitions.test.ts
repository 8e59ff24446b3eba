import { describe, expect, test } from 'vitest';
import {
  isLegalTransition,
  isTerminal,
  legalTransitions,
} from '../../../src/engine/execution/transitions.ts';
import { type OrderState, orderStates } from '../../../src/shared/domain/order.ts';

// Written out a second time on purpose: one row a state, + legal, - not, columns in the order of `orderStates`.
//                          PC OP PF FI PX CA RE EX UN
const table: Record<OrderState, string> = {
  PENDING_CREATE: '-  +  +  +  +  +  +  +  +',
  OPEN: '-  -  +  +  +  +  +  +  +',
  PARTIALLY_FILLED: '-  -  -  +  +  +  -  +  +',
  FILLED: '-  -  -  -  -  -  -  -  -',
  PENDING_CANCEL: '-  +  +  +  -  +  +  +  +',
  CANCELED: '-  -  -  -  -  -  -  -  -',
  REJECTED: '-  -  -  -  -  -  -  -  -',
  EXPIRED: '-  -  -  -  -  -  -  -  -',
  UNKNOWN: '-  +  +  +  +  +  +  +  -',
};

describe('order state transitions', () => {
  const cases = orderStates.flatMap((from) =>
    orderStates.map((to, column) => ({ from, to, legal: table[from].split(/\s+/)[column] === '+' })),
  );

  test.each(cases)('$from to $to: legal is $legal', ({ from, to, legal }) => {
    expect(isLegalTransition(from, to)).toBe(legal);
  });

  test('terminal states are exactly those without a way out', () => {
    expect(orderStates.filter(isTerminal)).toEqual(['FILLED', 'CANCELED', 'REJECTED', 'EXPIRED']);
    expect(orderStates.filter((state) => legalTransitions[state].length === 0)).toEqual(
      orderStates.filter(isTerminal),
    );
  });

  test('every state but the first can be reached from PENDING_CREATE', () => {
    const seen = new Set<OrderState>(['PENDING_CREATE']);
    for (const state of seen) for (const next of legalTransitions[state]) seen.add(next);
    expect(seen.size).toBe(orderStates.length);
  });
});
