/** Shared pieces of the key tests: temporary folders, a canary key, stand-ins for keychain and derivation. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { DeriveKey } from '../../../src/adapters/secrets/argon2.ts';
import type { NewKey, VenueCredentials } from '../../../src/adapters/secrets/credentials.ts';
import { isSecretError, type SecretError } from '../../../src/adapters/secrets/errors.ts';
import type { KeychainPort } from '../../../src/adapters/secrets/keychain.ts';

/** Values that must never turn up anywhere. Not one byte of them is a real key. */
export const canary: Required<VenueCredentials> = {
  apiKey: 'CANARYapiKeyQ3v9Zx7Lm2Wp8Rt5Yk1Nb4',
  secret: 'CANARYsecret/8fJ+uE2kz0QmXw6VhPa9sDg3Tc==',
  password: 'CANARY pass&phrase 77',
  uid: 'CANARYuid20391',
};

export const canaryPassphrase = 'CANARY vault passphrase 41';

export function canaryKey(changes: Partial<NewKey> = {}): NewKey {
  return { venue: 'binance', label: 'main account', credentials: canary, ...changes };
}

/** Stands in for Argon2id where the derivation itself is not under test: instant, and as sensitive to its inputs. */
export const fastDerive: DeriveKey = async (passphrase, salt, { memoryKib, passes, lanes }) =>
  createHash('sha256')
    .update(JSON.stringify([memoryKib, passes, lanes]))
    .update(salt)
    .update(passphrase)
    .digest();

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sextant-secrets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A keychain in memory, shared by whoever is handed it. */
export function memoryKeychain(): KeychainPort & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  const name = (service: string, account: string): string => `${service} ${account}`;
  return {
    entries,
    getPassword: async (service, account) => entries.get(name(service, account)) ?? null,
    setPassword: async (service, account, password) => {
      entries.set(name(service, account), password);
    },
    deletePassword: async (service, account) => entries.delete(name(service, account)),
  };
}

/** The error `promise` fails with, which must be a SecretError. */
export async function secretErrorOf(promise: Promise<unknown>): Promise<SecretError> {
  try {
    await promise;
  } catch (error) {
    if (isSecretError(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** A clock that moves by one second at each look. */
export function steppingClock(startMs = 1_763_700_000_000): () => number {
  let nowMs = startMs;
  return () => {
    nowMs += 1000;
    return nowMs;
  };
}

/** All files below `folder`, with their content. */
export async function allFiles(folder: string): Promise<{ path: string; content: Buffer }[]> {
  const files: { path: string; content: Buffer }[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.push({ path, content: await readFile(path) });
  }
  return files;
}

/** Spellings in which a secret could lie in a file: as it is, JSON, base64 at each alignment, hex, UTF-16, URL. */
export function spellings(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret, 'utf8');
  const aligned = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Characters that mix in a neighbouring byte are left out.
    return text.slice(Math.ceil((offset * 8) / 6), -1);
  });
  const texts = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), ...aligned];
  texts.push(bytes.toString('hex'), bytes.toString('hex').toUpperCase());
  return [...texts.map((text) => Buffer.from(text, 'utf8')), Buffer.from(secret, 'utf16le')];
}

/** Which of `secrets` occur in `content`, in any spelling. */
export function leaksIn(content: Buffer | string, secrets: readonly string[]): readonly string[] {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return secrets.filter((secret) => spellings(secret).some((spelling) => bytes.includes(spelling)));
}

export const allCanaries: readonly string[] = [...Object.values(canary), canaryPassphrase];
