/**
 * A text file read once and kept so that its lines can be taken synchronously: in memory while small, in a private
 * temporary file when large. A virtual-time source must answer at once, and Node unpacks gzip only asynchronously.
 */

import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineSplitter, readChunks } from '../../candle-files/text-file.ts';

export interface LineSpoolOptions {
  /** Most bytes kept in memory; the rest goes to a temporary file. */
  readonly memoryMaximumBytes?: number;
  /** Sees every line while the file is read. */
  readonly onLine?: (line: string, lineNumber: number) => void;
}

const memoryMaximumDefaultBytes = 64 * 1024 * 1024;
const readBytes = 256 * 1024;

/** The lines of a file, in order, on demand. Call `close` when done. */
export class LineSpool {
  readonly #splitter: LineSplitter;
  #chunks: Buffer[] = [];
  #chunkIndex = 0;
  #spoolFile: number | undefined;
  #spoolFolder: string | undefined;
  #readBuffer: Buffer | undefined;
  #ready: string[] = [];
  #readyIndex = 0;
  #ended = false;

  private constructor(path: string) {
    this.#splitter = new LineSplitter(path);
  }

  /** Reads the whole file once. Throws `DataFileError` when it is missing, damaged or cut. */
  static async open(path: string, options: LineSpoolOptions = {}): Promise<LineSpool> {
    const spool = new LineSpool(path);
    const memoryMaximumBytes = options.memoryMaximumBytes ?? memoryMaximumDefaultBytes;
    const watcher = new LineSplitter(path);
    const onLine = options.onLine;
    const watch = (line: string) => onLine?.(line, watcher.lineNumber);
    let keptBytes = 0;
    try {
      for await (const chunk of readChunks(path)) {
        if (onLine !== undefined) watcher.push(chunk, watch);
        keptBytes += chunk.length;
        if (spool.#spoolFile === undefined && keptBytes > memoryMaximumBytes) spool.#startFile();
        spool.#keep(chunk);
      }
      if (onLine !== undefined) watcher.finish(watch);
    } catch (error) {
      spool.close();
      throw error;
    }
    return spool;
  }

  /** Number of the line given last by `next`. */
  lineNumber = 0;

  /** Gives the next line, undefined at the end. */
  next(): string | undefined {
    while (this.#readyIndex >= this.#ready.length) {
      if (this.#ended) return undefined;
      this.#ready = [];
      this.#readyIndex = 0;
      const push = (line: string) => this.#ready.push(line);
      const chunk = this.#nextChunk();
      if (chunk !== undefined) {
        this.#splitter.push(chunk, push);
      } else {
        this.#ended = true;
        this.#splitter.finish(push);
      }
    }
    this.lineNumber += 1;
    const line = this.#ready[this.#readyIndex] as string;
    this.#readyIndex += 1;
    return line;
  }

  /** Frees the memory or removes the temporary file. */
  close(): void {
    this.#chunks = [];
    this.#ready = [];
    this.#readyIndex = 0;
    this.#ended = true;
    if (this.#spoolFile !== undefined) closeSync(this.#spoolFile);
    if (this.#spoolFolder !== undefined) rmSync(this.#spoolFolder, { recursive: true, force: true });
    this.#spoolFile = undefined;
    this.#spoolFolder = undefined;
  }

  #startFile(): void {
    this.#spoolFolder = mkdtempSync(join(tmpdir(), 'sextant-replay-'));
    this.#spoolFile = openSync(join(this.#spoolFolder, 'lines'), 'wx+', 0o600);
    for (const chunk of this.#chunks) writeAll(this.#spoolFile, chunk);
    this.#chunks = [];
  }

  #keep(chunk: Buffer): void {
    if (this.#spoolFile === undefined) this.#chunks.push(chunk);
    else writeAll(this.#spoolFile, chunk);
  }

  #spoolPosition = 0;

  #nextChunk(): Buffer | undefined {
    if (this.#spoolFile === undefined) {
      const chunk = this.#chunks[this.#chunkIndex];
      if (chunk === undefined) return undefined;
      this.#chunks[this.#chunkIndex] = Buffer.alloc(0);
      this.#chunkIndex += 1;
      return chunk;
    }
    this.#readBuffer ??= Buffer.alloc(readBytes);
    const read = readSync(this.#spoolFile, this.#readBuffer, 0, readBytes, this.#spoolPosition);
    this.#spoolPosition += read;
    return read === 0 ? undefined : this.#readBuffer.subarray(0, read);
  }
}

function writeAll(file: number, chunk: Buffer): void {
  for (let written = 0; written < chunk.length; ) written += writeSync(file, chunk, written);
}
