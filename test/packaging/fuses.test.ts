/** The packaged program's fuses, burnt into a stand-in that carries Electron's fuse wire, and read back. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseState, FuseV1Options, flipFuses, getCurrentFuseWire } from '@electron/fuses';
import { expect, onTestFinished, test } from 'vitest';
import { fuses } from '../../build/fuses.mjs';

const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const version = 1;

/** A file with the fuse wire as Electron ships it: run-as-node, node options, inspect and file rights on. */
function standIn(wire: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-fuses-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'electron');
  const padding = Buffer.alloc(512);
  const head = Buffer.from([version, wire.length]);
  writeFileSync(file, Buffer.concat([padding, Buffer.from(sentinel), head, Buffer.from(wire), padding]));
  return file;
}

test('every fuse ends as decided', async () => {
  const file = standIn('101100011');
  await flipFuses(file, fuses);
  const wire = await getCurrentFuseWire(file);
  const { ENABLE, DISABLE } = FuseState;
  expect(wire).toMatchObject({
    [FuseV1Options.RunAsNode]: DISABLE,
    [FuseV1Options.EnableCookieEncryption]: ENABLE,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: DISABLE,
    [FuseV1Options.EnableNodeCliInspectArguments]: DISABLE,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: ENABLE,
    [FuseV1Options.OnlyLoadAppFromAsar]: ENABLE,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: DISABLE,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: DISABLE,
    [FuseV1Options.WasmTrapHandlers]: ENABLE,
  });
});

test('an Electron with a fuse nobody decided on is refused', async () => {
  await expect(flipFuses(standIn('1011000111'), fuses)).rejects.toThrow('strictlyRequireAllFuses');
});
