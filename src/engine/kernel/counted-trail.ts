/**
 * A trail that numbers records and keeps none: for runs whose result is a table of trades, not a journal. Nothing is
 * hashed, so it costs next to nothing; what happens is told to a listener.
 */

import type { EpochMs } from '../../shared/domain/nominal.ts';
import { type AuditBody, type AuditRecord, genesisHash } from '../../shared/events/audit.ts';
import type { AuditTrail } from './audit-chain.ts';

export class CountedTrail implements AuditTrail {
  inputCount = 0;
  lastSequence = 0;
  readonly lastHash = genesisHash;
  private readonly onBody: (timeMs: EpochMs, body: AuditBody) => void;

  constructor(onBody: (timeMs: EpochMs, body: AuditBody) => void) {
    this.onBody = onBody;
  }

  note(): void {
    this.inputCount += 1;
  }

  append(timeMs: EpochMs, body: AuditBody): number {
    this.lastSequence += 1;
    this.onBody(timeMs, body);
    return this.lastSequence;
  }

  drain(): AuditRecord[] {
    return [];
  }
}
