/**
 * Answers of the host that tables show, kept by question and asked again when a topic says that they are old. A
 * question is asked at most once at a time and not more often than its pause, however many records arrive.
 */

import type { MethodName, RequestOf, ResponseOf } from '../../shared/api/contract.ts';
import type { ApiFailure, ApiResult } from '../../shared/api/result.ts';

/** What an answer depends on; audit records and status touch these. */
export type Topic =
  | 'bots'
  | 'orders'
  | 'fills'
  | 'positions'
  | 'balances'
  | 'equity'
  | 'risk'
  | 'journal'
  | 'status'
  | 'keys'
  | 'lab'
  | 'data'
  | 'never';

export interface QueryState<Value> {
  /** The newest answer; kept while a newer one is fetched and when that fails. */
  readonly value: Value | null;
  /** Why the newest attempt failed. */
  readonly failure: ApiFailure | null;
  readonly isLoading: boolean;
}

type Call = <Name extends MethodName>(
  name: Name,
  request: RequestOf<Name>,
) => Promise<ApiResult<ResponseOf<Name>>>;

interface Entry {
  readonly ask: () => Promise<ApiResult<unknown>>;
  readonly topics: readonly Topic[];
  state: QueryState<unknown>;
  listeners: Set<() => void>;
  isAsking: boolean;
  isOld: boolean;
  cancelTimer: (() => void) | null;
}

const unanswered: QueryState<never> = { value: null, failure: null, isLoading: true };

export class QueryCache {
  private readonly call: Call;
  private readonly pauseMs: number;
  private readonly schedule: (run: () => void, afterMs: number) => () => void;
  private readonly entries = new Map<string, Entry>();

  constructor(call: Call, pauseMs: number, schedule: (run: () => void, afterMs: number) => () => void) {
    this.call = call;
    this.pauseMs = pauseMs;
    this.schedule = schedule;
  }

  /** Follows a question (`key` is its `queryKey`) until the returned function is called; asks at once when the answer may be old. */
  subscribe<Name extends MethodName>(
    key: string,
    name: Name,
    request: RequestOf<Name>,
    topics: readonly Topic[],
    listener: () => void,
  ): () => void {
    let entry = this.entries.get(key);
    if (entry === undefined) {
      const ask = () => this.call(name, request);
      entry = {
        ask,
        topics,
        state: unanswered,
        listeners: new Set(),
        isAsking: false,
        isOld: true,
        cancelTimer: null,
      };
      this.entries.set(key, entry);
      this.forgetSome();
    }
    const followed = entry;
    followed.listeners.add(listener);
    if (followed.isOld || followed.state.failure !== null) void this.refresh(followed);
    return () => {
      followed.listeners.delete(listener);
      // Nobody hears touches for it any more: the next reader must ask again.
      if (followed.listeners.size === 0) followed.isOld = true;
    };
  }

  state<Name extends MethodName>(name: Name, request: RequestOf<Name>): QueryState<ResponseOf<Name>> {
    return (this.entries.get(queryKey(name, request))?.state ?? unanswered) as QueryState<ResponseOf<Name>>;
  }

  /** Asks again now, for example from a retry button. */
  retry<Name extends MethodName>(name: Name, request: RequestOf<Name>): void {
    const entry = this.entries.get(queryKey(name, request));
    if (entry !== undefined) void this.refresh(entry);
  }

  /** Marks every answer that depends on one of the topics as old. */
  touch(topics: ReadonlySet<Topic>): void {
    for (const entry of this.entries.values()) {
      if (entry.topics.some((topic) => topics.has(topic))) this.markOld(entry);
    }
  }

  /** Marks everything as old: after a hole in the stream nothing is sure. */
  touchAll(): void {
    for (const entry of this.entries.values()) this.markOld(entry);
  }

  private markOld(entry: Entry): void {
    entry.isOld = true;
    if (entry.listeners.size === 0 || entry.isAsking || entry.cancelTimer !== null) return;
    entry.cancelTimer = this.schedule(() => {
      entry.cancelTimer = null;
      if (entry.listeners.size > 0) void this.refresh(entry);
    }, this.pauseMs);
  }

  private async refresh(entry: Entry): Promise<void> {
    if (entry.isAsking) return;
    entry.isAsking = true;
    entry.isOld = false;
    const result = await entry.ask();
    entry.isAsking = false;
    entry.state = result.ok
      ? { value: result.value, failure: null, isLoading: false }
      : { value: entry.state.value, failure: result, isLoading: false };
    for (const listener of [...entry.listeners]) listener();
    if (entry.isOld) this.markOld(entry);
  }

  /** Keeps the cache small: drops the oldest questions nobody follows. */
  private forgetSome(): void {
    if (this.entries.size <= 60) return;
    for (const [key, entry] of this.entries) {
      if (entry.listeners.size === 0 && !entry.isAsking) this.entries.delete(key);
      if (this.entries.size <= 40) return;
    }
  }
}

/** Gives the key a question is kept under. */
export function queryKey(name: string, request: unknown): string {
  return `${name} ${JSON.stringify(request)}`;
}
