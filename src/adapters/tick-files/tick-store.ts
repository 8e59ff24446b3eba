/** Trades and order book recordings of a data folder: a file of packed columns an instrument, replaced at once. */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NativeAddon } from '../compute/addon.ts';
import { decodeSegment, encodeSegment } from '../compute/candle-path.ts';
import { type L2Info, l2Info } from '../compute/l2.ts';
import { type FileWatch, readPackedFile, type TickCounts, writePackedFile } from './packed-file.ts';
import type { TickColumns } from './tick-columns.ts';

const extension = '.ticks';

/** Whose. */
export interface TickId {
  readonly venue: string;
  readonly symbol: string;
}

export class TickStore {
  readonly #addon: NativeAddon;
  readonly #folder: string;

  /** A store over `folder`, which need not exist yet. */
  constructor(addon: NativeAddon, folder: string) {
    this.#addon = addon;
    this.#folder = folder;
  }

  /** Where a series lies, whether it is there or not. */
  path({ venue, symbol }: TickId): string {
    return join(
      this.#folder,
      encodeSegment('venue', venue),
      `${encodeSegment('symbol', symbol)}${extension}`,
    );
  }

  /** All series. */
  list(): TickId[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const venue = decodeSegment(name);
        const files = readdirSync(join(this.#folder, name)).filter((file) => file.endsWith(extension));
        const symbols = files.map((file) => decodeSegment(file.slice(0, -extension.length)));
        return symbols.flatMap((symbol) =>
          venue === undefined || symbol === undefined ? [] : [{ venue, symbol }],
        );
      });
  }

  /** Facts of the header; undefined when nothing is stored. Throws `ComputeError` for a file that cannot be trusted. */
  info(id: TickId): L2Info | undefined {
    const path = this.path(id);
    return existsSync(path) ? l2Info(this.#addon, path) : undefined;
  }

  /** All rows; undefined when nothing is stored. Throws `DataFileError` `damaged`. */
  async read(id: TickId, watch: FileWatch = {}): Promise<TickColumns | undefined> {
    const path = this.path(id);
    return existsSync(path) ? readPackedFile(path, watch) : undefined;
  }

  /** Replaces a series; nothing has changed when that fails. */
  async write(id: TickId, columns: TickColumns, counts: TickCounts, watch: FileWatch = {}): Promise<void> {
    const path = this.path(id);
    mkdirSync(dirname(path), { recursive: true });
    await writePackedFile(path, id.symbol, columns, counts, watch);
  }

  /** Takes a finished file as the series. */
  adopt(id: TickId, from: string): void {
    const path = this.path(id);
    mkdirSync(dirname(path), { recursive: true });
    renameSync(from, path);
  }

  /** Forgets a series; false when there is none. */
  remove(id: TickId): boolean {
    const path = this.path(id);
    const isThere = existsSync(path);
    rmSync(path, { force: true });
    return isThere;
  }
}
