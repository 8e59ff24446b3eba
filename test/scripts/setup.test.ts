/** Set-up decides rightly what is missing; nothing here reaches the network. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtLibrary } from '../../scripts/lib/native.mjs';
import { createSandbox } from './sandbox.ts';

const lock = (packages: object): string => JSON.stringify({ packages: { '': {}, ...packages } });
const zod = { version: '4.6.7', integrity: 'sha512-a' };
const probe = `import { dependenciesInPlace } from './lib/dependencies.mjs';
  process.stdout.write(String(dependenciesInPlace()));`;

describe('packages', () => {
  test.each([
    ['as locked', { 'node_modules/zod': zod }, 'true'],
    ['another version', { 'node_modules/zod': { ...zod, version: '4.6.6' } }, 'false'],
    ['another content', { 'node_modules/zod': { ...zod, integrity: 'sha512-b' } }, 'false'],
    ['missing', {}, 'false'],
  ])('installed %s', async (_name, installed, answer) => {
    const sandbox = createSandbox();
    sandbox.linkPinnedNode();
    sandbox.write(
      'package-lock.json',
      lock({ 'node_modules/zod': zod, 'node_modules/other-os': { optional: true } }),
    );
    sandbox.write('node_modules/.package-lock.json', lock(installed));
    sandbox.write('node_modules/zod/package.json', '{}');
    sandbox.write('scripts/probe.mjs', probe);
    expect((await sandbox.start('scripts/probe.mjs').ended).stdout).toBe(answer);
  });

  test('a package folder deleted by hand is noticed', async () => {
    const sandbox = createSandbox();
    sandbox.linkPinnedNode();
    sandbox.write('package-lock.json', lock({ 'node_modules/zod': zod }));
    sandbox.write('node_modules/.package-lock.json', lock({ 'node_modules/zod': zod }));
    sandbox.write('scripts/probe.mjs', probe);
    expect((await sandbox.start('scripts/probe.mjs').ended).stdout).toBe('false');
  });

  test('without the pinned Node nothing is in place', async () => {
    const sandbox = createSandbox();
    sandbox.write('package-lock.json', lock({}));
    sandbox.write('node_modules/.package-lock.json', lock({}));
    sandbox.write('scripts/probe.mjs', probe);
    expect((await sandbox.start('scripts/probe.mjs').ended).stdout).toBe('false');
  });
});

describe('what was built', () => {
  const stamps = `import { hashOf, isStamped, stamp } from './lib/stamp.mjs';
    const hash = () => hashOf(['native'], (file) => file.endsWith('.rs'));
    process.stdout.write(String(isStamped('native', hash())));
    stamp('native', hash());`;

  test('is built again exactly when a source changes', async () => {
    const sandbox = createSandbox();
    sandbox.write('scripts/probe.mjs', stamps);
    const ask = async () => (await sandbox.start('scripts/probe.mjs').ended).stdout;
    sandbox.write('native/src/lib.rs', 'fn a() {}');
    expect(await ask()).toBe('false');
    expect(await ask()).toBe('true');
    sandbox.write('native/notes.md', 'not a source');
    sandbox.write('native/target/debug/x.rs', 'not ours');
    expect(await ask()).toBe('true');
    sandbox.write('native/src/lib.rs', 'fn b() {}');
    expect(await ask()).toBe('false');
    sandbox.write('native/src/more.rs', '');
    expect(await ask()).toBe('false');
  });

  test("the addon is the one Cargo's messages name for the binding", () => {
    const artifact = (name: string, kind: string, filenames: string[]) =>
      JSON.stringify({ reason: 'compiler-artifact', target: { name, kind: [kind] }, filenames });
    const messages = [
      artifact('other', 'cdylib', ['/t/libother.so']),
      artifact('sextant_binding', 'rlib', ['/t/libsextant_binding.rlib']),
      '   Compiling sextant-binding',
      artifact('sextant_binding', 'cdylib', ['/t/libsextant_binding.d', '/t/libsextant_binding.so']),
    ].join('\n');
    expect(builtLibrary(messages, 'sextant-binding')).toBe('/t/libsextant_binding.so');
    expect(builtLibrary(messages, 'sextant-core')).toBeUndefined();
  });
});

describe('two set-ups at once', () => {
  const locker = (work: string) => `import { withSetupLock } from './lib/setup-lock.mjs';
    await withSetupLock(async () => { ${work} });`;

  test('a lock of a process that died is taken over and released', async () => {
    const sandbox = createSandbox();
    const dead = sandbox.start('scripts/setup-lock-none.mjs');
    await dead.ended;
    sandbox.write('out/.setup.lock', `${dead.child.pid}\n`);
    sandbox.write('scripts/probe.mjs', locker("process.stdout.write('worked')"));
    const said = await sandbox.start('scripts/probe.mjs').ended;
    expect(said).toEqual({ code: 0, stdout: 'worked', stderr: '' });
    expect(existsSync(join(sandbox.folder, 'out/.setup.lock'))).toBe(false);
  });

  test.skipIf(process.platform === 'win32')('the second waits for the first', async () => {
    const sandbox = createSandbox();
    const untilSignal = `const hold = setInterval(() => {}, 1000);
      await new Promise((end) => { process.once('SIGUSR2', end); process.stdout.write('in '); });
      clearInterval(hold);
      process.stdout.write('out');`;
    sandbox.write('scripts/first.mjs', locker(untilSignal));
    sandbox.write('scripts/second.mjs', locker("process.stdout.write('second')"));
    const first = sandbox.start('scripts/first.mjs');
    await first.spoken('in');
    const second = sandbox.start('scripts/second.mjs');
    const [told] = await once(second.child.stderr, 'data');
    expect(told).toBe(`Waiting for the set-up that process ${first.child.pid} is running.\n`);
    first.child.kill('SIGUSR2');
    expect((await first.ended).stdout).toBe('in out');
    expect(await second.ended).toMatchObject({ code: 0, stdout: 'second' });
  });
});
