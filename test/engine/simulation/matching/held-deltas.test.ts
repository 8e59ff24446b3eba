import { describe, expect, it } from 'vitest';
import { InstrumentMarket } from '../../../../src/engine/simulation/matching/instrument-market.ts';
import { epochMs } from '../../../../src/shared/domain/nominal.ts';
import { spotInstrument } from '../../instruments.ts';

const base = { instrument: spotInstrument().id, venueTimeMs: epochMs(1), receiveTimeMs: epochMs(1) };

describe('the depth of a simulated venue', () => {
  it('applies deltas that came before the snapshot they follow', () => {
    const market = new InstrumentMarket(spotInstrument());
    market.onDelta({
      kind: 'book-delta',
      firstSequence: 5,
      lastSequence: 12,
      bids: [100, 7],
      asks: [],
      ...base,
    });
    market.onSnapshot({ kind: 'book-snapshot', sequence: 10, bids: [100, 1], asks: [101, 4], ...base });
    expect(market.depthOf('buy').lotsAtRank(0)).toBe(7);
    expect(
      market.onDelta({
        kind: 'book-delta',
        firstSequence: 13,
        lastSequence: 14,
        bids: [],
        asks: [101, 9],
        ...base,
      }),
    ).toBe(true);
    expect(market.source).toBe('book');
    expect(market.depthAgainst('buy').lotsAtRank(0)).toBe(9);
  });
});
