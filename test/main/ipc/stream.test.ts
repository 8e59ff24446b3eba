/** The stream of a window: what it asks for reaches the terminal, what comes back is paced, and it always ends. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../../../src/adapters/logging/log-port.ts';
import { outboxLimits } from '../../../src/main/ipc/outbox.ts';
import { WindowStreams } from '../../../src/main/ipc/stream.ts';
import { ValidatedIpc } from '../../../src/main/ipc/validated.ts';
import { choosePages } from '../../../src/main/origin.ts';
import type { StreamMessage, StreamRequest } from '../../../src/shared/api/streams.ts';
import { type PortDelivery, streamChannel } from '../../../src/shared/ipc/bridge.ts';
import { patienceMs } from '../../patience.ts';
import { app, BrowserWindow, ipcMain, resetElectron, StandInPort } from '../electron-stand-in/index.ts';
import { type FakeTerminal, fakeTerminal } from './fake-terminal.ts';

vi.mock('electron', () => import('../electron-stand-in/index.ts'));

const request: StreamRequest = { kind: 'watch', markets: [], quotes: true, auditAfter: 5 };
let fake: FakeTerminal;
let window: BrowserWindow;
let streams: WindowStreams;

beforeEach(async () => {
  resetElectron();
  await app.whenReady();
  fake = fakeTerminal();
  window = new BrowserWindow({});
  window.webContents.mainFrame.url = 'app://sextant/index.html';
  const ipc = new ValidatedIpc({ pages: choosePages({}, true), isOwnWindow: () => true, log: silentLog });
  streams = new WindowStreams(Promise.resolve(fake.terminal), silentLog);
  streams.listen(ipc);
});
afterEach(() => resetElectron());

async function open() {
  const posted: PortDelivery[] = [];
  const far = { isClosed: false };
  const port = new StandInPort(
    (data) => posted.push(data as PortDelivery),
    () => {
      far.isClosed = true;
    },
  );
  const before = fake.streams.length;
  const event = { sender: window.webContents, senderFrame: window.webContents.mainFrame, ports: [port] };
  ipcMain.emit(streamChannel, event, JSON.stringify(request));
  await vi.waitFor(() => expect(fake.streams).toHaveLength(before + 1), patienceMs);
  const stream = fake.streams[before] as FakeTerminal['streams'][number];
  return { port, posted, far, stream };
}

const batch = (number: number): StreamMessage => ({ kind: 'batch', batch: number, timeMs: number });
const messagesOf = (posted: readonly PortDelivery[]) =>
  posted.filter(({ sequence }) => sequence > 0).map(({ text }) => JSON.parse(text) as StreamMessage);

test('the first delivery says that the port was taken; then batches come as they are sent', async () => {
  const { posted, stream } = await open();
  expect(posted).toEqual([{ sequence: 0, text: '' }]);
  expect(stream.request).toEqual(request);
  stream.send(batch(1));
  expect(messagesOf(posted)).toEqual([batch(1)]);
});

test('another request replaces the one before', async () => {
  const { port, stream } = await open();
  const next = { ...request, quotes: false };
  port.receive({ kind: 'watch', text: JSON.stringify(next) });
  expect(stream.request).toEqual(next);
});

test('a page that takes nothing makes the terminal wait, and is reset when it wakes up', async () => {
  const { port, posted, stream } = await open();
  for (let number = 1; number <= outboxLimits.busyMessages; number += 1) stream.send(batch(number));
  expect(stream.isBusy()).toBe(true);
  // A source that does not wait.
  for (let number = 1; number <= 1000; number += 1) stream.send(batch(outboxLimits.busyMessages + number));
  expect(messagesOf(posted)).toHaveLength(outboxLimits.messagesMax);
  port.receive({ kind: 'taken', sequence: outboxLimits.messagesMax });
  expect(messagesOf(posted).at(-1)).toEqual({ kind: 'reset', reason: 'the window did not keep up' });
  expect(stream.isBusy()).toBe(false);
});

test.each([
  ['a number that was never sent', { kind: 'taken', sequence: 99 }],
  ['another kind', { kind: 'listen' }],
  ['no object', 'taken'],
  ['a request that is not one', { kind: 'watch', text: '{"kind":"watch"}' }],
  ['a request that is no JSON', { kind: 'watch', text: '{' }],
  ['a request that is too large', { kind: 'watch', text: 'x'.repeat(70_000) }],
  ['an unknown key', { kind: 'taken', sequence: 1, more: 1 }],
])('%s ends the stream', async (_name, message) => {
  const { port, far, stream } = await open();
  port.receive(message);
  expect(stream.isClosed).toBe(true);
  expect(far.isClosed).toBe(true);
  expect(streams.count).toBe(0);
});

test('the page closing its end, its window going away, or the program ending: each ends the stream', async () => {
  const first = await open();
  first.port.farClosed();
  expect(first.stream.isClosed).toBe(true);
  const second = await open();
  streams.close();
  expect(second.stream.isClosed).toBe(true);
  expect(second.far.isClosed).toBe(true);
  const third = await open();
  window.destroy();
  expect(third.stream.isClosed).toBe(true);
  expect(streams.count).toBe(0);
});

test('a page that loaded anew has one stream, not two', async () => {
  const first = await open();
  const second = await open();
  expect(first.stream.isClosed).toBe(true);
  expect(first.far.isClosed).toBe(true);
  expect(second.stream.isClosed).toBe(false);
  expect(streams.count).toBe(1);
  // What still arrives for the old page goes nowhere.
  first.stream.send(batch(1));
  expect(messagesOf(first.posted)).toEqual([]);
});
