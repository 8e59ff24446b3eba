/** Short names for what every test does with its page. */

import type { Locator, Page } from 'playwright-core';
import { picture } from './screenshots.ts';

export interface PageParts {
  /** The part of the page with this `data-testid`. */
  readonly at: (id: string) => Locator;
  /** Keeps the page as it is, in both themes and sizes; its theme must follow the system. */
  readonly pictures: (name: string) => Promise<void>;
}

/** Gives them for a page that is opened later. */
export function lookAt(page: () => Page): PageParts {
  return {
    at: (id) => page().locator(`[data-testid="${id}"]`),
    async pictures(name) {
      for (const theme of ['dark', 'light'] as const) {
        await page().emulateMedia({ colorScheme: theme });
        await page().locator(`:root[data-theme="${theme}"]`).waitFor({ state: 'attached' });
        await picture(page(), name, theme);
      }
      await page().emulateMedia({ colorScheme: 'dark' });
    },
  };
}
