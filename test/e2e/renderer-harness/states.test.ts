/** The page in trouble: what it says and does when the host, a venue or an answer fails. Against the stand-in terminal. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patienceMs } from '../../patience.ts';
import { findChromium, type OpenedBrowser, openBrowser } from './browser.ts';
import { type MockHost, startMockHost } from './mock-host.ts';
import { unknownOrder } from './mock-terminal.ts';

const page = fileURLToPath(new URL('../../../out/renderer/index.html', import.meta.url));
const canRun = findChromium() !== undefined && existsSync(page);

describe.skipIf(!canRun)('the page in trouble', () => {
  let host: MockHost;
  let browser: OpenedBrowser;
  const at = (testId: string): Locator => browser.page.getByTestId(testId).first();

  beforeAll(async () => {
    host = await startMockHost({ candles: 6000 });
    browser = await openBrowser({ width: 1440, height: 900 });
    browser.page.setDefaultTimeout(patienceMs);
    await browser.page.goto(host.browserAddress());
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });

  it('a first start asks to acknowledge the disclaimer, once for the installation', async () => {
    await at('disclaimer-accept').click();
    await expect.poll(() => host.terminal.settings.get('disclaimer')).toMatchObject({ acknowledged: true });
    await browser.page.reload();
    await at('chart-legend').waitFor();
    expect(await browser.page.getByTestId('disclaimer').count()).toBe(0);
  });

  it('shows the mode in badge, frame and title', async () => {
    expect(await at('mode-badge').textContent()).toBe('DEMO');
    host.terminal.mode = 'live';
    await expect.poll(() => at('mode-badge').textContent()).toBe('LIVE');
    const frame = (): Promise<string> =>
      at('frame').evaluate((element) => getComputedStyle(element).borderTopColor);
    await expect.poll(frame).toBe('rgb(229, 72, 77)');
    expect(await browser.page.title()).toBe('Sextant · LIVE');
    host.terminal.mode = 'demo';
    await expect.poll(frame).toBe('rgb(142, 111, 216)');
  });

  it('an empty table names the one next action', async () => {
    expect(await at('open-orders').textContent()).toContain('No open orders');
  });

  it('a market price is painted without a render: the figure on the screen is the one last sent', async () => {
    const id = host.terminal.market.instruments[0]?.id ?? '';
    await expect
      .poll(async () => {
        const shown = (await at(`last-${id}`).textContent())?.replace(/[^\d.]/g, '');
        return Math.abs(Number(shown) - Number(host.terminal.market.quote(0).last));
      })
      .toBeLessThan(60);
  });

  it('panning back moves by the bars asked for, across several moves of the window', async () => {
    const box = await at('chart').boundingBox();
    if (box === null) throw new Error('the chart has no place');
    const { mouse } = browser.page;
    // One price may come twice; open, high and low together hardly do.
    const bars = host.terminal.market.candles.map((candle) =>
      candle
        .slice(1, 4)
        .map((price) => price.toFixed(1))
        .join(' '),
    );
    await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const barUnderPointer = async (): Promise<number> => {
      const texts = await browser.page
        .locator('[data-testid="chart-legend"] [data-field]')
        .evaluateAll((fields) =>
          fields.slice(0, 3).map((field) => (field.textContent ?? '').replace(/[^\d.]/g, '')),
        );
      return bars.indexOf(texts.join(' '));
    };
    await expect.poll(barUnderPointer).toBeGreaterThan(5800);
    // Twelve pulls of 400 pixels: past the edge of the first window, and of those after it.
    const moved: number[] = [];
    for (let pull = 0; pull < 12; pull += 1) {
      const before = await barUnderPointer();
      await mouse.down();
      await mouse.move(box.x + box.width / 2 + 400, box.y + box.height / 2, { steps: 8 });
      await mouse.up();
      await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await expect.poll(barUnderPointer).toBeLessThan(before - 20);
      moved.push(before - (await barUnderPointer()));
    }
    // Every pull moves alike: a window that moved under the hand would make one of them jump.
    expect(Math.max(...moved) - Math.min(...moved)).toBeLessThanOrEqual(3);
    expect(moved.reduce((sum, bars) => sum + bars, 0)).toBeGreaterThan(500);
    await at('chart-live').click();
    await mouse.move(box.x + box.width / 2 + 1, box.y + box.height / 2);
    await expect.poll(barUnderPointer).toBeGreaterThan(5800);
  });

  it('a gap in the book is said, and nothing is priced from it', async () => {
    host.terminal.isBookValid = false;
    await expect.poll(() => at('book').textContent()).toContain('Book invalid: gap of 3 updates');
    host.terminal.isBookValid = true;
    await expect.poll(() => at('book').locator('[role=status]').isVisible()).toBe(false);
  });

  it('takes several new candles at once, and goes on', async () => {
    for (let jump = 0; jump < 3; jump += 1) {
      const before = host.terminal.market.nowMs;
      host.terminal.market.nowMs += 4 * 60_000;
      const minute = new Date(before + 4 * 60_000).toISOString().slice(11, 16);
      await expect.poll(() => at('clock').textContent()).toContain(minute);
    }
    await browser.page.mouse.move(5, 5);
    const close = () => at('chart-legend').locator('[data-field=close]').textContent();
    const shown = await close();
    await expect.poll(close).not.toBe(shown);
    expect(browser.complaints.filter((line) => line.includes('page error'))).toEqual([]);
  });

  it('a stale venue turns its figures grey, with their age', async () => {
    host.terminal.venue = 'stale';
    await at('stale-badge').waitFor();
    expect(await at('stale-badge').textContent()).toMatch(/^Stale · .* old$/);
    expect(await at('venue-mock-1').getAttribute('data-state')).toBe('stale');
    host.terminal.venue = 'connected';
    await expect.poll(() => browser.page.getByTestId('stale-badge').count()).toBe(0);
  });

  it('a lost message makes the page fetch everything again', async () => {
    const before = host.terminal.calls.get('market/book') ?? 0;
    host.terminal.loseBatch();
    await expect.poll(() => host.terminal.calls.get('market/book') ?? 0).toBeGreaterThan(before);
  });

  it('a failing answer says what, why and what to do, and can be tried again', async () => {
    host.terminal.failures.set('keys/list', {
      ok: false,
      code: 'locked',
      message: 'The vault is locked.',
      hint: 'Unlock it on the host.',
    });
    await at('rail-settings').click();
    await at('settings-keys').click();
    await at('state-error').waitFor();
    expect(await at('state-error').textContent()).toMatch(
      /could not be listed.*The vault is locked\..*Unlock it on the host\./,
    );
    host.terminal.failures.clear();
    await at('state-retry').click();
    await at('keys').waitFor();
  });

  it('each list of the Lab says what failed, and what to do first once it can be read', async () => {
    const lists = [
      ['backtests', 'backtests/list', 'The backtests could not be loaded', 'No backtest yet'],
      ['optimise', 'studies/list', 'The studies could not be loaded', 'No study yet'],
      ['data', 'data/list', 'The data could not be listed', 'No data yet'],
    ] as const;
    for (const [, method] of lists)
      host.terminal.failures.set(method, { ok: false, code: 'damaged', message: 'A file is damaged.' });
    await at('rail-lab').click();
    for (const [tab, method, failed, empty] of lists) {
      await at(`lab-tab-${tab}`).click();
      await at('state-error').filter({ hasText: failed }).waitFor();
      expect(await at('state-error').textContent()).toContain('A file is damaged.');
      host.terminal.failures.delete(method);
      await at('state-retry').click();
      await at('state-empty').filter({ hasText: empty }).waitFor();
    }
  });

  it('HALT is one click; resuming asks first', async () => {
    await at('halt').click();
    await expect.poll(() => at('risk-state').textContent()).toContain('HALTED');
    await at('resume').click();
    await browser.page.keyboard.press('Escape');
    expect(await at('risk-state').textContent()).toContain('HALTED');
    await at('resume').click();
    await at('resume-confirm').click();
    await expect.poll(() => at('risk-state').textContent()).toContain('ACTIVE');
  });

  it('Ctrl+Shift+H halts from anywhere, Ctrl+K opens the palette, Esc keeps what was typed in the form behind it', async () => {
    await browser.page.keyboard.press('Control+Shift+H');
    await expect.poll(() => at('risk-state').textContent()).toContain('HALTED');
    await at('rail-trade').click();
    await at('ticket-quantity').fill('0.123');
    await browser.page.keyboard.press('Control+k');
    await at('palette-input').fill('journal');
    await browser.page.keyboard.press('Escape');
    expect(await browser.page.getByTestId('palette').count()).toBe(0);
    expect(await at('ticket-quantity').inputValue()).toBe('0.123');
  });

  it('digits over the chart open the interval box, Enter sets it', async () => {
    await at('chart').hover();
    await browser.page.keyboard.type('15');
    await at('interval-box').waitFor();
    await browser.page.keyboard.press('Enter');
    await expect.poll(() => at('timeframe-15m').getAttribute('aria-selected')).toBe('true');
  });

  it('an unknown order is shown as such and ends only with a note of what a person saw', async () => {
    host.terminal.orders = [unknownOrder(host.terminal.market.instruments[0]?.id ?? '')];
    host.terminal.loseBatch();
    await expect.poll(() => browser.page.getByTestId('open-orders-row').count()).toBe(1);
    await at('open-orders-row').click();
    await at('resolve-unknown').waitFor();
    expect(await at('resolve-never-placed').isDisabled()).toBe(true);
    await at('resolve-note').fill('not in the venue list');
    await at('resolve-never-placed').click();
    await expect.poll(() => host.terminal.orders[0]?.reason).toBe('not in the venue list');
    await expect.poll(() => browser.page.getByTestId('resolve-unknown').count()).toBe(0);
    await at('order-timeline-close').click();
  });

  it('a comma is refused with the reason, and no order can be sent', async () => {
    await at('ticket-quantity').fill('1,5');
    await at('ticket-quantity-error').waitFor();
    expect(await at('ticket-quantity-error').textContent()).toContain('point for decimals');
    expect(await at('ticket-send').isDisabled()).toBe(true);
  });

  it('a host that is gone is said everywhere; one that was started anew asks to sign in', async () => {
    const quiet = browser.complaints.length;
    await host.cut();
    await at('link-banner').waitFor();
    expect(await at('link-banner').textContent()).toContain('Nothing heard from the terminal host');
    expect(await at('venue-mock-1').getAttribute('data-state')).toBe('unknown');
    await host.restart();
    await expect.poll(() => at('link-banner').textContent()).toContain('bin/sextant open');
    await browser.page.goto(host.browserAddress());
    await at('chart-legend').waitFor();
    await expect.poll(() => at('link-state').getAttribute('data-state')).toBe('open');
    expect(await browser.page.getByTestId('link-banner').count()).toBe(0);
    browser.complaints.splice(quiet);
  });

  it('the console stays clean: no error, no warning, nothing against the content policy', () => {
    expect(browser.complaints.filter((line) => !line.includes('Failed to load resource'))).toEqual([]);
  });
});
