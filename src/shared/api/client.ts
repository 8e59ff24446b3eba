/** The client side of the contract: one typed call, whatever the transport. */

import type { MethodName, RequestOf, ResponseOf } from './contract.ts';
import type { ApiResult } from './result.ts';
import type { StreamMessage, StreamRequest } from './streams.ts';

/** Carries calls and the stream: in process, HTTP + WebSocket, or the Electron bridge. */
export interface ApiTransport {
  call<Name extends MethodName>(name: Name, request: RequestOf<Name>): Promise<ApiResult<ResponseOf<Name>>>;
  /** Opens the stream. `onState` tells about the connection; the returned object changes the request or closes it. */
  openStream(
    request: StreamRequest,
    onMessage: (message: StreamMessage) => void,
    onState: (state: 'connecting' | 'open' | 'closed') => void,
  ): StreamHandle;
}

export interface StreamHandle {
  update(request: StreamRequest): void;
  close(): void;
}
