/** Goal: whatever of an input can change a result changes the digest. */

import { describe, expect, it } from 'vitest';
import { InputDigest } from '../../../src/engine/market/input-digest.ts';
import type { MarketEvent } from '../../../src/shared/events/market.ts';

const at = { instrument: 'test:BTC/USDT', venueTimeMs: 1_000, receiveTimeMs: 1_050 };
const candle = { openTimeMs: 0, open: 1, high: 2, low: 0.5, close: 1.5, volume: 3 };
const events = [
  { ...at, kind: 'quote', bidTicks: 1, bidLots: 2, askTicks: 3, askLots: 4 },
  { ...at, kind: 'trade', tradeId: 't', priceTicks: 5, lots: 6, aggressor: 'buy' },
  { ...at, kind: 'book-snapshot', sequence: 7, bids: [1, 2], asks: [3, 4] },
  { ...at, kind: 'book-delta', firstSequence: 8, lastSequence: 9, bids: [1, 2], asks: [3, 4] },
  { ...at, kind: 'candle', timeframeMs: 60_000, final: true, candle },
  { ...at, kind: 'funding-rate', rate: '0.0001', markTicks: 10, nextFundingMs: 11 },
] as unknown as (MarketEvent & Record<string, unknown>)[];

function digestOf(...list: MarketEvent[]): string {
  const digest = new InputDigest();
  for (const event of list) digest.add(event);
  return digest.toString();
}

/** Gives the event with one field changed, for every field. */
function* changesOf(event: Record<string, unknown>): Generator<[string, MarketEvent]> {
  for (const [field, value] of Object.entries(event)) {
    if (field === 'kind' || field === 'tradeId') continue;
    if (typeof value === 'number') yield [field, { ...event, [field]: value + 1 } as never];
    else if (typeof value === 'boolean') yield [field, { ...event, [field]: !value } as never];
    else if (field === 'aggressor') yield [field, { ...event, aggressor: 'sell' } as never];
    else if (typeof value === 'string') yield [field, { ...event, [field]: `${value}1` } as never];
    else if (Array.isArray(value)) yield [field, { ...event, [field]: [1, 3] } as never];
    else if (field === 'candle') {
      for (const name of Object.keys(candle))
        yield [`candle.${name}`, { ...event, candle: { ...candle, [name]: 9.25 } } as never];
    }
  }
}

describe('InputDigest', () => {
  it.each(
    events.flatMap((event) =>
      [...changesOf(event)].map(([field, changed]) => [event.kind, field, event, changed] as const),
    ),
  )('of a %s changes with its %s', (_kind, _field, event, changed) => {
    expect(digestOf(changed)).not.toBe(digestOf(event));
    expect(digestOf(event)).toBe(digestOf({ ...event }));
  });

  it('depends on the order and on nothing else', () => {
    const [first, second] = events as unknown as [MarketEvent, MarketEvent];
    expect(digestOf(first, second)).not.toBe(digestOf(second, first));
    expect(digestOf(first, second)).toBe(digestOf(first, second));
  });
});
