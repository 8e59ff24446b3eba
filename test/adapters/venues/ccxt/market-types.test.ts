import { expect, it } from 'vitest';
import { marketTypesFor } from '../../../../src/adapters/venues/ccxt/market-types.ts';

const typesOf = (exchange: string, ...symbols: string[]) =>
  (marketTypesFor(exchange, symbols) as { fetchMarkets?: { types: string[] } }).fetchMarkets?.types;

it('asks for the kinds of the symbols alone, as each exchange calls them', () => {
  expect(typesOf('binance', 'BTC/USDT', 'ETH/USDT')).toEqual(['spot']);
  expect(typesOf('binance', 'BTC/USDT', 'BTC/USDT:USDT')).toEqual(['spot', 'linear']);
  expect(typesOf('bybit', 'BTC/USD:BTC')).toEqual(['inverse']);
  expect(typesOf('okx', 'BTC/USDT:USDT', 'BTC/USDT:USDT-260327')).toEqual(['swap', 'future']);
});

it('leaves exchanges whose names it does not know as CCXT has them', () => {
  expect(marketTypesFor('kraken', ['BTC/USDT'])).toEqual({});
  expect(marketTypesFor('binanceusdm', ['BTC/USDT:USDT'])).toEqual({});
});
