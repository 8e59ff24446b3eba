/**
 * A small file beside the journal that says how far the journal had come. It is written after each durable commit,
 * so it is never ahead of the database; where it is ahead when the journal is opened, records are missing (a deleted
 * or cut write-ahead log, an older copy put back). After a power cut it may lag behind: that is no fault.
 *
 * Two slots are written in turn, so that a torn write leaves the other one whole.
 */

import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { genesisHash } from '../../shared/events/audit.ts';

/** The last durable record, and when it was written by the wall clock. */
export interface TailMark {
  readonly sequence: number;
  readonly hash: string;
  readonly wallMs: number;
}

const slotBytes = 128;
/** The mark reaches the disk by itself within seconds; this bounds how far it lags under load. */
const syncEveryMarks = 512;

function encode(mark: TailMark): string {
  const text = `${mark.sequence} ${mark.hash} ${mark.wallMs}`;
  return `${text} ${crc32(text)}`.padEnd(slotBytes - 1).concat('\n');
}

function decode(slot: string): TailMark | undefined {
  const match = /^((\d{1,16}) ([0-9a-f]{64}) (\d{1,16})) (\d+) *\n$/.exec(slot);
  if (match === null || crc32(match[1] as string) !== Number(match[5])) return undefined;
  return { sequence: Number(match[2]), hash: match[3] as string, wallMs: Number(match[4]) };
}

/** Gives the newest mark of a file, undefined when there is no file, or `broken` when no slot can be read. */
export function readTail(file: string): TailMark | 'broken' | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const first = decode(text.slice(0, slotBytes));
  const second = decode(text.slice(slotBytes, 2 * slotBytes));
  if (first === undefined || second === undefined) return first ?? second ?? 'broken';
  const secondIsNewer =
    second.sequence > first.sequence || (second.sequence === first.sequence && second.wallMs > first.wallMs);
  return secondIsNewer ? second : first;
}

/** Writes the marks of one journal. */
export class TailWriter {
  private readonly handle: number;
  private slot = 0;
  private marksSinceSync = 0;

  /** Makes the file anew, both slots holding `mark` (the genesis when the journal is empty). */
  constructor(file: string, mark: TailMark = { sequence: 0, hash: genesisHash, wallMs: 0 }) {
    // Opened without truncating: at every moment the file holds one whole mark.
    let handle: number;
    try {
      handle = openSync(file, 'r+');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      handle = openSync(file, 'wx+', 0o600);
    }
    this.handle = handle;
    this.write(mark);
    this.write(mark);
    fsyncSync(this.handle);
  }

  /** Notes that everything up to `mark` is durable. */
  write(mark: TailMark): void {
    writeSync(this.handle, encode(mark), this.slot * slotBytes, 'latin1');
    this.slot = 1 - this.slot;
    this.marksSinceSync += 1;
    if (this.marksSinceSync >= syncEveryMarks) {
      fsyncSync(this.handle);
      this.marksSinceSync = 0;
    }
  }

  close(): void {
    fsyncSync(this.handle);
    closeSync(this.handle);
  }
}
