/** The npm packages: are they what the lock file says, and if not, fetch them. */
import { existsSync, readFileSync } from 'node:fs';
import { findPinnedNode, pinnedMajor } from '../pinned-node.mjs';
import { runCaptured } from './child.mjs';
import { SetupError } from './fail.mjs';
import { inRoot } from './root.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} Entry */

/** @param {string} file @returns {Record<string, Entry>} */
const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** How many packages the lock file names. */
export const lockedCount = () => Object.keys(packagesOf(inRoot('package-lock.json'))).length - 1;

/**
 * True when every locked package is installed in its locked version (npm notes what it installed in a lock file
 * of its own inside node_modules). Packages of other platforms may be missing; this platform's Node may not.
 */
export function dependenciesInPlace() {
  const installedFile = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installedFile) || findPinnedNode() === null) return false;
  const installed = packagesOf(installedFile);
  return Object.entries(packagesOf(inRoot('package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return wanted.optional === true || wanted.devOptional === true;
    return (
      found.version === wanted.version &&
      found.integrity === wanted.integrity &&
      existsSync(inRoot(path, 'package.json'))
    );
  });
}

/** npm as the one that started us, else the one on the path. */
function npmCommand() {
  const script = process.env['npm_execpath'];
  if (script && /\.c?js$/.test(script)) return { command: process.execPath, prefix: [script], shell: false };
  return { command: 'npm', prefix: [], shell: process.platform === 'win32' };
}

const isNetworkTrouble = /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|E50\d|E429/;

/**
 * Fetches all packages exactly as locked, running none of their scripts.
 * @param {(line: string) => void} note @throws {SetupError} when npm fails or this platform has no Node package
 */
export async function installDependencies(note) {
  const npm = npmCommand();
  const args = ['ci', '--ignore-scripts', '--include=optional', '--include=dev'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--no-progress'];
  const result = await runCaptured(npm.command, [...npm.prefix, ...args, ...quiet], {
    cwd: inRoot(),
    shell: npm.shell,
    onLine: note,
  });
  if (result.code === 127) {
    throw new SetupError(
      'npm was not found. Install Node.js 20 or newer, which brings npm, and run again.',
      2,
    );
  }
  if (result.code !== 0) {
    const network = isNetworkTrouble.test(result.words);
    const advice = network
      ? 'npm could not reach its registry: check the network or `npm config get registry`, then run again.'
      : 'npm could not install the packages. Its words are above.';
    throw new SetupError(`${result.words}\n${advice}`, network ? 5 : 1);
  }
  if (findPinnedNode() === null) {
    throw new SetupError(
      `npm has no Node.js ${pinnedMajor} for ${process.platform}-${process.arch}. Install Node.js ${pinnedMajor} or newer and run this with it.`,
      2,
    );
  }
}
