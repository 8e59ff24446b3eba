/** The command line runs from its bundle exactly while that was made of the sources as they are. */
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSandbox } from './sandbox.ts';

const entry = 'src/headless/main.ts';
const result = 'out/headless/main.js';
const says = (words: string) => `process.stdout.write('${words}');`;

/** A clone with a source and what stands for its bundle, recorded as set-up does. */
async function bundled() {
  const sandbox = createSandbox();
  sandbox.linkPinnedNode();
  sandbox.write(entry, says('source'));
  sandbox.write('src/engine/part.ts', 'export const part = 1;');
  sandbox.write(result, says('bundle'));
  sandbox.write(
    'scripts/record.mjs',
    `import { keepRecord, recordOf } from './lib/file-record.mjs';
     import { headlessBundle } from './lib/headless-bundle.mjs';
     keepRecord(headlessBundle.name, recordOf(headlessBundle.sources));`,
  );
  await sandbox.start('scripts/record.mjs').ended;
  const ran = async () => (await sandbox.start('bin/sextant').ended).stdout;
  return { ...sandbox, ran, at: (file: string) => join(sandbox.folder, file) };
}

describe('bin/sextant', () => {
  test('takes the bundle of untouched sources', async () => {
    const { ran } = await bundled();
    expect(await ran()).toBe('bundle');
  });

  test.each([
    [
      'a source of the same length and time',
      (at: (file: string) => string, write: Write) => {
        write('src/engine/part.ts', 'export const part = 2;');
        utimesSync(at('src/engine/part.ts'), 1, 1);
      },
    ],
    ['a new source', (_: unknown, write: Write) => write('src/engine/more.ts', '')],
    ['a removed source', (at: (file: string) => string) => rmSync(at('src/engine/part.ts'))],
    [
      'a renamed source',
      (at: (file: string) => string) => renameSync(at('src/engine/part.ts'), at('src/engine/apart.ts')),
    ],
    ['other packages', (_: unknown, write: Write) => write('package-lock.json', '{}')],
    ['no bundle', (at: (file: string) => string) => rmSync(at(result))],
    ['no record', (at: (file: string) => string) => rmSync(at('out/.stamps/headless.files'))],
  ] as const)('takes the sources after %s', async (_name, change) => {
    const { ran, at, write } = await bundled();
    change(at, write);
    expect(await ran()).toBe('source');
  });

  test.skipIf(process.platform === 'win32')('is the same run by itself and through a link', async () => {
    const { folder, at, execute, write } = await bundled();
    const told =
      "process.stdout.write(JSON.stringify(process.argv.slice(2)) + process.version.split('.')[0]); process.exitCode = 6;";
    write(result, told);
    mkdirSync(at('elsewhere'));
    symlinkSync(join(folder, 'bin', 'sextant'), at('elsewhere/sextant'));
    for (const program of ['bin/sextant', 'elsewhere/sextant']) {
      const said = await execute(program, ['a b', '--c', '"$d"']).ended;
      expect(said).toEqual({ code: 6, stdout: '["a b","--c","\\"$d\\""]v24', stderr: '' });
    }
  });
});

type Write = (file: string, text: string) => void;

test('set-up renews the record where only times changed, and nothing where contents did', async () => {
  const sandbox = await bundled();
  sandbox.write(
    'scripts/probe.mjs',
    `import { bundleInPlace } from './lib/bundles.mjs';
     import { headlessBundle } from './lib/headless-bundle.mjs';
     import { hashOf, stamp } from './lib/stamp.mjs';
     if (process.argv[2] === 'stamp') stamp('headless', hashOf(headlessBundle.sources));
     process.stdout.write(String(bundleInPlace(headlessBundle)));`,
  );
  const probe = async (word: string) => (await sandbox.start('scripts/probe.mjs', [word]).ended).stdout;
  utimesSync(sandbox.at('src/engine/part.ts'), 1, 1);
  expect(await sandbox.ran()).toBe('source');
  expect(await probe('stamp')).toBe('true');
  expect(await sandbox.ran()).toBe('bundle');
  sandbox.write('src/engine/part.ts', 'export const part = 2;');
  expect(await probe('look')).toBe('false');
  expect(await sandbox.ran()).toBe('source');
});

test('while it is built anew, and when that fails, the sources run', async () => {
  const sandbox = await bundled();
  sandbox.write('node_modules/vite/bin/vite.js', 'process.exit(1);');
  sandbox.write(
    'scripts/probe.mjs',
    `import { buildBundle, bundleInPlace } from './lib/bundles.mjs';
     import { headlessBundle } from './lib/headless-bundle.mjs';
     import { hashOf, stamp } from './lib/stamp.mjs';
     stamp('headless', hashOf(headlessBundle.sources));
     const before = bundleInPlace(headlessBundle);
     await buildBundle(headlessBundle, () => {}).catch((error) => process.stdout.write(error.message.trim()));
     process.stdout.write(' ' + before + ' ' + bundleInPlace(headlessBundle));`,
  );
  const said = await sandbox.start('scripts/probe.mjs').ended;
  expect(said.stdout).toBe('Building the headless failed. true false');
  expect(await sandbox.ran()).toBe('source');
});
