/**
 * The one stream of the page: what is watched, in which order batches came, and when to start anew. A hole in the
 * batch numbers or in the audit numbers means the page no longer knows the truth; it then asks for it again.
 */

import type { ApiTransport, StreamHandle } from '../../shared/api/client.ts';
import type { StreamBatch, StreamMessage, StreamRequest } from '../../shared/api/streams.ts';

type WatchedMarket = StreamRequest['markets'][number];
export type LinkState = 'connecting' | 'open' | 'closed';

export interface FeedListeners {
  onBatch(batch: StreamBatch): void;
  onLink(state: LinkState): void;
  /** Everything shown must be fetched again. */
  onResync(reason: string): void;
}

export class LiveFeed {
  private readonly transport: Pick<ApiTransport, 'openStream'>;
  private readonly listeners: FeedListeners;
  private readonly defer: (run: () => void) => void;
  private readonly watches = new Map<number, WatchedMarket>();
  private nextWatch = 0;
  private handle: StreamHandle | null = null;
  private lastBatch: number | null = null;
  private lastAudit: number | null = null;
  private isUpdateDue = false;
  private wasOpen = false;

  constructor(
    transport: Pick<ApiTransport, 'openStream'>,
    listeners: FeedListeners,
    defer: (run: () => void) => void = (run) => queueMicrotask(run),
  ) {
    this.transport = transport;
    this.listeners = listeners;
    this.defer = defer;
  }

  /** Opens the stream; audit records are asked for after `auditSequence`. */
  open(auditSequence: number): void {
    this.lastAudit = auditSequence;
    this.handle = this.transport.openStream(
      this.request(),
      (message) => this.receive(message),
      (state) => this.linkChanged(state),
    );
  }

  close(): void {
    this.handle?.close();
    this.handle = null;
  }

  /** Watches a market until the returned function is called. Several watchers of one market cost one. */
  watch(instrument: string, timeframe: WatchedMarket['timeframe'], depth: number): () => void {
    const id = this.nextWatch;
    this.nextWatch += 1;
    this.watches.set(id, { instrument, timeframe, depth });
    this.updateSoon();
    return () => {
      if (this.watches.delete(id)) this.updateSoon();
    };
  }

  /** What the host is asked for now. */
  request(): StreamRequest {
    const markets = new Map<string, WatchedMarket>();
    for (const market of this.watches.values()) {
      const key = `${market.instrument}|${market.timeframe}`;
      const known = markets.get(key);
      if (known === undefined || known.depth < market.depth) markets.set(key, market);
    }
    return {
      kind: 'watch',
      markets: [...markets.values()].slice(-16),
      quotes: true,
      auditAfter: this.lastAudit,
    };
  }

  private updateSoon(): void {
    if (this.isUpdateDue) return;
    this.isUpdateDue = true;
    this.defer(() => {
      this.isUpdateDue = false;
      this.handle?.update(this.request());
    });
  }

  private linkChanged(state: LinkState): void {
    this.listeners.onLink(state);
    if (state !== 'open') return;
    this.lastBatch = null;
    // What was shown before the link broke may be old by now.
    if (this.wasOpen) this.resync('the connection came back');
    this.wasOpen = true;
  }

  private receive(message: StreamMessage): void {
    if (message.kind === 'reset') {
      this.lastBatch = null;
      // Where records are no longer to be had, the snapshot that is fetched now says all they would have said.
      this.lastAudit = null;
      this.resync(message.reason);
      return;
    }
    const isHole = this.lastBatch !== null && message.batch !== this.lastBatch + 1;
    this.lastBatch = message.batch;
    const isAuditHole = this.takeAudit(message);
    this.listeners.onBatch(message);
    if (isHole) this.resync('messages of the host were lost');
    else if (isAuditHole) this.resync('records of the host were lost');
  }

  /** Remembers the newest audit number; true when one is missing before it. */
  private takeAudit(batch: StreamBatch): boolean {
    let isHole = false;
    for (const record of batch.audit ?? []) {
      if (this.lastAudit !== null && record.sequence > this.lastAudit + 1) isHole = true;
      this.lastAudit = Math.max(this.lastAudit ?? 0, record.sequence);
    }
    return isHole;
  }

  /** Says from which audit number on records are wanted, after a snapshot was fetched. */
  resumeAudit(sequence: number): void {
    this.lastAudit = Math.max(this.lastAudit ?? 0, sequence);
    this.updateSoon();
  }

  private resync(reason: string): void {
    this.listeners.onResync(reason);
    this.updateSoon();
  }
}
