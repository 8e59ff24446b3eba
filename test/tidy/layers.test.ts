/** The compiler refuses imports against the layers: tried on copies of the layers' own settings. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from './source.ts';

/** Compiles the given files in a folder set up like this repository and gives the compiler's complaints. */
function compile(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-layers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const copy = (file: string): void => cpSync(join(root, file), join(folder, file));
  for (const file of ['package.json', 'tsconfig.base.json']) copy(file);
  const layers = readdirSync(join(root, 'src'));
  for (const layer of layers) copy(`src/${layer}/tsconfig.json`);
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['@types', 'zod', 'electron', 'undici-types', 'react', 'vite', 'csstype']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ files: [], references: layers.map((layer) => ({ path: `src/${layer}` })) }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  try {
    return execFileSync(process.execPath, [tsc, '-b'], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const good = {
  'src/shared/a.ts': 'export const a: number = 1;',
  'src/engine/b.ts': "import { a } from '../shared/a.ts';\nexport const b = a + 1;",
  'src/strategies/c.ts': "import { b } from '../engine/b.ts';\nexport const c = b;",
  'src/adapters/d.ts': "import { readFileSync } from 'node:fs';\nexport const d = readFileSync;",
  'src/app/e.ts': "import { d } from '../adapters/d.ts';\nexport const e = d;",
  'src/preload/f.ts': "import { contextBridge } from 'electron';\nexport const f = contextBridge;",
  'src/renderer/g.tsx': "import { a } from '../shared/a.ts';\nexport const g = document.title + a;",
};

test('right arrows compile', () => {
  expect(compile(good)).toBe('');
});

test.each([
  ['shared to engine', 'src/shared/bad.ts', "export { b } from '../engine/b.ts';", 'TS6307'],
  ['engine to adapters', 'src/engine/bad.ts', "export { d } from '../adapters/d.ts';", 'TS6307'],
  ['strategies to app', 'src/strategies/bad.ts', "export { e } from '../app/e.ts';", 'TS6307'],
  ['preload to app', 'src/preload/bad.ts', "export { e } from '../app/e.ts';", 'TS6307'],
  ['renderer to engine', 'src/renderer/bad.ts', "export { b } from '../engine/b.ts';", 'TS6307'],
  ['Node in the engine', 'src/engine/bad.ts', "export { readFileSync } from 'node:fs';", 'TS2591'],
  ['a timer in the engine', 'src/engine/bad.ts', 'setTimeout(() => undefined, 1);', 'TS2304'],
  ['the page in shared', 'src/shared/bad.ts', 'export const title = document.title;', 'TS2584'],
  ['the page in adapters', 'src/adapters/bad.ts', 'export const title = document.title;', 'TS2584'],
  ['Node in the renderer', 'src/renderer/bad.ts', 'export const here = process.cwd();', 'TS2591'],
])('does not compile: %s', (_name, file, text, code) => {
  const complaints = compile({ ...good, [file]: text });
  expect(complaints).toContain(`${file}(`);
  expect(complaints).toContain(code);
});
