/** The stream over a message port: batches come in, each one taken is said, so that the host knows a slow page. */

import type { StreamHandle } from '../shared/api/client.ts';
import type { StreamMessage, StreamRequest } from '../shared/api/streams.ts';
import { type PortDelivery, type PortRequest, streamChannel } from '../shared/ipc/bridge.ts';
import type { BridgeIpc } from './bridge.ts';

/** Opens the stream. It ends when the handle is closed or the host lets go of its end of the port. */
export function openPortStream(
  ipc: Pick<BridgeIpc, 'hand'>,
  request: StreamRequest,
  onMessage: (message: StreamMessage) => void,
  onState: (state: 'connecting' | 'open' | 'closed') => void,
): StreamHandle {
  const { port1: port, port2: hostEnd } = new MessageChannel();
  let isOver = false;
  const say = (message: PortRequest): void => port.postMessage(message);
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    port.close();
    onState('closed');
  };

  onState('connecting');
  port.onmessage = ({ data }: MessageEvent) => {
    if (isOver) return;
    const { sequence, text } = data as PortDelivery;
    // The first delivery is empty: it says that the host has taken the port.
    if (sequence === 0) {
      onState('open');
      return;
    }
    try {
      onMessage(JSON.parse(text) as StreamMessage);
    } finally {
      // Said even when the page failed on it: a message is delivered once.
      say({ kind: 'taken', sequence });
    }
  };
  port.addEventListener('close', end);
  ipc.hand(streamChannel, JSON.stringify(request), hostEnd);

  return {
    update: (next) => {
      if (!isOver) say({ kind: 'watch', text: JSON.stringify(next) });
    },
    close: end,
  };
}
