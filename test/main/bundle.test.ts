/** The bundles as they ship: the main process finds its native parts from where it lies, the preload is one file. */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deriveKeyNative, kdfFloor } from '../../src/adapters/secrets/argon2.ts';
import { patienceMs } from '../patience.ts';
import { bundlePreload } from './bundle-preload.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
let folder: string;

/** Bundles a file for Node as electron-vite bundles the main process: packages stay outside. */
async function bundle(entry: string, name: string): Promise<string> {
  const outDir = join(folder, 'out', 'main');
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    ssr: { noExternal: [] },
    build: {
      ssr: join(root, entry),
      outDir,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        external: (id: string) => !id.startsWith('.') && !isAbsolute(id),
        output: { format: 'es', entryFileNames: `${name}.js` },
      },
    },
  });
  return join(outDir, `${name}.js`);
}

beforeAll(async () => {
  // Laid out like the program: bundles two folders deep, packages and the native addon beside them.
  folder = mkdtempSync(join(tmpdir(), 'sextant-bundle-'));
  mkdirSync(join(folder, 'out', 'renderer'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  symlinkSync(join(root, 'native'), join(folder, 'native'), 'junction');
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the main process runs from its bundle: engine, native addon, journal, keys, candles', async () => {
  const file = await bundle('src/main/main.ts', 'main');
  const dataFolder = join(folder, 'data');
  const probe = fileURLToPath(new URL('./bundle-probe.mjs', import.meta.url));
  const args = ['--demo', '--seed', 'bundle', '--data', dataFolder];
  const { stdout } = await promisify(execFile)(process.execPath, [probe, file, ...args], {
    cwd: tmpdir(),
    timeout: patienceMs,
  });
  const answers = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(answers.status).toMatchObject({
    ok: true,
    value: { host: 'running', mode: 'demo', bots: [{}, {}, {}] },
  });
  expect(answers.about.value.nativeVersion).toMatch(/^\d+\.\d+\.\d+/);
  expect(answers.candles.value.candles).toHaveLength(50);
  expect(answers.keys.ok).toBe(true);
  expect(answers.verify).toMatchObject({ ok: true, value: { chain: 'ok' } });
  expect(answers.exitCode).toBe(0);
});

test('the passphrase hash that Electron needs works from a bundle and gives the same key', async () => {
  const file = await bundle('src/adapters/secrets/argon2.ts', 'argon2');
  const { deriveKeyWasm } = (await import(
    /* @vite-ignore */ file
  )) as typeof import('../../src/adapters/secrets/argon2.ts');
  const passphrase = new TextEncoder().encode('correct horse');
  const salt = new Uint8Array(16).fill(7);
  const fromWasm = await deriveKeyWasm(passphrase, salt, kdfFloor);
  expect(fromWasm.toString('hex')).toBe((await deriveKeyNative(passphrase, salt, kdfFloor)).toString('hex'));
});

test('every package the main process asks for at run time ships with it', async () => {
  const file = join(folder, 'out', 'main', 'main.js');
  const text = readFileSync(existsSync(file) ? file : await bundle('src/main/main.ts', 'main'), 'utf8');
  const asked = [...text.matchAll(/(?:from |import\()\s*"([^"./][^"]*)"/g)].map(([, name]) => name ?? '');
  const packages = asked
    .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name) && name !== 'electron')
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  expect(packages).toContain('better-sqlite3');
  expect([...new Set(packages)].filter((name) => !(name in manifest.dependencies))).toEqual([]);
});

test('the preload script is one CommonJS file that asks for electron only', async () => {
  const text = await bundlePreload();
  expect([...text.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name)).toEqual(['electron']);
  expect(text).not.toMatch(/^\s*(import|export)\s/m);
  // Its code is small enough to be read whole before a release.
  expect(text.length).toBeLessThan(8_000);
});
