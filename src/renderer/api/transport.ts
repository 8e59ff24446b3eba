/** Chooses how the page talks to its host: the desktop's bridge where there is one, HTTP otherwise. */

import type { ApiTransport } from '../../shared/api/client.ts';
import { createHttpTransport } from './http-transport.ts';

declare global {
  interface Window {
    /** Put there by the desktop's preload script; same shape as every transport. */
    readonly sextant?: ApiTransport | undefined;
  }
}

/** Gives the one transport of this page and its name. */
export function chooseTransport(): { transport: ApiTransport; kind: 'bridge' | 'http' } {
  if (window.sextant !== undefined) return { transport: window.sextant, kind: 'bridge' };
  return { transport: createHttpTransport(new URL('./', document.baseURI).href), kind: 'http' };
}
