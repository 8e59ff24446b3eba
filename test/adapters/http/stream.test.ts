/** The WebSocket of the local API: who may open it, what it takes, and how it ends. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { sessionCookieName } from '../../../src/adapters/http/authentication.ts';
import { type ServedTerminal, serveTerminal } from '../../../src/adapters/http/serve-terminal.ts';
import { createLogger } from '../../../src/adapters/logging/logger.ts';
import { createFakeTerminal } from './fake-terminal.ts';
import { rawRequest } from './raw-request.ts';

const terminal = createFakeTerminal();
const log = createLogger({ dataFolder: null, nowMs: () => Date.now() });
let served: ServedTerminal;
let token: string;
let cookie: string;

beforeAll(async () => {
  served = await serveTerminal(terminal, { port: 0, requestsPerTenSecondsMax: 10_000, log });
  token = served.access.issueToken();
  const session = served.access.redeem(served.access.issueBrowserToken());
  cookie = `${sessionCookieName(served.port)}=${session}`;
});
afterAll(() => served.close());

const ours = () => `http://127.0.0.1:${served.port}`;

describe('the stream', () => {
  type Outcome = { opened: boolean; status?: number; code?: number };
  function connect(path: string, headers: Record<string, string>, send?: string | Buffer): Promise<Outcome> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${served.port}${path}`, { headers });
      let opened = false;
      socket.on('open', () => {
        opened = true;
        if (send === undefined) socket.close();
        else socket.send(send);
      });
      socket.on('unexpected-response', (_request, response) => {
        resolve({ opened, status: response.statusCode ?? 0 });
        socket.terminate();
      });
      socket.on('close', (code) => resolve({ opened, code }));
      socket.on('error', () => undefined);
    });
  }
  const page = () => ({ cookie, origin: ours() });

  test('opens for a program with the token and for our own page', async () => {
    expect((await connect('/api/stream', { authorization: `Bearer ${token}` })).opened).toBe(true);
    expect((await connect('/api/stream', page())).opened).toBe(true);
  });

  const refused: Record<string, [() => Record<string, string>, number, string?]> = {
    'without a token': [() => ({}), 401],
    'with the token in the address': [() => ({}), 404, '/api/stream?token=PLACE'],
    'with the cookie from a foreign page': [() => ({ cookie, origin: 'https://evil.test' }), 403],
    'with the cookie and no origin': [() => ({ cookie }), 401],
    'with a foreign Host': [() => ({ ...page(), host: `evil.test:${served.port}` }), 403],
    'with a wrong bearer': [() => ({ authorization: `Bearer ${'B'.repeat(43)}` }), 401],
    'at another path': [page, 404, '/api/streams'],
    'without the right to read': [
      () => ({ authorization: `Bearer ${served.access.issueToken(new Set(['trade'] as const))}` }),
      403,
    ],
  };
  test.each(Object.entries(refused))('is refused %s', async (_name, [headers, status_, path]) => {
    const outcome = await connect((path ?? '/api/stream').replace('PLACE', token), headers());
    expect(outcome).toEqual({ opened: false, status: status_ });
    expect(terminal.streams.filter((stream) => stream.open)).toEqual([]);
  });

  const watch = { kind: 'watch', markets: [], quotes: true, auditAfter: null };
  test.each([
    ['text that is not JSON', 'hello'],
    ['NaN', '{"kind":"watch","markets":[],"quotes":true,"auditAfter":NaN}'],
    ['1e400', '{"kind":"watch","markets":[],"quotes":true,"auditAfter":1e400}'],
    ['an unknown key', JSON.stringify({ ...watch, extra: 1 })],
    ['a wrong type', JSON.stringify({ ...watch, quotes: 'yes' })],
    [
      'an instrument that is none',
      JSON.stringify({ ...watch, markets: [{ instrument: '<script>', timeframe: '1m', depth: 5 }] }),
    ],
    ['bytes', Buffer.from(JSON.stringify(watch))],
    ['an array', '[]'],
  ])('closes on %s', async (_name, message) => {
    expect(await connect('/api/stream', page(), message)).toEqual({ opened: true, code: 1008 });
    expect(terminal.streams.filter((stream) => stream.open)).toEqual([]);
  });

  test('closes on a message that is too large', async () => {
    expect((await connect('/api/stream', page(), 'x'.repeat(70_000))).code).toBe(1009);
  });

  test('carries requests in and batches out, and ends with the client', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${served.port}/api/stream`, { headers: page() });
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(String(data)));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify(watch));
    await expect.poll(() => terminal.streams.some((known) => known.open)).toBe(true);
    const stream = terminal.streams.find((known) => known.open);
    expect(stream?.request).toEqual(watch);
    socket.send(JSON.stringify({ ...watch, quotes: false }));
    await expect.poll(() => stream?.request.quotes).toBe(false);
    stream?.send({ kind: 'batch', batch: 1, timeMs: 5 });
    await expect.poll(() => messages).toEqual(['{"kind":"batch","batch":1,"timeMs":5}']);
    expect(stream?.isBusy()).toBe(false);
    socket.close();
    await expect.poll(() => stream?.open).toBe(false);
  });
});

test('closing ends streams and idle connections, lets a call under way finish, and does not wait for one that hangs', async () => {
  let release: () => void = () => undefined;
  let isCalled = false;
  const slow = createFakeTerminal();
  const hanging = new Promise<never>(() => undefined);
  Object.assign(slow, {
    handle: (name: string) =>
      name === 'bots/list'
        ? hanging
        : new Promise((resolve) => {
            isCalled = true;
            release = () => resolve({ ok: true, value: {} });
          }),
  });
  const host = await serveTerminal(slow, { port: 0, requestsPerTenSecondsMax: 100, log });
  const bearer = { authorization: `Bearer ${host.access.issueToken()}` };
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/api/stream`, { headers: bearer });
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const call = (path: string) =>
    rawRequest(host.port, { path, headers: { ...bearer, 'content-type': 'application/json' }, body: '{}' });
  const finishing = call('/api/system/stop');
  const stuck = call('/api/bots/list').then(
    () => 'answered',
    () => 'cut',
  );
  await expect.poll(() => isCalled).toBe(true);
  const ending = host.close();
  release();
  expect((await finishing).status).toBe(200);
  expect(await closed).toBe(1001);
  await ending;
  expect(await stuck).toBe('cut');
});
