/**
 * A real browser, signed in to the terminal, opens a hostile page: cross-site calls, forms, frames, WebSockets and DNS
 * rebinding. Every attempt must arrive and be refused. Skipped where no Chromium is installed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedTerminal, serveTerminal } from '../../../src/adapters/http/serve-terminal.ts';
import { createLogger } from '../../../src/adapters/logging/logger.ts';
import { findChromium } from '../../../src/headless/host/open-window.ts';
import { createFakeTerminal } from './fake-terminal.ts';

const program = findChromium({ platform: process.platform, environment: process.env });

describe.skipIf(program === undefined)('a hostile page in a signed-in browser', () => {
  const terminal = createFakeTerminal();
  const log = createLogger({ dataFolder: null, nowMs: () => Date.now() });
  let folder: string;
  let served: ServedTerminal;
  let evil: Server;
  let evilAddress: string;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sextant-evil-'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Sextant</title><p>terminal</p>');
    served = await serveTerminal(terminal, {
      port: 0,
      requestsPerTenSecondsMax: 10_000,
      log,
      pagesFolder: folder,
    });
    evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>evil</title>');
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    evilAddress = `http://evil.test:${(evil.address() as AddressInfo).port}/`;
    browser = await chromium.launch({
      executablePath: program as string,
      args: [
        '--no-sandbox',
        '--host-resolver-rules=MAP evil.test 127.0.0.1',
        // Newer browsers would ask a person first; here every attempt shall arrive.
        '--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessForNavigations,BlockInsecurePrivateNetworkRequests',
      ],
    });
    context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(served.browserAddress());
    const mine = await page.evaluate(async () => {
      const answer = await fetch('/api/system/status', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-sextant': '1' },
        body: '{}',
      });
      return answer.status;
    });
    expect(mine).toBe(200);
    terminal.calls.length = 0;
  });

  afterAll(async () => {
    await browser?.close();
    evil?.closeAllConnections();
    evil?.close();
    await served?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const refusals = () =>
    log.recent(500, 'warn').map((line) => `${line.message} ${line.fields['reason'] ?? ''}`);

  test('calls, forms and streams of another site are refused for their origin, cookie or not', async () => {
    const page = await context.newPage();
    await page.goto(evilAddress);
    const before = refusals().length;
    const seen = await page.evaluate(async (target) => {
      const attempt = async (init: RequestInit): Promise<string> => {
        try {
          const answer = await fetch(`${target}/api/risk/halt`, {
            method: 'POST',
            body: '{}',
            credentials: 'include',
            ...init,
          });
          return `${answer.type} ${await answer.text()}`;
        } catch {
          return 'blocked';
        }
      };
      const socket = (): Promise<string> =>
        new Promise((resolve) => {
          const opened = new WebSocket(`${target.replace('http', 'ws')}/api/stream`);
          opened.onopen = () => resolve('open');
          opened.onerror = () => resolve('refused');
        });
      return [
        await attempt({ mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
        await attempt({ headers: { 'content-type': 'application/json', 'x-sextant': '1' } }),
        await attempt({ mode: 'no-cors', keepalive: true }),
        navigator.sendBeacon(`${target}/api/risk/halt`, '{}') ? 'sent' : 'not sent',
        await socket(),
      ];
    }, served.address);
    for (const outcome of seen) expect(outcome).not.toContain('"ok":true');
    expect(seen.at(-1)).toBe('refused');
    await expect.poll(() => refusals().length - before).toBeGreaterThanOrEqual(4);
    expect(
      refusals()
        .slice(before)
        .every((line) => line.includes('Origin header is not this terminal')),
    ).toBe(true);
    expect(terminal.calls).toEqual([]);
    expect(terminal.streams).toEqual([]);
    await page.close();
  });

  test('a form that navigates is refused', async () => {
    const page = await context.newPage();
    await page.goto(evilAddress);
    await page.setContent(
      `<form method="post" action="${served.address}/api/risk/halt" enctype="text/plain"><input name='{"a":"' value='"}'></form>`,
    );
    const [answer] = await Promise.all([
      page.waitForNavigation(),
      page.evaluate(() => document.forms[0]?.submit()),
    ]);
    expect(answer?.status()).toBe(403);
    expect(terminal.calls).toEqual([]);
    await page.close();
  });

  test('the terminal is shown in no frame', async () => {
    const page = await context.newPage();
    await page.goto(evilAddress);
    await page.setContent(`<iframe src="${served.address}/"></iframe>`);
    await expect.poll(() => page.frames().length).toBe(2);
    const framed = page.frames()[1];
    await framed?.waitForLoadState();
    expect(await framed?.content()).not.toContain('terminal');
    await page.close();
  });

  test('a name that is made to point here (DNS rebinding) gets nothing', async () => {
    const page = await context.newPage();
    const rebound = `http://evil.test:${served.port}`;
    const answer = await page.goto(`${rebound}/`);
    expect(answer?.status()).toBe(403);
    const status = await page.evaluate(async () => {
      const call = await fetch('/api/system/status', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-sextant': '1' },
        body: '{}',
      });
      return call.status;
    });
    expect(status).toBe(403);
    expect(terminal.calls).toEqual([]);
    await page.close();
  });

  test('our own page reads no cookie, and inline script does not run in it', async () => {
    const page = await context.newPage();
    await page.goto(`${served.address}/`);
    const violations = await page.evaluate(async () => {
      const seen: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      const image = document.createElement('img');
      image.src = 'https://evil.test/pixel.png';
      document.body.append(image);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { seen, ran: 'ran' in window, cookie: document.cookie };
    });
    expect(violations.ran).toBe(false);
    expect(violations.cookie).toBe('');
    expect(violations.seen).toEqual(expect.arrayContaining(['script-src-elem', 'img-src']));
    await page.close();
  });
});
