/** Every method of the contract over HTTP: good requests arrive, bad ones name their field, scopes hold. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { callHost } from '../../../src/adapters/http/http-client.ts';
import { httpStatusOf } from '../../../src/adapters/http/http-status.ts';
import { type ServedTerminal, serveTerminal } from '../../../src/adapters/http/serve-terminal.ts';
import { createLogger } from '../../../src/adapters/logging/logger.ts';
import { contract, methodNames, type Scope } from '../../../src/shared/api/contract.ts';
import { errorCodes } from '../../../src/shared/api/result.ts';
import { goodRequest, spoiledRequests } from './contract-requests.ts';
import { createFakeTerminal } from './fake-terminal.ts';
import { rawRequest, resultIn } from './raw-request.ts';

const terminal = createFakeTerminal();
const log = createLogger({ dataFolder: null, nowMs: () => Date.now() });
let served: ServedTerminal;
let token: string;

beforeAll(async () => {
  served = await serveTerminal(terminal, { port: 0, requestsPerTenSecondsMax: 10_000, log });
  token = served.access.issueToken();
});
afterAll(() => served.close());
beforeEach(() => {
  terminal.calls.length = 0;
});

const post = (path: string, body: string, bearer = token) =>
  rawRequest(served.port, {
    path,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body,
  });

describe.each(methodNames)('%s', (name) => {
  test('a good request reaches the terminal, defaults filled in', async () => {
    const request = goodRequest(name);
    const answer = await post(`/api/${name}`, JSON.stringify(request));
    expect(resultIn(answer)).toEqual({ ok: true, value: { called: name } });
    expect(answer.status).toBe(200);
    expect(terminal.calls).toEqual([{ name, request: contract[name].request.parse(request) }]);
  });

  test('a bad request is refused with its field, and no call is made', async () => {
    for (const { what, body, field } of spoiledRequests(name)) {
      const answer = await post(`/api/${name}`, body);
      const result = resultIn(answer);
      expect(answer.status, `${what}: ${answer.body}`).toBe(400);
      expect(result.code, what).toBe('bad-input');
      expect(`${result.field}.`, `${what}: ${result.message}`).toMatch(new RegExp(`^${field}\\.`));
      expect(terminal.calls, what).toEqual([]);
    }
  });

  test.each(['null', '[]', '"text"', '5', 'NaN', '{', '{}}', '{"a":1,}', `${'['.repeat(5000)}`, '\u0000'])(
    'a body that is no request: %j',
    async (body) => {
      const answer = await post(`/api/${name}`, body);
      expect([answer.status, resultIn(answer).code]).toEqual([400, 'bad-input']);
      expect(terminal.calls).toEqual([]);
    },
  );
});

describe('scopes', () => {
  const all: readonly Scope[] = ['read', 'trade', 'admin'];
  const sets = [
    [],
    ['read'],
    ['trade'],
    ['admin'],
    ['read', 'trade'],
    ['read', 'admin'],
    ['trade', 'admin'],
    all,
  ] as Scope[][];

  test.each(sets.map((set) => [set.join('+') || 'none', set] as const))(
    'a token with %s',
    async (_name, set) => {
      const limited = served.access.issueToken(new Set(set));
      for (const name of methodNames) {
        terminal.calls.length = 0;
        const answer = await post(`/api/${name}`, JSON.stringify(goodRequest(name)), limited);
        const isAllowed = set.includes(contract[name].scope);
        expect(answer.status, name).toBe(isAllowed ? 200 : 401);
        expect(terminal.calls.length, name).toBe(isAllowed ? 1 : 0);
        if (!isAllowed) expect(resultIn(answer).code, name).toBe('unauthorised');
      }
    },
  );
});

test('calls that may change something leave one line in the log, reads none; neither says what was asked', async () => {
  const before = log.recent(2000).at(-1)?.sequence ?? 0;
  for (const name of methodNames) await post(`/api/${name}`, JSON.stringify(goodRequest(name)));
  const lines = log.recent(2000).filter((line) => line.sequence > before);
  const changing = methodNames.filter((name) => contract[name].scope !== 'read');
  expect(lines.map((line) => line.fields['method'])).toEqual(changing);
  const text = JSON.stringify(lines);
  expect(text).not.toContain(token);
  expect(text).not.toContain('by hand');
});

test('each client has its own budget, and is told when to come back', async () => {
  const small = await serveTerminal(terminal, { port: 0, requestsPerTenSecondsMax: 10, log });
  try {
    const [first, second] = [small.access.issueToken(), small.access.issueToken()];
    const call = (bearer: string) =>
      rawRequest(small.port, {
        path: '/api/system/status',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: '{}',
      });
    const statuses: number[] = [];
    for (let count = 0; count < 10; count += 1) statuses.push((await call(first)).status);
    expect(statuses).toEqual(new Array(10).fill(200));
    const refused = await call(first);
    expect([refused.status, resultIn(refused).code]).toEqual([429, 'rate-limited']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await call(second)).status).toBe(200);
    small.setRequestLimit(1000);
    await expect.poll(async () => (await call(first)).status).toBe(200);
  } finally {
    await small.close();
  }
});

test('the client of the command line carries a call and names a host that is gone', async () => {
  const host = { pid: process.pid, address: served.address, port: served.port, token };
  expect(await callHost(host, 'orders/show', { order: 'sx-1' })).toEqual({
    ok: true,
    value: { called: 'orders/show' },
  });
  expect(await callHost(host, 'orders/show', { order: 'two words' })).toMatchObject({
    ok: false,
    code: 'bad-input',
    field: 'order',
  });
  const gone = await serveTerminal(terminal, { port: 0, requestsPerTenSecondsMax: 10, log });
  await gone.close();
  expect(await callHost({ ...host, address: gone.address }, 'system/status', {})).toMatchObject({
    ok: false,
    code: 'venue',
  });
});

test.each([
  ['bad-input', 400],
  ['unauthorised', 401],
  ['not-found', 404],
  ['refused', 409],
  ['locked', 423],
  ['rate-limited', 429],
  ['damaged', 500],
  ['internal', 500],
  ['venue', 502],
] as const)('%s is HTTP %i', (code, status) => {
  expect(errorCodes).toContain(code);
  expect(httpStatusOf({ ok: false, code, message: '' })).toBe(status);
});
