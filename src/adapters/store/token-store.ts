/** Idempotency tokens: a call with the same token is carried out at most once in 24 hours, also over a crash. */

import { sha256Hex } from './digest.ts';
import type { SqliteDatabase } from './open-database.ts';
import { withStoreErrors } from './store-error.ts';

/** How long a token is remembered. */
export const tokenLifetimeMs = 86_400_000;

/** What a token stands for when it is shown. */
export type TokenClaim =
  /** Never seen: the caller carries the call out, then calls `settle` (or `release` if nothing was done). */
  | { readonly state: 'fresh' }
  /** Carried out: the answer that was given. */
  | { readonly state: 'answered'; readonly response: unknown }
  /** Claimed, but not answered: it is under way, or the program ended in the middle. It must not be done again. */
  | { readonly state: 'open' }
  /** Used for another method or another request. */
  | { readonly state: 'misused' };

export class TokenStore {
  private readonly db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.db = db;
  }

  /** Claims a token durably. `nowMs` is wall time; tokens older than 24 hours are forgotten. */
  claim(token: string, method: string, request: unknown, nowMs: number): TokenClaim {
    const requestHash = sha256Hex(JSON.stringify(request));
    const claim = this.db.transaction((): TokenClaim => {
      this.db.prepare('DELETE FROM idempotency_tokens WHERE created_ms < ?').run(nowMs - tokenLifetimeMs);
      const row = this.db
        .prepare(
          'SELECT method, request_hash AS requestHash, response FROM idempotency_tokens WHERE token = ?',
        )
        .get(token) as { method: string; requestHash: string; response: string | null } | undefined;
      if (row === undefined) {
        this.db
          .prepare('INSERT INTO idempotency_tokens VALUES (?, ?, ?, ?, NULL)')
          .run(token, method, requestHash, nowMs);
        return { state: 'fresh' };
      }
      if (row.method !== method || row.requestHash !== requestHash) return { state: 'misused' };
      if (row.response === null) return { state: 'open' };
      return { state: 'answered', response: JSON.parse(row.response) as unknown };
    });
    return withStoreErrors(this.db.name, () => claim.immediate());
  }

  /** Remembers the answer to a claimed call. */
  settle(token: string, response: unknown): void {
    const update = this.db.prepare('UPDATE idempotency_tokens SET response = ? WHERE token = ?');
    withStoreErrors(this.db.name, () => update.run(JSON.stringify(response), token));
  }

  /** Forgets a claim whose call provably did nothing (refused input), so that it may be corrected and sent again. */
  release(token: string): void {
    const remove = this.db.prepare('DELETE FROM idempotency_tokens WHERE token = ? AND response IS NULL');
    withStoreErrors(this.db.name, () => remove.run(token));
  }
}
