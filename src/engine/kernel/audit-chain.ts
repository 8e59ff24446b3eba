/** Numbers audit records and chains each to the one before it by its hash. */

import type { EpochMs } from '../../shared/domain/nominal.ts';
import { type AuditBody, type AuditRecord, auditHashInput, auditVersion } from '../../shared/events/audit.ts';
import type { MarketEvent } from '../../shared/events/market.ts';
import type { InputDigest } from '../market/input-digest.ts';
import type { DigestPort } from '../ports.ts';

/** Where a kernel's records go and what its inputs are counted by. */
export interface AuditTrail {
  /** Market events noted so far. */
  readonly inputCount: number;
  readonly lastSequence: number;
  readonly lastHash: string;
  /** Takes note of an input, before it is processed. */
  note(event: MarketEvent): void;
  /** Adds a record and gives its number. */
  append(timeMs: EpochMs, body: AuditBody): number;
  /** Takes the records made since the last call. */
  drain(): AuditRecord[];
}

/** The full trail: numbered records, each with the hash of the one before it and a digest of the inputs. */
export class AuditChain implements AuditTrail {
  private readonly digest: DigestPort;
  private readonly inputs: InputDigest;
  private countedInputs = 0;
  private pending: AuditRecord[] = [];
  lastSequence: number;
  lastHash: string;

  constructor(digest: DigestPort, inputs: InputDigest, lastSequence: number, lastHash: string) {
    this.digest = digest;
    this.inputs = inputs;
    this.lastSequence = lastSequence;
    this.lastHash = lastHash;
  }

  get inputCount(): number {
    return this.inputs.count;
  }

  note(event: MarketEvent): void {
    this.inputs.add(event);
  }

  append(timeMs: EpochMs, body: AuditBody): number {
    const draft = {
      version: auditVersion,
      sequence: this.lastSequence + 1,
      timeMs,
      marketEvents: this.inputs.count - this.countedInputs,
      marketDigest: this.inputs.toString(),
      body,
      previousHash: this.lastHash,
    };
    const record: AuditRecord = { ...draft, hash: this.digest(auditHashInput(draft)) };
    this.countedInputs = this.inputs.count;
    this.lastSequence = record.sequence;
    this.lastHash = record.hash;
    this.pending.push(record);
    return record.sequence;
  }

  /** True when records wait to be taken. */
  get hasPending(): boolean {
    return this.pending.length > 0;
  }

  drain(): AuditRecord[] {
    const records = this.pending;
    this.pending = [];
    return records;
  }
}
