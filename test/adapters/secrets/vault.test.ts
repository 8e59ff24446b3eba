import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type DeriveKey, deriveKey, kdfFloor } from '../../../src/adapters/secrets/argon2.ts';
import { isSecretError } from '../../../src/adapters/secrets/errors.ts';
import { replacePrivateFile } from '../../../src/adapters/secrets/private-file.ts';
import { createVault, openVault, type Vault } from '../../../src/adapters/secrets/vault.ts';
import {
  allCanaries,
  allFiles,
  canaryPassphrase,
  fastDerive,
  leaksIn,
  secretErrorOf,
  temporaryFolder,
} from './support.ts';

const kdf = { memoryKib: 65536, passes: 3, lanes: 1 };
const content = { first: 'CANARYsecret/8fJ+uE2kz0QmXw6VhPa9sDg3Tc==', second: 'other content' };

function passphrase(text = canaryPassphrase): Buffer {
  return Buffer.from(text, 'utf8');
}

async function makeVault(derive: DeriveKey = fastDerive): Promise<{ path: string; vault: Vault }> {
  const path = join(await temporaryFolder(), 'vault.json');
  const vault = await createVault({ path, passphrase: passphrase(), derive, kdf });
  for (const [id, text] of Object.entries(content)) await vault.write(id, Buffer.from(text));
  return { path, vault };
}

function open(path: string, text = canaryPassphrase, derive: DeriveKey = fastDerive): Promise<Vault> {
  return openVault({ path, passphrase: passphrase(text), derive });
}

function textOf(vault: Vault, id: string): string | undefined {
  return vault.read(id)?.toString('utf8');
}

describe('round trip', () => {
  test('with real Argon2id: what was written is read after reopening; a wrong passphrase is refused', async () => {
    const { path } = await makeVault(deriveKey);
    const vault = await open(path, canaryPassphrase, deriveKey);
    expect(textOf(vault, 'first')).toBe(content.first);
    expect(textOf(vault, 'second')).toBe(content.second);
    expect(vault.read('third')).toBeNull();
    expect((await secretErrorOf(open(path, 'not the passphrase', deriveKey))).code).toBe('vault-refused');
  });

  test('replace and delete are on disk at once', async () => {
    const { path, vault } = await makeVault();
    await vault.write('first', Buffer.from('changed'));
    expect(await vault.delete('second')).toBe(true);
    expect(await vault.delete('second')).toBe(false);
    const again = await open(path);
    expect([again.ids(), textOf(again, 'first')]).toEqual([['first'], 'changed']);
  });

  test('writes at once do not lose one another', async () => {
    const { path, vault } = await makeVault();
    await Promise.all(Array.from({ length: 20 }, (_, i) => vault.write(`key-${i}`, Buffer.from(`${i}`))));
    const again = await open(path);
    expect(again.ids()).toHaveLength(22);
    expect(textOf(again, 'key-13')).toBe('13');
  });

  test('the passphrase buffer is wiped, also when opening fails', async () => {
    const { path } = await makeVault();
    for (const text of [canaryPassphrase, 'wrong passphrase']) {
      const given = passphrase(text);
      await openVault({ path, passphrase: given, derive: fastDerive }).catch((error: unknown) => {
        if (!isSecretError(error, 'vault-refused')) throw error;
      });
      expect(given.every((byte) => byte === 0)).toBe(true);
    }
  });

  test.skipIf(process.platform === 'win32')(
    'the file and nothing beside it is there, for the owner only',
    async () => {
      const { path } = await makeVault();
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await readdir(join(path, '..'))).toEqual(['vault.json']);
    },
  );
});

describe('a changed file never opens', () => {
  const checkedTexts = new Set<string>();

  /** Opens mutated bytes; fails the test if that works with any content but the original's. */
  async function expectRefused(path: string, mutated: Buffer, what: string): Promise<string> {
    await writeFile(path, mutated);
    try {
      const vault = await open(path);
      throw new Error(`${what}: opened with ids ${vault.ids().join()}`);
    } catch (error) {
      if (!isSecretError(error)) throw error;
      const text = `${error.message} ${error.hint}`;
      if (!checkedTexts.has(text)) expect(leaksIn(`${text} ${error.stack}`, allCanaries)).toEqual([]);
      checkedTexts.add(text);
      return error.code;
    }
  }

  test('each bit of each byte flipped; each byte deleted, doubled, or the file cut there', async () => {
    const { path } = await makeVault();
    const original = await readFile(path);
    const codes = new Map<string, number>();
    const count = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1);
    for (let at = 0; at < original.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const mutated = Buffer.from(original);
        mutated.writeUInt8(original.readUInt8(at) ^ (1 << bit), at);
        count(await expectRefused(path, mutated, `byte ${at} bit ${bit}`));
      }
      const [before, after] = [original.subarray(0, at), original.subarray(at)];
      count(await expectRefused(path, Buffer.concat([before, after.subarray(1)]), `byte ${at} deleted`));
      count(
        await expectRefused(path, Buffer.concat([before, after.subarray(0, 1), after]), `byte ${at} doubled`),
      );
      count(await expectRefused(path, before, `cut at ${at}`));
    }
    // Every line of defence was reached: shape, cost bounds, and the cryptography.
    const reached = [...codes.keys()].sort();
    expect(reached).toEqual(
      expect.arrayContaining(['vault-damaged', 'vault-newer', 'vault-refused', 'vault-weak']),
    );
    await writeFile(path, original);
    expect(textOf(await open(path), 'first')).toBe(content.first);
  });

  type File = {
    vaultId: string;
    kdf: { memoryKib: number; passes: number; lanes: number; salt: string };
    dataKey: unknown;
    entries: { id: string; nonce: string; sealed: string }[];
    seal: string;
  };
  const edits: [string, string, (file: File, other: File) => void][] = [
    ['passes lowered below the floor', 'vault-weak', (file) => void Object.assign(file.kdf, { passes: 1 })],
    [
      'memory lowered below the floor',
      'vault-weak',
      (file) => void Object.assign(file.kdf, { memoryKib: 8 }),
    ],
    [
      'memory raised beyond reason',
      'vault-weak',
      (file) => void Object.assign(file.kdf, { memoryKib: 2 ** 32 }),
    ],
    ['passes raised, within bounds', 'vault-refused', (file) => void Object.assign(file.kdf, { passes: 31 })],
    ['lanes changed, within bounds', 'vault-refused', (file) => void Object.assign(file.kdf, { lanes: 2 })],
    [
      'another vault id',
      'vault-refused',
      (file, other) => void Object.assign(file, { vaultId: other.vaultId }),
    ],
    [
      'data key of another vault',
      'vault-refused',
      (file, other) => void Object.assign(file, { dataKey: other.dataKey }),
    ],
    ['an entry dropped', 'vault-refused', (file) => void file.entries.pop()],
    ['all entries dropped', 'vault-refused', (file) => void Object.assign(file, { entries: [] })],
    ['entries swapped', 'vault-refused', (file) => void file.entries.reverse()],
    [
      'entries of another vault',
      'vault-refused',
      (file, other) => void Object.assign(file, { entries: other.entries }),
    ],
    [
      'ids exchanged between entries',
      'vault-refused',
      ({ entries: [first, second] }) => {
        if (first === undefined || second === undefined) throw new Error('two entries expected');
        [first.id, second.id] = [second.id, first.id];
      },
    ],
    ['an unknown member', 'vault-damaged', (file) => void Object.assign(file, { comment: 'x' })],
    ['a newer version', 'vault-newer', (file) => void Object.assign(file, { version: 2 })],
    ['another kind of file', 'vault-damaged', (file) => void Object.assign(file, { format: 'wallet' })],
    [
      'seal of another vault',
      'vault-refused',
      (file, other) => void Object.assign(file, { seal: other.seal }),
    ],
  ];
  test.each(edits)('%s: %s', async (_name, code, edit) => {
    const { path } = await makeVault();
    const { path: otherPath } = await makeVault();
    const file = JSON.parse(await readFile(path, 'utf8')) as File;
    edit(file, JSON.parse(await readFile(otherPath, 'utf8')) as File);
    expect(await expectRefused(path, Buffer.from(`${JSON.stringify(file, null, 2)}\n`), 'edited')).toBe(code);
  });

  test('wrong passphrase and tampering cannot be told apart', async () => {
    const { path } = await makeVault();
    const wrong = await secretErrorOf(open(path, 'wrong passphrase'));
    const file = JSON.parse(await readFile(path, 'utf8')) as File;
    file.entries.pop();
    await writeFile(path, `${JSON.stringify(file, null, 2)}\n`);
    const tampered = await secretErrorOf(open(path));
    expect([tampered.code, tampered.message, tampered.hint]).toEqual([wrong.code, wrong.message, wrong.hint]);
  });

  test.each([
    ['an empty file', ''],
    ['a text', 'hello'],
    ['JSON of something else', '{"crypto":{"kdf":"scrypt"}}\n'],
    ['null', 'null\n'],
  ])('%s is refused and left as it is', async (_name, text) => {
    const path = join(await temporaryFolder(), 'vault.json');
    await writeFile(path, text);
    expect((await secretErrorOf(open(path))).code).toBe('vault-damaged');
    const create = createVault({ path, passphrase: passphrase(), derive: fastDerive });
    expect((await secretErrorOf(create)).code).toBe('vault-exists');
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('a weak vault is refused before the passphrase is hashed', async () => {
    const { path } = await makeVault();
    const file = JSON.parse(await readFile(path, 'utf8')) as File;
    file.kdf.passes = 1;
    await writeFile(path, `${JSON.stringify(file, null, 2)}\n`);
    let derivations = 0;
    const counting: DeriveKey = (...inputs) => {
      derivations += 1;
      return fastDerive(...inputs);
    };
    expect((await secretErrorOf(open(path, canaryPassphrase, counting))).code).toBe('vault-weak');
    expect(derivations).toBe(0);
  });
});

describe('creation', () => {
  test('two at once: one vault, and the other is told', async () => {
    const path = join(await temporaryFolder(), 'vault.json');
    const results = await Promise.allSettled(
      ['first passphrase', 'second passphrase'].map((text) =>
        createVault({ path, passphrase: passphrase(text), derive: fastDerive }),
      ),
    );
    const failed = results.filter((result) => result.status === 'rejected');
    expect(failed.map(({ reason }) => isSecretError(reason) && reason.code)).toEqual(['vault-exists']);
    const winner = results.findIndex((result) => result.status === 'fulfilled');
    await open(path, winner === 0 ? 'first passphrase' : 'second passphrase');
  });

  test.each([
    ['cost below the floor', canaryPassphrase, { ...kdfFloor, passes: 2 }, 'bad-input'],
    ['cost above the ceiling', canaryPassphrase, { ...kdfFloor, lanes: 9 }, 'bad-input'],
    ['empty passphrase', '', kdfFloor, 'passphrase-empty'],
    ['7 bytes of passphrase', '1234567', kdfFloor, 'passphrase-too-short'],
    ['1025 bytes of passphrase', 'x'.repeat(1025), kdfFloor, 'passphrase-too-long'],
  ])('%s is refused and nothing is created', async (_name, text, cost, code) => {
    const folder = await temporaryFolder();
    const create = createVault({
      path: join(folder, 'vault.json'),
      passphrase: passphrase(text),
      derive: fastDerive,
      kdf: cost,
    });
    expect((await secretErrorOf(create)).code).toBe(code);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a missing vault is not created by opening', async () => {
    const folder = await temporaryFolder();
    expect((await secretErrorOf(open(join(folder, 'vault.json')))).code).toBe('vault-missing');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('locking', () => {
  test('after lock nothing opens, and the key buffers that were in use hold zeros', async () => {
    const derived: Buffer[] = [];
    const remembering: DeriveKey = async (...inputs) => {
      const key = await fastDerive(...inputs);
      derived.push(key);
      return key;
    };
    const { vault } = await makeVault(remembering);
    expect(derived.length).toBeGreaterThan(0);
    expect(derived.every((key) => key.every((byte) => byte === 0))).toBe(true);
    vault.lock();
    expect(vault.isLocked).toBe(true);
    expect(() => vault.read('first')).toThrow(expect.objectContaining({ code: 'vault-locked' }));
    expect(() => vault.ids()).toThrow(expect.objectContaining({ code: 'vault-locked' }));
    expect((await secretErrorOf(vault.write('x', Buffer.from('y')))).code).toBe('vault-locked');
    expect((await secretErrorOf(vault.delete('first'))).code).toBe('vault-locked');
  });

  test('locking during a change of passphrase leaves a vault that opens with one of the two', async () => {
    const { path, vault } = await makeVault();
    const change = vault.changePassphrase(passphrase(), passphrase('the next passphrase'));
    vault.lock();
    expect((await secretErrorOf(change)).code).toBe('vault-locked');
    expect(textOf(await open(path), 'first')).toBe(content.first);
  });
});

describe('changing the passphrase', () => {
  test('the new one opens, the old one does not, the open vault goes on, the data key is new', async () => {
    const { path, vault } = await makeVault();
    const before = JSON.parse(await readFile(path, 'utf8'));
    await vault.changePassphrase(passphrase(), passphrase('the next passphrase'));
    const after = JSON.parse(await readFile(path, 'utf8'));
    expect(after.kdf.salt).not.toBe(before.kdf.salt);
    expect(textOf(vault, 'second')).toBe(content.second);
    await vault.write('third', Buffer.from('3'));
    expect((await secretErrorOf(open(path))).code).toBe('vault-refused');
    const again = await open(path, 'the next passphrase');
    expect([again.vaultId, textOf(again, 'first'), textOf(again, 'third')]).toEqual([
      vault.vaultId,
      content.first,
      '3',
    ]);
    // An entry of the old file under the new header must not open, even put together by hand.
    after.entries[0] = before.entries[0];
    await writeFile(path, `${JSON.stringify(after, null, 2)}\n`);
    expect((await secretErrorOf(open(path, 'the next passphrase'))).code).toBe('vault-refused');
  });

  test.each([
    ['a wrong current one', 'wrong passphrase', 'the next passphrase', 'vault-refused'],
    ['a short new one', canaryPassphrase, 'short', 'passphrase-too-short'],
  ])('%s changes nothing', async (_name, current, next, code) => {
    const { path, vault } = await makeVault();
    const before = await readFile(path);
    const error = await secretErrorOf(vault.changePassphrase(passphrase(current), passphrase(next)));
    expect(error.code).toBe(code);
    expect((await readFile(path)).equals(before)).toBe(true);
    expect(textOf(vault, 'first')).toBe(content.first);
  });
});

describe('the file on disk', () => {
  test('another process changed it: our write is refused and theirs stays', async () => {
    const { path, vault } = await makeVault();
    const other = await open(path);
    await other.write('theirs', Buffer.from('kept'));
    expect((await secretErrorOf(vault.write('ours', Buffer.from('x')))).code).toBe('vault-changed');
    expect(textOf(await open(path), 'theirs')).toBe('kept');
  });

  test('no spelling of content or passphrase is in any file', async () => {
    const { path, vault } = await makeVault();
    await vault.changePassphrase(passphrase(), passphrase(`${canaryPassphrase} two`));
    for (const file of await allFiles(join(path, '..')))
      expect(leaksIn(file.content, allCanaries)).toEqual([]);
    // The search itself works: it finds the canary in what the vault gives back.
    expect(leaksIn(vault.read('first') ?? '', allCanaries)).toEqual([content.first]);
  });

  test('a leftover of a crash in the middle of a write is cleared by the next write', async () => {
    const { path, vault } = await makeVault();
    // One of a process that is gone (numbers end at 2^22), one of an earlier process of our own number, one without a number.
    for (const writer of ['4194305-', `${process.pid}-`, 'a'])
      await writeFile(join(path, '..', `.vault.json.new-${writer}0a1b2c3d4e5f`), 'half');
    expect(textOf(await open(path), 'first')).toBe(content.first);
    await vault.write('x', Buffer.from('y'));
    expect(await readdir(join(path, '..'))).toEqual(['vault.json']);
  });

  test('what another process is writing just now is left alone', async () => {
    const { path, vault } = await makeVault();
    const other = `.vault.json.new-${process.ppid}-0a1b2c3d4e5f`;
    await writeFile(join(path, '..', other), 'half');
    await vault.write('x', Buffer.from('y'));
    expect((await readdir(join(path, '..'))).sort()).toEqual([other, 'vault.json']);
  });

  test("writers who are at work at once do not take each other's files", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'settings');
    const writes: Promise<void>[] = [];
    for (let index = 0; index < 40; index += 1) {
      writes.push(replacePrivateFile(path, Buffer.from(`${index}`)));
      // Each begins when the ones before it are a different way on.
      await new Promise((resolve) => setTimeout(resolve, index % 3));
    }
    await Promise.all(writes);
    expect(await readdir(folder)).toEqual(['settings']);
    expect(Number(await readFile(path, 'utf8'))).toBeLessThan(40);
  });
});
