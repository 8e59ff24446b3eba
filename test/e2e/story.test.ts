/**
 * The person's story in a real browser against the real host: first start, a grid from template to fills, pause, edit,
 * a power cut in the middle, the report after it, stop. Nothing here sleeps: each step waits for what it expects.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patienceMs } from '../patience.ts';
import { findChromium, type OpenedBrowser, openBrowser } from './renderer-harness/browser.ts';
import { type HostProcess, startHost } from './support/host-process.ts';
import { lookAt } from './support/look-at.ts';
import { picture } from './support/screenshots.ts';

const data = mkdtempSync(join(tmpdir(), 'sextant-e2e-'));
const hasBrowser = findChromium() !== undefined;
if (!hasBrowser) process.stderr.write('no Chromium found: the e2e story is skipped\n');

let host: HostProcess;
let browser: OpenedBrowser;
let page: Page;

const { at } = lookAt(() => page);
const number = async (id: string): Promise<number> =>
  Number((await at(id).first().innerText()).replace(/[^0-9.-]/g, ''));

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

describe.skipIf(!hasBrowser)('the story', () => {
  beforeAll(async () => {
    host = await startHost(data, ['--speed', '40', '--seed', 'story']);
    browser = await openBrowser({ width: 1440, height: 900 });
    page = browser.page;
    page.setDefaultTimeout(patienceMs);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.kill();
    rmSync(data, { recursive: true, force: true });
  });

  it('opens on a living demo after the disclaimer', async () => {
    await page.goto(host.address);
    expect(new URL(page.url()).search).toBe('');
    await at('disclaimer-accept').click();
    await at('page-trade').waitFor();
    expect(await at('mode-badge').innerText()).toBe('DEMO');
    await until('eight markets are listed', async () => (await at('watchlist-row').count()) === 8);
    await until(
      'the book has both sides',
      async () => (await at('book-ask').count()) > 5 && (await at('book-bid').count()) > 5,
    );
    const last = at('last-sim-a:BTC/USDT');
    const before = await last.innerText();
    await until('the price moves', async () => (await last.innerText()) !== before);
    await until('orders of the demo bots rest', async () => (await at('open-orders-row').count()) > 3);
    await picture(page, 'trade', 'dark');
  });

  it('shows the plan of a grid while it is edited, and blocks what cannot be', async () => {
    await at('rail-bots').click();
    await until('three demo bots run', async () => (await at('bots-row').count()) === 3);
    await picture(page, 'bots', 'dark');
    await at('bot-new').click();
    await at('template-open-grid').waitFor();
    await picture(page, 'gallery', 'dark');
    await at('template-open-grid').click();
    await at('setup-market').selectOption('sim-perp:ETH/USDT:USDT');
    await until(
      'the plan has levels',
      async () => (await at('plan-level-count').count()) > 0 && (await number('plan-level-count')) > 3,
    );

    const lower = await at('param-lower').inputValue();
    const upper = await at('param-upper').inputValue();
    const middle = (Number(lower) + Number(upper)) / 2;
    await at('param-mode-neutral').click();
    await at('param-lower').fill((middle * 0.9925).toFixed(2));
    await at('param-upper').fill((middle * 1.0075).toFixed(2));
    await at('param-levels').fill('30');
    await at('param-investment').fill('20000');
    await until('thirty levels are planned', async () => (await number('plan-level-count')) >= 30);
    expect(await at('plan-funds-USDT').innerText()).toMatch(/\d/);
    expect(await at('plan-worst-loss').innerText()).toMatch(/USDT/);

    const before = await at('param-upper').inputValue();
    const grip = await at('chart-grip-upper').boundingBox();
    if (grip === null) throw new Error('the upper line has no grip on the chart');
    await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
    await page.mouse.down();
    await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2 + 25, { steps: 5 });
    await page.mouse.up();
    await until(
      'the dragged line changes the field',
      async () => (await at('param-upper').inputValue()) !== before,
    );
    expect(Number(await at('param-upper').inputValue())).toBeLessThan(Number(before));
    // Back to a range around the price: narrow steps inside it fill within minutes, wherever the market goes.
    await at('param-upper').fill(before);

    await at('param-investment').fill('1,5');
    await until(
      'a comma is refused beside its field',
      async () => (await at('param-investment-error').count()) === 1,
    );
    expect(await at('create-start').isDisabled()).toBe(true);
    await at('param-investment').fill('20000');
    await until('it may start again', async () => !(await at('create-start').isDisabled()));
    await picture(page, 'setup', 'dark');
  });

  it('starts, fills, pauses, edits', async () => {
    await at('create-start').click();
    await at('bot-detail').waitFor();
    await until('its orders rest', async () => (await number('bot-open-orders')) >= 25);
    await until('something fills', async () => (await number('bot-fills')) >= 2);
    await picture(page, 'bot', 'dark');
    await at('bot-pause').click();
    await until('it is paused', async () => /paused/i.test(await at('bot-state').first().innerText()));
    await at('bot-resume').click();
    await until('it runs', async () => /running/i.test(await at('bot-state').first().innerText()));

    await at('bot-edit').click();
    await at('form-advanced').click();
    await at('param-maxOpenOrders').fill('12');
    await until('the change is shown', async () => (await at('change-maxOpenOrders').count()) > 0);
    await at('edit-apply').click();
    await until('orders follow the edit', async () => (await number('bot-open-orders')) <= 12);
  });

  it('survives a power cut and tells what happened', async () => {
    await host.kill();
    await until('the page says that the host is gone', async () => (await at('link-banner').count()) > 0);
    host = await startHost(data, ['--speed', '40']);
    await page.goto(host.address);
    await at('frame').waitFor();
    await at('away-banner').waitFor();
    await at('away-open').click();
    await at('away-report').waitFor();
    await picture(page, 'away', 'dark');
    await at('away-done').click();
    await at('rail-bots').click();
    await until('four bots are there', async () => (await at('bots-row').count()) === 4);
    for (const state of await at('bot-state').allInnerTexts()) expect(state).toMatch(/running/i);
  });

  it('halts with one click and resumes with a question', async () => {
    await at('halt').click();
    await until('it is halted', async () => /halted/i.test(await at('risk-state').innerText()));
    await at('resume').click();
    await at('resume-confirm').click();
    await until('it is active', async () => /active/i.test(await at('risk-state').innerText()));
  });

  it('stops the bot and closes its position', async () => {
    await at('rail-bots').click();
    await at('bots-row').filter({ hasText: 'ETH/USDT' }).filter({ hasText: 'sim-perp' }).first().click();
    await at('bot-detail').waitFor();
    await at('bot-stop').click();
    await at('stop-policy-cancel-and-close-position').click();
    await at('stop-confirm').click();
    await until('it is stopped', async () => /stopped/i.test(await at('bot-state').first().innerText()));
    expect(await number('bot-open-orders')).toBe(0);
  });

  it('proves its journal, and shows every page in both themes', async () => {
    await at('rail-journal').click();
    await until('records are listed', async () => (await at('journal-row').count()) > 10);
    await picture(page, 'journal', 'dark');
    await at('rail-settings').click();
    await at('settings-appearance').click();
    await picture(page, 'settings', 'dark');
    await at('theme-light').click();
    await picture(page, 'settings', 'light');
    for (const [rail, name] of [
      ['trade', 'trade'],
      ['bots', 'bots'],
      ['journal', 'journal'],
    ] as const) {
      await at(`rail-${rail}`).click();
      await at(`page-${rail}`).waitFor();
      await picture(page, name, 'light');
    }
    expect(
      browser.complaints.filter((text) => !/ERR_CONNECTION_REFUSED|WebSocket|Failed to fetch/.test(text)),
    ).toEqual([]);
  });

  it('ends cleanly with every identity held', async () => {
    const result = await host.stop();
    expect(result).toMatchObject({ kind: 'result', unknown: 0 });
    expect((result['identities'] as { failed: number }).failed).toBe(0);
  });
});
