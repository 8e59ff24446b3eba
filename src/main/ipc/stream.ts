/** The stream of each window: one message port, what it watches goes in, batches come out at the page's own pace. */

import type { MessagePortMain, WebContents } from 'electron';
import { z } from 'zod';
import { parseStrictJson } from '../../adapters/http/strict-json.ts';
import type { LogPort } from '../../adapters/logging/log-port.ts';
import type { Terminal } from '../../app/terminal-types.ts';
import type { StreamHandle } from '../../shared/api/client.ts';
import { ApiError } from '../../shared/api/result.ts';
import { type StreamRequest, streamRequest } from '../../shared/api/streams.ts';
import { pageTextBytesMax, streamChannel } from '../../shared/ipc/bridge.ts';
import { Outbox } from './outbox.ts';
import type { ValidatedIpc } from './validated.ts';

const portRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('taken'), sequence: z.number() }),
  z.strictObject({ kind: z.literal('watch'), text: z.string().max(pageTextBytesMax) }),
]);

export class WindowStreams {
  private readonly terminal: Promise<Terminal>;
  private readonly log: LogPort;
  /** Ends the stream of a window, by the id of its contents. */
  private readonly endings = new Map<number, () => void>();

  constructor(terminal: Promise<Terminal>, log: LogPort) {
    this.terminal = terminal;
    this.log = log;
  }

  /** Takes the ports our windows hand over. */
  listen(ipc: ValidatedIpc): void {
    ipc.takePort(streamChannel, (text, port, contents) => {
      this.open(text, port, contents).catch((error: unknown) => {
        this.log.warn('a stream was refused', { error });
        port.close();
      });
    });
  }

  /** Ends every stream. */
  close(): void {
    for (const end of [...this.endings.values()]) end();
  }

  /** How many windows have a stream. */
  get count(): number {
    return this.endings.size;
  }

  private async open(text: string, port: MessagePortMain, contents: WebContents): Promise<void> {
    const request = parseRequest(text);
    // A page that loaded anew has a new port; the old one must not go on.
    this.endings.get(contents.id)?.();
    let stream: StreamHandle | undefined;
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      if (this.endings.get(contents.id) === end) this.endings.delete(contents.id);
      if (!contents.isDestroyed()) contents.off('destroyed', end);
      stream?.close();
      port.close();
    };
    this.endings.set(contents.id, end);
    contents.once('destroyed', end);
    port.once('close', end);

    const terminal = await this.terminal;
    if (isOver) return;
    const outbox = new Outbox((delivery) => port.postMessage(delivery));
    port.on('message', ({ data }) => {
      try {
        const said = portRequest.safeParse(data);
        if (!said.success) throw new ApiError('bad-input', 'the message is not one of a stream');
        if (said.data.kind === 'watch') stream?.update(parseRequest(said.data.text));
        else if (!outbox.taken(said.data.sequence)) throw new ApiError('bad-input', 'it was never sent');
      } catch (error) {
        this.log.warn('a message was refused', { channel: streamChannel, error });
        end();
      }
    });
    port.start();
    port.postMessage({ sequence: 0, text: '' });
    stream = terminal.openStream(
      request,
      (message) => {
        if (!isOver) outbox.send(message);
      },
      () => outbox.isBusy,
    );
  }
}

function parseRequest(text: string): StreamRequest {
  const parsed = streamRequest.safeParse(parseStrictJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ApiError('bad-input', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}
