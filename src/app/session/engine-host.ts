/**
 * Owns the kernel in one process: feeds it events, carries its commands to the venues and makes its records durable.
 * The rule it keeps: an order reaches a venue only after the record of its intent is durable.
 */

import type { ControlOutcome } from '../../engine/kernel/control-outcome.ts';
import type { Kernel, KernelEvent } from '../../engine/kernel/kernel.ts';
import type { JournalPort } from '../../engine/kernel/snapshot.ts';
import { assert } from '../../shared/domain/assert.ts';
import type { EpochMs } from '../../shared/domain/nominal.ts';
import type { AuditRecord } from '../../shared/events/audit.ts';
import type { ControlCommand } from '../../shared/events/control.ts';
import type { VenueCommand } from '../../shared/events/venue.ts';

/** Where commands go. They are handed over at once; the receiver asks `ensureDurable` before one takes effect. */
export type CommandRoute = (command: VenueCommand, nowMs: EpochMs) => void;

/** What was counted over a run, from its records. */
export interface RunCounters {
  orders: number;
  fills: number;
  rejected: number;
  records: number;
}

export class EngineHost {
  readonly kernel: Kernel;
  readonly counters: RunCounters = { orders: 0, fills: 0, rejected: 0, records: 0 };
  /** Kernel time at which a command from outside takes effect: never before the newest event. */
  currentTimeMs: () => EpochMs;
  private readonly journal: JournalPort;
  private readonly route: CommandRoute;
  private readonly beforeCommit: () => void;
  /** Why the kernel broke off; it is not used again. */
  private failure: Error | undefined;
  private readonly listeners: ((records: readonly AuditRecord[]) => void)[] = [];

  constructor(options: {
    kernel: Kernel;
    journal: JournalPort;
    route: CommandRoute;
    /** Makes what the venues know durable first, so that the journal is never ahead of them. */
    beforeCommit?: (() => void) | undefined;
  }) {
    this.kernel = options.kernel;
    this.journal = options.journal;
    this.route = options.route;
    this.beforeCommit = options.beforeCommit ?? (() => undefined);
    this.currentTimeMs = () => this.kernel.services.nowMs;
  }

  /** Processes an event and hands over the commands it leaves. */
  readonly feed = (event: KernelEvent): void => {
    this.process(event);
    if (this.kernel.hasCommands) this.dispatch();
  };

  /** Carries out a control command now; what it recorded is durable when this returns. */
  control(command: ControlCommand): ControlOutcome {
    const outcome = this.process({ kind: 'control', command, timeMs: this.currentTimeMs() });
    assert(outcome !== undefined, 'a control command gives an outcome');
    if (this.kernel.hasCommands) this.dispatch();
    this.flush();
    return outcome;
  }

  /** Makes everything up to a record durable; called before the command that rests on it takes effect. */
  readonly ensureDurable = (auditSequence: number): void => {
    if (this.journal.durableSequence < auditSequence) this.flush();
    assert(
      this.journal.durableSequence >= auditSequence,
      `record ${auditSequence} is not durable: nothing is sent`,
    );
  };

  /** Writes what changed since the last time. Throws when it cannot be made durable: then nothing more may be sent. */
  flush(): void {
    if (this.failure !== undefined) return;
    const checkpoint = this.kernel.checkpoint();
    if (checkpoint === null) return;
    this.beforeCommit();
    this.journal.commit(checkpoint);
    this.count(checkpoint.records);
    if (checkpoint.records.length > 0) for (const listener of this.listeners) listener(checkpoint.records);
  }

  /** Tells a listener about records once they are durable. */
  onRecords(listener: (records: readonly AuditRecord[]) => void): void {
    this.listeners.push(listener);
  }

  /**
   * An event that fails half way leaves a kernel that contradicts itself. Nothing of it may become durable and no event
   * may follow: the next start goes on from the last whole event, as after a crash.
   */
  private process(event: KernelEvent): ControlOutcome | undefined {
    if (this.failure !== undefined) throw this.failure;
    try {
      return this.kernel.process(event);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      throw this.failure;
    }
  }

  private dispatch(): void {
    for (const command of this.kernel.drainCommands()) this.route(command, this.kernel.services.nowMs);
  }

  private count(records: readonly AuditRecord[]): void {
    this.counters.records += records.length;
    for (const { body } of records) {
      if (body.kind === 'order-intent') this.counters.orders += 1;
      else if (body.kind === 'fill') this.counters.fills += 1;
      else if (body.kind === 'order-denied' || (body.kind === 'order-state' && body.to === 'REJECTED')) {
        this.counters.rejected += 1;
      }
    }
  }
}
