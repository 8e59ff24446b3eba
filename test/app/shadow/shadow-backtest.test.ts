/** The shadow of a seeded demo: a crossover bot trades for some hours, then its life runs through the backtester. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Terminal } from '../../../src/app/terminal-types.ts';
import { call, startTerminal, temporaryFolder, waitFor } from '../terminal-harness.ts';

const folder = temporaryFolder();
let terminal: Terminal;
beforeAll(async () => {
  terminal = await startTerminal(folder.path, { demoBots: 'running', simulateForMs: 4 * 3_600_000 });
  await terminal.ended;
}, 60_000);
afterAll(async () => {
  await terminal.stop('test over');
  folder.remove();
});

describe('x', () => {
  it('y', async () => {
    const { bots } = await call(terminal, 'bots/list', {});
    const bot = bots.find((b) => b.strategy === 'ma-cross');
    const { job } = await call(terminal, 'backtests/shadow', { bot: bot?.id ?? '' });
    const ended = await waitFor('job', async () => {
      const { job: j } = await call(terminal, 'jobs/show', { job: job.id });
      return j.endedMs !== null && j;
    });
    console.log(JSON.stringify(ended, null, 1).slice(0, 14000));
    expect(1).toBe(1);
  });
});
