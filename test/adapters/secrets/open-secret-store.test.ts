import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listKeys } from '../../../src/adapters/secrets/key-index.ts';
import { openSecretStore, secretStoreStatus } from '../../../src/adapters/secrets/open-secret-store.ts';
import { moveKeys } from '../../../src/adapters/secrets/secret-store.ts';
import {
  createVaultStore,
  initVaultStore,
  type VaultSecretStore,
  vaultPathOf,
} from '../../../src/adapters/secrets/vault-store.ts';
import { indexFile, keychainFixture, vaultFixture } from './fixtures.ts';
import {
  canary,
  canaryKey,
  canaryPassphrase,
  fastDerive,
  memoryKeychain,
  secretErrorOf,
  steppingClock,
  temporaryFolder,
} from './support.ts';

describe('choosing the store', () => {
  const nowMs = steppingClock();

  test('a keychain where there is no vault; the vault as soon as there is one', async () => {
    const dataFolder = await temporaryFolder();
    const keychain = memoryKeychain();
    expect((await openSecretStore({ dataFolder, nowMs, keychain })).kind).toBe('keychain');
    await initVaultStore({
      dataFolder,
      nowMs,
      newPassphrase: Buffer.from(canaryPassphrase),
      derive: fastDerive,
    });
    expect((await openSecretStore({ dataFolder, nowMs, keychain })).kind).toBe('vault');
    expect(await secretStoreStatus({ dataFolder, keychain })).toEqual({
      kind: 'vault',
      vaultPath: vaultPathOf(dataFolder),
      keys: [],
      problem: null,
    });
  });

  test('a lost vault file is reported, not replaced by the keychain or by a new vault', async () => {
    const { store, dataFolder } = await vaultFixture();
    await store.put(canaryKey());
    await rm(vaultPathOf(dataFolder));
    const options = { dataFolder, nowMs, keychain: memoryKeychain(), derive: fastDerive };
    expect((await secretErrorOf(openSecretStore(options))).code).toBe('vault-missing');
    expect((await secretStoreStatus(options)).problem?.code).toBe('vault-missing');
    const init = (discardLostKeys: boolean): Promise<VaultSecretStore> =>
      initVaultStore({ ...options, newPassphrase: Buffer.from(canaryPassphrase), discardLostKeys });
    const error = await secretErrorOf(init(false));
    expect([error.code, error.message]).toEqual(['vault-missing', expect.stringContaining('1 key(s)')]);
    expect(await listKeys(dataFolder)).toHaveLength(1);
    await init(true);
    expect(await listKeys(dataFolder)).toEqual([]);
  });

  test('the vault of another data folder is refused before the passphrase is tried on it', async () => {
    const [mine, theirs] = [await vaultFixture(), await vaultFixture()];
    await cp(vaultPathOf(theirs.dataFolder), vaultPathOf(mine.dataFolder));
    let derivations = 0;
    const store = createVaultStore({
      dataFolder: mine.dataFolder,
      nowMs,
      derive: (...inputs) => {
        derivations += 1;
        return fastDerive(...inputs);
      },
    });
    expect((await secretErrorOf(store.unlock(Buffer.from(canaryPassphrase)))).code).toBe('vault-foreign');
    expect(derivations).toBe(0);
  });

  test.each([
    ['cut', '{"format":"sextant-keys","version":1', 'index-damaged'],
    ['empty', '', 'index-damaged'],
    ['newer', '{"format":"sextant-keys","version":2,"more":true}', 'index-newer'],
    ['foreign', '[]', 'index-damaged'],
  ])('a %s key list is refused and left as it is', async (_name, text, code) => {
    const { store, dataFolder } = await keychainFixture();
    await store.list();
    await writeFile(indexFile(dataFolder), text);
    expect((await secretErrorOf(store.put(canaryKey()))).code).toBe(code);
    expect(
      (await secretErrorOf(openSecretStore({ dataFolder, nowMs, keychain: memoryKeychain() }))).code,
    ).toBe(code);
    expect(await readFile(indexFile(dataFolder), 'utf8')).toBe(text);
  });
});

describe('vault store', () => {
  const nowMs = steppingClock();

  test('the passphrase is asked at the first use, once; listing needs none', async () => {
    const { store, dataFolder } = await vaultFixture();
    const { id } = await store.put(canaryKey());
    let asked = 0;
    const passphrase = async (): Promise<Buffer> => {
      asked += 1;
      return Buffer.from(canaryPassphrase);
    };
    const again = await openSecretStore({ dataFolder, nowMs, passphrase, derive: fastDerive });
    expect(await again.list()).toHaveLength(1);
    expect(asked).toBe(0);
    expect(await Promise.all([again.get(id), again.get(id)])).toEqual([canary, canary]);
    expect(asked).toBe(1);
  });

  test('after lock only a person opens it again, with the right passphrase', async () => {
    const { store, dataFolder } = await vaultFixture();
    const { id } = await store.put(canaryKey());
    const again = createVaultStore({
      dataFolder,
      nowMs,
      derive: fastDerive,
      passphrase: async () => Buffer.from(canaryPassphrase),
    });
    await again.get(id);
    again.lock();
    expect(again.isLocked).toBe(true);
    expect((await secretErrorOf(again.get(id))).code).toBe('vault-locked');
    expect((await secretErrorOf(again.unlock(Buffer.from('wrong passphrase')))).code).toBe('vault-refused');
    expect(again.isLocked).toBe(true);
    await again.unlock(Buffer.from(canaryPassphrase));
    expect(await again.get(id)).toEqual(canary);
  });

  test('a deleted key list comes back when the vault is unlocked', async () => {
    const { store, dataFolder } = await vaultFixture();
    const info = await store.put(canaryKey());
    await rm(indexFile(dataFolder));
    const again = createVaultStore({ dataFolder, nowMs, derive: fastDerive });
    await again.unlock(Buffer.from(canaryPassphrase));
    expect(await again.list()).toEqual([info]);
    expect(await again.get(info.id)).toEqual(canary);
  });

  test('changing the passphrase keeps the keys', async () => {
    const { store, dataFolder } = await vaultFixture();
    const { id } = await store.put(canaryKey());
    await store.changePassphrase(Buffer.from(canaryPassphrase), Buffer.from('the next passphrase'));
    const again = createVaultStore({ dataFolder, nowMs, derive: fastDerive });
    await again.unlock(Buffer.from('the next passphrase'));
    expect(await again.get(id)).toEqual(canary);
  });
});

test('moving keys from the keychain to a new vault keeps ids, and leaves nothing in the keychain', async () => {
  const keychain = memoryKeychain();
  const { store: from, dataFolder } = await keychainFixture(keychain);
  const first = await from.put(canaryKey());
  const second = await from.put(canaryKey({ venue: 'kraken', permissions: ['read'] }));
  const to = await initVaultStore({
    dataFolder,
    nowMs: steppingClock(),
    newPassphrase: Buffer.from(canaryPassphrase),
    derive: fastDerive,
  });
  expect(await moveKeys(from, to)).toEqual([first.id, second.id]);
  expect(await to.list()).toEqual([
    { ...first, store: 'vault' },
    { ...second, store: 'vault' },
  ]);
  expect(await to.get(second.id)).toEqual(canary);
  expect(keychain.entries.size).toBe(0);
  expect(await from.list()).toEqual([]);
  expect(await readdir(join(dataFolder, 'keys'))).toEqual(['index.json', 'vault.json']);
});
