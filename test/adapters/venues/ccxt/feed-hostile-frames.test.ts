import { describe, expect, it } from 'vitest';
import { FeedHarness } from '../support/feed-harness.ts';
import { until } from '../support/loopback-venue.ts';

const harness = FeedHarness.install();

describe('hostile frames', () => {
  it.each([
    ['price NaN', (frame: string) => frame.replace('61837.64000000', 'NaN')],
    ['price 0', (frame: string) => frame.replace('61837.64000000', '0.0')],
    ['price 1e400', (frame: string) => frame.replace('"61837.64000000"', '1e400')],
    ['price null', (frame: string) => frame.replace('"61837.64000000"', 'null')],
    ['no JSON', () => '<html>'],
    ['cut JSON', (frame: string) => frame.slice(0, 40)],
    ['a list', () => '[[[[]]]]'],
    ['null', () => 'null'],
    ['the key __proto__', (frame: string) => frame.replace('{', '{"__proto__":{"polluted":true},')],
    ['100 000 levels', () => `{"e":"trade","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['another symbol', (frame: string) => frame.replace('BTCUSDT', 'NOSUCH')],
  ])('%s: refused, the next trade arrives', async (_name, spoil) => {
    const { seen } = await harness.streaming();
    harness.venue.send('btcusdt@trade', spoil(harness.venue.tradeFrame()));
    await until(() => {
      // A frame CCXT itself stumbles over costs a subscription; the stream comes back by itself.
      harness.venue.trade();
      return seen.trades.length > 0;
    }, 'a good trade after the bad one');
    expect(seen.trades.every((trade) => trade.priceTicks === 6_183_764)).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('ends a connection that sends 50 MB, keeps memory bounded and comes back', async () => {
    const { feed, seen } = await harness.streaming();
    const before = process.memoryUsage().rss;
    const connects = feed.stats().connects;
    harness.venue.send('btcusdt@trade', `"${'x'.repeat(50_000_000)}"`);
    await until(() => feed.stats().connects > connects, 'a new connection');
    await until(() => {
      harness.venue.trade();
      return seen.trades.length > 0;
    }, 'a trade after it');
    // The test's own 50 MB text counts too, twice while it is sent.
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
  });
});
