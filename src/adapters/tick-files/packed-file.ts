/**
 * Reads and writes files of packed columns, byte for byte as `native/crates/core/src/l2/file.rs` does: a header of 4096
 * bytes with a check sum, then blocks of 65,536 rows, each column with a check sum of its own.
 */

import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { tickKinds } from '../../shared/domain/tick-kinds.ts';
import { DataFileError } from '../candle-files/data-file-error.ts';
import type { Step } from './decimal-step.ts';
import { allocateTicks, kindAt, type TickColumns } from './tick-columns.ts';

const magic = 'SXL2EVNT';
const version = 1;
const headerBytes = 4096;
const rowsPerBlock = 65_536;
const symbolBytesMaximum = 512;
/** Times of 8, 8 bytes, price of 4, size of 8. */
const columnBytes = [8, 8, 4, 8] as const;
const columnTitles = ['exchange time', 'receive time', 'price', 'size'] as const;
const trailerBytes = 16;
const kindsMaximum = 6;

/** Told the part that is done, 0 to 1; aborted by `signal`. */
export interface FileWatch {
  readonly onProgress?: ((fraction: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What an import counted, kept in the header. */
export interface TickCounts {
  readonly lines: number;
  readonly skipped: number;
  readonly dropped: number;
  readonly snapshots: number;
  readonly gaps: number;
}

/** Reads a whole file and compares every check sum. Throws `DataFileError` `damaged` naming the rows. */
export async function readPackedFile(path: string, watch: FileWatch = {}): Promise<TickColumns> {
  const file = await open(path);
  try {
    const header = await readBytes(file, path, 0, headerBytes);
    const isOurs = header.toString('latin1', 0, 8) === magic && header.readUInt32LE(8) === version;
    if (!isOurs || header.readUInt32LE(headerBytes - 4) !== crc32(header.subarray(0, -4)))
      throw damaged(path, 'the header is not one that this program writes');
    const rows = Number(header.readBigUInt64LE(16));
    const step = (at: number): Step => ({
      mantissa: Number(header.readBigInt64LE(at)),
      decimals: header.readUInt32LE(at + 8),
    });
    const columns = allocateTicks(rows, step(24), step(36));
    await readBlocks(file, path, columns, watch);
    return columns;
  } finally {
    await file.close();
  }
}

async function readBlocks(
  file: FileHandle,
  path: string,
  columns: TickColumns,
  { onProgress, signal }: FileWatch,
): Promise<void> {
  const rows = columns.packed.length;
  let at = headerBytes;
  for (let first = 0; first < rows; first += rowsPerBlock) {
    signal?.throwIfAborted();
    const count = Math.min(rowsPerBlock, rows - first);
    const bytes = count * 28 + trailerBytes;
    const block = await readBytes(file, path, at, bytes);
    at += bytes;
    let from = 0;
    for (const [index, target] of bytesOf(columns, first, first + count).entries()) {
      const column = block.subarray(from, from + target.length);
      if (crc32(column) !== block.readUInt32LE(count * 28 + index * 4)) {
        const last = first + count - 1;
        throw damaged(path, `rows ${first} to ${last}: the check sum of ${columnTitles[index]} is wrong`);
      }
      target.set(column);
      from += target.length;
    }
    for (let row = first; row < first + count; row += 1)
      if (kindAt(columns, row) > kindsMaximum) throw damaged(path, `row ${row} is of no known kind`);
    onProgress?.((first + count) / rows);
  }
}

/** Replaces a file by these rows; it is as it was when that fails. */
export async function writePackedFile(
  path: string,
  symbol: string,
  columns: TickColumns,
  counts: TickCounts,
  { onProgress, signal }: FileWatch = {},
): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    const file = await open(part, 'w');
    try {
      await file.writeFile(headerOf(symbol, columns, counts));
      const rows = columns.packed.length;
      for (let first = 0; first < rows; first += rowsPerBlock) {
        signal?.throwIfAborted();
        const end = Math.min(rows, first + rowsPerBlock);
        const parts = bytesOf(columns, first, end);
        const trailer = Buffer.alloc(trailerBytes);
        parts.forEach((bytes, index) => {
          trailer.writeUInt32LE(crc32(bytes), index * 4);
        });
        for (const bytes of [...parts, trailer]) await file.writeFile(bytes);
        onProgress?.(end / rows);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** The bytes of each column between two rows; machines this runs on are little-endian, as the file is. */
function bytesOf(columns: TickColumns, from: number, to: number): Buffer[] {
  const { exchangeNs, receiveNs, priceTicks, packed } = columns;
  return [exchangeNs, receiveNs, priceTicks, packed].map((column, index) => {
    const bytes = columnBytes[index] as number;
    return Buffer.from(column.buffer, column.byteOffset + from * bytes, (to - from) * bytes);
  });
}

function headerOf(symbol: string, columns: TickColumns, counts: TickCounts): Buffer {
  const { exchangeNs, receiveNs, priceTicks, tick, lot } = columns;
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  let at = header.writeUInt32LE(version, 8);
  at = header.writeUInt32LE(rowsPerBlock, at);
  at = header.writeBigUInt64LE(BigInt(exchangeNs.length), at);
  for (const { mantissa, decimals } of [tick, lot]) {
    at = header.writeBigInt64LE(BigInt(mantissa), at);
    at = header.writeUInt32LE(decimals, at);
  }
  let trades = 0;
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < priceTicks.length; row += 1) {
    const kind = kindAt(columns, row);
    if (kind === tickKinds.buyTrade || kind === tickKinds.sellTrade) trades += 1;
    if (kind >= tickKinds.bidClear) continue;
    lowest = Math.min(lowest, priceTicks[row] as number);
    highest = Math.max(highest, priceTicks[row] as number);
  }
  const { lines, skipped, dropped, snapshots, gaps } = counts;
  for (const count of [lines, skipped, dropped, snapshots, gaps, trades])
    at = header.writeBigUInt64LE(BigInt(count), at);
  // Clocks were set right when the events were taken in.
  for (const time of [0n, ...rangeOf(receiveNs), ...rangeOf(exchangeNs)])
    at = header.writeBigInt64LE(time, at);
  at = header.writeInt32LE(Number.isFinite(lowest) ? lowest : 0, at);
  at = header.writeInt32LE(Number.isFinite(highest) ? highest : 0, at);
  const name = Buffer.from(symbol).subarray(0, symbolBytesMaximum);
  at = header.writeUInt32LE(name.length, at);
  name.copy(header, at);
  header.writeUInt32LE(crc32(header.subarray(0, -4)), headerBytes - 4);
  return header;
}

function rangeOf(times: BigInt64Array): [bigint, bigint] {
  let [least, most] = [times[0] ?? 0n, times[0] ?? 0n];
  for (const time of times) {
    if (time < least) least = time;
    if (time > most) most = time;
  }
  return [least, most];
}

async function readBytes(file: FileHandle, path: string, at: number, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count);
  const { bytesRead } = await file.read(bytes, 0, count, at);
  if (bytesRead === count) return bytes;
  throw damaged(path, `the file ends at byte ${at + bytesRead}`);
}

function damaged(path: string, reason: string): DataFileError {
  return new DataFileError({ code: 'damaged', path, reason, hint: 'Remove the series and import it again.' });
}
