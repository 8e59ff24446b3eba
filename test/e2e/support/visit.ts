/** What every test of a page begins with: a real host with a folder of its own, and a browser that has signed in. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { patienceMs } from '../../patience.ts';
import { findChromium, type OpenedBrowser, openBrowser } from '../renderer-harness/browser.ts';
import { type HostProcess, startHost } from './host-process.ts';
import { lookAt, type PageParts } from './look-at.ts';
import { showFailure } from './screenshots.ts';

/** A group of tests that need a browser; skipped, saying so, where there is none. */
export function describeInBrowser(name: string, tests: () => void): void {
  const hasBrowser = findChromium() !== undefined;
  if (!hasBrowser) process.stderr.write(`no Chromium found: ${name} is skipped\n`);
  describe.skipIf(!hasBrowser)(name, tests);
}

export interface Visit extends PageParts {
  /** For files of the test; gone at its end. The host keeps its data in `data` below it. */
  readonly folder: string;
  readonly host: HostProcess;
  readonly browser: OpenedBrowser;
  readonly page: Page;
  /** Scrolls to a part of the page and keeps it as pictures. */
  readonly picturesOf: (id: string, name: string) => Promise<void>;
}

/**
 * Has a host started for the tests of this group: its demo world is seeded with `name`, `flags` are further ones, `prepare`
 * fills its data folder first. The terms are accepted and the theme follows the system, as `pictures` needs it.
 */
export function visitHost(
  name: string,
  more: { readonly flags?: readonly string[]; readonly prepare?: (data: string) => Promise<void> } = {},
): Visit {
  const folder = mkdtempSync(join(tmpdir(), `sextant-${name}-e2e-`));
  const data = join(folder, 'data');
  let host: HostProcess | undefined;
  let browser: OpenedBrowser | undefined;
  const begun = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('the host and the browser are there from the first test on');
    return part;
  };
  const parts = lookAt(() => begun(browser).page);
  const { at, pictures } = parts;
  beforeAll(async () => {
    await more.prepare?.(data);
    host = await startHost(data, ['--seed', name, ...(more.flags ?? [])]);
    browser = await openBrowser({ width: 1440, height: 900 });
    const { page } = browser;
    page.setDefaultTimeout(patienceMs);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(host.address);
    await at('disclaimer-accept').click();
    await at('rail-settings').click();
    await at('settings-appearance').click();
    await at('theme-system').click();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail' && browser !== undefined) await showFailure(browser.page, task.name);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    ...parts,
    folder,
    get host() {
      return begun(host);
    },
    get browser() {
      return begun(browser);
    },
    get page() {
      return begun(browser).page;
    },
    async picturesOf(id, picture) {
      await at(id).first().scrollIntoViewIfNeeded();
      await pictures(picture);
    },
  };
}
