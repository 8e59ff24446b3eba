/** Keeps every page where it is: no navigation, no redirect, no new window, no webview, for all contents there are. */

import { app, type WebContents } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import { openLink } from './external-links.ts';
import { isOwnPage, originForLog, type PageOrigin } from './origin.ts';

/** Locks contents made from now on, also those nobody here made. */
export function lockNavigation(pages: PageOrigin, log: LogPort): void {
  app.on('web-contents-created', (_event, contents) => lockContents(contents, pages, log));
}

function lockContents(contents: WebContents, pages: PageOrigin, log: LogPort): void {
  const refuse = (event: { preventDefault(): void }, kind: string, address: string): void => {
    event.preventDefault();
    log.warn('a navigation was refused', { kind, origin: originForLog(address) });
  };
  contents.on('will-navigate', (event) => {
    // Loading the terminal's own page again is no way out.
    if (event.isMainFrame && isOwnPage(event.url, pages)) return;
    refuse(event, 'navigation', event.url);
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) refuse(event, 'frame', event.url);
  });
  contents.on('will-redirect', (event) => refuse(event, 'redirect', event.url));
  contents.on('will-attach-webview', (event, _preferences, params) => {
    refuse(event, 'webview', String(params['src'] ?? ''));
  });
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url, log);
    return { action: 'deny' };
  });
}
