/** Plain, gzip or zip text files as a stream of chunks, and chunks as lines; memory and line length are bounded. */

import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { DataFileError } from './data-file-error.ts';
import { unzipSingle } from './zip-file.ts';

/** A decompressed file may not be larger: beyond it is a mistake or a zip bomb. */
const sizeMaximumBytes = 16 * 1024 * 1024 * 1024;
const lineMaximumBytes = 8 * 1024 * 1024;
const lineFeed = 10;
const carriageReturn = 13;

/** Gives the first bytes of a file, to tell formats apart whatever the file is called. */
export async function readMagic(path: string): Promise<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(path, error);
  }
}

/** True for the first bytes of a gzip file. */
export function isGzip(magic: Buffer): boolean {
  return magic.length >= 2 && magic[0] === 0x1f && magic[1] === 0x8b;
}

/** Streams a plain, gzip or zip file. Throws `DataFileError` when it cannot be read to its end. */
export async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const magic = await readMagic(path);
  if (magic.toString('latin1') === 'PK\u0003\u0004') {
    yield unzipSingle(path, await readFile(path));
    return;
  }
  const gzip = isGzip(magic);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const source = gzip ? file.pipe(createGunzip({ chunkSize: 256 * 1024 })) : file;
  if (gzip) file.on('error', (error) => source.destroy(error));
  let sizeBytes = 0;
  try {
    for await (const chunk of source) {
      sizeBytes += (chunk as Buffer).length;
      if (sizeBytes > sizeMaximumBytes) {
        throw new DataFileError({
          code: 'too-large',
          path,
          reason: `unpacks to more than ${sizeMaximumBytes} bytes`,
          hint: 'Split the file.',
        });
      }
      yield chunk as Buffer;
    }
  } catch (error) {
    throw fileError(path, error);
  } finally {
    file.destroy();
    source.destroy();
  }
}

/** Cuts chunks into lines. Each line is given without its line end; an unfinished last line comes from `rest`. */
export class LineSplitter {
  readonly #path: string;
  #carry: Buffer | undefined;
  /** Number of the line given last; the first is 1. */
  lineNumber = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Calls back with every line that the chunk completes. */
  push(chunk: Buffer, onLine: (line: string) => void): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, start);
      if (end < 0) break;
      let piece = chunk.subarray(start, end);
      if (this.#carry !== undefined) {
        piece = Buffer.concat([this.#carry, piece]);
        this.#carry = undefined;
      }
      start = end + 1;
      this.#give(piece, onLine);
    }
    if (start < chunk.length) {
      const rest = chunk.subarray(start);
      this.#carry = this.#carry === undefined ? Buffer.from(rest) : Buffer.concat([this.#carry, rest]);
      if (this.#carry.length > lineMaximumBytes) throw this.#tooLong();
    }
  }

  /** Gives the last line when the file does not end with a line end. */
  finish(onLine: (line: string) => void): void {
    const rest = this.#carry;
    this.#carry = undefined;
    if (rest !== undefined && rest.length > 0) this.#give(rest, onLine);
  }

  #give(piece: Buffer, onLine: (line: string) => void): void {
    this.lineNumber += 1;
    if (piece.length > lineMaximumBytes) throw this.#tooLong();
    const end =
      piece.length > 0 && piece[piece.length - 1] === carriageReturn ? piece.length - 1 : piece.length;
    onLine(piece.toString('utf8', 0, end));
  }

  #tooLong(): DataFileError {
    return new DataFileError({
      code: 'too-large',
      path: this.#path,
      line: this.lineNumber + 1,
      reason: `a line is longer than ${lineMaximumBytes} bytes`,
      hint: 'Check that this is a text file with one record a line.',
    });
  }
}

/** Gives the `DataFileError` for what a file system or unpacker threw. */
export function fileError(path: string, error: unknown): Error {
  if (error instanceof DataFileError) return error;
  const code = (error as NodeJS.ErrnoException)?.code;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOENT') {
    return new DataFileError({
      code: 'not-found',
      path,
      reason: 'there is no such file',
      hint: 'Check the path.',
    });
  }
  if (code === 'EISDIR') {
    return new DataFileError({
      code: 'not-readable',
      path,
      reason: 'it is a folder, not a file',
      hint: 'Name a file in it.',
    });
  }
  if (code === 'Z_BUF_ERROR') {
    return new DataFileError({
      code: 'truncated',
      path,
      reason: 'the gzip data ends too early',
      hint: 'Copy or download the file again.',
    });
  }
  if (code?.startsWith('Z_') === true) {
    return new DataFileError({
      code: 'damaged',
      path,
      reason: `the gzip data is damaged (${message})`,
      hint: 'Copy or download the file again.',
    });
  }
  if (code !== undefined) {
    return new DataFileError({
      code: 'not-readable',
      path,
      reason: message,
      hint: 'Check the permissions of the file.',
    });
  }
  return error instanceof Error ? error : new Error(message);
}

/** Reads a whole text file, unpacked. Throws `DataFileError`, also for one larger than `bytesMaximum`. */
export async function readWholeText(path: string, bytesMaximum: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readChunks(path)) {
    bytes += chunk.length;
    if (bytes > bytesMaximum) {
      throw new DataFileError({
        code: 'too-large',
        path,
        reason: `unpacks to more than ${bytesMaximum} bytes, which this format must hold in memory`,
        hint: 'Split the file, or convert it to CSV.',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads the beginning of a text file, unpacked; fewer bytes where it is shorter. Throws `DataFileError`. */
export async function readTextHead(path: string, bytesWanted: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readChunks(path)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesWanted) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesWanted);
}
