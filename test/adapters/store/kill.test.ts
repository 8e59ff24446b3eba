/** kill -9 in the middle of trading, again and again on one folder: nothing durable is lost, nothing is doubled. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { verifyJournal } from '../../../src/adapters/store/verify.ts';
import { dataFolder } from './fixtures.ts';

const writer = join(import.meta.dirname, 'kill-writer.ts');

/** Lets the writer make `lines` durable steps, kills it wherever it is then, and gives the last step it told of. */
async function runAndKill(folder: string, lines: number): Promise<number> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.split('\n').length > lines) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  // The last line may be cut; the one before is whole.
  return Number(text.split('\n').at(-2));
}

test('eight kills: every step that was told is there, verification finds nothing', async () => {
  const folder = dataFolder();
  let before = 0;
  for (const lines of [1, 2, 3, 40, 7, 211, 90, 350]) {
    const told = await runAndKill(folder, lines);
    expect(told).toBeGreaterThan(before);
    const journal = Journal.open({ folder, mode: 'demo' });
    expect(journal.durableSequence).toBeGreaterThanOrEqual(told);
    before = journal.durableSequence;
    journal.close();
    const report = verifyJournal({ folder, mode: 'demo' });
    expect([report.chain, report.duplicates, report.lostFills, report.problems]).toEqual(['ok', 0, 0, []]);
  }
  expect(before).toBeGreaterThan(700);
});
