/** Funding rates of a data folder: one JSON file an instrument, with a check sum, replaced at once. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataFileError } from '../candle-files/data-file-error.ts';
import type { FundingTable } from './format.ts';

const extension = '.funding.json';

/** Whose rates. */
export interface FundingId {
  readonly venue: string;
  readonly symbol: string;
}

interface StoredFunding {
  readonly version: 1;
  readonly sha256: string;
  readonly timeMs: readonly number[];
  readonly rate: readonly number[];
}

/** Errors are `DataFileError` `damaged` for a file that cannot be trusted. */
export class FundingStore {
  readonly #folder: string;

  /** A store over `folder`, which need not exist yet. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The rates of an instrument, oldest first; undefined when nothing is stored. */
  read(id: FundingId): FundingTable | undefined {
    const path = this.#path(id);
    if (!existsSync(path)) return undefined;
    const stored = parse(readFileSync(path, 'utf8'));
    if (stored === undefined || stored.sha256 !== checkSum(stored)) {
      throw new DataFileError({
        code: 'damaged',
        path,
        reason: 'the stored funding rates are damaged',
        hint: 'Import them again, after removing the series.',
      });
    }
    const timeMs = Float64Array.from(stored.timeMs);
    return { length: timeMs.length, timeMs, rate: Float64Array.from(stored.rate), duplicates: 0 };
  }

  /** Puts rates where they belong by time; where both have one, the new one stands. Gives how many there are now. */
  merge(id: FundingId, table: FundingTable): number {
    const rates = new Map<number, number>();
    for (const source of [this.read(id), table]) {
      source?.timeMs.forEach((timeMs, row) => {
        rates.set(timeMs, source.rate[row] as number);
      });
    }
    const timeMs = [...rates.keys()].sort((left, right) => left - right);
    const rows = { timeMs, rate: timeMs.map((time) => rates.get(time) as number) };
    const path = this.#path(id);
    mkdirSync(dirname(path), { recursive: true });
    const fresh = `${path}.${process.pid}.new`;
    writeFileSync(fresh, JSON.stringify({ version: 1, sha256: checkSum(rows), ...rows }), { flush: true });
    renameSync(fresh, path);
    return timeMs.length;
  }

  /** All instruments with rates. */
  list(): FundingId[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name: venue }) =>
        readdirSync(join(this.#folder, venue))
          .filter((file) => file.endsWith(extension))
          .map((file) => ({
            venue: decodeURIComponent(venue),
            symbol: decodeURIComponent(file.slice(0, -extension.length)),
          })),
      );
  }

  /** Forgets an instrument's rates; false when there are none. */
  remove(id: FundingId): boolean {
    const path = this.#path(id);
    const isThere = existsSync(path);
    rmSync(path, { force: true });
    return isThere;
  }

  #path({ venue, symbol }: FundingId): string {
    // encodeURIComponent leaves dots alone; a name of dots only would lead out of the folder.
    const encode = (text: string): string => encodeURIComponent(text).replaceAll('.', '%2E');
    return join(this.#folder, encode(venue), `${encode(symbol)}${extension}`);
  }
}

function parse(text: string): StoredFunding | undefined {
  try {
    const value = JSON.parse(text) as StoredFunding;
    return value.version === 1 && Array.isArray(value.timeMs) && Array.isArray(value.rate)
      ? value
      : undefined;
  } catch {
    // Cut or overwritten: the caller says so.
    return undefined;
  }
}

function checkSum({ timeMs, rate }: Pick<StoredFunding, 'timeMs' | 'rate'>): string {
  return createHash('sha256')
    .update(JSON.stringify([timeMs, rate]))
    .digest('hex');
}
