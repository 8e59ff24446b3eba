/** The HTTP status of each result. The body is the contract's own shape whatever the status. */

import type { ApiResult, ErrorCode } from '../../shared/api/result.ts';

const statusOfCode: Readonly<Record<ErrorCode, number>> = {
  'bad-input': 400,
  unauthorised: 401,
  'not-found': 404,
  refused: 409,
  locked: 423,
  'rate-limited': 429,
  damaged: 500,
  internal: 500,
  venue: 502,
};

/** Gives the HTTP status of a result. */
export function httpStatusOf(result: ApiResult<unknown>): number {
  return result.ok ? 200 : statusOfCode[result.code];
}
