/** Updates: off without a feed, never while bots run, with open orders only when the person agrees. */
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '../../src/adapters/logging/log-port.ts';
import { doubtAboutInstalling, loadUpdater, type Updater, Updates } from '../../src/main/updates.ts';
import type { ApiTransport } from '../../src/shared/api/client.ts';
import { patienceMs } from '../patience.ts';
import { resetElectron, seen } from './electron-stand-in/index.ts';

vi.mock('electron', () => import('./electron-stand-in/index.ts'));

const later = 0;
const install = 1;

interface Situation {
  bots?: readonly string[];
  openOrders?: number;
  isSilent?: boolean;
}

function setUp(situation: Situation) {
  const calls: string[] = [];
  const updater = Object.assign(new EventEmitter(), {
    autoDownload: false,
    autoInstallOnAppQuit: true,
    allowDowngrade: true,
    allowPrerelease: true,
    logger: {} as unknown,
    checkForUpdates: vi.fn(
      async () => ({ isUpdateAvailable: false }) as { isUpdateAvailable: boolean } | null,
    ),
    quitAndInstall: vi.fn(() => void calls.push('install')),
  });
  const client = {
    call: async () =>
      situation.isSilent === true
        ? { ok: false, code: 'internal', message: 'broken' }
        : {
            ok: true,
            value: {
              bots: (situation.bots ?? []).map((state) => ({ state })),
              risk: { openOrders: situation.openOrders ?? 0 },
            },
          },
  } as unknown as Pick<ApiTransport, 'call'>;
  const stopEngine = vi.fn(async () => {
    calls.push('stop');
    return true;
  });
  const abandon = vi.fn();
  const updates = new Updates({
    updater: updater as unknown as Updater,
    client,
    stopEngine,
    abandon,
    log: silentLog,
  });
  return { updater, client, updates, stopEngine, abandon, calls, situation };
}

beforeEach(() => resetElectron());
afterEach(() => resetElectron());

describe('the feed', () => {
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'sextant-feed-'));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  test('without one there are no updates', async () => {
    expect(await loadUpdater(true, folder())).toBeUndefined();
  });
  test('running from sources there are none, whatever lies about', async () => {
    const resources = folder();
    writeFileSync(join(resources, 'app-update.yml'), 'provider: generic\nurl: https://updates.invalid\n');
    expect(await loadUpdater(false, resources)).toBeUndefined();
  });
});

test('the updater never installs by itself and never goes back', () => {
  const { updater } = setUp({});
  expect(updater).toMatchObject({
    autoInstallOnAppQuit: false,
    allowDowngrade: false,
    allowPrerelease: false,
    logger: null,
  });
});

test.each([
  ['flat and idle', {}, undefined],
  ['paused bots, no orders', { bots: ['PAUSED', 'STOPPED'] }, undefined],
  ['a running bot', { bots: ['RUNNING'] }, 'forbidden'],
  ['a stopping bot', { bots: ['STOPPING'] }, 'forbidden'],
  ['a running bot and open orders', { bots: ['RUNNING'], openOrders: 3 }, 'forbidden'],
  ['open orders', { openOrders: 3 }, 'ask'],
  ['an engine that does not answer', { isSilent: true }, 'forbidden'],
] as const)('%s: %s', async (_name, situation, kind) => {
  expect((await doubtAboutInstalling(setUp(situation).client))?.kind).toBe(kind);
});

describe('an update that was downloaded', () => {
  const download = (updater: EventEmitter) => updater.emit('update-downloaded', { version: '9.9.9' });

  test('while a bot runs it is only told', async () => {
    const { updater, calls } = setUp({ bots: ['RUNNING'] });
    seen.answers.push(install);
    download(updater);
    await vi.waitFor(() => expect(seen.messageBoxes).toHaveLength(1), patienceMs);
    expect(seen.messageBoxes[0]).toMatchObject({
      message: 'Sextant 9.9.9 is ready, but not installed now.',
      detail: '1 bot is running. Stop or pause them first.',
    });
    expect(seen.messageBoxes[0]?.buttons).toBeUndefined();
    expect(calls).toEqual([]);
  });

  test('with open orders the person is told which, and a no is a no', async () => {
    const { updater, calls } = setUp({ openOrders: 2 });
    seen.answers.push(later);
    download(updater);
    await vi.waitFor(() => expect(seen.messageBoxes).toHaveLength(1), patienceMs);
    expect(seen.messageBoxes[0]).toMatchObject({
      type: 'warning',
      detail: '2 orders stay open at the venues while Sextant restarts.',
      defaultId: 0,
      cancelId: 0,
    });
    expect(calls).toEqual([]);
  });

  test('with a yes the engine stops before anything is installed', async () => {
    const { updater, calls } = setUp({ openOrders: 2 });
    seen.answers.push(install);
    download(updater);
    await vi.waitFor(() => expect(calls).toEqual(['stop', 'install']), patienceMs);
  });

  test('a bot that started while the dialog was open wins', async () => {
    const { updater, calls, situation } = setUp({});
    seen.answers.push(install);
    const original = seen.messageBoxes.push.bind(seen.messageBoxes);
    seen.messageBoxes.push = (...boxes) => {
      situation.bots = ['RUNNING'];
      return original(...boxes);
    };
    download(updater);
    await vi.waitFor(() => expect(seen.messageBoxes).toHaveLength(2), patienceMs);
    expect(seen.messageBoxes[1]?.message).toBe('Sextant 9.9.9 was not installed.');
    expect(calls).toEqual([]);
  });

  test('an engine that does not stop cleanly is not updated', async () => {
    const { updater, calls, stopEngine, abandon } = setUp({});
    stopEngine.mockResolvedValue(false);
    seen.answers.push(install);
    download(updater);
    await vi.waitFor(() => expect(abandon).toHaveBeenCalledOnce(), patienceMs);
    expect(calls).toEqual([]);
  });
});

test.each([
  ['up to date', async () => ({ isUpdateAvailable: false }), 'Sextant is up to date.'],
  ['a feed that is broken', async () => Promise.reject(new Error('no route')), 'Looking for updates failed.'],
] as const)('asked by a person: %s is told', async (_name, answer, message) => {
  const { updater, updates } = setUp({});
  updater.checkForUpdates.mockImplementation(answer);
  await updates.check();
  expect(seen.messageBoxes.map((box) => box.message)).toEqual([message]);
});
