/** Links that leave the terminal: few, https only, and opened by the system's browser. */

import { shell } from 'electron';
import type { LogPort } from '../adapters/logging/log-port.ts';
import { originForLog } from './origin.ts';

/** Hosts the terminal itself links to; compared whole. */
export const linkHosts: ReadonlySet<string> = new Set(['www.tradingview.com', 'rustup.rs', 'nodejs.org']);

/** Whether a link may be opened. Other schemes can start programs, so everything but https is refused. */
export function isAllowedLink(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return (
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.port === '' &&
    linkHosts.has(url.hostname)
  );
}

/** Opens a link in the system's browser where that is allowed; otherwise says so in the log. */
export function openLink(address: string, log: LogPort): void {
  if (!isAllowedLink(address)) {
    log.warn('a link was not opened', { origin: originForLog(address) });
    return;
  }
  shell.openExternal(new URL(address).href).catch((error: unknown) => {
    log.warn('the system could not open a link', { origin: originForLog(address), error });
  });
}
