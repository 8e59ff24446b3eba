/** Failures the page itself finds: no answer, an answer that is none. */

import type { ApiFailure } from '../../shared/api/result.ts';

/** The host gave no answer at all. */
export const hostSilent: ApiFailure = {
  ok: false,
  code: 'internal',
  message: 'The terminal host does not answer.',
  hint: 'Check that Sextant is still running; this page reconnects by itself.',
};

/** The host asks for its token. */
export const notSignedIn: ApiFailure = {
  ok: false,
  code: 'unauthorised',
  message: 'This page is not signed in to the terminal host.',
  hint: 'Open the address with the one-time token that Sextant printed when it started.',
};

/** The host answered with something that is no result of the contract. */
export function unreadableAnswer(status: number): ApiFailure {
  return {
    ok: false,
    code: 'internal',
    message: `The terminal host gave an answer this page cannot read (HTTP ${status}).`,
    hint: 'Reload the page; after an update the page and the host must be of one version.',
  };
}
