/** Saves pictures of a page in both themes and both sizes, for a person to look at. */

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const folder = fileURLToPath(new URL('../screenshots', import.meta.url));
const sizes = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'narrow', width: 1024, height: 700 },
] as const;

/** Saves `<name>-<theme>-<size>.png` for the theme that is set. */
export async function picture(page: Page, name: string, theme: 'dark' | 'light'): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const { name: size, width, height } of sizes) {
    await page.setViewportSize({ width, height });
    // Two frames: layout, then what the charts paint for it.
    await page.evaluate(
      () =>
        new Promise((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined))),
        ),
    );
    await page.screenshot({ path: `${folder}/${name}-${theme}-${size}.png` });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** Saves the page of a failed test as `failed-<name>.png` and prints its words: what a person would have seen. */
export async function showFailure(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = `failed-${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`;
  await page.screenshot({ path: `${folder}/${file}`, fullPage: true });
  process.stderr.write(`${name}: the page (${file}) said\n${await page.locator('body').innerText()}\n`);
}
