/**
 * Who may call: tokens of the command line, one-time tokens of browser addresses, and browser sessions. Only SHA-256
 * hashes are kept, and hashes are what is compared, in constant time.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Scope } from '../../shared/api/contract.ts';

/** Every right there is. */
export const allScopes: ReadonlySet<Scope> = new Set<Scope>(['read', 'trade', 'admin']);

/** How long the token in a browser address can be used. */
export const browserTokenLifetimeMs = 5 * 60_000;
const browserTokensMax = 16;
const sessionsMax = 32;
/** 256 bits in base64url. */
const tokenShape = /^[A-Za-z0-9_-]{43}$/;

/** A caller that proved who it is. */
export interface Caller {
  /** Short and public: the start of the token's hash, for the log and for counting requests. */
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
}

interface Grant extends Caller {
  readonly hash: Buffer;
  readonly validUntilMs: number;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A bounded list of grants; looking one up takes the same time wherever it is. */
class Grants {
  private grants: Grant[] = [];
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  /** Makes a fresh token and keeps its hash; the oldest grant goes when there are too many. */
  issue(kind: string, scopes: ReadonlySet<Scope>, validUntilMs: number): string {
    const token = randomBytes(32).toString('base64url');
    const hash = hashOf(token);
    const id = `${kind}-${hash.toString('hex').slice(0, 8)}`;
    this.grants = [...this.grants, { id, hash, scopes, validUntilMs }].slice(-this.max);
    return token;
  }

  find(token: string, nowMs: number): Grant | undefined {
    if (!tokenShape.test(token)) return undefined;
    const hash = hashOf(token);
    let found: Grant | undefined;
    for (const grant of this.grants) if (timingSafeEqual(grant.hash, hash)) found = grant;
    return found !== undefined && nowMs < found.validUntilMs ? found : undefined;
  }

  remove(grant: Grant): void {
    this.grants = this.grants.filter((other) => other !== grant);
  }
}

export class Access {
  private readonly tokens = new Grants(16);
  private readonly browserTokens = new Grants(browserTokensMax);
  private readonly sessions = new Grants(sessionsMax);
  private readonly nowMs: () => number;

  /** `nowMs` is the wall clock. */
  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Makes a token for a program; valid as long as this host runs. */
  issueToken(scopes: ReadonlySet<Scope> = allScopes): string {
    return this.tokens.issue('token', scopes, Number.POSITIVE_INFINITY);
  }

  /** Makes a token for the address a browser opens: once, within five minutes. */
  issueBrowserToken(scopes: ReadonlySet<Scope> = allScopes): string {
    return this.browserTokens.issue('address', scopes, this.nowMs() + browserTokenLifetimeMs);
  }

  /** Turns a browser token into a session, or gives undefined: wrong, used or too old. */
  redeem(browserToken: string): string | undefined {
    const grant = this.browserTokens.find(browserToken, this.nowMs());
    if (grant === undefined) return undefined;
    this.browserTokens.remove(grant);
    return this.sessions.issue('browser', grant.scopes, Number.POSITIVE_INFINITY);
  }

  /** Gives the owner of a token sent as `Authorization: Bearer`. */
  byToken(token: string): Caller | undefined {
    return this.tokens.find(token, this.nowMs());
  }

  /** Gives the owner of a session cookie. */
  bySession(session: string): Caller | undefined {
    return this.sessions.find(session, this.nowMs());
  }
}
