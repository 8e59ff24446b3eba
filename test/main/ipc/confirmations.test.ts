/** What the main process asks for itself, and that a page cannot get round it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../../../src/adapters/logging/log-port.ts';
import { askByDialog, Confirmations, type Question } from '../../../src/main/ipc/confirmations.ts';
import { type MethodName, methodNames } from '../../../src/shared/api/contract.ts';
import { app, BrowserWindow, resetElectron, seen } from '../electron-stand-in/index.ts';
import { type FakeTerminal, fakeTerminal, validRequests } from './fake-terminal.ts';

vi.mock('electron', () => import('../electron-stand-in/index.ts'));

let fake: FakeTerminal;
let asked: Question[];
let answer: boolean;
let window: BrowserWindow;

beforeEach(async () => {
  resetElectron();
  await app.whenReady();
  window = new BrowserWindow({});
  fake = fakeTerminal();
  asked = [];
  answer = false;
});
afterEach(() => resetElectron());

const confirmations = () =>
  new Confirmations(async (question) => {
    asked.push(question);
    return answer;
  }, silentLog);
const refusalOf = (name: MethodName, request: unknown = validRequests[name], by = confirmations()) =>
  by.refusalOf(name, request, fake.terminal, window.webContents as never);

test.each([
  ['demo, idle', 'demo', false, ['keys/remove']],
  ['demo, busy', 'demo', true, ['keys/remove', 'system/stop']],
  ['paper, busy', 'paper', true, ['keys/remove', 'system/stop']],
  [
    'live, idle',
    'live',
    false,
    ['bots/create', 'bots/resume', 'bots/start', 'keys/remove', 'risk/resume', 'risk/set-limits'],
  ],
  [
    'live, busy',
    'live',
    true,
    [
      'bots/create',
      'bots/resume',
      'bots/start',
      'keys/remove',
      'risk/resume',
      'risk/set-limits',
      'system/stop',
    ],
  ],
])('%s: exactly these methods are asked for', async (_name, mode, isBusy, expected) => {
  fake.status.mode = mode;
  fake.isBusy = isBusy;
  const found: string[] = [];
  for (const name of methodNames) if ((await refusalOf(name)) !== undefined) found.push(name);
  expect(found.sort()).toEqual(expected);
  expect(asked).toHaveLength(expected.length);
});

test('stopping says what runs and what is open', async () => {
  fake.isBusy = true;
  fake.status.bots = [
    { id: 'b1', state: 'RUNNING' },
    { id: 'b2', state: 'PAUSED' },
  ];
  fake.status.risk.openOrders = 7;
  expect(await refusalOf('system/stop')).toMatchObject({ ok: false, code: 'refused' });
  expect(asked[0]?.detail).toContain('1 bot running, 7 orders open');
});

test('a yes lets it through, a malformed request is not asked for', async () => {
  answer = true;
  expect(await refusalOf('keys/remove')).toBeUndefined();
  expect(asked[0]?.message).toBe('Remove the key k1?');
  expect(await refusalOf('keys/remove', { key: '' })).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test('one question at a time: a page cannot bury the person in dialogs', async () => {
  let settle: (value: boolean) => void = () => undefined;
  const slow = new Confirmations(
    () =>
      new Promise((resolve) => {
        settle = resolve;
      }),
    silentLog,
  );
  const first = refusalOf('keys/remove', validRequests['keys/remove'], slow);
  expect(await refusalOf('keys/remove', validRequests['keys/remove'], slow)).toMatchObject({
    code: 'refused',
    message: 'another question is still open',
  });
  settle(true);
  expect(await first).toBeUndefined();
});

test('an engine that does not answer does not turn into a yes', async () => {
  fake.isBusy = true;
  const broken = {
    ...fake.terminal,
    isBusy: true,
    handle: async () => ({ ok: false, code: 'internal', message: 'broken' }),
  };
  const refusal = await confirmations().refusalOf(
    'system/stop',
    {},
    broken as never,
    window.webContents as never,
  );
  expect(refusal).toMatchObject({ ok: false, code: 'internal' });
});

test.each([
  [0, false],
  [1, true],
])('button %i of the dialog: %s; Escape and Enter press the safe one', async (button, isYes) => {
  seen.answers.push(button);
  const question = { message: 'Stop?', detail: 'Really.', button: 'Stop' };
  expect(await askByDialog(question, window.webContents as never)).toBe(isYes);
  expect(seen.messageBoxes).toMatchObject([
    { message: 'Stop?', buttons: ['Cancel', 'Stop'], defaultId: 0, cancelId: 0 },
  ]);
});
