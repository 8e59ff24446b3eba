import { describe, expect, it } from 'vitest';
import { createExchange } from '../../../../src/adapters/venues/ccxt/create-exchange.ts';
import { exchangeIds } from '../../../../src/adapters/venues/ccxt/load-exchange.ts';
import { systemClock } from '../../../../src/adapters/venues/rate-limit/clock.ts';

describe('creating an exchange', () => {
  it('cannot be made verbose or to retry', async () => {
    const { exchange } = await createExchange('binance', { clock: systemClock });
    expect(() => {
      exchange.verbose = true;
    }).toThrow(TypeError);
    expect(() => {
      exchange.options['maxRetriesOnFailure'] = 3;
    }).toThrow(TypeError);
    expect([exchange.verbose, exchange.options['maxRetriesOnFailure'], exchange.enableRateLimit]).toEqual([
      false,
      0,
      true,
    ]);
  });

  it('uses the test network when asked', async () => {
    const { exchange } = await createExchange('binance', { clock: systemClock, sandbox: true });
    expect(JSON.stringify(exchange.urls.api)).toContain('testnet.binance.vision');
    const refused = createExchange('kraken', { clock: systemClock, sandbox: true }).then(
      () => 'accepted',
      (error) => error.code,
    );
    expect(await refused).toBe('no-sandbox');
  });

  it.each(['nope', '../kraken', '', 'BINANCE'])('refuses the id "%s"', async (id) => {
    await expect(createExchange(id, { clock: systemClock })).rejects.toMatchObject({
      code: 'unknown-exchange',
    });
  });

  it('knows all exchanges of CCXT without loading them', () => {
    const ids = exchangeIds();
    expect(ids.length).toBeGreaterThan(90);
    expect(ids).toEqual(
      expect.arrayContaining(['binance', 'bybit', 'coinbase', 'hyperliquid', 'kraken', 'kucoin', 'okx']),
    );
  });
});
