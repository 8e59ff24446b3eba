/** The bundles: the renderer for browser and desktop window, Electron's main and preload, and the command line. */
import { existsSync } from 'node:fs';
import { findPinnedNode } from '../pinned-node.mjs';
import { runCaptured } from './child.mjs';
import { SetupError } from './fail.mjs';
import { dropRecord, isAsRecorded, keepRecord, recordOf } from './file-record.mjs';
import { inRoot } from './root.mjs';
import { dropStamp, hashOf, isStamped, stamp } from './stamp.mjs';

/**
 * @typedef {object} Bundle
 * @property {string} name
 * @property {string} entry the source without which there is nothing to build
 * @property {readonly string[]} sources
 * @property {string} result a file that exists once it is built
 * @property {readonly string[]} command script and arguments for the pinned Node
 * @property {boolean} [recorded] a record of its sources is kept, so that a start can tell quickly whether it is theirs
 */

const tools = ['package-lock.json', 'vite.config.ts', 'electron.vite.config.ts'];

/** @type {Bundle} */
export const rendererBundle = {
  name: 'renderer',
  entry: 'src/renderer/index.html',
  sources: ['src/renderer', 'src/shared', ...tools],
  result: 'out/renderer/index.html',
  command: ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'],
};

/** @type {Bundle} */
export const desktopBundle = {
  name: 'desktop',
  entry: 'src/main/main.ts',
  sources: ['src', ...tools],
  result: 'out/main/main.js',
  command: ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
};

/**
 * True when there is nothing to build, or it is built from the sources as they are now. Where only their times are
 * others (a copied folder, a branch and back) the record is renewed. @param {Bundle} bundle
 */
export function bundleInPlace({ entry, name, recorded, result, sources }) {
  if (!existsSync(inRoot(entry))) return true;
  if (recorded === true && isAsRecorded(name, sources, result)) return true;
  const record = recorded === true ? recordOf(sources) : undefined;
  if (!existsSync(inRoot(result)) || !isStamped(name, hashOf(sources))) return false;
  if (record !== undefined) keepRecord(name, record);
  return true;
}

/** @param {Bundle} bundle @param {(line: string) => void} note @throws {SetupError} when the build fails */
export async function buildBundle(bundle, note) {
  const { name, recorded, sources } = bundle;
  const record = recorded === true ? recordOf(sources) : undefined;
  const hash = hashOf(sources);
  const node = findPinnedNode();
  if (!node) throw new SetupError('The packages are not installed: run `npm run setup`.', 2);
  const [script = '', ...args] = bundle.command;
  dropRecord(name);
  dropStamp(name);
  const result = await runCaptured(node.path, [inRoot(script), ...args], { cwd: inRoot(), onLine: note });
  if (result.code !== 0) throw new SetupError(`${result.words}\nBuilding the ${bundle.name} failed.`, 1);
  stamp(name, hash);
  if (record !== undefined) keepRecord(name, record);
}
