/** Where things are: every script works from any current folder. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Absolute path inside the repository. @param {...string} parts */
export const inRoot = (...parts) => join(root, ...parts);
