/** A journal that keeps nothing: for replays and backtests, whose records are proven by their last hash. */

import type { Checkpoint, JournalPort, KernelSnapshot } from '../../engine/kernel/snapshot.ts';
import { genesisHash } from '../../shared/events/audit.ts';

/** Gives the snapshot of an installation that never ran. */
export function emptySnapshot(): KernelSnapshot {
  return {
    lastSequence: 0,
    lastHash: genesisHash,
    core: null,
    bots: [],
    orders: [],
    fillKeys: [],
    ledger: [],
    lastFillMs: {},
    fundingPayments: [],
  };
}

export class MemoryJournal implements JournalPort {
  durableSequence = 0;

  commit(checkpoint: Checkpoint): void {
    this.durableSequence = checkpoint.records.at(-1)?.sequence ?? this.durableSequence;
  }

  load(): KernelSnapshot {
    return emptySnapshot();
  }
}
