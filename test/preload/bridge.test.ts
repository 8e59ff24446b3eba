/** The bridge: what a page calls becomes text on one channel, and nothing of Electron comes back with it. */
import { expect, test, vi } from 'vitest';
import { type BridgeIpc, createBridge } from '../../src/preload/bridge.ts';
import type { StreamMessage, StreamRequest } from '../../src/shared/api/streams.ts';
import {
  callChannel,
  type PortDelivery,
  type PortRequest,
  streamChannel,
} from '../../src/shared/ipc/bridge.ts';
import { patienceMs } from '../patience.ts';

/** A host behind the bridge: answers calls, holds the other end of ports. */
function host(answer: (name: string, text: string) => unknown = () => '{"ok":true,"value":{}}') {
  const asked: (readonly string[])[] = [];
  const handed: { channel: string; text: string; port: MessagePort }[] = [];
  const ipc: BridgeIpc = {
    invoke: async (channel, ...texts) => {
      asked.push([channel, ...texts]);
      return answer(texts[0] ?? '', texts[1] ?? '');
    },
    hand: (channel, text, port) => handed.push({ channel, text, port }),
  };
  return { bridge: createBridge(ipc), asked, handed };
}

const watch: StreamRequest = { kind: 'watch', markets: [], quotes: true, auditAfter: 3 };

test('a call goes out as name and JSON, its answer comes back as a value', async () => {
  const { bridge, asked } = host(() => '{"ok":true,"value":{"bots":[]}}');
  expect(await bridge.call('bots/show', { bot: 'b1' })).toEqual({ ok: true, value: { bots: [] } });
  expect(asked).toEqual([[callChannel, 'bots/show', '{"bot":"b1"}']]);
});

test('a call without a request sends an empty one', async () => {
  const { bridge, asked } = host();
  await bridge.call('system/status', undefined as never);
  expect(asked[0]?.[2]).toBe('{}');
});

const circle: Record<string, unknown> = {};
circle['self'] = circle;
test.each([
  ['a circle', 'settings/set', circle],
  ['a number too large for JSON', 'settings/set', { key: 'a', value: 1n }],
  ['a function', 'settings/set', () => undefined],
  ['a name that is no text', 7, {}],
  ['a name that is an object', { toString: () => 'system/status' }, {}],
])('%s is refused without being sent', async (_name, name, request) => {
  const { bridge, asked } = host();
  expect(await bridge.call(name as never, request as never)).toMatchObject({ ok: false, code: 'bad-input' });
  expect(asked).toEqual([]);
});

test.each([
  ['throws', () => Promise.reject(new Error('gone'))],
  ['answers with no text', () => ({ ok: true })],
  ['answers with no JSON', () => '{'],
])('a host that %s is a failure, never an exception', async (_name, answer) => {
  const { bridge } = host(answer);
  expect(await bridge.call('system/status', {})).toMatchObject({ ok: false, code: 'internal' });
});

/** Opens a stream and gives the host's end of it. */
async function open() {
  const { bridge, handed } = host();
  const messages: unknown[][] = [];
  const states: unknown[][] = [];
  const handle = bridge.openStream(
    watch,
    (...given) => messages.push(given),
    (...given) => states.push(given),
  );
  const [taken] = handed;
  if (taken === undefined) throw new Error('no port was handed over');
  const said: PortRequest[] = [];
  taken.port.onmessage = ({ data }: MessageEvent) => said.push(data as PortRequest);
  const deliver = (delivery: PortDelivery) => taken.port.postMessage(delivery);
  return { ...taken, handle, messages, states, said, deliver };
}

test('a stream hands one port over, is open when the host takes it, and says what it took', async () => {
  const { channel, text, messages, states, said, deliver, handle } = await open();
  expect([channel, JSON.parse(text)]).toEqual([streamChannel, watch]);
  expect(states).toEqual([['connecting']]);
  deliver({ sequence: 0, text: '' });
  await vi.waitFor(() => expect(states).toEqual([['connecting'], ['open']]), patienceMs);
  const batch: StreamMessage = { kind: 'batch', batch: 1, timeMs: 5 };
  deliver({ sequence: 1, text: JSON.stringify(batch) });
  await vi.waitFor(() => expect(said).toEqual([{ kind: 'taken', sequence: 1 }]), patienceMs);
  // One argument: no event slips through.
  expect(messages).toEqual([[batch]]);
  handle.close();
});

test('another request is sent over the same port', async () => {
  const { handle, said } = await open();
  handle.update({ ...watch, quotes: false });
  await vi.waitFor(() => expect(said).toHaveLength(1), patienceMs);
  const [request] = said;
  expect(request?.kind).toBe('watch');
  expect(JSON.parse((request as { text: string }).text)).toEqual({ ...watch, quotes: false });
  handle.close();
});

test('the host closing its end is told once; afterwards nothing is said', async () => {
  const { port, states, handle, said } = await open();
  port.close();
  await vi.waitFor(() => expect(states).toEqual([['connecting'], ['closed']]), patienceMs);
  handle.update(watch);
  handle.close();
  expect(states).toHaveLength(2);
  expect(said).toEqual([]);
});

test('closing it tells the host, and late messages are dropped', async () => {
  const { port, handle, messages, states, deliver } = await open();
  const isClosed = new Promise((resolve) => port.addEventListener('close', resolve));
  deliver({ sequence: 1, text: '{"kind":"reset","reason":"x"}' });
  handle.close();
  await isClosed;
  expect(messages).toEqual([]);
  expect(states).toEqual([['connecting'], ['closed']]);
});
