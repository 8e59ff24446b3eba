/** The lock file can be installed anywhere: no registry's address, and no platform's package left out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './source.ts';

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, Entry>>;

const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Packages };

/** The folders in which Node looks for a dependency of the package at `path`, innermost first. */
function* searchPath(path: string): Generator<string> {
  for (let at = path; ; ) {
    yield at === '' ? 'node_modules' : `${at}/node_modules`;
    if (at === '') return;
    at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1));
  }
}

/** Dependencies the lock file promises without locking them: `npm ci` refuses such a file. */
const missing = (locked: Packages): string[] =>
  Object.entries(locked).flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter((name) => ![...searchPath(path)].some((folder) => `${folder}/${name}` in locked))
      .map((name) => `${name} of ${path || 'package.json'}`),
  );

test('every dependency is locked, also those of other platforms', () => {
  expect(missing(packages)).toEqual([]);
});

test('the check finds a platform package that npm has left out', () => {
  const locked = {
    '': { dependencies: { tool: '1.0.0' } },
    'node_modules/tool': {
      version: '1.0.0',
      optionalDependencies: { 'tool-linux': '1.0.0', 'tool-mac': '1.0.0' },
    },
    'node_modules/tool/node_modules/tool-linux': { version: '1.0.0' },
  };
  expect(missing(locked)).toEqual(['tool-mac of node_modules/tool']);
});

test('every package has a checksum and none an address', () => {
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  expect(entries.length).toBeGreaterThan(100);
  expect(entries.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
  const bundled = entries.filter(([, entry]) => !('inBundle' in entry) && entry.integrity === undefined);
  expect(bundled.map(([path]) => path)).toEqual([]);
});

test('every direct dependency is pinned to one version', () => {
  const manifest = read('package.json') as Record<string, Record<string, string> | undefined>;
  const wanted = {
    ...manifest['dependencies'],
    ...manifest['devDependencies'],
    ...manifest['optionalDependencies'],
  };
  const loose = Object.entries(wanted).filter(
    ([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );
  expect(loose).toEqual([]);
});
