/** One POST route for each method of the contract, the document of the API, and the host's own calls. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contract, type MethodName, methodNames } from '../../shared/api/contract.ts';
import { ApiError, type ApiResult, failureOf } from '../../shared/api/result.ts';
import { programVersion } from '../../shared/version.ts';
import type { LogPort } from '../logging/log-port.ts';
import type { Access, Caller } from './access.ts';
import { authenticate } from './authentication.ts';
import { httpStatusOf } from './http-status.ts';
import { openApiDocument } from './open-api.ts';
import type { RequestBudget } from './request-budget.ts';
import type { ServableTerminal } from './servable-terminal.ts';
import { parseStrictJson } from './strict-json.ts';

export interface ApiRouteOptions {
  readonly terminal: ServableTerminal;
  readonly access: Access;
  readonly budget: RequestBudget;
  readonly log: LogPort;
  readonly port: () => number;
  /** Makes an address for a browser; throws `refused` where no pages are served. */
  readonly browserAddress: () => string;
}

/** Calls that belong to this host and not to the terminal. */
const browserAddressPath = '/api/host/browser-address';

/** Adds the routes. Host and Origin were checked before; the body arrives as text. */
export function addApiRoutes(server: FastifyInstance, options: ApiRouteOptions): void {
  for (const name of methodNames) {
    server.post(`/api/${name}`, (request, reply) =>
      answer(request, reply, options, async (caller) => {
        const startedMs = performance.now();
        const result = await options.terminal.handle(name, bodyOf(request), caller.scopes);
        noteCall(options.log, name, caller, result, performance.now() - startedMs);
        return result;
      }),
    );
  }
  server.post(browserAddressPath, (request, reply) =>
    answer(request, reply, options, async (caller) => {
      if (!caller.scopes.has('admin'))
        throw new ApiError('unauthorised', 'a browser address needs the right "admin"');
      options.log.info('a browser address was made', { client: caller.id });
      return { ok: true, value: { address: options.browserAddress() } };
    }),
  );
  let document: object | undefined;
  server.get('/api/openapi.json', async () => {
    document ??= openApiDocument(programVersion);
    return document;
  });
}

/** Parses the body, which is an object or nothing. */
function bodyOf(request: FastifyRequest): unknown {
  const text = typeof request.body === 'string' ? request.body : '';
  if (text.trim() === '') return {};
  const body = parseStrictJson(text);
  // `null` must not pass as "nothing given": without a scope, `risk/halt` halts everything.
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new ApiError('bad-input', 'the request must be a JSON object');
}

/** Authenticates, counts, calls and answers; every error becomes a result of the contract's shape. */
async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  options: ApiRouteOptions,
  call: (caller: Caller) => Promise<ApiResult<unknown>>,
): Promise<ApiResult<unknown>> {
  let result: ApiResult<unknown>;
  try {
    const caller = authenticate(request.headers, options.access, options.port(), 'x-sextant-header');
    const waitMs = options.budget.take(caller.id);
    if (waitMs > 0) {
      reply.header('retry-after', String(Math.ceil(waitMs / 1000)));
      throw new ApiError('rate-limited', 'too many requests', {
        hint: `Try again in ${Math.ceil(waitMs / 1000)} s.`,
      });
    }
    result = await call(caller);
  } catch (error) {
    result = failureOf(error);
    if (!result.ok && result.code === 'internal')
      options.log.error('a call failed', { path: request.url, error });
  }
  if (!result.ok && result.code === 'unauthorised') reply.header('www-authenticate', 'Bearer');
  reply.code(httpStatusOf(result));
  return result;
}

/** One line for each call that may change something; reads are not logged. Never the request: it may be anything. */
function noteCall(
  log: LogPort,
  name: MethodName,
  caller: Caller,
  result: ApiResult<unknown>,
  tookMs: number,
): void {
  const { scope } = contract[name];
  if (scope === 'read') return;
  log.info(`${name} ${result.ok ? 'done' : `not done: ${result.code}`}`, {
    method: name,
    scope,
    client: caller.id,
    result: result.ok ? 'ok' : result.code,
    tookMs: Math.round(tookMs * 10) / 10,
  });
}
