/** How many requests each client may make: a bucket per client that refills evenly over ten seconds. */

const windowMs = 10_000;
/** Clients that are remembered; those unseen longest are forgotten, which only gives them a full bucket. */
const clientsMax = 200;

interface Bucket {
  tokens: number;
  atMs: number;
}

export class RequestBudget {
  private readonly buckets = new Map<string, Bucket>();
  private requestsMax: number;
  private readonly nowMs: () => number;

  /** `requestsMax` in ten seconds; `nowMs` must not run backwards by itself (a monotonic clock). */
  constructor(requestsMax: number, nowMs: () => number) {
    this.requestsMax = requestsMax;
    this.nowMs = nowMs;
  }

  /** Changes the limit of every client from now on. */
  setLimit(requestsMax: number): void {
    this.requestsMax = requestsMax;
  }

  /** Takes one request; gives 0 when it is allowed, else the milliseconds until the next one is. */
  take(client: string): number {
    const nowMs = this.nowMs();
    const before = this.buckets.get(client) ?? { tokens: this.requestsMax, atMs: nowMs };
    const perMs = this.requestsMax / windowMs;
    const elapsedMs = Math.max(0, nowMs - before.atMs);
    const tokens = Math.min(this.requestsMax, before.tokens + elapsedMs * perMs);
    this.buckets.delete(client);
    const isAllowed = tokens >= 1;
    this.buckets.set(client, { tokens: isAllowed ? tokens - 1 : tokens, atMs: nowMs });
    if (this.buckets.size > clientsMax) this.buckets.delete(this.buckets.keys().next().value as string);
    return isAllowed ? 0 : Math.ceil((1 - tokens) / perMs);
  }
}
