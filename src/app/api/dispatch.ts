/** Answers one call: checks the scope, parses the request, runs the handler and turns errors into results. */

import { contract, type MethodName, type ResponseOf, type Scope } from '../../shared/api/contract.ts';
import { ApiError, type ApiResult, failureOf } from '../../shared/api/result.ts';
import type { AppContext, Handler } from './context.ts';
import { throwBadInput } from './params.ts';

export type AllHandlers = { readonly [Name in MethodName]: Handler<Name> };

/** Gives the result of a call; never throws. */
export async function dispatch<Name extends MethodName>(
  handlers: AllHandlers,
  context: AppContext,
  name: Name,
  request: unknown,
  scopes: ReadonlySet<Scope>,
): Promise<ApiResult<ResponseOf<Name>>> {
  try {
    const method = Object.hasOwn(contract, name) ? contract[name] : undefined;
    if (method === undefined)
      throw new ApiError('not-found', `there is no method ${String(name).slice(0, 60)}`);
    if (!scopes.has(method.scope))
      throw new ApiError('unauthorised', `${name} needs the right "${method.scope}"`);
    const given = request === undefined ? {} : request;
    const parsed = method.request.safeParse(given);
    if (!parsed.success) throwBadInput(parsed.error, method.request, given);
    const handler = handlers[name] as Handler<MethodName>;
    return { ok: true, value: (await handler(parsed.data, context)) as ResponseOf<Name> };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'internal') {
      context.log.error('a call failed', {
        method: name,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
    return failure;
  }
}
