/** The contract over IPC: for every method, what a page may send gets through, and nothing else does. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LogPort } from '../../../src/adapters/logging/log-port.ts';
import { answerCalls } from '../../../src/main/ipc/api.ts';
import { Confirmations } from '../../../src/main/ipc/confirmations.ts';
import { WindowStreams } from '../../../src/main/ipc/stream.ts';
import { ValidatedIpc } from '../../../src/main/ipc/validated.ts';
import { choosePages } from '../../../src/main/origin.ts';
import { contract, type MethodName, methodNames } from '../../../src/shared/api/contract.ts';
import { callChannel, pageTextBytesMax, streamChannel } from '../../../src/shared/ipc/bridge.ts';
import { patienceMs } from '../../patience.ts';
import { app, BrowserWindow, ipcMain, resetElectron, StandInPort } from '../electron-stand-in/index.ts';
import { type FakeTerminal, fakeTerminal, validRequests } from './fake-terminal.ts';

vi.mock('electron', () => import('../electron-stand-in/index.ts'));

const own = 'app://sextant/index.html';
let fake: FakeTerminal;
let window: BrowserWindow;
let ipc: ValidatedIpc;
let refusals: Record<string, unknown>[];
let streams: WindowStreams;
let callsLeft: number;

beforeEach(async () => {
  resetElectron();
  await app.whenReady();
  fake = fakeTerminal();
  refusals = [];
  callsLeft = 100_000;
  const log: LogPort = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message, fields) => refusals.push({ message, ...fields }),
    error: (message, fields) => refusals.push({ message, ...fields }),
    child: () => log,
  };
  window = new BrowserWindow({});
  window.webContents.mainFrame.url = own;
  const starting = Promise.resolve(fake.terminal);
  ipc = new ValidatedIpc({
    pages: choosePages({}, true),
    isOwnWindow: (contents) => (contents as unknown) === window.webContents,
    log,
  });
  answerCalls(ipc, {
    terminal: starting,
    confirmations: new Confirmations(async () => true, log),
    mayCall: () => callsLeft-- > 0,
    log,
  });
  streams = new WindowStreams(starting, log);
  streams.listen(ipc);
});
afterEach(() => {
  ipc.dispose();
  resetElectron();
});

/** An event as Electron makes it for a message of our window's main frame, with differences. */
const eventWith = (changes: object = {}) => ({
  sender: window.webContents,
  senderFrame: window.webContents.mainFrame,
  ports: [],
  ...changes,
});

async function send(event: object, ...values: unknown[]) {
  const text = await ipcMain.invoke(callChannel, event, values);
  expect(typeof text).toBe('string');
  return JSON.parse(text as string) as { ok: boolean; code?: string; message?: string; field?: string };
}

const foreignSenders: readonly (readonly [string, () => object])[] = [
  [
    'a sub-frame of our page',
    () => eventWith({ senderFrame: { url: own, parent: window.webContents.mainFrame, frameTreeNodeId: 7 } }),
  ],
  [
    'a frame that says it has no parent',
    () => eventWith({ senderFrame: { url: own, parent: null, frameTreeNodeId: 7 } }),
  ],
  [
    'a frame that has a parent, whatever its number',
    () =>
      eventWith({ senderFrame: { ...window.webContents.mainFrame, parent: window.webContents.mainFrame } }),
  ],
  [
    'the main frame of another window on our page',
    () => {
      const { webContents } = new BrowserWindow({});
      webContents.mainFrame.url = own;
      return eventWith({ sender: webContents, senderFrame: webContents.mainFrame });
    },
  ],
  ['a frame that is gone', () => eventWith({ senderFrame: null })],
  ['another window', () => eventWith({ sender: new BrowserWindow({}).webContents })],
  [
    'our window on another site',
    () => eventWith({ senderFrame: { ...window.webContents.mainFrame, url: 'https://evil.example/' } }),
  ],
  [
    'our window on a host that begins like ours',
    () =>
      eventWith({ senderFrame: { ...window.webContents.mainFrame, url: 'app://sextant.evil/index.html' } }),
  ],
  [
    'our window on an empty page',
    () => eventWith({ senderFrame: { ...window.webContents.mainFrame, url: 'about:blank' } }),
  ],
  [
    'our window without an address',
    () => eventWith({ senderFrame: { ...window.webContents.mainFrame, url: '' } }),
  ],
  [
    'our window on a development server',
    () => eventWith({ senderFrame: { ...window.webContents.mainFrame, url: 'http://localhost:5173/' } }),
  ],
];

const malformed: readonly (readonly [string, readonly unknown[]])[] = [
  ['nothing', []],
  ['no text', [{}]],
  ['null', [null]],
  ['a number', [1]],
  ['bytes', [new Uint8Array(4)]],
  ['one text too many', ['{}', '{}']],
  ['no JSON', ['{']],
  ['NaN', ['{"speed": NaN}']],
  ['an infinite number', ['{"speed": 1e400}']],
  ['a comma', ['{"speed": 1,5}']],
  ['an array', ['[]']],
  ['a text', ['"text"']],
  ['a number as JSON', ['7']],
  ['an unknown key', ['{"__nobody__": 1}']],
  ['a prototype', ['{"__proto__": {"x": 1}}']],
  ['too deep', [`${'['.repeat(40)}${']'.repeat(40)}`]],
  ['too large', [`{"pad": "${'x'.repeat(pageTextBytesMax)}"}`]],
  ['too large in bytes', [`{"pad": "${'ä'.repeat(pageTextBytesMax / 2)}"}`]],
];

test('there is a valid request for every method', () => {
  expect(Object.keys(validRequests).sort()).toEqual([...methodNames].sort());
});

describe.each(methodNames)('%s', (name: MethodName) => {
  test('a valid request gets through', async () => {
    expect(contract[name].request.safeParse(validRequests[name]).success).toBe(true);
    expect(await send(eventWith(), name, JSON.stringify(validRequests[name]))).toMatchObject({ ok: true });
    if (name !== 'system/status') expect(fake.calls.map((call) => call.name)).toEqual([name]);
    expect(refusals).toEqual([]);
  });

  test('malformed requests do not, and say so', async () => {
    for (const [label, values] of malformed) {
      const result = await send(eventWith(), name, ...values);
      expect(result, label).toMatchObject({ ok: false, code: 'bad-input' });
    }
    expect(fake.calls).toEqual([]);
  });

  test('a foreign sender does not, and is logged with channel and origin', async () => {
    for (const [label, event] of foreignSenders) {
      const result = await send(event(), name, JSON.stringify(validRequests[name]));
      expect(result, label).toMatchObject({ ok: false, code: 'unauthorised' });
    }
    expect(fake.calls).toEqual([]);
    expect(refusals).toHaveLength(foreignSenders.length);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ message: 'a message was refused', channel: callChannel });
      expect(typeof refusal['origin']).toBe('string');
    }
    expect(refusals.map((refusal) => refusal['origin'])).toContain('https://evil.example');
  });
});

test.each(['', 'nobody/knows', 'constructor', '__proto__', 'toString', 'x'.repeat(1000)])(
  'there is no method "%s"',
  async (name) => {
    expect(await send(eventWith(), name, '{}')).toMatchObject({ ok: false, code: 'not-found' });
    expect(fake.calls).toEqual([]);
  },
);

test('a name that is too large is refused before it is looked at', async () => {
  expect(await send(eventWith(), 'x'.repeat(pageTextBytesMax + 1), '{}')).toMatchObject({
    ok: false,
    code: 'bad-input',
  });
});

test('whatever is sent, the program lives and only valid requests reach the terminal', async () => {
  const name = fc.oneof(fc.constantFrom<string>(...methodNames), fc.string());
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(...Object.values(validRequests).map((valid) => JSON.stringify(valid))),
  );
  const value = fc.oneof(text, fc.anything());
  await fc.assert(
    fc.asyncProperty(name, fc.array(value, { maxLength: 3 }), async (method, values) => {
      fake.calls.length = 0;
      const result = await send(eventWith(), method, ...values);
      expect(typeof result.ok).toBe('boolean');
      const [sent] = values;
      if (!result.ok) return;
      expect(values).toHaveLength(1);
      expect(contract[method as MethodName].request.safeParse(JSON.parse(sent as string)).success).toBe(true);
    }),
    { numRuns: 2_000, seed: 84 },
  );
});

test('a window that asks too often is told so, and nothing is carried out', async () => {
  callsLeft = 1;
  expect(await send(eventWith(), 'bots/list', '{}')).toMatchObject({ ok: true });
  expect(await send(eventWith(), 'bots/list', '{}')).toMatchObject({ ok: false, code: 'rate-limited' });
  expect(fake.calls).toHaveLength(1);
});

test('exactly the largest message gets through, one byte more does not', async () => {
  const room = pageTextBytesMax - 'settings/set'.length - '{"key":"k","value":""}'.length;
  const ofLength = (length: number) => `{"key":"k","value":"${'x'.repeat(length)}"}`;
  expect(await send(eventWith(), 'settings/set', ofLength(room))).toMatchObject({ ok: true });
  expect(await send(eventWith(), 'settings/set', ofLength(room + 1))).toMatchObject({
    ok: false,
    code: 'bad-input',
  });
});

describe('channels nobody knows', () => {
  test('asking is rejected by Electron itself', async () => {
    await expect(ipcMain.invoke('sextant/other', eventWith(), ['{}'])).rejects.toThrow('No handler');
  });

  test.each(['ipc-message', 'ipc-message-sync'])('%s is logged and does nothing', (kind) => {
    ipc.watchUnknown(window.webContents as never);
    window.webContents.emit(kind, eventWith(), 'sextant/other', '{}');
    window.webContents.emit(kind, eventWith(), streamChannel, '{}');
    expect(refusals).toEqual([
      {
        message: 'a message was refused',
        channel: 'sextant/other',
        origin: 'app://sextant',
        reason: 'there is no such channel',
      },
    ]);
  });
});

describe('a port is closed unread', () => {
  const request = JSON.stringify({ kind: 'watch', markets: [], quotes: true, auditAfter: null });
  const port = () =>
    new StandInPort(
      () => undefined,
      () => undefined,
    );

  test.each(foreignSenders)('from %s', (_label, event) => {
    const handed = port();
    ipcMain.emit(streamChannel, { ...event(), ports: [handed] }, request);
    expect(handed.isClosed).toBe(true);
    expect(fake.streams).toEqual([]);
    expect(refusals).toMatchObject([{ channel: streamChannel }]);
  });

  test.each([
    ['no JSON', '{'],
    ['another kind', '{"kind":"listen"}'],
    [
      'too many markets',
      JSON.stringify({
        kind: 'watch',
        markets: Array.from({ length: 17 }, () => ({
          instrument: 'sim-a:BTC/USDT',
          timeframe: '1m',
          depth: 1,
        })),
        quotes: true,
        auditAfter: null,
      }),
    ],
    ['an unknown key', '{"kind":"watch","markets":[],"quotes":true,"auditAfter":null,"more":1}'],
    ['a number', 7],
    ['too large', 'x'.repeat(pageTextBytesMax + 1)],
  ])('with %s', async (_label, text) => {
    const handed = port();
    ipcMain.emit(streamChannel, eventWith({ ports: [handed] }), text);
    await vi.waitFor(() => expect(handed.isClosed).toBe(true), patienceMs);
    expect(fake.streams).toEqual([]);
    expect(refusals).toHaveLength(1);
    expect(streams.count).toBe(0);
  });

  test('with a second port, both are closed; without any, nothing happens', () => {
    const handed = [port(), port()];
    ipcMain.emit(streamChannel, eventWith({ ports: handed }), request);
    ipcMain.emit(streamChannel, eventWith({ ports: [] }), request);
    expect(handed.map((one) => one.isClosed)).toEqual([true, true]);
    expect(refusals).toHaveLength(2);
  });
});

test('after the end of IPC nothing answers', async () => {
  ipc.dispose();
  await expect(ipcMain.invoke(callChannel, eventWith(), ['system/status', '{}'])).rejects.toThrow(
    'No handler',
  );
  expect(ipcMain.listenerCount(streamChannel)).toBe(0);
});
