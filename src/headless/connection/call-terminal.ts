/**
 * Asks the running host, or, where none runs, the store. Reading works both ways; whatever changes something needs a
 * host, because only it may write.
 */

import { findRunningHost, type HostFile } from '../../adapters/http/host-file.ts';
import { callHost } from '../../adapters/http/http-client.ts';
import { contract, type MethodName, type RequestOf, type ResponseOf } from '../../shared/api/contract.ts';
import { inputFault, keyHint } from '../../shared/api/input-fault.ts';
import { ApiError, type ApiFailure } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { emptyAnswer, hasJournal } from './empty-answers.ts';

/** An answer and who gave it. */
export interface Answered<Value> {
  readonly host: 'running' | 'none';
  readonly value: Value;
}

function errorOf(failure: ApiFailure): ApiError {
  return new ApiError(failure.code, failure.message, { field: failure.field, hint: failure.hint });
}

/** Throws `bad-input` for a request that does not fit the contract, before anybody is asked. */
export function checkRequest<Name extends MethodName>(name: Name, request: unknown): RequestOf<Name> {
  const parsed = contract[name].request.safeParse(request);
  if (parsed.success) return request as RequestOf<Name>;
  const fault = inputFault(parsed.error, contract[name].request, request);
  const field = fault.path.map(String).join('.');
  throw new ApiError('bad-input', field === '' ? fault.reason : `${field}: ${fault.reason}`, {
    field: field === '' ? undefined : field,
    hint: keyHint(fault),
  });
}

/** Gives the host that runs on the data folder. A file left by a crash, or by a process id used anew, is none. */
export async function runningHost(dataFolder: string): Promise<HostFile | undefined> {
  const host = findRunningHost(dataFolder);
  if (host === undefined) return undefined;
  const { runningInstance } = await import('../../adapters/store/instance-lock.ts');
  return runningInstance(dataFolder) === undefined ? undefined : host;
}

/** Calls a method. Throws the failure as `ApiError`. */
export async function callTerminal<Name extends MethodName>(
  context: CommandContext,
  name: Name,
  request: RequestOf<Name>,
): Promise<Answered<ResponseOf<Name>>> {
  checkRequest(name, request);
  const host = await runningHost(context.dataFolder);
  if (host !== undefined) {
    const result = await callHost(host, name, request);
    if (!result.ok) throw errorOf(result);
    return { host: 'running', value: result.value };
  }
  if (contract[name].scope !== 'read') {
    if (name === 'bots/create') await checkNewBot(request as RequestOf<'bots/create'>);
    throw await noHost(context);
  }
  if (!hasJournal(context.dataFolder)) {
    const empty = emptyAnswer(name);
    if (empty !== undefined) return { host: 'none', value: empty as ResponseOf<Name> };
  }
  const { answerFromStore } = await import('./stored-terminal.ts');
  return { host: 'none', value: await answerFromStore(context, name, request) };
}

/** Bad parameters are told as such also where no host could use good ones. */
async function checkNewBot(request: RequestOf<'bots/create'>): Promise<void> {
  const [{ findStrategy }, { checkGivenParams }] = await Promise.all([
    import('../../strategies/registry.ts'),
    import('../../app/api/params.ts'),
  ]);
  const strategy = findStrategy(request.strategy);
  if (strategy !== undefined) checkGivenParams(strategy, request.params);
}

/** Gives the refusal of something only a host can do. */
export async function noHost(context: CommandContext): Promise<ApiError> {
  const { runningInstance } = await import('../../adapters/store/instance-lock.ts');
  const instance = runningInstance(context.dataFolder);
  if (instance !== undefined) {
    return new ApiError(
      'locked',
      `the data folder is in use by process ${instance.pid}, which offers no local API`,
      {
        hint: 'Do it in that window, or close it and start: bin/sextant --no-ui',
      },
    );
  }
  return new ApiError('refused', `no host runs on ${context.dataFolder}, and this needs one`, {
    hint: 'Start one first: bin/sextant --no-ui (with the same --data).',
  });
}
