/** The pages' session reaches no network: all venue traffic is the engine's. Second net behind the content policy. */

import type { Session } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import { developmentPolicy } from './content-policy.ts';
import { isOwnPage, originForLog, type PageOrigin } from './origin.ts';

/** Whether a page may make this request at all. */
export function isAllowedRequest(address: string, pages: PageOrigin): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  if (protocol === 'blob:') return isOwnPage(address.slice('blob:'.length), pages);
  if (protocol === 'data:') return true;
  if (isOwnPage(address, pages)) return true;
  if (protocol === 'devtools:') return pages.hasDeveloperTools;
  return protocol === 'ws:' && isOwnPage(address.replace(/^ws:/, 'http:'), pages);
}

/** Cancels every other request of a session, and gives development pages their policy. */
export function closeNetwork(session: Session, pages: PageOrigin, log: LogPort): void {
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, answer) => {
    const isAllowed = isAllowedRequest(details.url, pages);
    if (!isAllowed) log.warn('a request of the page was refused', { origin: originForLog(details.url) });
    answer({ cancel: !isAllowed });
  });
  const { developmentOrigin } = pages;
  if (developmentOrigin === null) return;
  session.webRequest.onHeadersReceived((details, answer) => {
    answer({
      responseHeaders: {
        ...details.responseHeaders,
        'content-security-policy': [developmentPolicy(developmentOrigin)],
      },
    });
  });
}
