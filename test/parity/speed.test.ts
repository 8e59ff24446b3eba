/**
 * Goal: pace must not change what happens. Method: the same seed and the same span of simulated time, once as fast as
 * possible and once paced by the event loop, must end on the same audit hash; another seed must not.
 */

import { describe, expect, it } from 'vitest';
import type { Pace } from '../../src/app/session/virtual-driver.ts';
import type { RunResult } from '../../src/app/terminal-types.ts';
import { startTerminal, temporaryFolder } from '../app/terminal-harness.ts';

async function run(seed: string, speed: Pace): Promise<RunResult> {
  const folder = temporaryFolder();
  try {
    const terminal = await startTerminal(folder.path, {
      seed,
      speed,
      demoBots: 'running',
      simulateForMs: 120_000,
    });
    const { reason, failure } = await terminal.ended;
    expect(failure).toBeUndefined();
    return await terminal.stop(reason);
  } finally {
    folder.remove();
  }
}

describe('the demo with one seed', () => {
  it('gives the same audit hash at any speed', async () => {
    const fast = await run('parity', 'max');
    const paced = await run('parity', 60);
    const quicker = await run('parity', 150);
    expect(fast.simulatedMs).toBe(120_000);
    expect(fast.orders).toBeGreaterThan(10);
    expect(fast.fills).toBeGreaterThan(0);
    expect(fast.identities.failed).toBe(0);
    expect(paced.wallMs).toBeGreaterThan(1_900);
    expect([paced.auditHash, paced.events, paced.equity]).toEqual([fast.auditHash, fast.events, fast.equity]);
    expect(quicker.auditHash).toBe(fast.auditHash);
  });

  it('gives another hash for another seed', async () => {
    expect((await run('one', 'max')).auditHash).not.toBe((await run('two', 'max')).auditHash);
  });
});
