/** What was repaired in the library and how to undo it: a list beside the data, and a copy of each series before. */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { candlePath } from '../../adapters/compute/candle-path.ts';
import { CandleStore } from '../../adapters/compute/candle-store.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { DataLibrary } from './data-library.ts';
import type { StoredSeries } from './series.ts';

const repairEntry = z.object({
  number: z.number().int(),
  kind: z.enum(['candles', 'marks']),
  venue: z.string(),
  symbol: z.string(),
  timeframeMs: z.number(),
  atMs: z.number(),
  /** Flat candles that were put into gaps, from and to included. */
  filled: z.array(z.object({ fromMs: z.number(), toMs: z.number(), bars: z.number() })),
  /** Open times of candles that were taken out. */
  dropped: z.array(z.number()),
  downloadedBars: z.number(),
  /** Name of the file that holds the series as it was, beside the mended one, where that was damaged: a copy could not be read. */
  damagedFile: z.string().optional(),
});
export type RepairEntry = z.infer<typeof repairEntry>;
/** What a repair did, before it has a number. */
export type RepairDone = Pick<RepairEntry, 'filled' | 'dropped' | 'downloadedBars'>;

type CandleSeries = StoredSeries & { readonly kind: 'candles' | 'marks' };

const nothingMended: RepairDone = { filled: [], dropped: [], downloadedBars: 0 };

export class RepairLog {
  readonly #library: DataLibrary;

  constructor(library: DataLibrary) {
    this.#library = library;
  }

  /** Repairs of a series that can be undone, oldest first. */
  of(series: StoredSeries): RepairEntry[] {
    return this.#read().filter(
      (entry) =>
        entry.kind === series.kind &&
        entry.venue === series.venue &&
        entry.symbol === series.symbol &&
        entry.timeframeMs === series.timeframeMs,
    );
  }

  /** Open times, rising, of the flat candles that repairs put into the gaps of a series. */
  filledTimesMs(series: StoredSeries): Float64Array {
    const times = new Set<number>();
    for (const { fromMs, toMs } of this.of(series).flatMap(({ filled }) => filled))
      for (let timeMs = fromMs; timeMs <= toMs; timeMs += series.timeframeMs) times.add(timeMs);
    return Float64Array.from(times).sort();
  }

  /** Copies a series, then notes what is about to be done to it. Gives the number of the copy. */
  async keep(series: CandleSeries, done: RepairDone, atMs: number): Promise<number> {
    const entries = this.#read();
    const number = Math.max(0, ...entries.map((entry) => entry.number)) + 1;
    const store = this.#library.store(series.kind);
    const backup = new CandleStore(this.#library.addon, this.#folder(number));
    const lastIsProvisional = store.info(series)?.lastIsProvisional ?? false;
    await backup.rewrite(series, store.read(series), { lastIsProvisional });
    await backup.close();
    const { kind, venue, symbol, timeframeMs } = series;
    this.#write([...entries, { number, kind, venue, symbol, timeframeMs, atMs, ...done }]);
    return number;
  }

  /** Notes that the damaged file of a series was set aside, so that `undo` puts it back. */
  keepDamaged({ kind, venue, symbol, timeframeMs }: CandleSeries, damagedFile: string, atMs: number): void {
    const entries = this.#read();
    const number = Math.max(0, ...entries.map((entry) => entry.number)) + 1;
    const target = { kind, venue, symbol, timeframeMs };
    // The name alone: a data folder may be moved.
    const entry = { number, ...target, atMs, ...nothingMended, damagedFile: basename(damagedFile) };
    this.#write([...entries, entry]);
  }

  /** Puts a series back as it was before its last repair, and gives that. Throws `ApiError` `not-found`. */
  async undo(series: CandleSeries): Promise<RepairEntry> {
    const last = this.of(series).at(-1);
    if (last === undefined) {
      throw new ApiError('not-found', 'there is no repair of this series to undo', { field: 'undo' });
    }
    if (last.damagedFile !== undefined) {
      await this.#putBack(series, last.damagedFile);
      this.#write(this.#read().filter(({ number }) => number !== last.number));
      return last;
    }
    const backup = new CandleStore(this.#library.addon, this.#folder(last.number));
    const rows = backup.read(series);
    const lastIsProvisional = backup.info(series)?.lastIsProvisional ?? false;
    await this.#library.store(series.kind).rewrite(series, rows, { lastIsProvisional });
    await backup.close();
    this.#write(this.#read().filter(({ number }) => number !== last.number));
    rmSync(this.#folder(last.number), { recursive: true, force: true });
    return last;
  }

  async #putBack(series: CandleSeries, name: string): Promise<void> {
    const folder = dirname(candlePath(this.#library.storeFolder(series.kind), series));
    const damagedFile = join(folder, basename(name));
    if (!existsSync(damagedFile)) {
      throw new ApiError('not-found', `${damagedFile}: the damaged file is no longer there to put back`, {
        field: 'undo',
      });
    }
    await this.#library.store(series.kind).putBack(series, damagedFile);
  }

  get #path(): string {
    return join(this.#library.folder, 'repairs.json');
  }

  #folder(number: number): string {
    return join(this.#library.folder, 'backups', String(number));
  }

  #read(): RepairEntry[] {
    if (!existsSync(this.#path)) return [];
    try {
      return z.array(repairEntry).parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      throw new ApiError('damaged', `${this.#path}: the list of repairs cannot be read`, {
        hint: 'Restore it from a backup, or move it away: repairs made so far can then not be undone.',
      });
    }
  }

  #write(entries: readonly RepairEntry[]): void {
    mkdirSync(this.#library.folder, { recursive: true });
    const fresh = `${this.#path}.${process.pid}.new`;
    writeFileSync(fresh, `${JSON.stringify(entries, null, 1)}\n`, { flush: true });
    renameSync(fresh, this.#path);
  }
}
