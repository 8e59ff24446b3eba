/** How many requests each client may make: each request costs a share of ten seconds, and time gives it back. */

const windowMs = 10_000;
/** Clients that are remembered; those unseen longest are forgotten, which only gives them a full budget. */
const clientsMax = 200;

interface Budget {
  /** Time at hand to pay requests with, at most the whole window. */
  creditMs: number;
  atMs: number;
}

export class RequestBudget {
  private readonly budgets = new Map<string, Budget>();
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
    const costMs = windowMs / this.requestsMax;
    const before = this.budgets.get(client) ?? { creditMs: windowMs, atMs: nowMs };
    const creditMs = Math.min(windowMs, before.creditMs + Math.max(0, nowMs - before.atMs));
    const isAllowed = creditMs >= costMs;
    this.budgets.delete(client);
    this.budgets.set(client, { creditMs: isAllowed ? creditMs - costMs : creditMs, atMs: nowMs });
    if (this.budgets.size > clientsMax) this.budgets.delete(this.budgets.keys().next().value as string);
    return isAllowed ? 0 : Math.ceil(costMs - creditMs);
  }
}
