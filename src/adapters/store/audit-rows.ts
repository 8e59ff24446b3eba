/** Audit records as they lie in the file, and back. */

import type { EpochMs } from '../../shared/domain/nominal.ts';
import { type AuditBody, type AuditRecord, auditHashInput, auditVersion } from '../../shared/events/audit.ts';
import { sha256Hex } from './digest.ts';

/** One row of the audit table. */
export interface AuditRow {
  readonly sequence: number;
  readonly version: number;
  readonly time_ms: number;
  readonly kind: string;
  readonly bot: string | null;
  readonly client_order_id: string | null;
  readonly market_events: number;
  readonly market_digest: string;
  readonly body: string;
  readonly previous_hash: string;
  readonly hash: string;
}

/** Gives the record of a row. Throws a SyntaxError when its body is no JSON. */
export function recordOf(row: AuditRow): AuditRecord {
  return {
    version: row.version,
    sequence: row.sequence,
    timeMs: row.time_ms as EpochMs,
    marketEvents: row.market_events,
    marketDigest: row.market_digest,
    body: JSON.parse(row.body) as AuditBody,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

/** Where a chain of records stands. */
export interface ChainPosition {
  readonly sequence: number;
  readonly hash: string;
}

/** Gives what is wrong with a row as the successor of a position, or undefined when it is the right one, unchanged. */
export function chainFaultOf(row: AuditRow, before: ChainPosition): string | undefined {
  if (row.sequence !== before.sequence + 1) {
    return `record ${before.sequence + 1} is missing: record ${row.sequence} follows record ${before.sequence}`;
  }
  if (row.version !== auditVersion) return `record ${row.sequence} has the unknown version ${row.version}`;
  if (row.previous_hash !== before.hash) {
    return `record ${row.sequence} does not continue the chain of record ${before.sequence}`;
  }
  let record: AuditRecord;
  try {
    record = recordOf(row);
  } catch {
    return `record ${row.sequence} cannot be read`;
  }
  // The hash is taken over the canonical text, so a changed text with equal meaning is found as well.
  if (JSON.stringify(record.body) !== row.body || sha256Hex(auditHashInput(record)) !== row.hash) {
    return `record ${row.sequence} was changed after it was written`;
  }
  return undefined;
}
