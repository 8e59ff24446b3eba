/** Starting, failing to start, surviving and ending: the real program on the stand-in, without a page. */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LogFields, silentLog } from '../../src/adapters/logging/log-port.ts';
import { createTerminal } from '../../src/app/create-terminal.ts';
import { readArguments } from '../../src/main/arguments.ts';
import { askAfterEngineFailure, endOnBug } from '../../src/main/failures.ts';
import { startDesktop } from '../../src/main/start-desktop.ts';
import { defaultConfig } from '../../src/shared/config/schema.ts';
import { callChannel } from '../../src/shared/ipc/bridge.ts';
import { patienceMs } from '../patience.ts';
import {
  app,
  BrowserWindow,
  ipcMain,
  powerMonitor,
  privilegedSchemes,
  resetElectron,
  seen,
  session,
} from './electron-stand-in/index.ts';

vi.mock('electron', () => import('./electron-stand-in/index.ts'));

let dataFolder: string;
beforeEach(() => {
  resetElectron();
  dataFolder = mkdtempSync(join(tmpdir(), 'sextant-start-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(async () => {
  if (app.isReadyNow && app.exitCode === undefined) {
    app.quit();
    await ended();
  }
  resetElectron();
  rmSync(dataFolder, { recursive: true, force: true });
});

const start = (args: readonly string[] = [], environment: Record<string, string> = {}) =>
  startDesktop({
    args: ['--data', dataFolder, ...args],
    environment,
    platform: 'linux',
    homeFolder: dataFolder,
  });
const ended = async (): Promise<number> => {
  await vi.waitFor(() => expect(app.exitCode).toBeDefined(), patienceMs);
  return app.exitCode ?? -1;
};
const theWindow = (): BrowserWindow => {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) throw new Error('there is no window');
  return window;
};
/** Calls as the page of a window does. */
const call = async (name: string, request: unknown = {}) => {
  const { webContents } = theWindow();
  const event = { sender: webContents, senderFrame: webContents.mainFrame };
  return JSON.parse((await ipcMain.invoke(callChannel, event, [name, JSON.stringify(request)])) as string);
};

describe('flags', () => {
  test('are read, and what is Chromium’s is left to it', () => {
    const flags = readArguments([
      '.',
      '--demo',
      '--data=/d',
      '--speed',
      '10',
      '--seed=a-1',
      '--log-level',
      'debug',
      '--port=0',
      '--ozone-platform=wayland',
      '--no-sandbox',
    ]);
    expect(flags).toMatchObject({
      data: '/d',
      demo: true,
      speed: 10,
      seed: 'a-1',
      unknown: ['--ozone-platform', '--no-sandbox'],
    });
    expect(flags.overrides.map(({ path, value }) => [path.join('.'), value])).toEqual([
      ['mode', 'demo'],
      ['log.level', 'debug'],
      ['api.port', 0],
    ]);
    expect(readArguments([])).toMatchObject({
      data: undefined,
      demo: false,
      speed: 1,
      seed: undefined,
      overrides: [],
    });
    expect(readArguments(['--speed', 'max']).speed).toBe('max');
  });

  test.each([
    [['--speed', '1,5'], 'speed'],
    [['--speed', 'NaN'], 'speed'],
    [['--speed', '1e400'], 'speed'],
    [['--speed', '0'], 'speed'],
    [['--speed=-1'], 'speed'],
    [['--speed', '1001'], 'speed'],
    [['--speed'], 'speed'],
    [['--seed', 'two words'], 'seed'],
    [['--log-level', 'loud'], 'log-level'],
    [['--port', '1.5e3'], 'port'],
    [['--data='], 'data'],
  ])('%j is refused with its field, exit code 2, and nothing is made', async (args, field) => {
    const untouched = join(dataFolder, 'none');
    await startDesktop({
      args: ['--data', untouched, ...args],
      environment: {},
      platform: 'linux',
      homeFolder: dataFolder,
    });
    expect(app.exitCode).toBe(2);
    expect(seen.errorBoxes[0]?.content).toContain(field);
    expect(existsSync(untouched)).toBe(false);
    expect(BrowserWindow.getAllWindows()).toEqual([]);
  });
});

describe('what keeps it from starting is said on the screen, with an exit code', () => {
  test('a port that is none', async () => {
    await start(['--port', '70000']);
    expect(app.exitCode).toBe(2);
    expect(seen.errorBoxes[0]?.content).toContain('port');
  });

  test('a bad configuration file', async () => {
    writeFileSync(join(dataFolder, 'sextant.yaml'), 'mode: demo\nnobody: 1\n');
    await start();
    expect(app.exitCode).toBe(2);
    expect(seen.errorBoxes[0]?.content).toContain('sextant.yaml:2: nobody: unknown key');
  });

  test('speed without simulated time', async () => {
    await start(['--speed', '5'], { SEXTANT_MODE: 'paper' });
    expect(app.exitCode).toBe(2);
    expect(seen.errorBoxes[0]?.content).toContain('speed: only simulated time has it');
  });

  test('a data folder that cannot be made', async () => {
    writeFileSync(join(dataFolder, 'file'), '');
    await startDesktop({
      args: ['--data', join(dataFolder, 'file', 'below')],
      environment: {},
      platform: 'linux',
      homeFolder: dataFolder,
    });
    expect(app.exitCode).toBe(2);
    expect(seen.errorBoxes[0]?.content).toContain('data:');
  });

  test('a headless host on the same data folder: code 7, and that host is left alone', async () => {
    const other = await createTerminal({ config: defaultConfig(), dataFolder, speed: 1, demoBots: 'none' });
    const opened = vi.fn();
    app.on('web-contents-created', opened);
    await start();
    expect(app.exitCode).toBe(7);
    expect(opened).not.toHaveBeenCalled();
    expect(seen.errorBoxes[0]?.content).toContain('in use by the instance');
    expect((await other.handle('system/status', {}, new Set(['read']))).ok).toBe(true);
    await other.stop('the test is done');
  });

  test('a journal of a newer version: code 6, and the window is gone', async () => {
    const terminal = await createTerminal({
      config: defaultConfig(),
      dataFolder,
      speed: 1,
      demoBots: 'none',
    });
    await terminal.stop('the test is done');
    const database = new Database(join(dataFolder, 'demo.sqlite'));
    database.prepare("INSERT INTO schema_migrations VALUES (9999, 'later', 'x', 0)").run();
    database.close();
    await start();
    expect(app.exitCode).toBe(6);
    expect(seen.errorBoxes[0]?.content).toContain('was written by a newer version of Sextant');
    expect(BrowserWindow.getAllWindows()).toEqual([]);
  });
});

test('a second start of the program on the same data only wakes the first', async () => {
  app.isLockFree = false;
  await start();
  expect(app.exitCode).toBe(0);
  expect(existsSync(join(dataFolder, 'logs'))).toBe(false);
  expect(BrowserWindow.getAllWindows()).toEqual([]);
});

test('before it is ready: the scheme is registered, the sandbox forced, the profile put into the data folder', async () => {
  await start();
  expect(privilegedSchemes.get('app')).toEqual({ standard: true, secure: true, codeCache: true });
  expect(app.isSandboxForced).toBe(true);
  expect(app.getPath('userData')).toBe(join(dataFolder, 'desktop'));
  expect([...session.defaultSession.schemes.keys()]).toEqual(['app']);
});

test('a data folder it makes is its owner’s alone', async () => {
  const made = join(dataFolder, 'made', 'here');
  await startDesktop({ args: ['--data', made], environment: {}, platform: 'linux', homeFolder: dataFolder });
  expect(statSync(made).mode & 0o777).toBe(0o700);
});

test('calls of a page that was faster than the engine wait for it', async () => {
  const starting = start();
  await vi.waitFor(() => expect(BrowserWindow.getAllWindows()).toHaveLength(1), patienceMs);
  theWindow().webContents.mainFrame.url = 'app://sextant/index.html';
  expect(await call('system/status')).toMatchObject({ ok: true });
  await starting;
});

test('quitting while the engine still starts ends it cleanly', async () => {
  const starting = start();
  await vi.waitFor(() => expect(BrowserWindow.getAllWindows()).toHaveLength(1), patienceMs);
  app.quit();
  await starting;
  expect(await ended()).toBe(0);
  expect(existsSync(join(dataFolder, 'host.json'))).toBe(false);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s ends it cleanly, and it listens no more',
  async (signal) => {
    const before = process.listenerCount(signal);
    await start(['--demo', '--seed', 'signal']);
    expect(process.listenerCount(signal)).toBe(before + 1);
    process.emit(signal, signal);
    expect(await ended()).toBe(0);
    expect(process.listenerCount(signal)).toBe(before);
  },
);

test('a machine that shuts down waits for a clean end', async () => {
  await start(['--demo', '--seed', 'shutdown']);
  const preventDefault = vi.fn();
  powerMonitor.emit('shutdown', { preventDefault });
  expect(preventDefault).toHaveBeenCalledOnce();
  expect(await ended()).toBe(0);
});

test('crashes of the page: three are mended, the next is asked about; the engine never stops', async () => {
  await start(['--demo', '--seed', 'crash']);
  const crash = () => theWindow().webContents.forcefullyCrashRenderer();
  for (let count = 1; count <= 3; count += 1) {
    const { id } = theWindow().webContents;
    crash();
    expect(theWindow().webContents.id).not.toBe(id);
    expect(BrowserWindow.getAllWindows()).toHaveLength(1);
  }
  expect(seen.messageBoxes).toEqual([]);
  seen.answers.push(0);
  const { id } = theWindow().webContents;
  crash();
  await vi.waitFor(() => expect(theWindow().webContents.id).not.toBe(id), patienceMs);
  expect(seen.messageBoxes).toMatchObject([{ message: 'The window crashed several times in a minute.' }]);
  expect(await call('system/status')).toMatchObject({ ok: true, value: { bots: [{}, {}, {}] } });
  // The old window's contents have no rights any more.
  expect(app.exitCode).toBeUndefined();
});

test.each([true, false])('a window that was visible (%s) comes back so after a crash', async (isVisible) => {
  await start();
  if (!isVisible) theWindow().hide();
  const shown = vi.fn();
  app.on('web-contents-created', (_event, contents) => contents.once('did-finish-load', shown));
  theWindow().webContents.forcefullyCrashRenderer();
  await vi.waitFor(() => expect(shown).toHaveBeenCalledOnce(), patienceMs);
  // The window tells that it is ready right after its page has loaded.
  await new Promise((resolve) => setImmediate(resolve));
  expect(theWindow().isVisible()).toBe(isVisible);
});

test('a helper process that is gone, such as the GPU’s, stops nothing', async () => {
  await start();
  app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', name: 'GPU' });
  expect(await call('system/status')).toMatchObject({ ok: true });
});

test('with bots running the machine is kept awake; after they were paused and their orders cancelled it may sleep', async () => {
  await start(['--demo', '--seed', 'power']);
  expect([...seen.blockers.values()]).toEqual(['prevent-app-suspension']);
  const { value } = await call('bots/list');
  for (const bot of value.bots) expect(await call('bots/stop', { bot: bot.id })).toMatchObject({ ok: true });
  await vi.waitFor(() => expect(seen.blockers.size).toBe(0), patienceMs);
});

test('switched on, closing hides the window and bots go on; the tray shows it again and quits', async () => {
  await start(['--demo', '--seed', 'tray']);
  expect(await call('settings/set', { key: 'desktop.closeToTray', value: true })).toMatchObject({ ok: true });
  await vi.waitFor(() => {
    theWindow().close();
    expect(theWindow().isVisible()).toBe(false);
  }, patienceMs);
  expect(seen.messageBoxes.every((box) => box.message.startsWith('Bots are running'))).toBe(true);
  expect(await call('system/status')).toMatchObject({ ok: true });
  const items = seen.trays[0]?.menu?.template ?? [];
  const click = (label: string) => (items.find((item) => item.label === label) as { click(): void }).click();
  click('Show Sextant');
  expect(theWindow().isVisible()).toBe(true);
  click('Quit');
  expect(await ended()).toBe(0);
  expect(seen.trays[0]?.isDestroyed()).toBe(true);
  expect(seen.blockers.size).toBe(0);
});

test('an error nobody caught is logged, told once, and ends the program with code 1', () => {
  const listenersBefore = process.listenerCount('uncaughtException');
  const logged: unknown[] = [];
  const exits: number[] = [];
  const log = {
    ...silentLog,
    error: (_message: string, fields?: LogFields) => logged.push(fields?.['error']),
    flush: vi.fn(),
  };
  const forget = endOnBug(log, (exitCode) => exits.push(exitCode));
  const error = new Error('planted');
  process.emit('uncaughtException', error);
  process.emit('uncaughtException', error);
  expect(logged).toEqual([error, error]);
  expect(log.flush).toHaveBeenCalled();
  expect(seen.errorBoxes).toMatchObject([{ title: 'Sextant has to stop' }]);
  expect(exits).toEqual([1]);
  forget();
  expect(process.listenerCount('uncaughtException')).toBe(listenersBefore);
});

test.each([
  ['restarts', 0, true],
  ['quits', 1, false],
])('an engine that failed: the person %s', async (_name, button, again) => {
  seen.answers.push(button);
  expect(await askAfterEngineFailure(new Error('journal full'))).toBe(again);
  expect(seen.messageBoxes[0]?.detail).toContain('journal full');
});
