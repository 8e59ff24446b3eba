/** What was repaired in the library and how to undo it: a list beside the data, and copies of each series before and after. */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { type CandleColumns, mergeColumns } from '../../adapters/compute/candle-columns.ts';
import { candlePath } from '../../adapters/compute/candle-path.ts';
import { CandleStore } from '../../adapters/compute/candle-store.ts';
import { ApiError } from '../../shared/api/result.ts';
import { addedRows } from './added-rows.ts';
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

function nextNumber(entries: readonly RepairEntry[]): number {
  return Math.max(0, ...entries.map((entry) => entry.number)) + 1;
}

function refusedByRows({ openTimeMs }: CandleColumns, damagedFile: string): ApiError {
  const [from, to] = [openTimeMs[0], openTimeMs.at(-1)].map((timeMs) => new Date(timeMs ?? 0).toISOString());
  return new ApiError(
    'refused',
    `undo: ${openTimeMs.length} candles were added or replaced since the repair (${from} to ${to}); the damaged file would lose them`,
    { field: 'undo', hint: `Nothing was changed. The damaged file is ${damagedFile}.` },
  );
}

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

  /** Keeps copies of a series as it is and as a repair makes it (`rows`), then notes what is about to be done to it. */
  async keep(series: CandleSeries, done: RepairDone, rows: CandleColumns, atMs: number): Promise<void> {
    const entries = this.#read();
    const number = nextNumber(entries);
    const store = this.#library.store(series.kind);
    const lastIsProvisional = store.info(series)?.lastIsProvisional ?? false;
    await this.#copy(this.#folder(number), series, store.read(series), lastIsProvisional);
    await this.#copy(this.#after(number), series, rows, lastIsProvisional);
    const { kind, venue, symbol, timeframeMs } = series;
    this.#write([...entries, { number, kind, venue, symbol, timeframeMs, atMs, ...done }]);
  }

  /** Notes that the damaged file of a series was set aside, so that `undo` puts it back; keeps a copy of what was saved of it. */
  async keepDamaged(series: CandleSeries, damagedFile: string, atMs: number): Promise<void> {
    const { kind, venue, symbol, timeframeMs } = series;
    const entries = this.#read();
    const number = nextNumber(entries);
    await this.#copy(this.#after(number), series, this.#library.store(kind).read(series), false);
    const target = { kind, venue, symbol, timeframeMs };
    // The name alone: a data folder may be moved.
    const entry = { number, ...target, atMs, ...nothingMended, damagedFile: basename(damagedFile) };
    this.#write([...entries, entry]);
  }

  /**
   * Puts a series back as it was before its last repair and keeps what came into it since. Throws `ApiError` `not-found`, and
   * `refused` where the damaged file, which takes nothing in, would have to stand in place of new rows.
   */
  async undo(series: CandleSeries): Promise<{ readonly entry: RepairEntry; readonly keptBars: number }> {
    const last = this.of(series).at(-1);
    if (last === undefined) {
      throw new ApiError('not-found', 'there is no repair of this series to undo', { field: 'undo' });
    }
    const store = this.#library.store(series.kind);
    const added = await this.#addedSince(series, last.number);
    const keptBars = added.openTimeMs.length;
    if (last.damagedFile !== undefined) {
      if (keptBars > 0) throw refusedByRows(added, this.#pathBeside(series, last.damagedFile));
      await this.#putBack(series, last.damagedFile);
    } else {
      const backup = new CandleStore(this.#library.addon, this.#folder(last.number));
      const rows = mergeColumns(backup.read(series), added);
      const facts = [backup.info(series), store.info(series)];
      await backup.close();
      // The flag belongs to the row that is the last one, wherever that is.
      const holder = facts.findLast((info) => info?.lastMs === rows.openTimeMs.at(-1));
      await store.rewrite(series, rows, { lastIsProvisional: holder?.lastIsProvisional ?? false });
    }
    this.#write(this.#read().filter(({ number }) => number !== last.number));
    rmSync(this.#folder(last.number), { recursive: true, force: true });
    return { entry: last, keptBars };
  }

  /** Rows that came into a series since a repair, or were replaced. */
  async #addedSince(series: CandleSeries, number: number): Promise<CandleColumns> {
    const after = new CandleStore(this.#library.addon, this.#after(number));
    try {
      if (after.info(series) === undefined) {
        throw new ApiError(
          'refused',
          'an earlier version made this repair: what was added since is not known',
          {
            field: 'undo',
            hint: `Nothing was changed. What it kept lies in ${this.#folder(number)}.`,
          },
        );
      }
      return addedRows(after.read(series), this.#library.store(series.kind).read(series));
    } finally {
      await after.close();
    }
  }

  async #copy(
    folder: string,
    series: CandleSeries,
    rows: CandleColumns,
    lastIsProvisional: boolean,
  ): Promise<void> {
    const copy = new CandleStore(this.#library.addon, folder);
    await copy.rewrite(series, rows, { lastIsProvisional });
    await copy.close();
  }

  async #putBack(series: CandleSeries, name: string): Promise<void> {
    const damagedFile = this.#pathBeside(series, name);
    if (!existsSync(damagedFile)) {
      throw new ApiError('not-found', `${damagedFile}: the damaged file is no longer there to put back`, {
        field: 'undo',
      });
    }
    await this.#library.store(series.kind).putBack(series, damagedFile);
  }

  #pathBeside(series: CandleSeries, name: string): string {
    return join(dirname(candlePath(this.#library.storeFolder(series.kind), series)), basename(name));
  }

  /** Where the series lies as a repair left it. */
  #after(number: number): string {
    return join(this.#folder(number), 'after');
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
