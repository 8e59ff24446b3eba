/** The tidy rules themselves: each must find its bad example and leave the good one alone. */
import { describe, expect, test } from 'vitest';
import { bannedInCode, bannedInText } from './banned-text.ts';
import { napiInCore, wrongImports } from './imports.ts';
import { deadFiles, defaultExport, tooLong, wrongName } from './shape.ts';
import { parseSource } from './source.ts';

const source = (file: string, text: string) => parseSource({ file, text });

describe('imports', () => {
  test.each([
    ['shared to engine', 'src/shared/a.ts', "import { b } from '../engine/b.ts';"],
    ['engine to strategies', 'src/engine/a.ts', "import { b } from '../strategies/b.ts';"],
    ['engine to adapters, only the type', 'src/engine/a.ts', "import type { B } from '../adapters/b.ts';"],
    ['strategies to adapters', 'src/strategies/a.ts', "export { b } from '../adapters/b.ts';"],
    ['adapters to strategies', 'src/adapters/a.ts', "export * from '../strategies/b.ts';"],
    ['app to headless', 'src/app/a.ts', "const b = await import('../headless/b.ts');"],
    ['headless to main', 'src/headless/a.ts', "type B = import('../main/b.ts').B;"],
    ['preload to app', 'src/preload/a.ts', "import '../app/b.ts';"],
    ['renderer to engine', 'src/renderer/a.tsx', "import { b } from '../engine/b.ts';"],
    ['out of src', 'src/app/a.ts', "import { b } from '../../test/b.ts';"],
    ['electron in app', 'src/app/a.ts', "import { app } from 'electron';"],
    ['electron in renderer', 'src/renderer/a.ts', "import 'electron/renderer';\nimport 'electron';"],
    ['node in engine', 'src/engine/a.ts', "import { readFileSync } from 'node:fs';"],
    ['node in renderer', 'src/renderer/a.ts', "import 'node:path';"],
    ['a package in shared', 'src/shared/a.ts', "import ccxt from 'ccxt';"],
    ['an unknown layer', 'src/util/a.ts', 'export const b = 1;'],
  ])('finds: %s', (_name, file, text) => {
    expect(wrongImports(source(file, text)).length).toBeGreaterThan(0);
  });

  test.each([
    ['engine to shared', 'src/engine/kernel/a.ts', "import { b } from '../../shared/domain/b.ts';"],
    ['within a layer', 'src/engine/kernel/a.ts', "import { b } from '../market/b.ts';"],
    ['app to adapters', 'src/app/a.ts', "import { b } from '../adapters/store/b.ts';"],
    ['electron in main', 'src/main/a.ts', "import { app } from 'electron';"],
    ['node in adapters', 'src/adapters/a.ts', "import 'node:fs';"],
    ['zod in shared', 'src/shared/a.ts', "import { z } from 'zod';"],
    ['a pure subpath', 'src/engine/a.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
    ['words in a comment', 'src/shared/a.ts', "// import { b } from '../engine/b.ts';"],
    ['words in a string', 'src/shared/a.ts', 'export const b = "import x from \'../engine/b.ts\'";'],
    ['an excused one', 'src/app/a.ts', "// tidy-ok: shown in a test\nimport 'electron';"],
  ])('allows: %s', (_name, file, text) => {
    expect(wrongImports(source(file, text))).toEqual([]);
  });

  test('says line, both layers and what is allowed', () => {
    const [finding] = wrongImports(source('src/engine/a.ts', "\n\nimport '../adapters/b.ts';"));
    expect(finding?.line).toBe(3);
    expect(finding?.message).toBe('src/engine may not import src/adapters (it may import: shared)');
  });

  test('finds napi in the native core only', () => {
    const text = 'use napi::bindgen_prelude::*;';
    expect(napiInCore({ file: 'native/crates/core/src/lib.rs', text })).toHaveLength(1);
    expect(napiInCore({ file: 'native/crates/core/Cargo.toml', text: 'napi = "3"' })).toHaveLength(1);
    expect(napiInCore({ file: 'native/crates/binding/src/lib.rs', text })).toEqual([]);
    expect(napiInCore({ file: 'native/crates/core/src/lib.rs', text: '//! Knows no napi.' })).toEqual([]);
  });
});

describe('banned calls', () => {
  test.each([
    ['src/engine/a.ts', 'const t = Date.now();'],
    ['src/shared/a.ts', 'const t = new Date();'],
    ['src/strategies/a.ts', 'const t = new Date;'],
    ['src/shared/a.ts', 'const t = Date();'],
    ['src/engine/a.ts', 'const t = performance.now();'],
    ['src/engine/a.ts', 'const r = Math.random();'],
    ['src/engine/a.ts', 'const r = Math\n  .random();'],
    ['src/engine/a.ts', 'setTimeout(f, 1);'],
    ['src/engine/a.ts', 'setInterval(f, 1);'],
    ['src/shared/a.ts', 'const id = crypto.randomUUID();'],
    ['src/engine/a.ts', 'export async function f() {}'],
    ['src/engine/a.ts', 'const p = Promise.resolve();'],
    ['src/engine/a.ts', 'console.log(1);'],
    ['src/adapters/a.ts', 'console.error(1);'],
    ['src/headless/main.ts', 'console.log(1);'],
    ['src/main/window.ts', "import { ipcMain } from 'electron';"],
    ['src/engine/a.ts', `const s = \`\${Date.now()}\`;`],
  ])('finds in %s: %s', (file, text) => {
    expect(bannedInCode(source(file, text)).length).toBeGreaterThan(0);
  });

  test.each([
    ['src/engine/a.ts', 'const t = new Date(eventMs);'],
    ['src/adapters/a.ts', 'const t = Date.now();'],
    ['src/engine/a.ts', '// Date.now() is banned here'],
    ['src/engine/a.ts', "const text = 'Date.now() and 🙂 Math.random()';"],
    ['src/engine/a.ts', 'const t = clock.setTimeout(f, 1);'],
    ['src/engine/ports.ts', 'export interface Store { flush(): Promise<void> }'],
    ['src/headless/output/table.ts', 'console.log(1);'],
    ['src/headless/output.ts', 'console.log(1);'],
    ['src/main/ipc/validated.ts', 'ipcMain.handle(name, f);'],
    ['src/adapters/a.ts', 'await Promise.all([]);'],
    ['src/engine/a.ts', 'const t = Date.now(); // tidy-ok: shown in a test'],
  ])('allows in %s: %s', (file, text) => {
    expect(bannedInCode(source(file, text))).toEqual([]);
  });

  test('names line and replacement, also after characters outside the basic plane', () => {
    const [finding] = bannedInCode(
      source('src/engine/a.ts', "const smile = '🙂🙂🙂';\nconst r = Math.random();"),
    );
    expect(finding).toEqual({
      file: 'src/engine/a.ts',
      line: 2,
      message: '"Math.random": use the seeded random source',
    });
  });

  test('an excuse without a reason excuses nothing', () => {
    const found = bannedInCode(source('src/engine/a.ts', 'const t = Date.now(); // tidy-ok:'));
    expect(found[0]?.message).toContain('needs a reason');
  });
});

describe('banned text', () => {
  const leftover = ['TO', 'DO'].join('');
  const home = ['', 'home', 'someone', 'x'].join('/');
  const registry = ['https://registry', 'npmjs', 'org/zod'].join('.');
  test.each([
    ['a leftover', 'src/app/a.ts', `// ${leftover}: later`],
    ['a leftover in docs', 'docs/a.md', `${leftover} write this`],
    ['a path of a machine', 'test/a.ts', `const file = '${home}/y';`],
    ['a path of a Windows machine', 'test/a.ts', ['const file = "C:', 'Users', 'someone"'].join('\\')],
    ['a registry', '.npmrc', `registry=${registry}`],
    ['a registry in the lock file', 'package-lock.json', `"resolved": "${registry}"`],
  ])('finds %s', (_name, file, text) => {
    expect(bannedInText({ file, text }).length).toBeGreaterThan(0);
  });

  test.each([
    ['a word that contains one', 'docs/a.md', 'toDOS, METHODOLOGY'],
    ['an API path', 'src/app/a.ts', "get('/api/home/orders')"],
    ['a relative path', 'docs/a.md', 'see ./home/a/b and src/main/home/a/b'],
    ['a link', 'docs/a.md', 'https://example.com/home/a/b'],
    [
      'the Rust lock file',
      'native/Cargo.lock',
      'source = "registry+https://github.com/rust-lang/crates.io-index"',
    ],
  ])('allows %s', (_name, file, text) => {
    expect(bannedInText({ file, text })).toEqual([]);
  });
});

describe('shape', () => {
  test.each([
    ['src/app/createTerminal.ts', 1],
    ['src/app/create_terminal.ts', 1],
    ['src/renderer/Chart.tsx', 1],
    ['src/app/create-terminal.ts', 0],
    ['test/engine/order-state.property.test.ts', 0],
    ['native/crates/core/src/column_store.rs', 0],
    ['README.md', 0],
  ])('name %s: %i finding', (file, count) => {
    expect(wrongName({ file, text: '' })).toHaveLength(count);
  });

  const lines = (count: number, head = '') => `${head}\n${'x\n'.repeat(count - 1)}`;
  test.each([
    ['400 lines', lines(400), 0],
    ['401 lines', lines(401), 1],
    ['401 lines with a reason', lines(401, '// length: one table of all venues'), 0],
    ['401 lines with an empty reason', lines(401, '// length: '), 1],
    ['700 lines with a reason', lines(700, '// length: one table'), 0],
    ['701 lines with a reason', lines(701, '// length: one table'), 1],
  ])('%s', (_name, text, count) => {
    expect(tooLong({ file: 'src/app/a.ts', text })).toHaveLength(count);
  });

  test('tests at the end of a Rust file are not counted', () => {
    const tests = `#[cfg(test)]\nmod tests {\n${'x\n'.repeat(300)}}\n`;
    expect(tooLong({ file: 'native/crates/core/src/a.rs', text: `${lines(390)}${tests}` })).toEqual([]);
    expect(tooLong({ file: 'native/crates/core/src/a.rs', text: `${lines(410)}${tests}` })).toHaveLength(1);
  });

  test('finds a default export, except in config files', () => {
    expect(defaultExport(source('src/app/a.ts', '\nexport default 1;'))[0]?.line).toBe(2);
    expect(defaultExport(source('src/app/a.ts', 'export const a = 1;'))).toEqual([]);
    expect(defaultExport(source('vite.config.ts', 'export default 1;'))).toEqual([]);
  });

  test('finds files no program reaches', () => {
    const sources = [
      source(
        'src/headless/main.ts',
        "import '../app/used.ts';\nnew URL('../app/worker.ts', import.meta.url);",
      ),
      source('src/app/used.ts', "import type { T } from './types.ts';"),
      source('src/app/types.ts', 'export type T = 1;'),
      source('src/app/worker.ts', ''),
      source('src/app/dead.ts', "import './dead-too.ts';"),
      source('src/app/dead-too.ts', ''),
      source('src/renderer/start.tsx', ''),
      source('src/main/main.ts', ''),
      source('src/preload/preload.ts', ''),
      source('test/app/dead.test.ts', "import '../../src/app/dead.ts';"),
    ];
    const pages = [
      { file: 'src/renderer/index.html', text: '<script type="module" src="./start.tsx"></script>' },
    ];
    expect(deadFiles(sources, pages).map(({ file }) => file)).toEqual([
      'src/app/dead.ts',
      'src/app/dead-too.ts',
    ]);
  });
});
