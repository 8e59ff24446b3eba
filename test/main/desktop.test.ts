/** The life of the desktop program: stopping, closing, crashing, sleeping, ending and coming back. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { answerDialogs, call, onEachDesktop, shownDialogs, statusOf } from './desktop-story.ts';

vi.mock('electron', () => import('./electron-stand-in/index.ts'));

const cancel = 0;

onEachDesktop(({ it, launch, freshFolder }) => {
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
      .poll(() =>
        desktop.evaluate(({ BrowserWindow }) =>
          BrowserWindow.getAllWindows().map((window) => window.webContents.id),
        ),
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
