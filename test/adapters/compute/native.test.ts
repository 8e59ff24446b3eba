import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  expectedNativeVersion,
  loadNative,
  NativeMissingError,
  NativeVersionError,
  nativeFileName,
} from '../../../src/adapters/compute/native.ts';
import { temporaryFolder } from './support.ts';

test('the addon that set-up built loads and is the one this program needs', () => {
  expect(loadNative().version()).toEqual(expectedNativeVersion);
});

test('the expected version is the one in the Rust sources', () => {
  const root = join(import.meta.dirname, '../../../native');
  const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8');
  const binding = readFileSync(join(root, 'crates/binding/src/lib.rs'), 'utf8');
  expect(manifest).toContain(`version = "${expectedNativeVersion.version}"`);
  expect(binding).toContain(`const ABI: u32 = ${expectedNativeVersion.abi};`);
});

test('file names tell platform and processor', () => {
  expect(nativeFileName('linux', 'arm64')).toBe('sextant.linux-arm64.node');
  expect(nativeFileName('win32', 'x64')).toBe('sextant.win32-x64.node');
});

test('a missing addon says how to get it', () => {
  const path = join(temporaryFolder(), 'none.node');
  expect(() => loadNative(path)).toThrow(NativeMissingError);
  expect(() => loadNative(path)).toThrow(/none\.node.*npm run setup.*Rust/);
});

test('a file that is no addon for this machine says so', () => {
  const path = join(temporaryFolder(), 'text.node');
  writeFileSync(path, 'not a shared library');
  expect(() => loadNative(path)).toThrow(NativeMissingError);
  expect(() => loadNative(path)).toThrow(
    /does not start on this machine.*Delete the file and run "npm run setup"/,
  );
});

test.each([
  [
    'older version',
    `module.exports = { version: () => ({ version: '0.0.9', abi: 1 }) }`,
    /0\.0\.9 \(interface 1\).*npm run setup/,
  ],
  [
    'other interface',
    `module.exports = { version: () => ({ version: '${expectedNativeVersion.version}', abi: 99 }) }`,
    /interface 99.*npm run setup/,
  ],
  ['something else', 'module.exports = {}', /is not the native part of Sextant/],
])('an addon of another build is refused: %s', (_, source, message) => {
  const path = join(temporaryFolder(), 'addon.cjs');
  writeFileSync(path, source);
  expect(() => loadNative(path)).toThrow(NativeVersionError);
  expect(() => loadNative(path)).toThrow(message);
});
