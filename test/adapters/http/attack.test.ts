/** A web page, a neighbour program and a curious person against the local API: nothing reaches the terminal. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { browserTokenLifetimeMs } from '../../../src/adapters/http/access.ts';
import { contentPolicy } from '../../../src/adapters/http/security-headers.ts';
import { type ServedTerminal, serveTerminal } from '../../../src/adapters/http/serve-terminal.ts';
import { createLogger } from '../../../src/adapters/logging/logger.ts';
import { ApiError } from '../../../src/shared/api/result.ts';
import { createFakeTerminal } from './fake-terminal.ts';
import { rawRequest, resultIn } from './raw-request.ts';

const terminal = createFakeTerminal();
const log = createLogger({ dataFolder: null, nowMs: () => Date.now() });
let folder: string;
let served: ServedTerminal;
let token: string;
let cookie: string;
let clockMs = 1_000_000;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-pages-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Sextant</title>');
  writeFileSync(join(folder, 'assets', 'main-abc.js'), 'export {};');
  writeFileSync(join(folder, '.secret'), 'hidden');
  served = await serveTerminal(terminal, {
    port: 0,
    requestsPerTenSecondsMax: 10_000,
    log,
    pagesFolder: folder,
    nowMs: () => clockMs,
  });
  token = served.access.issueToken();
  cookie = await signIn();
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  terminal.calls.length = 0;
});

async function signIn(): Promise<string> {
  const { pathname, search } = new URL(served.browserAddress());
  const answer = await rawRequest(served.port, { method: 'GET', path: `${pathname}${search}` });
  return String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? '';
}

const status = { path: '/api/system/status', body: '{}' };
const json = { 'content-type': 'application/json' };
const ours = () => `http://127.0.0.1:${served.port}`;

describe('calls', () => {
  test('with the token, or with the cookie of our own page, reach the terminal', async () => {
    const program = await rawRequest(served.port, {
      ...status,
      headers: { ...json, authorization: `Bearer ${token}` },
    });
    expect([program.status, resultIn(program)]).toEqual([
      200,
      { ok: true, value: { called: 'system/status' } },
    ]);
    const page = await rawRequest(served.port, {
      ...status,
      headers: { ...json, cookie, 'x-sextant': '1', origin: ours(), 'sec-fetch-site': 'same-origin' },
    });
    expect(page.status).toBe(200);
    expect(terminal.calls).toHaveLength(2);
  });

  type Attack = { headers: () => Record<string, string>; path?: string; method?: string; status: number };
  const bearer = (value: string) => ({ ...json, authorization: value });
  const page = () => ({ ...json, cookie, 'x-sextant': '1', origin: ours() });
  const attacks: Record<string, Attack> = {
    'no token at all': { headers: () => json, status: 401 },
    'a wrong token': { headers: () => bearer(`Bearer ${'A'.repeat(43)}`), status: 401 },
    'the token cut': { headers: () => bearer(`Bearer ${token.slice(0, -1)}`), status: 401 },
    'the token with more after it': { headers: () => bearer(`Bearer ${token}A`), status: 401 },
    'the token in other letters': { headers: () => bearer(`Bearer ${token.toLowerCase()}`), status: 401 },
    'another scheme': { headers: () => bearer(`Basic ${token}`), status: 401 },
    'an empty token': { headers: () => bearer('Bearer '), status: 401 },
    'the token in the address': { headers: () => json, path: `/api/system/status?token=PLACE`, status: 401 },
    'a browser token as bearer': {
      headers: () => bearer(`Bearer ${new URL(served.browserAddress()).searchParams.get('token')}`),
      status: 401,
    },
    'a session as bearer': { headers: () => bearer(`Bearer ${cookie.split('=')[1]}`), status: 401 },
    'the API token as cookie': {
      headers: () => ({ ...page(), cookie: `sextant-session-${served.port}=${token}` }),
      status: 401,
    },
    'the cookie of another port': {
      headers: () => ({ ...page(), cookie: cookie.replace(/\d+=/, '1=') }),
      status: 401,
    },
    'cross-site request with the cookie': {
      headers: () => ({ ...page(), origin: 'https://evil.test' }),
      status: 403,
    },
    'cross-site request of another loopback port': {
      headers: () => ({ ...page(), origin: `http://127.0.0.1:${served.port + 1}` }),
      status: 403,
    },
    'https origin': {
      headers: () => ({ ...page(), origin: `https://127.0.0.1:${served.port}` }),
      status: 403,
    },
    'origin null (sandboxed frame, file)': { headers: () => ({ ...page(), origin: 'null' }), status: 403 },
    'origin that begins like ours': {
      headers: () => ({ ...page(), origin: `${ours()}.evil.test` }),
      status: 403,
    },
    'origin localhost with host 127.0.0.1': {
      headers: () => ({ ...page(), origin: `http://localhost:${served.port}` }),
      status: 403,
    },
    'the cookie without the header of our page': {
      headers: () => ({ ...json, cookie, origin: ours() }),
      status: 401,
    },
    'the header with another value': { headers: () => ({ ...page(), 'x-sextant': '2' }), status: 401 },
    'the cookie, but the browser says cross-site': {
      headers: () => ({ ...page(), 'sec-fetch-site': 'cross-site' }),
      status: 401,
    },
    'the cookie, but the browser says same-site': {
      headers: () => ({ ...page(), 'sec-fetch-site': 'same-site' }),
      status: 401,
    },
    'DNS rebinding: a foreign Host': {
      headers: () => ({ ...bearer(`Bearer ${token}`), host: `evil.test:${served.port}` }),
      status: 403,
    },
    'a Host without the port': {
      headers: () => ({ ...bearer(`Bearer ${token}`), host: '127.0.0.1' }),
      status: 403,
    },
    'a Host of another port': {
      headers: () => ({ ...bearer(`Bearer ${token}`), host: '127.0.0.1:1' }),
      status: 403,
    },
    'a Host that only looks like loopback': {
      headers: () => ({ ...bearer(`Bearer ${token}`), host: `127.0.0.1.evil.test:${served.port}` }),
      status: 403,
    },
    'the bearer with a foreign origin': {
      headers: () => ({ ...bearer(`Bearer ${token}`), origin: 'https://evil.test' }),
      status: 403,
    },
    'a plain form': {
      headers: () => ({ ...page(), 'content-type': 'application/x-www-form-urlencoded' }),
      status: 415,
    },
    'text/plain, which needs no preflight': {
      headers: () => ({ ...page(), 'content-type': 'text/plain' }),
      status: 415,
    },
    GET: { headers: () => ({ authorization: `Bearer ${token}` }), method: 'GET', status: 405 },
    'a preflight': {
      headers: () => ({ origin: 'https://evil.test', 'access-control-request-method': 'POST' }),
      method: 'OPTIONS',
      status: 403,
    },
    'a method that does not exist': {
      headers: () => bearer(`Bearer ${token}`),
      path: '/api/keys/export',
      status: 404,
    },
    'a prototype as method': {
      headers: () => bearer(`Bearer ${token}`),
      path: '/api/__proto__',
      status: 404,
    },
  };

  test.each(Object.entries(attacks))('%s', async (_name, attack) => {
    const path = (attack.path ?? status.path).replace('PLACE', token);
    const method = attack.method ?? 'POST';
    const answer = await rawRequest(served.port, {
      method,
      path,
      headers: attack.headers(),
      body: method === 'POST' ? '{}' : undefined,
    });
    expect(answer.status).toBe(attack.status);
    expect(resultIn(answer).ok).toBe(false);
    expect(terminal.calls).toEqual([]);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['content-security-policy']).toBe(contentPolicy);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.body).not.toContain(token);
  });

  test('a body of more than 64 KiB is refused', async () => {
    const headers = { ...json, authorization: `Bearer ${token}` };
    const fits = JSON.stringify({ key: 'a', value: 'x'.repeat(65_000) });
    expect((await rawRequest(served.port, { path: '/api/settings/set', headers, body: fits })).status).toBe(
      200,
    );
    const large = JSON.stringify({ key: 'a', value: 'x'.repeat(65_536) });
    const answer = await rawRequest(served.port, { path: '/api/settings/set', headers, body: large });
    expect([answer.status, resultIn(answer).code]).toEqual([413, 'bad-input']);
    expect(terminal.calls).toHaveLength(1);
  });

  test('an internal error says nothing of its inside, and is in the log', async () => {
    const headers = { ...json, authorization: `Bearer ${token}` };
    const { handle } = terminal;
    Object.assign(terminal, { handle: () => Promise.reject(new Error('canary-9182')) });
    const answer = await rawRequest(served.port, { ...status, headers });
    Object.assign(terminal, { handle });
    expect(answer.status).toBe(500);
    expect(resultIn(answer).code).toBe('internal');
    expect(answer.body).not.toContain('canary-9182');
    expect(JSON.stringify(log.recent(5, 'error'))).toContain('canary-9182');
  });
});

describe('the browser’s address', () => {
  const open = (address: string, headers = {}) => {
    const { pathname, search } = new URL(address);
    return rawRequest(served.port, { method: 'GET', path: `${pathname}${search}`, headers });
  };

  test('signs in once: an HttpOnly, SameSite=Strict cookie and an address without the token', async () => {
    const address = served.browserAddress();
    const first = await open(address);
    expect(first.status).toBe(303);
    expect(first.headers['location']).toBe('/');
    expect(first.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^sextant-session-${served.port}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(first.headers['referrer-policy']).toBe('no-referrer');
    const second = await open(address);
    expect(second.status).toBe(401);
    expect(second.headers['set-cookie']).toBeUndefined();
  });

  test('is worth nothing after five minutes', async () => {
    const address = served.browserAddress();
    clockMs += browserTokenLifetimeMs;
    expect((await open(address)).status).toBe(401);
    const fresh = served.browserAddress();
    clockMs += browserTokenLifetimeMs - 1;
    expect((await open(fresh)).status).toBe(303);
  });

  test('is not used up by a browser that only looks ahead', async () => {
    const address = served.browserAddress();
    expect(
      (await open(address, { 'sec-purpose': 'prefetch;prerender' })).headers['set-cookie'],
    ).toBeUndefined();
    expect((await open(address)).status).toBe(303);
  });

  test.each(['', 'x', 'A'.repeat(43), '../../etc/passwd'])(
    'a made-up token "%s" signs nobody in',
    async (made) => {
      const answer = await open(`${ours()}/?token=${encodeURIComponent(made)}`);
      expect(answer.status).toBe(401);
      expect(answer.headers['set-cookie']).toBeUndefined();
    },
  );

  test('a given-twice token signs nobody in', async () => {
    const address = served.browserAddress();
    const one = new URL(address).searchParams.get('token');
    expect((await open(`${address}&token=${one}`)).status).toBe(401);
  });

  test('is made for callers with the right "admin" only', async () => {
    const path = '/api/host/browser-address';
    const read = served.access.issueToken(new Set(['read'] as const));
    const refused = await rawRequest(served.port, {
      path,
      headers: { ...json, authorization: `Bearer ${read}` },
      body: '{}',
    });
    expect(refused.status).toBe(401);
    const made = await rawRequest(served.port, {
      path,
      headers: { ...json, authorization: `Bearer ${token}` },
      body: '{}',
    });
    const { address } = resultIn(made).value as { address: string };
    expect((await open(address)).status).toBe(303);
  });
});

describe('pages', () => {
  const get = (path: string) => rawRequest(served.port, { method: 'GET', path });

  test('are served with the policy; built files may be kept, the page may not', async () => {
    const page = await get('/');
    expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-cache']);
    expect(page.headers['content-security-policy']).toBe(contentPolicy);
    const asset = await get('/assets/main-abc.js');
    expect(asset.status).toBe(200);
    expect(asset.headers['cache-control']).toContain('immutable');
    expect(asset.headers['content-type']).toContain('javascript');
  });

  test.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/.secret',
    '/assets/',
    '/host.json',
    '//etc/passwd',
  ])('nothing outside: %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain('hidden');
  });

  test('the contract’s document and the health need no token and tell no secret', async () => {
    const document = await get('/api/openapi.json');
    expect(document.status).toBe(200);
    expect(JSON.parse(document.body).paths['/api/orders/place'].post.requestBody).toBeDefined();
    expect((await get('/healthz')).body).toBe('{"ok":true}');
  });
});

test('a port that is taken is told, with the field', async () => {
  const failed = serveTerminal(terminal, { port: served.port, requestsPerTenSecondsMax: 10, log });
  await expect(failed).rejects.toThrow(ApiError);
  await expect(failed).rejects.toMatchObject({ code: 'locked', field: 'port' });
});

test('without pages there is no page, and no address for one', async () => {
  const bare = await serveTerminal(terminal, { port: 0, requestsPerTenSecondsMax: 10, log });
  try {
    expect((await rawRequest(bare.port, { method: 'GET', path: '/' })).status).toBe(404);
    expect(() => bare.browserAddress()).toThrow('serves no pages');
  } finally {
    await bare.close();
  }
});

test('it listens on loopback only', () => {
  expect(served.address).toBe(`http://127.0.0.1:${served.port}`);
});
