/** Calls of the page: the method is looked up in the contract, the request parsed strictly, the answer sent as JSON. */

import { parseStrictJson } from '../../adapters/http/strict-json.ts';
import type { LogPort } from '../../adapters/logging/log-port.ts';
import type { Terminal } from '../../app/terminal-types.ts';
import { contract, type MethodName, type Scope } from '../../shared/api/contract.ts';
import { ApiError, type ApiResult, failureOf } from '../../shared/api/result.ts';
import { callChannel } from '../../shared/ipc/bridge.ts';
import type { Confirmations } from './confirmations.ts';
import type { ValidatedIpc } from './validated.ts';

/** The person at the window owns the terminal. What costs money is asked for again, by a dialog no page can draw. */
export const windowScopes: ReadonlySet<Scope> = new Set(['read', 'trade', 'admin']);

/** Far more than the page ever asks; a script that floods the engine meets it. */
export const callsPerTenSecondsMax = 2_000;

export interface CallsOptions {
  /** Settles once the terminal runs; calls of a page that loaded faster wait for it. */
  readonly terminal: Promise<Terminal>;
  readonly confirmations: Confirmations;
  /** Takes one call from the window's budget; false when it has none left. */
  readonly mayCall: () => boolean;
  readonly log: LogPort;
  /** Called after every call that was carried out, with its method. */
  readonly onDone?: (name: MethodName) => void;
}

/** Answers the calls of our windows. */
export function answerCalls(ipc: ValidatedIpc, options: CallsOptions): void {
  ipc.answerTexts(callChannel, 2, async ([name = '', text = ''], contents) => {
    let result: ApiResult<unknown>;
    try {
      if (!options.mayCall()) throw new ApiError('rate-limited', 'the window asks too often');
      const method = methodOf(name);
      const request = parseStrictJson(text);
      const terminal = await options.terminal;
      const refusal = await options.confirmations.refusalOf(method, request, terminal, contents);
      result = refusal ?? (await terminal.handle(method, request, windowScopes));
      if (result.ok) options.onDone?.(method);
    } catch (error) {
      result = failureOf(error);
      if (result.code === 'internal')
        options.log.error('a call failed', { method: name.slice(0, 60), error });
    }
    return JSON.stringify(result);
  });
}

function methodOf(name: string): MethodName {
  if (Object.hasOwn(contract, name)) return name as MethodName;
  throw new ApiError('not-found', `there is no method ${name.slice(0, 60)}`);
}
