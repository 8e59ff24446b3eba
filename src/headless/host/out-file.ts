/** Files that a command writes where the user says. */

import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { badFlag } from '../cli/values.ts';

/** Throws `bad-input` naming the flag (in kebab-case) when no file can be written at a path; asks before long work. */
export function checkOutFile(flag: string, path: string | undefined): void {
  if (path === undefined) return;
  const target = resolve(path);
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw badFlag(flag, path, 'is a folder; name a file in it');
  }
  if (statSync(dirname(target), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw badFlag(flag, path, 'lies in a folder that does not exist');
  }
}

/** Writes a file. Throws `bad-input` naming the flag where that cannot be. */
export async function writeOutFile(flag: string, path: string, text: string): Promise<void> {
  try {
    await writeFile(resolve(path), text);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw badFlag(flag, path, `cannot be written (${reason})`);
  }
}
