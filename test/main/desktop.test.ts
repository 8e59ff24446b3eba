/**
 * The desktop program from start to end, with a real page: the same story on the stand-in and, where its binary is
 * found, on real Electron.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { contentPolicy } from '../../src/main/content-policy.ts';
import type { ApiTransport } from '../../src/shared/api/client.ts';
import type { MethodName } from '../../src/shared/api/contract.ts';
import type { DesktopKind, DesktopLaunch, DesktopUnderTest } from './desktop-under-test.ts';
import { RealElectron } from './real-electron.ts';
import { isRendererBuilt, StandInDesktop } from './stand-in-desktop.ts';

vi.mock('electron', () => import('./electron-stand-in/index.ts'));

declare global {
  interface Window {
    readonly sextant?: ApiTransport;
  }
}

const kinds: readonly DesktopKind[] = [new StandInDesktop(), new RealElectron()];
for (const { name, missing } of kinds) {
  if (missing !== undefined) process.stderr.write(`Not run on ${name}: ${missing}.\n`);
}
const demo = ['--demo', '--seed', 'desktop'];
const cancel = 0;

/** What the bridge answers, as far as tests look at it. */
interface Answer {
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly value?: Readonly<Record<string, never>>;
}

/** Calls a method the way the page does. */
const call = (page: Page, name: MethodName, request: unknown = {}): Promise<Answer> =>
  page.evaluate(([method, sent]) => window.sextant?.call(method, sent as never) as Promise<Answer>, [
    name,
    request,
  ] as const);

const statusOf = async (page: Page) => {
  const answer = await call(page, 'system/status');
  return answer.value as unknown as { uptimeMs: number; auditSequence: number; bots: { state: string }[] };
};

/** Answers every dialog from now on with the button of this number, and gives how to count them. */
const answerDialogs = (desktop: DesktopUnderTest, button: number) =>
  desktop.evaluate(({ dialog }, response) => {
    const shared = globalThis as { dialogsShown?: string[] };
    shared.dialogsShown = [];
    dialog.showMessageBox = async (...given: unknown[]) => {
      shared.dialogsShown?.push((given.at(-1) as { message: string }).message);
      return { response, checkboxChecked: false };
    };
  }, button);
const shownDialogs = (desktop: DesktopUnderTest) =>
  desktop.evaluate(() => (globalThis as { dialogsShown?: string[] }).dialogsShown ?? []);

describe.each(kinds)('on $name', { timeout: 60_000 }, (kind) => {
  const running: DesktopUnderTest[] = [];
  const folders: string[] = [];
  const launch = async (options: DesktopLaunch = {}): Promise<DesktopUnderTest> => {
    const desktop = await kind.launch({ args: demo, ...options });
    running.push(desktop);
    return desktop;
  };
  const freshFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'sextant-kept-'));
    folders.push(folder);
    return folder;
  };
  afterEach(async () => {
    for (const desktop of running.splice(0)) await desktop.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => kind.dispose());
  const it = test.runIf(kind.missing === undefined);

  it('the page comes from its own scheme and reaches the engine over the bridge', async () => {
    const desktop = await launch();
    const page = await desktop.page();
    const address = await desktop.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getURL(),
    );
    expect(address).toBe('app://sextant/index.html');
    expect(await call(page, 'system/status')).toMatchObject({
      ok: true,
      value: { host: 'running', mode: 'demo' },
    });
    expect(await call(page, 'bots/list')).toMatchObject({ ok: true, value: { bots: [{}, {}, {}] } });
  });

  test.runIf(kind.missing === undefined && isRendererBuilt)(
    'the terminal draws and moves under its policy, without a complaint of the browser',
    async () => {
      const desktop = await launch();
      const page = await desktop.page();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      await page.reload();
      await page.getByTestId('frame').waitFor();
      const clock = page.getByTestId('clock');
      const before = await clock.textContent();
      await expect.poll(() => clock.textContent(), { timeout: 10_000 }).not.toBe(before);
      expect(complaints).toEqual([]);
    },
  );

  it('every window has exactly the rights the checklist allows', async () => {
    const desktop = await launch();
    await desktop.page();
    const all = await desktop.evaluate(({ BrowserWindow, webContents }) => {
      type Internal = { getLastWebPreferences(): Record<string, unknown> };
      const windows = BrowserWindow.getAllWindows().map((window) => window.webContents);
      return {
        windows: windows.map((contents) => (contents as unknown as Internal).getLastWebPreferences()),
        more: webContents?.getAllWebContents?.().length,
      };
    });
    expect(all.windows).toHaveLength(1);
    for (const preferences of all.windows) {
      expect(preferences).toMatchObject({
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webviewTag: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
      });
      expect(preferences['enableBlinkFeatures'] ?? '').toBe('');
    }
  });

  it('every answer of the scheme carries the policy', async () => {
    const desktop = await launch();
    const page = await desktop.page();
    const answers: Record<string, string>[] = [];
    page.on('response', (response) => answers.push(response.headers()));
    await page.reload();
    expect(answers.length).toBeGreaterThan(0);
    for (const headers of answers) {
      expect(headers['content-security-policy']).toBe(contentPolicy);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    // Written out once by hand, so that the policy cannot be loosened by a slip.
    expect(contentPolicy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'",
    );
  });

  it('a script that got into the page cannot run code, reach the network or leave', async () => {
    const desktop = await launch();
    const page = await desktop.page();
    const outcome = await page.evaluate(async () => {
      const attempt = async (work: () => unknown): Promise<string> => {
        try {
          await work();
          return 'done';
        } catch (error) {
          return error instanceof Error ? error.name : String(error);
        }
      };
      const ran = (): boolean => 'payload' in window;
      return {
        markup: await attempt(() => {
          document.body.innerHTML += '<img src=x onerror="window.payload = 1">';
        }),
        script: await attempt(() => {
          const element = document.createElement('script');
          element.text = 'window.payload = 1';
          document.body.append(element);
        }),
        handler: await attempt(() => {
          document.body.setAttribute('onclick', 'window.payload = 1');
          document.body.click();
        }),
        fetched: await attempt(() => fetch('https://example.com/')),
        ownFile: await attempt(() => fetch('index.html')),
        ran: ran(),
        hasNode: 'require' in window || 'process' in window || 'module' in window,
      };
    });
    expect(outcome).toMatchObject({
      markup: 'TypeError',
      script: 'TypeError',
      fetched: 'TypeError',
      ownFile: 'TypeError',
    });
    expect(outcome.ran).toBe(false);
    expect(outcome.hasNode).toBe(false);
  });

  it('the bridge has two functions and gives plain data only', async () => {
    const desktop = await launch();
    const page = await desktop.page();
    const seen = await page.evaluate(async () => {
      const names = Object.keys(window.sextant ?? {});
      const given: unknown[][] = [];
      const states: unknown[][] = [];
      const handle = window.sextant?.openStream(
        { kind: 'watch', markets: [], quotes: true, auditAfter: 0 },
        (...values) => given.push(values),
        (...values) => states.push(values),
      );
      while (given.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
      const handleNames = Object.keys(handle ?? {}).sort();
      handle?.close();
      const count = given.length;
      // A later task: anything that still came would have come by now, behind a call and its answer.
      await window.sextant?.call('system/status', {});
      const batches = given.slice(0, 3).map(([message]) => (message as { batch: number }).batch);
      const isPlain = given.every(
        ([message, ...more]) => more.length === 0 && Object.getPrototypeOf(message) === Object.prototype,
      );
      let isFrozen = false;
      try {
        (window as { sextant?: unknown }).sextant = 1;
        (window.sextant as { call?: unknown }).call = 1;
      } catch {
        isFrozen = true;
      }
      return {
        names,
        handleNames,
        states,
        batches,
        isPlain,
        isFrozen: isFrozen || typeof window.sextant?.call === 'function',
        late: given.length - count,
      };
    });
    expect(seen).toEqual({
      names: ['call', 'openStream'],
      handleNames: ['close', 'update'],
      states: [['connecting'], ['open'], ['closed']],
      batches: [1, 2, 3],
      isPlain: true,
      isFrozen: true,
      late: 0,
    });
  });

  it.for([
    ['another site', 'https://example.com/'],
    ['a host that begins like ours', 'https://sextant.test.example.com/'],
    ['another host of our scheme', 'app://evil/index.html'],
    ['a host that begins like ours, in our scheme', 'app://sextant.evil/index.html'],
    ['a user name that looks like our host', 'https://sextant@example.com/'],
    ['a script', 'javascript:window.payload=1'],
    ['a data page', 'data:text/html,<script>window.payload=1</script>'],
    ['a file', 'file:///etc/passwd'],
  ] as const)('the page stays where it is: %s', async ([, target]) => {
    const desktop = await launch({ args: [] });
    const page = await desktop.page();
    const address = () =>
      desktop.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => window.webContents.getURL()),
      );
    const before = page.url();
    await page.evaluate((to) => {
      location.href = to;
    }, target);
    // A call and its answer come after whatever the assignment began.
    expect(await call(page, 'system/status')).toMatchObject({ ok: true });
    expect(page.url()).toBe(before);
    expect(await address()).toEqual(['app://sextant/index.html']);
    expect(await page.evaluate(() => 'payload' in window)).toBe(false);
  });

  it('no window opens; a known link goes to the browser of the system, others nowhere', async () => {
    const desktop = await launch({ args: [] });
    const page = await desktop.page();
    await desktop.evaluate(({ shell }) => {
      const shared = globalThis as { linksOpened?: string[] };
      shared.linksOpened = [];
      shell.openExternal = async (address: string) => {
        shared.linksOpened?.push(address);
      };
    });
    const opened = await page.evaluate(() =>
      [
        'https://www.tradingview.com/lightweight-charts/',
        'https://www.tradingview.com.example.com/',
        'http://www.tradingview.com/',
        'file:///etc/passwd',
        'ms-msdt:/id',
        'https://example.com/',
      ].map((address) => window.open(address) === null),
    );
    expect(opened).toEqual([true, true, true, true, true, true]);
    await expect
      .poll(() => desktop.evaluate(() => (globalThis as { linksOpened?: string[] }).linksOpened))
      .toEqual(['https://www.tradingview.com/lightweight-charts/']);
    const count = await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    expect(count).toBe(1);
  });

  it('stopping is confirmed outside the page while bots run', async () => {
    const desktop = await launch();
    const page = await desktop.page();
    await answerDialogs(desktop, cancel);
    expect(await call(page, 'system/stop')).toMatchObject({ ok: false, code: 'refused' });
    expect(await shownDialogs(desktop)).toEqual(['Stop Sextant?']);
    expect(await call(page, 'system/status')).toMatchObject({ ok: true });
    await answerDialogs(desktop, 1);
    // The program may end before the answer reaches the page.
    await call(page, 'system/stop').catch(() => undefined);
    expect(await desktop.exitCode).toBe(0);
  });

  it('closing the window asks while bots run; cancelling keeps everything', async () => {
    const desktop = await launch();
    const page = await desktop.page();
    await answerDialogs(desktop, cancel);
    await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(() => shownDialogs(desktop)).toHaveLength(1);
    expect(await call(page, 'system/status')).toMatchObject({ ok: true });
  });

  it('closing the window of an idle terminal ends the program', async () => {
    const desktop = await launch({ args: [] });
    await desktop.page();
    await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    expect(await desktop.exitCode).toBe(0);
  });

  it('a crash of the page brings a new window; the engine never noticed', async () => {
    const desktop = await launch();
    const before = await statusOf(await desktop.page());
    const first = await desktop.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      const id = window?.webContents.id;
      window?.webContents.forcefullyCrashRenderer();
      return id;
    });
    await expect
      .poll(
        () =>
          desktop.evaluate(({ BrowserWindow }) =>
            BrowserWindow.getAllWindows().map((window) => window.webContents.id),
          ),
        { timeout: 20_000 },
      )
      .not.toContain(first);
    const after = await statusOf(await desktop.page());
    expect(after.uptimeMs).toBeGreaterThan(before.uptimeMs);
    expect(after.auditSequence).toBeGreaterThanOrEqual(before.auditSequence);
    expect(after.bots.map((bot) => bot.state)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
  });

  it('a second start brings the window to the front', async () => {
    const desktop = await launch({ args: [] });
    await desktop.page();
    await desktop.evaluate(({ app, BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.minimize();
      window?.hide();
      app.emit('second-instance', {}, [], '');
    });
    await expect
      .poll(() =>
        desktop.evaluate(({ BrowserWindow }) => {
          const [window] = BrowserWindow.getAllWindows();
          return [window?.isVisible(), window?.isMinimized(), BrowserWindow.getAllWindows().length];
        }),
      )
      .toEqual([true, false, 1]);
  });

  it('the engine hears that the machine slept and woke up', async () => {
    const desktop = await launch();
    const page = await desktop.page();
    await desktop.evaluate(({ powerMonitor }) => {
      powerMonitor.emit('suspend');
      powerMonitor.emit('resume');
    });
    const { value } = await call(page, 'system/log', { limit: 50 });
    const messages = (value as unknown as { lines: { message: string }[] }).lines.map((line) => line.message);
    expect(messages).toContain('the machine goes to sleep');
    expect(messages).toContain('the machine woke up: venues are compared before anything trades');
  });

  it('the command line reaches the running desktop; a clean end leaves nothing behind and loses nothing', async () => {
    const dataFolder = freshFolder();
    const desktop = await launch({ dataFolder });
    const before = await statusOf(await desktop.page());
    const hostFile = join(dataFolder, 'host.json');
    expect(statSync(hostFile).mode & 0o777).toBe(0o600);
    const host = JSON.parse(readFileSync(hostFile, 'utf8')) as { address: string; token: string };
    const answer = await fetch(`${host.address}/api/system/status`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${host.token}`,
        'content-type': 'application/json',
        'x-sextant': '1',
      },
      body: '{}',
    });
    expect(await answer.json()).toMatchObject({ ok: true });
    await desktop.evaluate(({ app }) => app.quit());
    expect(await desktop.exitCode).toBe(0);
    expect(existsSync(hostFile)).toBe(false);

    const again = await launch({ dataFolder, args: [] });
    const page = await again.page();
    const after = await statusOf(page);
    expect(after.auditSequence).toBeGreaterThan(before.auditSequence);
    expect(after.bots).toHaveLength(3);
    const verified = await call(page, 'journal/verify');
    expect(verified).toMatchObject({ ok: true, value: { chain: 'ok', duplicates: 0, lostFills: 0 } });
  });

  it('the window comes back where it was', async () => {
    const dataFolder = freshFolder();
    const bounds = { x: 40, y: 60, width: 1100, height: 720 };
    const desktop = await launch({ dataFolder, args: [] });
    await desktop.page();
    await desktop.evaluate(({ app, BrowserWindow }, wanted) => {
      BrowserWindow.getAllWindows()[0]?.setBounds(wanted);
      app.quit();
    }, bounds);
    await desktop.exitCode;
    const again = await launch({ dataFolder, args: [] });
    await again.page();
    const placed = await again.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
    expect(placed).toEqual(bounds);
  });
});
