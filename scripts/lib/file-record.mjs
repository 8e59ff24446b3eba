/**
 * Tells in a few milliseconds whether files are untouched since something was built from them: a list of their names,
 * sizes and times, as version control keeps one. The time of change (ctime) is among them, which no program sets, so
 * that a file put back with an old time is seen too. Contents are compared by stamp.mjs, which takes longer.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { inRoot } from './root.mjs';

/** @param {string} path relative to the root, with slashes @param {string[]} lines */
function list(path, lines) {
  const stats = statSync(inRoot(path), { throwIfNoEntry: false });
  if (stats === undefined) {
    lines.push(`${path} absent`);
  } else if (stats.isDirectory()) {
    for (const name of readdirSync(inRoot(path)).sort()) list(`${path}/${name}`, lines);
  } else lines.push(`${path} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`);
}

/** The record of these files and folders now. @param {readonly string[]} paths relative to the root */
export function recordOf(paths) {
  /** @type {string[]} */
  const lines = [];
  for (const path of paths) list(path, lines);
  return lines.join('\n');
}

/** @param {string} name */
const recordFile = (name) => inRoot('out', '.stamps', `${name}.files`);

/**
 * Keeps a record. It must have been taken before the build began: what is edited meanwhile then differs from it.
 * @param {string} name @param {string} record
 */
export function keepRecord(name, record) {
  mkdirSync(inRoot('out', '.stamps'), { recursive: true });
  const file = recordFile(name);
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, record);
  renameSync(fresh, file);
}

/** Forgets a record: while it is built anew, and when that fails, nothing counts as built. @param {string} name */
export const dropRecord = (name) => rmSync(recordFile(name), { force: true });

/**
 * True when `result` exists and the files are those of the record kept under this name.
 * @param {string} name @param {readonly string[]} paths @param {string} result relative to the root
 */
export const isAsRecorded = (name, paths, result) =>
  existsSync(recordFile(name)) &&
  existsSync(inRoot(result)) &&
  readFileSync(recordFile(name), 'utf8') === recordOf(paths);
