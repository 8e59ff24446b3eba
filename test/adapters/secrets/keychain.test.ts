import { describe, expect, test } from 'vitest';
import { listKeys, openKeyIndex } from '../../../src/adapters/secrets/key-index.ts';
import { createKeychainStore, probeKeychain } from '../../../src/adapters/secrets/keychain.ts';
import { openSecretStore } from '../../../src/adapters/secrets/open-secret-store.ts';
import { keychainFixture } from './fixtures.ts';
import { allCanaries, canary, canaryKey, leaksIn, memoryKeychain, secretErrorOf } from './support.ts';

describe('two data folders on one keychain', () => {
  test('use different accounts and do not see each other', async () => {
    const keychain = memoryKeychain();
    const [one, two] = [await keychainFixture(keychain), await keychainFixture(keychain)];
    const { id } = await one.store.put(canaryKey({ id: 'same-id' }));
    expect((await secretErrorOf(two.store.get(id))).code).toBe('key-not-found');
    await two.store.put(canaryKey({ id: 'same-id', credentials: { apiKey: 'other', secret: 'other' } }));
    await two.store.remove('same-id');
    expect(await one.store.get(id)).toEqual(canary);
    expect([...keychain.entries.keys()]).toEqual([expect.stringMatching(/^sextant [0-9a-f-]{36}:same-id$/)]);
  });
});

describe('keychain trouble becomes a typed error', () => {
  const failures: [string, string, string][] = [
    [
      'no D-Bus',
      'Platform failure: DBus error: set your DBUS_SESSION_BUS_ADDRESS instead',
      'keychain-unavailable',
    ],
    [
      'no service',
      'The name org.freedesktop.secrets was not provided by any .service files',
      'keychain-unavailable',
    ],
    ['no collection', "Couldn't access platform storage: Secret Service: no result found", 'keychain-locked'],
    ['macOS, locked', 'User interaction is not allowed. (-25308)', 'keychain-locked'],
    ['prompt dismissed', 'Secret Service: prompt dismissed', 'keychain-locked'],
    ['anything else', `oops ${canary.secret}`, 'keychain-failed'],
  ];
  test.each(failures)('%s', async (_name, message, code) => {
    const fail = (): Promise<never> => Promise.reject(new Error(message));
    const keychain = { getPassword: fail, setPassword: fail, deletePassword: fail };
    const { store, dataFolder } = await keychainFixture(keychain);
    const error = await secretErrorOf(store.put(canaryKey()));
    expect(error.code).toBe(code);
    expect(error.hint).toContain('vault init');
    expect(leaksIn(`${error.message} ${error.stack}`, allCanaries)).toEqual([]);
    expect(await listKeys(dataFolder)).toEqual([]);
    expect(await probeKeychain({ keychain })).toMatchObject({ usable: false, error: { code } });
    const opened = await secretErrorOf(openSecretStore({ dataFolder, nowMs: () => 0, keychain }));
    expect([opened.code, opened.hint]).toEqual(['no-secret-store', expect.stringContaining('vault init')]);
  });

  test('a keychain that answers "no such entry" because it is locked is not taken for one that lost the key', async () => {
    const keychain = memoryKeychain();
    const { store, dataFolder } = await keychainFixture(keychain);
    const { id } = await store.put(canaryKey());
    const isLocked = {
      ...keychain,
      getPassword: async () => null,
      setPassword: () => Promise.reject(new Error('Secret Service: no result found')),
    };
    const again = createKeychainStore({
      index: openKeyIndex(dataFolder),
      nowMs: () => 0,
      keychain: isLocked,
    });
    expect((await secretErrorOf(again.get(id))).code).toBe('keychain-locked');
    expect(await store.get(id)).toEqual(canary);
  });

  test('a keychain that never answers is given up', async () => {
    const keychain = { ...memoryKeychain(), setPassword: () => new Promise<never>(() => undefined) };
    expect(await probeKeychain({ keychain, timeoutMs: 20 })).toMatchObject({
      usable: false,
      error: { code: 'keychain-locked' },
    });
  });

  test('a keychain that accepts and forgets is not used', async () => {
    const keychain = { ...memoryKeychain(), getPassword: async () => null };
    expect(await probeKeychain({ keychain })).toMatchObject({
      usable: false,
      error: { code: 'keychain-failed' },
    });
  });

  test('the probe leaves nothing behind', async () => {
    const keychain = memoryKeychain();
    expect(await probeKeychain({ keychain })).toEqual({ usable: true });
    expect(keychain.entries.size).toBe(0);
  });
});
