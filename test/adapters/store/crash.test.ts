/**
 * A crash of the machine at any moment: the database as it was at the last checkpoint of the write-ahead log plus any
 * prefix of the log, cut at every frame and in the middle of every frame. What opens must be exactly one of the
 * committed states; what is durable must be there, or its loss be told.
 */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Journal } from '../../../src/adapters/store/journal.ts';
import { StoreError } from '../../../src/adapters/store/store-error.ts';
import { verifyJournal } from '../../../src/adapters/store/verify.ts';
import { Chain, dataFolder, instrumentOf, soundHistory } from './fixtures.ts';

const names = ['demo.sqlite', 'demo.sqlite-wal', 'demo.tail'] as const;
const walHeaderBytes = 32;
const frameBytes = 24 + 4096;

function copyWorld(from: string, to: string, without: readonly string[] = []): void {
  mkdirSync(to, { recursive: true });
  for (const name of names) {
    rmSync(join(to, name), { force: true });
    if (!without.includes(name) && existsSync(join(from, name)))
      copyFileSync(join(from, name), join(to, name));
  }
  rmSync(join(to, 'demo.sqlite-shm'), { force: true });
}

/** Opens a copy; gives how many records it holds, or the reason why it does not open. */
function openCopy(folder: string): number | string {
  try {
    const journal = Journal.open({ folder, mode: 'demo' });
    const { durableSequence } = journal;
    expect(journal.load().lastSequence).toBe(durableSequence);
    journal.close();
    const report = verifyJournal({ folder, mode: 'demo' });
    expect(report.problems).toEqual([]);
    expect(report.records).toBe(durableSequence);
    return durableSequence;
  } catch (error) {
    if (error instanceof StoreError) return error.reason;
    throw error;
  }
}

describe('crash safety', () => {
  /** Copies taken while the journal was open, one after each commit. */
  const states: { readonly folder: string; readonly sequence: number; readonly walBytes: number }[] = [];
  let root = '';

  beforeAll(() => {
    root = join(process.env['TMPDIR'] ?? '/tmp', `sextant-crash-${process.pid}`);
    const folder = join(root, 'live');
    const journal = Journal.open({ folder, mode: 'demo' });
    journal.saveInstruments([instrumentOf()]);
    const chain = new Chain();
    const take = (): void => {
      const copy = join(root, `state-${states.length}`);
      copyWorld(folder, copy);
      states.push({
        folder: copy,
        sequence: journal.durableSequence,
        walBytes: readFileSync(join(copy, 'demo.sqlite-wal')).length,
      });
    };
    take();
    for (const checkpoint of soundHistory(chain)) {
      journal.commit(checkpoint);
      take();
    }
    journal.close();
    return () => rmSync(root, { recursive: true, force: true });
  });

  test('killed at each commit boundary: every durable record is there', () => {
    expect(states.map(({ sequence }) => sequence)).toEqual([0, 5, 7, 8, 11, 15]);
    for (const { folder, sequence } of states) {
      const copy = dataFolder();
      copyWorld(folder, copy);
      expect(openCopy(copy)).toBe(sequence);
    }
  });

  test('power cut: the log cut at every frame and in the middle of each gives a committed state', () => {
    const last = states.at(-1) as (typeof states)[number];
    const frames = Math.floor((last.walBytes - walHeaderBytes) / frameBytes);
    expect(frames).toBeGreaterThan(20);
    const copy = dataFolder();
    const seen = new Set<number>();
    const [first] = states as [(typeof states)[number]];
    for (let frame = 0; frame <= frames; frame += 1) {
      // Before the first state the schema was being made: the cuts at frame boundaries are enough there.
      const early = walHeaderBytes + frame * frameBytes < first.walBytes;
      for (const extra of early ? [0] : [0, 24, 2000]) {
        const bytes = walHeaderBytes + frame * frameBytes + extra;
        if (bytes > last.walBytes) continue;
        // The side file is never ahead of what was synced: here it is as old as the empty journal.
        copyWorld(last.folder, copy, ['demo.tail']);
        copyFileSync(join(first.folder, 'demo.tail'), join(copy, 'demo.tail'));
        truncateSync(join(copy, 'demo.sqlite-wal'), bytes);
        const expected = states.filter(({ walBytes }) => walBytes <= bytes).at(-1)?.sequence ?? 0;
        expect([bytes, openCopy(copy)]).toEqual([bytes, expected]);
        seen.add(expected);
      }
    }
    expect([...seen]).toEqual([0, 5, 7, 8, 11, 15]);
  });

  test('the log cut although its records were durable: told at the start, never silent', () => {
    const last = states.at(-1) as (typeof states)[number];
    const copy = dataFolder();
    for (const { walBytes, sequence } of states.slice(0, -1)) {
      copyWorld(last.folder, copy);
      truncateSync(join(copy, 'demo.sqlite-wal'), walBytes);
      expect([sequence, openCopy(copy)]).toEqual([sequence, 'damaged']);
    }
    copyWorld(last.folder, copy, ['demo.sqlite-wal']);
    expect(openCopy(copy)).toBe('damaged');
  });

  const lost: [name: string, attack: (folder: string) => void][] = [
    ['the database deleted, its log left', (folder) => rmSync(join(folder, 'demo.sqlite'))],
    [
      'database and log deleted',
      (folder) => {
        rmSync(join(folder, 'demo.sqlite'));
        rmSync(join(folder, 'demo.sqlite-wal'));
      },
    ],
    [
      'the database emptied',
      (folder) => {
        writeFileSync(join(folder, 'demo.sqlite'), '');
        rmSync(join(folder, 'demo.sqlite-wal'));
      },
    ],
    [
      'the database replaced by text',
      (folder) => {
        writeFileSync(join(folder, 'demo.sqlite'), 'x'.repeat(8192));
        rmSync(join(folder, 'demo.sqlite-wal'));
      },
    ],
    ['the side file overwritten', (folder) => writeFileSync(join(folder, 'demo.tail'), 'x'.repeat(256))],
  ];

  test.each(lost)('%s: refused, and nothing is created in its place', (_name, attack) => {
    const last = states.at(-1) as (typeof states)[number];
    const copy = dataFolder();
    copyWorld(last.folder, copy);
    attack(copy);
    const contents = (): (Buffer | undefined)[] =>
      names.map((name) => (existsSync(join(copy, name)) ? readFileSync(join(copy, name)) : undefined));
    const before = contents();
    expect(openCopy(copy)).toBe('damaged');
    expect(contents()).toEqual(before);
  });

  test('a closed database cut in half or with any page overwritten never opens as if it were whole', () => {
    const source = dataFolder();
    const journal = Journal.open({ folder: source, mode: 'demo' });
    journal.saveInstruments([instrumentOf()]);
    for (const checkpoint of soundHistory(new Chain())) journal.commit(checkpoint);
    journal.close();
    const whole = readFileSync(join(source, 'demo.sqlite'));
    const copy = dataFolder();
    const attempt = (bytes: Buffer): number | string => {
      copyWorld(source, copy);
      writeFileSync(join(copy, 'demo.sqlite'), bytes);
      rmSync(join(copy, 'demo.sqlite-wal'), { force: true });
      return openCopy(copy);
    };
    expect(attempt(whole)).toBe(15);
    expect(attempt(whole.subarray(0, Math.floor(whole.length / 8192) * 4096))).toBe('damaged');
    expect(attempt(whole.subarray(0, whole.length - 100))).toBe('damaged');
    let noticed = 0;
    for (let page = 0; page < whole.length / 4096; page += 1) {
      const bytes = Buffer.from(whole);
      bytes.fill(0xa5, page * 4096, (page + 1) * 4096);
      if (attempt(bytes) === 'damaged') noticed += 1;
    }
    expect(noticed).toBe(whole.length / 4096);
  });

  test("yesterday's copy is refused until its owner says it is meant", () => {
    const last = states.at(-1) as (typeof states)[number];
    const old = states[2] as (typeof states)[number];
    const copy = dataFolder();
    copyWorld(old.folder, copy);
    copyFileSync(join(last.folder, 'demo.tail'), join(copy, 'demo.tail'));
    expect(() => Journal.open({ folder: copy, mode: 'demo' })).toThrow(
      'demo.sqlite ends at record 7, but record 15 was durable: 8 records are missing',
    );
    rmSync(join(copy, 'demo.tail'));
    expect(openCopy(copy)).toBe(7);
  });
});
