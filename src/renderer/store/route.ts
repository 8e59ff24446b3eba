/** Where the person is: a page and what is open on it, kept in the address so that reload and back work. */

import { useSyncExternalStore } from 'react';

export const pages = ['trade', 'bots', 'lab', 'journal', 'settings'] as const;
export type Page = (typeof pages)[number];

export interface Route {
  readonly page: Page;
  /** What follows the page: `['b1']`, `['new', 'grid']`, `['venues']`. */
  readonly parts: readonly string[];
}

/** Reads `#/bots/b1`. An unknown page is the trade page. */
export function parseRoute(hash: string): Route {
  const [name = '', ...parts] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  const page = pages.find((known) => known === name) ?? 'trade';
  return { page, parts: parts.filter((part) => part !== '') };
}

/** Goes to a page. */
export function goTo(page: Page, ...parts: string[]): void {
  location.hash = `#/${[page, ...parts].map(encodeURIComponent).join('/')}`;
}

let lastHash = '';
let lastRoute: Route = { page: 'trade', parts: [] };
function currentRoute(): Route {
  if (location.hash !== lastHash) {
    lastHash = location.hash;
    lastRoute = parseRoute(location.hash);
  }
  return lastRoute;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

/** Follows the route. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, currentRoute);
}
