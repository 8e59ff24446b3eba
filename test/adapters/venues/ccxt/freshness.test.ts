import { describe, expect, it } from 'vitest';
import { type StreamFreshness, venueState } from '../../../../src/adapters/venues/ccxt/freshness.ts';

const fine: StreamFreshness = {
  label: 'BTC/USDT book',
  essential: true,
  ageMs: 100,
  staleReason: undefined,
  down: false,
  downForMs: 0,
  polled: false,
  lastError: '',
};
const stream = (fields: Partial<StreamFreshness>): StreamFreshness => ({ ...fine, ...fields });

describe('venue state from its streams', () => {
  it.each([
    ['all fresh', [fine], 'connected'],
    ['one stale among fresh ones', [fine, stream({ staleReason: 'silent for 4.2 s' })], 'stale'],
    ['stale beats down', [stream({ down: true }), stream({ staleReason: 'x' })], 'stale'],
    ['long down beats stale', [stream({ down: true, downForMs: 10_000, staleReason: 'x' })], 'disconnected'],
    ['a book just lost', [fine, stream({ down: true, downForMs: 1_000 })], 'connecting'],
    ['a book lost for long', [fine, stream({ down: true, downForMs: 10_000 })], 'disconnected'],
    ['a tape that is down', [fine, stream({ essential: false, down: true, downForMs: 60_000 })], 'connected'],
    ['a book over REST', [stream({ polled: true })], 'connected'],
  ] as const)('%s', (_name, streams, state) => {
    expect(venueState(streams, 10_000).state).toBe(state);
  });

  it('names the stream, its age and at most three', () => {
    const stale = ['A', 'B', 'C', 'D', 'E'].map((label) =>
      stream({ label, staleReason: 'silent for 4.2 s' }),
    );
    expect(venueState(stale, 10_000).message).toBe(
      'A: silent for 4.2 s; B: silent for 4.2 s; C: silent for 4.2 s; and 2 more',
    );
    expect(venueState([stream({ polled: true })], 10_000).message).toMatch(/over REST.*BTC\/USDT book/);
  });
});
