/** What is served: the part of a running terminal the HTTP host needs. */

import type { StreamHandle } from '../../shared/api/client.ts';
import type { MethodName, Scope } from '../../shared/api/contract.ts';
import type { ApiResult } from '../../shared/api/result.ts';
import type { StreamMessage, StreamRequest } from '../../shared/api/streams.ts';

export interface ServableTerminal {
  /** Answers a call; parses the request and checks the scope. */
  handle(name: MethodName, request: unknown, scopes: ReadonlySet<Scope>): Promise<ApiResult<unknown>>;
  openStream(
    request: StreamRequest,
    send: (message: StreamMessage) => void,
    isBusy: () => boolean,
  ): StreamHandle;
}
