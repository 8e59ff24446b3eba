/** What one method of the contract is. */

import type { z } from 'zod';

/** What a token must be allowed to do: look, trade, or change settings and keys. */
export type Scope = 'read' | 'trade' | 'admin';

export interface Method<Request extends z.ZodType, Response extends z.ZodType> {
  readonly scope: Scope;
  readonly summary: string;
  readonly request: Request;
  readonly response: Response;
}

export function method<Request extends z.ZodType, Response extends z.ZodType>(
  scope: Scope,
  summary: string,
  request: Request,
  response: Response,
): Method<Request, Response> {
  return { scope, summary, request, response };
}
