import { describe, expect, it } from 'vitest';
import { EngineHost } from '../../../src/app/session/engine-host.ts';
import type { Checkpoint, JournalPort } from '../../../src/engine/kernel/snapshot.ts';
import { epochMs } from '../../../src/shared/domain/nominal.ts';
import type { VenueCommand } from '../../../src/shared/events/venue.ts';
import { emptySnapshot, Harness } from '../../engine/kernel/harness.ts';

class FailingJournal implements JournalPort {
  durableSequence = 0;
  full = false;
  commit(checkpoint: Checkpoint): void {
    if (this.full) throw new Error('the disk is full');
    this.durableSequence = checkpoint.records.at(-1)?.sequence ?? this.durableSequence;
  }
  load() {
    return emptySnapshot;
  }
}

function setUp() {
  const harness = new Harness({ handlers: () => ({}) });
  const journal = new FailingJournal();
  const routed: VenueCommand[] = [];
  const host = new EngineHost({ kernel: harness.kernel, journal, route: (command) => routed.push(command) });
  return { harness, journal, routed, host };
}

describe('EngineHost', () => {
  it('makes the record durable before its command may take effect', () => {
    const { harness, journal, routed, host } = setUp();
    host.feed({
      kind: 'venue-connection',
      venue: harness.instrument.venue,
      state: 'connected',
      message: '',
      timeMs: epochMs(1_000_000),
    });
    const command = routed[0];
    expect(command?.kind).toBe('request-account-report');
    expect(journal.durableSequence).toBe(0);
    host.ensureDurable(command?.auditSequence ?? Number.NaN);
    expect(journal.durableSequence).toBeGreaterThanOrEqual(command?.auditSequence ?? Number.NaN);
  });

  it('lets nothing through when the journal cannot be written', () => {
    const { harness, journal, routed, host } = setUp();
    journal.full = true;
    host.feed({
      kind: 'venue-connection',
      venue: harness.instrument.venue,
      state: 'connected',
      message: '',
      timeMs: epochMs(1_000_000),
    });
    expect(() => host.ensureDurable(routed[0]?.auditSequence ?? 0)).toThrow('the disk is full');
    // The records are gone from the kernel with the failed checkpoint: never durable, so never sent.
    expect(() => host.ensureDurable(routed[0]?.auditSequence ?? 0)).toThrow('nothing is sent');
  });

  it('counts orders, fills and refusals from durable records only', () => {
    const { harness, host } = setUp();
    harness.kernel.record({ kind: 'fault', where: 'test', message: '' });
    expect(host.counters.records).toBe(0);
    host.flush();
    expect(host.counters.records).toBe(1);
  });
});

describe('EngineHost after an event that failed half way', () => {
  it('makes nothing of it durable and takes no further event', () => {
    const { harness, journal, host } = setUp();
    host.feed({ kind: 'tick', timeMs: epochMs(1_000_000) });
    host.flush();
    const durable = journal.durableSequence;
    harness.kernel.services.audit({ kind: 'fault', where: 'test', message: 'the first half' });
    expect(() => host.feed({ kind: 'tick', timeMs: epochMs(Number.NaN) })).toThrow('no valid time');
    host.flush();
    expect(journal.durableSequence).toBe(durable);
    expect(() => host.feed({ kind: 'tick', timeMs: epochMs(2_000_000) })).toThrow('no valid time');
    expect(() => host.control({ kind: 'cancel-all', scope: { kind: 'all' } })).toThrow('no valid time');
  });
});
