import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkCredentials,
  keyFingerprint,
  type VenueCredentials,
} from '../../../src/adapters/secrets/credentials.ts';
import { SecretError } from '../../../src/adapters/secrets/errors.ts';
import { listKeys } from '../../../src/adapters/secrets/key-index.ts';
import { indexFile, keychainFixture, vaultFixture } from './fixtures.ts';
import { allCanaries, allFiles, canary, canaryKey, leaksIn, secretErrorOf } from './support.ts';

describe.each([
  ['keychain', keychainFixture],
  ['vault', vaultFixture],
] as const)('%s store', (kind, fixture) => {
  test('put, list, get, remove', async () => {
    const { store, dataFolder } = await fixture();
    const info = await store.put(canaryKey());
    expect(info).toEqual({
      id: expect.stringMatching(/^binance-[0-9a-f]{6}$/),
      venue: 'binance',
      label: 'main account',
      permissions: 'unknown',
      createdAtMs: 1_763_700_001_000,
      fingerprint: keyFingerprint('binance', canary.apiKey),
      store: kind,
    });
    const second = await store.put(canaryKey({ venue: 'kraken' }));
    expect((await store.list()).map((key) => key.id)).toEqual([info.id, second.id]);
    expect(await listKeys(dataFolder)).toEqual(await store.list());
    expect(await store.get(info.id)).toEqual(canary);
    await store.remove(info.id);
    expect((await secretErrorOf(store.get(info.id))).code).toBe('key-not-found');
    expect((await secretErrorOf(store.remove(info.id))).code).toBe('key-not-found');
    expect(await store.get(second.id)).toEqual(canary);
  });

  test('the canary is in no file, no list and no error', async () => {
    const { store, dataFolder } = await fixture();
    const { id } = await store.put(canaryKey());
    await store.setPermissions(id, ['read', 'trade']);
    const texts: string[] = [JSON.stringify(await store.list())];
    const failing = [
      () => store.put(canaryKey()),
      () => store.put(canaryKey({ venue: 'X Y' })),
      () => store.get('other'),
    ];
    for (const fail of failing) {
      const error = await secretErrorOf(fail());
      texts.push(`${error.message} ${error.hint} ${error.stack} ${JSON.stringify(error)}`);
    }
    for (const text of texts) expect(leaksIn(text, allCanaries)).toEqual([]);
    const files = await allFiles(dataFolder);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(leaksIn(file.content, allCanaries)).toEqual([]);
  });

  test('every credential is shown to the redactor before it is used', async () => {
    const { store, observed } = await fixture();
    const { id } = await store.put(canaryKey());
    expect(observed).toEqual([{ credentials: canary, id }]);
    await store.get(id);
    expect(observed).toHaveLength(2);
    expect(observed[1]).toEqual({ credentials: canary, id });
  });

  test('permissions are kept', async () => {
    const { store, dataFolder } = await fixture();
    const { id } = await store.put(canaryKey());
    expect((await store.setPermissions(id, ['read', 'trade'])).permissions).toEqual(['read', 'trade']);
    expect((await listKeys(dataFolder))[0]?.permissions).toEqual(['read', 'trade']);
    expect(await store.get(id)).toEqual(canary);
    expect((await secretErrorOf(store.setPermissions(id, ['Not A Word']))).field).toBe('permissions');
  });

  test('the same key twice, also at once, is stored once; at another venue it is another key', async () => {
    const { store } = await fixture();
    const results = await Promise.allSettled([
      store.put(canaryKey()),
      store.put(canaryKey({ label: 'again' })),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    expect((await secretErrorOf(store.put(canaryKey()))).code).toBe('key-exists');
    await store.put(canaryKey({ venue: 'okx' }));
    expect(await store.list()).toHaveLength(2);
  });

  test('an edited key list cannot send a key to another venue', async () => {
    const { store, dataFolder } = await fixture();
    const { id } = await store.put(canaryKey());
    const text = await readFile(indexFile(dataFolder), 'utf8');
    await writeFile(indexFile(dataFolder), text.replace('"venue": "binance"', '"venue": "evil"'));
    expect((await secretErrorOf(store.get(id))).code).toBe('secret-mismatch');
  });

  test('a listed key whose secret is gone says so, and can be removed', async () => {
    const { store, dataFolder } = await fixture();
    const { id } = await store.put(canaryKey());
    const list = await readFile(indexFile(dataFolder));
    await store.remove(id);
    await writeFile(indexFile(dataFolder), list);
    expect((await secretErrorOf(store.get(id))).code).toBe('secret-missing');
    await store.remove(id);
    expect(await store.list()).toEqual([]);
  });

  const bad: [string, Partial<VenueCredentials> | { label?: string; venue?: string; id?: string }, string][] =
    [
      ['empty API key', { apiKey: '' }, 'apiKey'],
      ['line end after the API key', { apiKey: 'abc\n' }, 'apiKey'],
      ['line end inside the API key', { apiKey: 'abc\ndef' }, 'apiKey'],
      ['API key too long', { apiKey: 'x'.repeat(4097) }, 'apiKey'],
      ['space before the secret', { secret: ' abc' }, 'secret'],
      ['NUL in the secret', { secret: 'ab\u0000c' }, 'secret'],
      ['half a surrogate pair', { secret: 'ab\ud800c' }, 'secret'],
      ['empty password', { password: '' }, 'password'],
      ['uid too long', { uid: '1'.repeat(129) }, 'uid'],
      ['blank label', { label: '  ' }, 'label'],
      ['escape sequence in the label', { label: 'a\u001b[31m' }, 'label'],
      ['path as venue', { venue: '../x' }, 'venue'],
      ['path as id', { id: '../x' }, 'id'],
    ];
  test.each(bad)('refused, naming the field and not its value: %s', async (_name, changes, field) => {
    const { store, dataFolder } = await fixture();
    await store.list();
    const before = await allFiles(dataFolder);
    const { label, venue, id, ...credentials } = changes as Record<string, string>;
    const own = { ...(label && { label }), ...(venue && { venue }), ...(id && { id }) };
    const error = await secretErrorOf(
      store.put(canaryKey({ ...own, credentials: { ...canary, ...credentials } })),
    );
    expect([error.code, error.category, error.field]).toEqual(['bad-input', 'input', field]);
    expect(leaksIn(error.message, allCanaries)).toEqual([]);
    expect(await allFiles(dataFolder)).toEqual(before);
  });

  test('a PEM secret with its line ends goes round', async () => {
    const { store } = await fixture();
    const secret = `-----BEGIN PRIVATE KEY-----\n${'MC4CAQAwBQYDK2Vw'.repeat(4)}\n-----END PRIVATE KEY-----`;
    const { id } = await store.put(canaryKey({ credentials: { apiKey: 'k', secret } }));
    expect(await store.get(id)).toEqual({ apiKey: 'k', secret });
  });
});

test('any text that is accepted comes back unchanged', async () => {
  const { store } = await vaultFixture();
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, text, fc.option(text, { nil: undefined }), async (apiKey, secret, password) => {
      const credentials = { apiKey, secret, ...(password === undefined ? {} : { password }) };
      try {
        checkCredentials(credentials);
      } catch (error) {
        expect(error).toBeInstanceOf(SecretError);
        return;
      }
      const { id } = await store.put(canaryKey({ credentials }));
      expect(await store.get(id)).toEqual(credentials);
      await store.remove(id);
    }),
    { numRuns: 60 },
  );
});
