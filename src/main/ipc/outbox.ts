/**
 * What was sent to a page and not yet taken by it. A slow page makes it busy, which merges batches at their source.
 * Where that does not help, everything further is dropped and the page is told to start anew: memory stays bounded.
 */

import type { StreamMessage } from '../../shared/api/streams.ts';
import type { PortDelivery } from '../../shared/ipc/bridge.ts';

export interface OutboxLimits {
  /** From here on the source is asked to wait. */
  readonly busyMessages: number;
  readonly busyBytes: number;
  /** From here on messages are dropped. */
  readonly messagesMax: number;
  readonly bytesMax: number;
}

export const outboxLimits: OutboxLimits = {
  busyMessages: 3,
  busyBytes: 256 * 1024,
  messagesMax: 64,
  bytesMax: 4 * 1024 * 1024,
};

export class Outbox {
  private readonly post: (delivery: PortDelivery) => void;
  private readonly limits: OutboxLimits;
  private readonly waiting: { readonly sequence: number; readonly length: number }[] = [];
  private waitingBytes = 0;
  private lastSequence = 0;
  private hasOverflowed = false;

  constructor(post: (delivery: PortDelivery) => void, limits: OutboxLimits = outboxLimits) {
    this.post = post;
    this.limits = limits;
  }

  /** True while the page has not taken what it was sent. */
  get isBusy(): boolean {
    return (
      this.hasOverflowed ||
      this.waiting.length >= this.limits.busyMessages ||
      this.waitingBytes >= this.limits.busyBytes
    );
  }

  /** Sends a message, or drops it when the page is too far behind. */
  send(message: StreamMessage): void {
    if (this.hasOverflowed) return;
    const text = JSON.stringify(message);
    const isFull =
      this.waiting.length >= this.limits.messagesMax ||
      this.waitingBytes + text.length > this.limits.bytesMax;
    // One message alone always goes out, however large: otherwise a page could never get it.
    if (isFull && this.waiting.length > 0) {
      this.hasOverflowed = true;
      return;
    }
    this.lastSequence += 1;
    this.waiting.push({ sequence: this.lastSequence, length: text.length });
    this.waitingBytes += text.length;
    this.post({ sequence: this.lastSequence, text });
  }

  /** The page took everything up to `sequence`. Gives false for a number that was never sent. */
  taken(sequence: number): boolean {
    if (!Number.isSafeInteger(sequence) || sequence < 1 || sequence > this.lastSequence) return false;
    while (this.waiting[0] !== undefined && this.waiting[0].sequence <= sequence) {
      this.waitingBytes -= this.waiting.shift()?.length ?? 0;
    }
    if (this.hasOverflowed && this.waiting.length === 0) {
      this.hasOverflowed = false;
      this.send({ kind: 'reset', reason: 'the window did not keep up' });
    }
    return true;
  }
}
