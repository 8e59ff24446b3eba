import { describe, expect, test } from 'vitest';
import { plainValue } from '../../../src/adapters/logging/plain-value.ts';
import { Redactor } from '../../../src/adapters/logging/redactor.ts';

const canary = 'CANARYsecret8fJ2uE2kz0QmXw6VhPa9sDg3Tc';
const redactor = new Redactor();
redactor.register(canary);
redactor.register('987654321012');

class Order {
  readonly id = 'o-1';
  readonly note = canary;
}

describe('values become plain', () => {
  const cases: [string, unknown, unknown][] = [
    ['text', 'x', 'x'],
    ['number', 1.5, 1.5],
    ['NaN', Number.NaN, 'NaN'],
    ['infinity', Number.POSITIVE_INFINITY, 'Infinity'],
    ['bigint', 10n ** 20n, '100000000000000000000'],
    ['undefined', undefined, null],
    ['null', null, null],
    ['function', () => 1, '[function]'],
    ['symbol', Symbol('s'), 'Symbol(s)'],
    ['date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['invalid date', new Date(Number.NaN), 'invalid date'],
    ['bytes are never shown', Buffer.from(canary), `[${canary.length} bytes]`],
    ['typed array', new Float64Array(4), '[32 bytes]'],
    [
      'map',
      new Map<unknown, unknown>([
        ['a', 1],
        [2, 'b'],
      ]),
      { a: 1, 2: 'b' },
    ],
    ['set', new Set([1, 2]), [1, 2]],
    ['class instance', new Order(), { id: 'o-1', note: '[redacted]' }],
    ['toJSON', { toJSON: () => ({ price: canary }) }, { price: '[redacted]' }],
    ['URL', new URL(`https://x.test/?k=${canary}`), 'https://x.test/?k=[redacted]'],
    ['number that is a secret', 987654321012, '[redacted]'],
    ['secret as member name', { [canary]: 1 }, { '[redacted]': 1 }],
    [
      'deep',
      { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } },
      { a: { b: { c: { d: { e: { f: '[deeper]' } } } } } },
    ],
    ['signed request', '/order?x=1&signature=abcdef0123&y=2', '/order?x=1&signature=[redacted]&y=2'],
  ];
  test.each(cases)('%s', (_name, value, expected) => {
    expect(plainValue(value, redactor)).toEqual(expected);
  });

  test.each([
    'apiKey',
    'api_key',
    'secret',
    'passphrase',
    'privateKey',
    'Authorization',
    'X-MBX-APIKEY',
    'OK-ACCESS-SIGN',
  ])('a member named %s is never written, known or not', (name) => {
    expect(plainValue({ [name]: 'anything', symbol: 'BTC/USDT' }, redactor)).toEqual({
      [name]: '[redacted]',
      symbol: 'BTC/USDT',
    });
  });

  test.each(['token', 'seed', 'key', 'symbol', 'secretsCount'])('a member named %s is', (name) => {
    expect(plainValue({ [name]: 'x' }, redactor)).toEqual({ [name]: 'x' });
  });
});

describe('errors', () => {
  test('message, stack, cause, own members and inner errors are redacted', () => {
    const cause = new TypeError(`cause ${canary}`);
    const error = Object.assign(
      new AggregateError([new Error(`inner ${canary}`)], `outer ${canary}`, { cause }),
      {
        code: 'EX',
        config: {
          headers: { 'X-MBX-APIKEY': 'k' },
          url: `https://v.test/?apiKey=${encodeURIComponent(canary)}`,
        },
      },
    );
    const plain = plainValue(error, redactor);
    expect(JSON.stringify(plain)).not.toContain('CANARY');
    expect(plain).toMatchObject({
      type: 'AggregateError',
      message: 'outer [redacted]',
      stack: expect.stringContaining('plain-value.test.ts'),
      code: 'EX',
      cause: { type: 'TypeError', message: 'cause [redacted]' },
      errors: [{ message: 'inner [redacted]' }],
      config: { headers: { 'X-MBX-APIKEY': '[redacted]' }, url: 'https://v.test/?apiKey=[redacted]' },
    });
  });
});

describe('nothing makes it throw or grow', () => {
  test('a cycle', () => {
    const value: Record<string, unknown> = { a: 1 };
    value['self'] = { again: value };
    expect(plainValue(value, redactor)).toEqual({ a: 1, self: { again: '[circular]' } });
  });

  test('the same object twice is no cycle', () => {
    const shared = { x: 1 };
    expect(plainValue([shared, shared], redactor)).toEqual([{ x: 1 }, { x: 1 }]);
  });

  test('getters, proxies and toJSON that throw; what they throw is redacted', () => {
    const getter = {
      get bad(): never {
        throw new Error(canary);
      },
      good: 1,
    };
    expect(plainValue(getter, redactor)).toEqual({ bad: '[unreadable: [redacted]]', good: 1 });
    const thrower = {
      toJSON() {
        throw new Error(canary);
      },
    };
    expect(plainValue(thrower, redactor)).toBe('[unreadable: [redacted]]');
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no keys');
        },
      },
    );
    expect(plainValue(proxy, redactor)).toBe('[unreadable: no keys]');
  });

  test('long texts, lists and objects are cut, and a secret at the cut is gone before it is cut', () => {
    const text = plainValue(`${'x'.repeat(8180)}${canary}`, redactor);
    expect(text).toBe(`${'x'.repeat(8180)}[redacted]`);
    expect(plainValue('y'.repeat(10_000), redactor)).toBe(`${'y'.repeat(8192)}… (1808 more)`);
    expect(
      plainValue(
        Array.from({ length: 100 }, (_, i) => i),
        redactor,
      ),
    ).toHaveLength(65);
    const members = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`m${i}`, i]));
    expect(Object.keys(plainValue(members, redactor) as object)).toHaveLength(65);
  });
});
