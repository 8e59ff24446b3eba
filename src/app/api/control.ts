/** Carries a control command to the kernel and turns a refusal into an API error. */

import { ApiError } from '../../shared/api/result.ts';
import type { ControlCommand } from '../../shared/events/control.ts';
import type { AppContext } from './context.ts';

/** Runs a command; gives its outcome when it was carried out, throws when it was refused. */
export function control(context: AppContext, command: ControlCommand) {
  const outcome = context.host.control(command);
  if (outcome.ok) return outcome;
  throw new ApiError(
    outcome.code,
    outcome.reason === undefined ? outcome.message : `${outcome.reason}: ${outcome.message}`,
  );
}

/** Runs `work` at most once per token in 24 hours; a repeat gives the first answer, another request is refused. */
export async function once<Response>(
  context: AppContext,
  token: string | undefined,
  method: string,
  request: unknown,
  work: () => Response | Promise<Response>,
): Promise<Response> {
  if (token === undefined) return work();
  const claim = context.journal.tokens.claim(token, method, request, Date.now());
  switch (claim.state) {
    case 'answered':
      return claim.response as Response;
    case 'open':
      throw new ApiError(
        'refused',
        'a request with this token was begun before and may have been carried out',
        {
          field: 'token',
          hint: 'Look at the orders and bots; send it with a new token if it is not there.',
        },
      );
    case 'misused':
      throw new ApiError('bad-input', 'token: it was already used for another request', { field: 'token' });
    case 'fresh':
      break;
  }
  try {
    const response = await work();
    context.journal.tokens.settle(token, response);
    return response;
  } catch (error) {
    context.journal.tokens.release(token);
    throw error;
  }
}
