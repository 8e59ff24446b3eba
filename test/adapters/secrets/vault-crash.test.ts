import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createVault, openVault } from '../../../src/adapters/secrets/vault.ts';
import { canaryPassphrase, fastDerive, temporaryFolder } from './support.ts';

test('killed at any moment of a write, the vault opens and holds all that was reported as stored', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'vault.json');
  const child = join(import.meta.dirname, 'vault-crash-child.ts');
  const passphrase = (): Buffer => Buffer.from(canaryPassphrase);
  await createVault({ path, passphrase: passphrase(), derive: fastDerive });
  for (let run = 0; run < 8; run++) {
    const writer = spawn(process.execPath, [child, path, `${run}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    const stored: string[] = [];
    writer.stdout.on('data', (chunk: Buffer) => {
      stored.push(...chunk.toString().trim().split('\n'));
      // A different moment each time: in the middle of a write, a sync, a rename.
      if (stored.length > 5 + run * 7) setTimeout(() => writer.kill('SIGKILL'), run % 5);
    });
    await new Promise((resolve) => writer.once('close', resolve));
    expect(stored.length).toBeGreaterThan(5);
    const vault = await openVault({ path, passphrase: passphrase(), derive: fastDerive });
    const last = stored.at(-1) ?? '';
    expect(vault.read(last)?.toString()).toBe(last);
    // One write may have become durable after the last report; more cannot.
    const ofThisRun = vault.ids().filter((id) => id.startsWith(`run-${run}-`));
    expect(ofThisRun.length).toBeGreaterThanOrEqual(3);
    expect(ofThisRun.length).toBeLessThanOrEqual(5);
    for (const id of ofThisRun) await vault.delete(id);
    expect(await readdir(folder)).toEqual(['vault.json']);
  }
});
