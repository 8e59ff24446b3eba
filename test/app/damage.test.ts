/** Goal: damaged or missing data stops the start with code `damaged`, and nothing empty takes its place. */

import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTerminal, temporaryFolder } from './terminal-harness.ts';

async function lived(): Promise<ReturnType<typeof temporaryFolder>> {
  const folder = temporaryFolder();
  const terminal = await startTerminal(folder.path, { demoBots: 'running', simulateForMs: 300_000 });
  await terminal.ended;
  await terminal.stop('test');
  return folder;
}

const cases: readonly (readonly [string, (folder: string) => void])[] = [
  ['a cut journal', (folder) => truncateSync(join(folder, 'demo.sqlite'), 40_000)],
  ['a missing journal', (folder) => rmSync(join(folder, 'demo.sqlite'))],
  [
    'a journal full of rubbish',
    (folder) => writeFileSync(join(folder, 'demo.sqlite'), Buffer.alloc(65_536, 7)),
  ],
  ['missing venue books', (folder) => rmSync(join(folder, 'demo-venues.sqlite'))],
  [
    'a corrupt candle file',
    (folder) => {
      const venue = join(folder, 'candles', 'demo', 'sim-a');
      const file = join(venue, readdirSync(venue)[0] ?? '');
      const bytes = readFileSync(file);
      for (let index = 0; index < Math.min(bytes.length, 4096); index += 1)
        bytes[index] = (bytes[index] ?? 0) ^ 0xff;
      writeFileSync(file, bytes);
    },
  ],
];

describe('damaged data', () => {
  it.each(cases)('%s is told, and left as it is', async (_name, damage) => {
    const folder = await lived();
    try {
      damage(folder.path);
      const journal = join(folder.path, 'demo.sqlite');
      const before = existsSync(journal) ? readFileSync(journal) : undefined;
      await expect(startTerminal(folder.path, { seed: undefined })).rejects.toMatchObject({
        code: 'damaged',
      });
      if (before === undefined) expect(existsSync(journal)).toBe(false);
      else expect(statSync(journal).size).toBe(before.length);
    } finally {
      folder.remove();
    }
  });

  it('another file in the folder does not matter', async () => {
    const folder = await lived();
    try {
      appendFileSync(join(folder.path, 'note.txt'), 'hello');
      const terminal = await startTerminal(folder.path, { seed: undefined });
      await terminal.stop('test');
    } finally {
      folder.remove();
    }
  });
});
