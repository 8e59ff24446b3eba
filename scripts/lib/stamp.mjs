/** Remembers from which sources something was built, so that only what changed is built again. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inRoot, root } from './root.mjs';

const skippedFolders = new Set(['node_modules', 'target', '.git']);

/** @param {string} path @param {(file: string) => boolean} wanted @returns {string[]} */
function filesUnder(path, wanted) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return wanted(path) ? [path] : [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : filesUnder(child, wanted);
    return entry.isFile() && wanted(child) ? [child] : [];
  });
}

/**
 * One hash over names and contents of all files under the given paths (relative to the root).
 * @param {readonly string[]} paths @param {(file: string) => boolean} [wanted]
 */
export function hashOf(paths, wanted = () => true) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesUnder(inRoot(path), wanted)).sort()) {
    hash
      .update(relative(root, file).replaceAll('\\', '/'))
      .update('\0')
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} name */
const stampFile = (name) => inRoot('out', '.stamps', name);

/** True when `name` was last built from sources with this hash. @param {string} name @param {string} hash */
export function isStamped(name, hash) {
  const file = stampFile(name);
  return existsSync(file) && readFileSync(file, 'utf8').trim() === hash;
}

/** Remembers that `name` is built from sources with this hash. @param {string} name @param {string} hash */
export function stamp(name, hash) {
  mkdirSync(inRoot('out', '.stamps'), { recursive: true });
  writeFileSync(stampFile(name), `${hash}\n`);
}

/** Forgets from what `name` was built: it is being built anew. @param {string} name */
export const dropStamp = (name) => rmSync(stampFile(name), { force: true });
