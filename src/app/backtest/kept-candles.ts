/**
 * Candles of recent runs, so that thousands of trials and a report's charts do not read them again. What changed on disk
 * since it was read is read again.
 */

import { stat } from 'node:fs/promises';
import {
  type FileReader,
  readSourceFile,
  type SourceCandles,
  type StoredSource,
  type StoreReader,
} from './load-series.ts';
import { storedCandles, storedCandlesStamp } from './stored-candles.ts';

/** Sources kept at a time; a year of minutes is 25 MB. */
const keptMaximum = 4;

interface Kept {
  readonly stamp: string;
  readonly candles: Promise<SourceCandles>;
}

export class KeptCandles {
  /** Reads stored candles; undefined without a data folder. */
  readonly readStored: StoreReader | undefined;
  /** By source, the one used last at the end. */
  readonly #kept = new Map<string, Kept>();

  constructor(dataFolder: string | undefined) {
    if (dataFolder === undefined) return;
    const read = storedCandles(dataFolder);
    const kept = (source: StoredSource): Promise<SourceCandles> =>
      this.#take(JSON.stringify(source), storedCandlesStamp(dataFolder, source), () => read(source));
    this.readStored = Object.assign(kept, { marks: read.marks, funding: read.funding });
  }

  /** Reads candles of a file. Throws `DataFileError`. */
  readonly readFile: FileReader = async (path) =>
    this.#take(`file ${path}`, await fileStamp(path), () => readSourceFile(path));

  #take(key: string, stamp: string, read: () => Promise<SourceCandles>): Promise<SourceCandles> {
    const known = this.#kept.get(key);
    const found = known?.stamp === stamp ? known : { stamp, candles: read() };
    this.#kept.delete(key);
    this.#kept.set(key, found);
    // A failure is told once and tried again the next time.
    if (found !== known) {
      found.candles.catch(() => {
        if (this.#kept.get(key) === found) this.#kept.delete(key);
      });
    }
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= keptMaximum) break;
      this.#kept.delete(oldest);
    }
    return found.candles;
  }
}

/** Changes with the file's content; empty for a file that is not there: whoever reads it says so. */
async function fileStamp(path: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return '';
  }
}
