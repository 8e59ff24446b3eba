/** The form of a run over an order book, and delays as they are typed. */

import { expect, it } from 'vitest';
import {
  type SpecValues,
  specOfValues,
  specValuesSchema,
  storedKey,
  valuesOfSpec,
} from '../../../src/renderer/lab/spec-values.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';

it('an order book has no conventions of candles, and delays come back as they were typed', () => {
  const stored = storedKey({ venue: 'own', instrument: 'BTC/USDT', timeframe: '1m', data: 'l2' });
  const made = (latency: string, more: Partial<SpecValues> = {}) => {
    const typed = specValuesSchema.parse({
      source: 'store',
      stored,
      fill: 'close',
      engine: 'sweep',
      latency,
      ...more,
    });
    const found = specOfValues(typed, []);
    return 'spec' in found ? backtestSpec.parse(found.spec) : found.problems;
  };
  const spec = made('20');
  expect(spec).toMatchObject({
    series: [
      { source: { kind: 'store', venue: 'own', instrument: 'BTC/USDT', timeframe: '1m', data: 'l2' } },
    ],
    fill: 'next-open',
    path: 'event',
    latency: { kind: 'constant', ms: 20 },
  });
  expect(valuesOfSpec(backtestSpec.parse(spec)).stored).toBe(stored);
  const delays: [string, object, string][] = [
    ['', { kind: 'none' }, ''],
    [' 0 ', { kind: 'constant', ms: 0 }, '0'],
    ['50,0.5 , 400', { kind: 'log-normal', medianMs: 50, sigma: 0.5, maxMs: 400 }, '50, 0.5, 400'],
    ['/data/delays.csv', { kind: 'recorded', path: '/data/delays.csv' }, '/data/delays.csv'],
  ];
  for (const [typed, latency, again] of delays) {
    const found = made(typed);
    expect(found).toMatchObject({ latency });
    expect(valuesOfSpec(backtestSpec.parse(found)).latency).toBe(again);
  }
  for (const typed of ['-1', '0.5', '60001', '50, 0.5', '0, 1, 2', '50, 4, 400', '1,2,3,4', '%'])
    expect(made(typed), typed).toMatchObject({ latency: expect.stringContaining('Milliseconds') });
  // Candles keep what was chosen.
  expect(made('', { stored: 'own BTC/USDT 1m' })).toMatchObject({ fill: 'close', path: 'sweep' });
});
