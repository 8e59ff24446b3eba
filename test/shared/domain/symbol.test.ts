import { expect, it } from 'vitest';
import { nearestSymbol, parseSymbol, symbolKey } from '../../../src/shared/domain/symbol.ts';

it('reads spot, perpetuals and dated contracts', () => {
  expect(parseSymbol('BTC/USDT')).toEqual({
    base: 'BTC',
    quote: 'USDT',
    settle: undefined,
    expiry: undefined,
  });
  expect(parseSymbol('BTC/USD:BTC')).toMatchObject({ quote: 'USD', settle: 'BTC', expiry: undefined });
  expect(parseSymbol('ETH/USDT:USDT-240329')).toMatchObject({ settle: 'USDT', expiry: '240329' });
  expect(parseSymbol('stETH/ETH')).toMatchObject({ base: 'stETH', quote: 'ETH' });
});

it.each(['btcusdt', 'BTCUSDT', 'btc/usdt', 'BTC-USDT', 'BTC/', '../x', 'BTC/USDT ', ''])(
  'is no symbol: %j',
  (text) => {
    expect(parseSymbol(text)).toBeUndefined();
  },
);

it('gives the standard form of what was probably meant', () => {
  const written = ['btcusdt', 'btc/usdt', 'BTC-USDT', 'eth_btc', 'btc/usdt:usdt', 'doge', '../evil', ''];
  expect(written.map(nearestSymbol)).toEqual([
    'BTC/USDT',
    'BTC/USDT',
    'BTC/USDT',
    'ETH/BTC',
    'BTC/USDT:USDT',
    undefined,
    undefined,
    undefined,
  ]);
});

it('knows two writings of one market, and a perpetual from its spot market', () => {
  expect(new Set(['btcusdt', 'BTC-USDT', 'BTC/USDT'].map(symbolKey)).size).toBe(1);
  expect(symbolKey('BTC/USDT:USDT')).not.toBe(symbolKey('BTC/USDT'));
});
