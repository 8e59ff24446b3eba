/** Goal: bad input is refused with its field, and nothing changes. Method: the journal's last hash and the stored settings before and after. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Terminal } from '../../src/app/terminal-types.ts';
import type { MethodName, Scope } from '../../src/shared/api/contract.ts';
import { call, startTerminal, temporaryFolder } from './terminal-harness.ts';

const scopes: ReadonlySet<Scope> = new Set(['read', 'trade', 'admin']);
const target = { strategy: 'grid', venue: 'sim-a', instrument: 'BTC/USDT' };
const order = {
  instrument: 'sim-a:BTC/USDT',
  side: 'buy',
  type: 'limit',
  price: '60000',
  quantity: '0.01',
  token: 'token-12345678',
};

let terminal: Terminal;
const folder = temporaryFolder();
beforeAll(async () => {
  // A world that stands still: any change of state is the input's doing.
  terminal = await startTerminal(folder.path, { simulateForMs: 2_000 });
  await terminal.ended;
});
afterAll(async () => {
  await terminal.stop('test');
  folder.remove();
});

async function fingerprint(): Promise<string> {
  const status = await call(terminal, 'system/status', {});
  const settings = await call(terminal, 'settings/get', {});
  const bots = await call(terminal, 'bots/list', {});
  const orders = await call(terminal, 'orders/list', {});
  const risk = await call(terminal, 'risk/show', {});
  return JSON.stringify([status.auditSequence, status.equity, settings, bots, orders, risk]);
}

const cases: readonly (readonly [string, MethodName, unknown, string, string | undefined])[] = [
  ['a comma in a price', 'orders/place', { ...order, price: '60000,5' }, 'bad-input', 'price'],
  ['an exponent too big', 'orders/place', { ...order, price: '1e400' }, 'bad-input', 'price'],
  ['NaN as text', 'orders/place', { ...order, quantity: 'NaN' }, 'bad-input', 'quantity'],
  ['NaN as number', 'orders/place', { ...order, quantity: Number.NaN }, 'bad-input', 'quantity'],
  ['a negative quantity', 'orders/place', { ...order, quantity: '-1' }, 'bad-input', 'quantity'],
  ['zero', 'orders/place', { ...order, quantity: '0' }, 'bad-input', 'quantity'],
  ['a price off the grid', 'orders/place', { ...order, price: '60000.05' }, 'bad-input', 'price'],
  ['a quantity off the grid', 'orders/place', { ...order, quantity: '0.000001' }, 'bad-input', 'quantity'],
  ['a limit order without price', 'orders/place', { ...order, price: undefined }, 'bad-input', 'price'],
  ['a market order with a price', 'orders/place', { ...order, type: 'market' }, 'bad-input', 'price'],
  ['an unknown key', 'orders/place', { ...order, leverage: 20 }, 'bad-input', 'leverage'],
  ['an unknown side', 'orders/place', { ...order, side: 'long' }, 'bad-input', 'side'],
  ['no token', 'orders/place', { ...order, token: undefined }, 'bad-input', 'token'],
  [
    'an unknown instrument',
    'orders/place',
    { ...order, instrument: 'sim-a:DOGE/USDT' },
    'not-found',
    'instrument',
  ],
  [
    'more than the account holds',
    'orders/place',
    { ...order, quantity: '80', token: 'token-00000001' },
    'refused',
    undefined,
  ],
  [
    'an unknown strategy',
    'bots/create',
    { ...target, strategy: 'gridd', params: {} },
    'not-found',
    'strategy',
  ],
  ['an unknown venue', 'bots/create', { ...target, venue: 'sim-x', params: {} }, 'not-found', 'venue'],
  ['an unknown parameter', 'bots/create', { ...target, params: { uper: '1' } }, 'bad-input', 'params.uper'],
  [
    'a comma in a parameter',
    'bots/create',
    { ...target, params: { lower: '60000,5' } },
    'bad-input',
    'params.lower',
  ],
  [
    'a number where text is asked',
    'bots/create',
    { ...target, params: { lower: 60000 } },
    'bad-input',
    'params.lower',
  ],
  [
    'an infinite number of levels',
    'bots/create',
    { ...target, params: { levels: Number.POSITIVE_INFINITY } },
    'bad-input',
    'params.levels',
  ],
  [
    'levels out of range',
    'bots/create',
    { ...target, params: { levels: 100000 } },
    'bad-input',
    'params.levels',
  ],
  [
    'a range upside down',
    'bots/create',
    { ...target, params: { lower: '70000', upper: '60000' } },
    'bad-input',
    'params.lower',
  ],
  ['a bot that is not there', 'bots/stop', { bot: 'b99' }, 'not-found', undefined],
  ['an id with a path in it', 'bots/stop', { bot: '../../etc' }, 'bad-input', 'bot'],
  ['an unknown policy', 'bots/stop', { bot: 'b1', policy: 'panic' }, 'bad-input', 'policy'],
  ['a limit too long', 'orders/list', { limit: 1e9 }, 'bad-input', 'limit'],
  ['a limit that is no number', 'orders/list', { limit: '10' }, 'bad-input', 'limit'],
  [
    'a scope that does not exist',
    'risk/halt',
    { scope: { kind: 'venue', venue: 'nowhere' } },
    'not-found',
    'scope',
  ],
  [
    'a negative risk limit',
    'risk/set-limits',
    {
      limits: {
        orderNotionalMax: '-5',
        botExposureMax: '1',
        totalExposureMax: '1',
        openOrdersPerBotMax: 1,
        openOrdersTotalMax: 1,
        priceBand: '0.1',
        dataAgeMsMax: 1000,
        ordersPerTenSecondsMax: 1,
      },
    },
    'bad-input',
    'limits.orderNotionalMax',
  ],
  ['a speed below the range', 'system/set-speed', { speed: 0 }, 'bad-input', 'speed'],
  ['a setting with a bad name', 'settings/set', { key: '__proto__', value: 1 }, 'bad-input', 'key'],
  ['a request that is no object', 'orders/list', 'all', 'bad-input', undefined],
  ['a request that is null', 'risk/halt', null, 'bad-input', undefined],
  ['a method that is not there', 'orders/steal' as MethodName, {}, 'not-found', undefined],
  ['a method of the prototype', 'constructor' as MethodName, {}, 'not-found', undefined],
];

describe('bad input through the API', () => {
  it.each(cases)('%s is refused and changes nothing', async (_name, method, request, code, field) => {
    const before = await fingerprint();
    const result = await terminal.handle(method, request, scopes);
    expect(result).toMatchObject({ ok: false, code, ...(field === undefined ? {} : { field }) });
    const after = await fingerprint();
    // A denied order leaves a record of the denial; nothing else may move.
    if (code !== 'refused') expect(after).toBe(before);
  });

  it('refuses what the token does not allow', async () => {
    expect(await terminal.handle('orders/place', order, new Set(['read']))).toMatchObject({
      ok: false,
      code: 'unauthorised',
    });
    expect(await terminal.handle('system/stop', {}, new Set(['read', 'trade']))).toMatchObject({
      ok: false,
      code: 'unauthorised',
    });
  });
});
