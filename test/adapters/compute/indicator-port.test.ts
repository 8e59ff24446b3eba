/** Indicators for strategies: columns known beforehand and streams must give the same bits, candle by candle. */

import { describe, expect, it } from 'vitest';
import { candlesOf } from '../../../src/adapters/compute/candle-columns.ts';
import { createCatalogue } from '../../../src/adapters/compute/catalogue.ts';
import { createIndicatorPort } from '../../../src/adapters/compute/indicator-port.ts';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import type { IndicatorRequest } from '../../../src/engine/strategy/api.ts';
import { instrumentId } from '../../../src/shared/domain/nominal.ts';
import { ruleIndicators } from '../../../src/shared/rules/indicators.ts';
import { candleMs, randomCandles } from '../../parity/random-rules.ts';

const catalogue = createCatalogue(loadNative());
const instrument = instrumentId('sim-a', 'BTC/USDT');
const columns = randomCandles(5, 400, 0.1, 5000);
const all = candlesOf(columns);
const streams = createIndicatorPort(catalogue);
const whole = createIndicatorPort(catalogue, () => columns);

const requests: readonly (IndicatorRequest & { readonly read: string })[] = [
  { id: 'RSI', params: { timeperiod: 7 }, timeframeMs: candleMs, read: 'real' },
  { id: 'macd', params: {}, timeframeMs: candleMs, read: 'macdhist' },
  {
    id: 'SMA',
    params: { timeperiod: 5 },
    inputs: [{ indicator: { id: 'ATR', params: {} }, output: 'real' }],
    timeframeMs: candleMs,
    read: 'real',
  },
];

describe('the indicator port', () => {
  it.each(requests)('$id: columns and stream agree on every candle, now and some candles ago', (request) => {
    let closed = all.slice(0, 0);
    const stream = streams.open(request, instrument, () => closed);
    const column = whole.open(request, instrument, () => closed);
    let known = 0;
    for (let count = 1; count <= all.length; count += 1) {
      closed = all.slice(0, count);
      for (const barsAgo of [0, 1, 17]) {
        const value = stream.value(request.read, barsAgo);
        expect(column.value(request.read, barsAgo)).toBe(value);
        if (Number.isFinite(value)) known += 1;
      }
    }
    expect(known).toBeGreaterThan(900);
  });

  it('takes up older candles that come late, and several at once', () => {
    const request = requests[0] as IndicatorRequest;
    let closed = all.slice(300);
    const late = streams.open(request, instrument, () => closed);
    late.value('real');
    closed = all;
    const fresh = streams.open(request, instrument, () => all);
    expect(late.value('real')).toBe(fresh.value('real'));
    expect(late.value('real', 250)).toBe(fresh.value('real', 250));
  });

  it('refuses what does not exist', () => {
    const open = (request: Partial<IndicatorRequest>) => () =>
      streams.open({ id: 'RSI', params: {}, timeframeMs: candleMs, ...request }, instrument, () => all);
    expect(open({ id: 'RSU' })).toThrow('there is no indicator "RSU"');
    expect(open({ params: { period: 3 } })).toThrow(RangeError);
    expect(open({ params: { timeperiod: 0 } })).toThrow('timeperiod must be');
    expect(open({ inputs: ['close', 'open'] })).toThrow('RSI reads 1 series, not 2');
    expect(() => open({})().value('hist')).toThrow('no output "hist"');
  });

  it('is what rule texts are checked against (else run scripts/write-indicator-table.ts)', () => {
    expect(ruleIndicators).toEqual(
      catalogue.indicators.map(({ id, aliases, inputs, params, outputs }) => ({
        id,
        aliases,
        inputs,
        params,
        outputs,
      })),
    );
  });
});
