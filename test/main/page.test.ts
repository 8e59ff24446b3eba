/** The page of the desktop program: where it comes from, what it may, and what a script inside it cannot. */
import { expect, vi } from 'vitest';
import { contentPolicy } from '../../src/main/content-policy.ts';
import { call, onEachDesktop } from './desktop-story.ts';
import { isRendererBuilt } from './stand-in-desktop.ts';

vi.mock('electron', () => import('./electron-stand-in/index.ts'));

onEachDesktop(({ it, launch }) => {
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

  it('the terminal draws and moves under its policy, without a complaint of the browser', async ({
    skip,
  }) => {
    skip(!isRendererBuilt, 'the renderer is not built');
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
    await expect.poll(() => clock.textContent()).not.toBe(before);
    expect(complaints).toEqual([]);
  });

  it('every window has exactly the rights the checklist allows', async () => {
    const desktop = await launch();
    await desktop.page();
    const rights = await desktop.evaluate(({ BrowserWindow }) => {
      type Internal = { getLastWebPreferences(): Record<string, unknown> };
      return BrowserWindow.getAllWindows().map(({ webContents }) =>
        (webContents as unknown as Internal).getLastWebPreferences(),
      );
    });
    expect(rights).toHaveLength(1);
    for (const preferences of rights) {
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

  it('the page stays where it is, whatever it tries', async () => {
    const desktop = await launch({ args: [] });
    const page = await desktop.page();
    const before = page.url();
    const attempts = {
      'another site': 'https://example.com/',
      'a host that begins like ours': 'https://sextant.test.example.com/',
      'another host of our scheme': 'app://evil/index.html',
      'a host that begins like ours, in our scheme': 'app://sextant.evil/index.html',
      'a user name that looks like our host': 'https://sextant@example.com/',
      'a script': 'javascript:window.payload=1',
      'a data page': 'data:text/html,<script>window.payload=1</script>',
      'a file': 'file:///etc/passwd',
    };
    for (const [label, target] of Object.entries(attempts)) {
      await page.evaluate((to) => {
        location.href = to;
      }, target);
      // A call and its answer come after whatever the assignment began.
      expect(await call(page, 'system/status'), label).toMatchObject({ ok: true });
      expect(page.url(), label).toBe(before);
      const addresses = await desktop.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => window.webContents.getURL()),
      );
      expect(addresses, label).toEqual(['app://sextant/index.html']);
      expect(await page.evaluate(() => 'payload' in window), label).toBe(false);
    }
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
});
