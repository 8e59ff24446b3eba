/**
 * What the Lab keeps in the data folder: `lab/<kind>/<id>/`, one folder a run, each file written whole or not at all. A
 * folder without its first file was cut off while it was made and is not shown.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { ApiError } from '../../shared/api/result.ts';

export type LabKind = 'backtests' | 'studies' | 'walk-forwards';

const prefixes: Readonly<Record<LabKind, string>> = {
  backtests: 'bt',
  studies: 'st',
  'walk-forwards': 'wf',
};

const words: Readonly<Record<LabKind, { readonly what: string; readonly hint?: string }>> = {
  backtests: { what: 'backtest', hint: 'See what there is with: bin/sextant backtests list' },
  studies: { what: 'study', hint: 'See what there is with: bin/sextant studies list' },
  'walk-forwards': { what: 'walk-forward run' },
};

export class LabFiles {
  readonly #root: string;

  constructor(dataFolder: string) {
    this.#root = join(dataFolder, 'lab');
  }

  /** Makes the folder of a new run and gives its id, `bt-12`; of two processes at once each gets one of its own. */
  create(kind: LabKind): { readonly id: string; readonly folder: string } {
    mkdirSync(join(this.#root, kind), { recursive: true });
    for (let number = Math.max(0, ...this.#folders(kind).map(numberOf)) + 1; ; number += 1) {
      const id = `${prefixes[kind]}-${number}`;
      const folder = join(this.#root, kind, id);
      if (isMadeNow(folder)) return { id, folder };
    }
  }

  /** Ids of a kind, newest first. */
  list(kind: LabKind): string[] {
    return this.#folders(kind).sort((left, right) => numberOf(right) - numberOf(left));
  }

  /** Folder of a run. Throws `ApiError` (`not-found`). */
  folder(kind: LabKind, id: string): string {
    if (this.#folders(kind).includes(id)) return join(this.#root, kind, id);
    const { hint, what } = words[kind];
    throw new ApiError('not-found', `there is no ${what} ${id}`, hint === undefined ? {} : { hint });
  }

  /** Removes a run with all its files. Throws `ApiError` (`not-found`). */
  remove(kind: LabKind, id: string): void {
    rmSync(this.folder(kind, id), { recursive: true });
  }

  /** Removes one file of a run, if it is there. Throws `ApiError` (`not-found`) for a run there is not. */
  removeFile(kind: LabKind, id: string, name: string): void {
    rmSync(join(this.folder(kind, id), name), { force: true });
  }

  write(kind: LabKind, id: string, name: string, value: unknown): void {
    const path = join(this.folder(kind, id), name);
    const fresh = `${path}.new`;
    writeFileSync(fresh, JSON.stringify(value), { flush: true });
    renameSync(fresh, path);
  }

  has(kind: LabKind, id: string, name: string): boolean {
    return existsSync(join(this.#root, kind, id, name));
  }

  /** Reads a file by its schema. Throws `ApiError`: `not-found`, `damaged` naming file and field. */
  read<Schema extends z.ZodType>(kind: LabKind, id: string, name: string, schema: Schema): z.output<Schema> {
    const path = join(this.folder(kind, id), name);
    if (!existsSync(path)) throw new ApiError('not-found', `${id} has no ${name}: the run did not end`);
    let value: unknown;
    try {
      value = JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new ApiError('damaged', `${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new ApiError(
      'damaged',
      `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`,
    );
  }

  #folders(kind: LabKind): string[] {
    const folder = join(this.#root, kind);
    if (!existsSync(folder)) return [];
    const pattern = new RegExp(`^${prefixes[kind]}-[1-9][0-9]*$`);
    return readdirSync(folder).filter((name) => pattern.test(name));
  }
}

function numberOf(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1));
}

/** Makes a folder; false where there was one already. */
function isMadeNow(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
