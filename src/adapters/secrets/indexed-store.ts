/** One secret store = the key list of the data folder + a backend that keeps bytes secret. */
import { randomBytes } from 'node:crypto';
import {
  checkNewKey,
  checkSameKey,
  decodeSealed,
  encodeSealed,
  type KeyInfo,
  keyFingerprint,
  type NewKey,
  type SecretStoreKind,
  type VenueCredentials,
} from './credentials.ts';
import { SecretError } from './errors.ts';
import type { KeyIndex } from './key-index.ts';
import type { CredentialObserver, SecretStore } from './secret-store.ts';

/** Keeps opaque secret bytes by key id. */
export interface SecretBackend {
  readonly kind: SecretStoreKind;
  write(id: string, bytes: Buffer): Promise<void>;
  /** Gives null when there is nothing under `id`. The caller may overwrite the buffer. */
  read(id: string): Promise<Buffer | null>;
  /** Gives whether there was something to delete. */
  delete(id: string): Promise<boolean>;
}

/** What every store needs besides its backend. */
export interface IndexedStoreOptions {
  readonly index: KeyIndex;
  readonly backend: SecretBackend;
  /** Wall clock, epoch ms. */
  readonly nowMs: () => number;
  readonly onCredentials?: CredentialObserver;
}

/** Makes a {@link SecretStore} of a backend. */
export function createIndexedStore(options: IndexedStoreOptions): SecretStore {
  const { index, backend, nowMs } = options;
  let lastWrite: Promise<unknown> = Promise.resolve();

  /** One write at a time, so that two additions of one key cannot both pass the duplicate check. */
  function serialised<T>(work: () => Promise<T>): Promise<T> {
    const done = lastWrite.then(work, work);
    lastWrite = done.catch(() => undefined); // the caller gets the error; the queue goes on
    return done;
  }

  async function listed(id: string): Promise<KeyInfo> {
    const info = await index.find(id);
    if (info === undefined || info.store !== backend.kind) throw notFound(id);
    return info;
  }

  async function readSealed(listedInfo: KeyInfo): Promise<VenueCredentials> {
    const bytes = await backend.read(listedInfo.id);
    if (bytes === null) throw missing(listedInfo);
    try {
      const { info, credentials } = decodeSealed(bytes, listedInfo.id);
      options.onCredentials?.(credentials, info);
      checkSameKey(listedInfo, info);
      return credentials;
    } finally {
      bytes.fill(0);
    }
  }

  async function writeSealed(info: KeyInfo, credentials: VenueCredentials): Promise<void> {
    const bytes = encodeSealed(info, credentials);
    try {
      await backend.write(info.id, bytes);
    } finally {
      bytes.fill(0);
    }
  }

  async function put(key: NewKey): Promise<KeyInfo> {
    checkNewKey(key);
    const info = describe(key, key.id ?? `${key.venue}-${randomBytes(3).toString('hex')}`);
    options.onCredentials?.(key.credentials, info);
    const { keys } = await index.read();
    const same = keys.find((other) => other.venue === info.venue && other.fingerprint === info.fingerprint);
    const taken = keys.find((other) => other.id === info.id);
    // The same key under the same id in the other store is a move, and the entry follows it.
    const isMove = same !== undefined && same.id === info.id && same.store !== info.store;
    if ((same !== undefined || taken !== undefined) && !isMove) throw exists(same ?? info);
    // Secret first: a crash in between leaves a secret nobody lists, never a listed key without its secret.
    await writeSealed(info, key.credentials);
    await index.put(info);
    return info;
  }

  function describe(key: NewKey, id: string): KeyInfo {
    return {
      id,
      venue: key.venue,
      label: key.label.trim(),
      permissions: key.permissions ?? 'unknown',
      createdAtMs: key.createdAtMs ?? nowMs(),
      fingerprint: keyFingerprint(key.venue, key.credentials.apiKey),
      store: backend.kind,
    };
  }

  return {
    kind: backend.kind,
    list: () => index.list(backend.kind),
    put: (key) => serialised(() => put(key)),
    get: async (id) => readSealed(await listed(id)),
    remove: (id) =>
      serialised(async () => {
        // Secret first again: what is no longer listed must no longer exist.
        const hadSecret = await backend.delete(id);
        const wasListed = await index.remove(id, backend.kind);
        if (!hadSecret && !wasListed) throw notFound(id);
      }),
    setPermissions: (id, permissions) =>
      serialised(async () => {
        const info: KeyInfo = { ...(await listed(id)), permissions: [...permissions] };
        const credentials = await readSealed(info);
        checkNewKey({ ...info, credentials });
        await writeSealed(info, credentials);
        await index.put(info);
        return info;
      }),
  };
}

function notFound(id: string): SecretError {
  return new SecretError('key-not-found', `there is no key ${id}`, 'See the ids with: keys list');
}

function exists(info: KeyInfo): SecretError {
  return new SecretError(
    'key-exists',
    `this key is stored already, as ${info.id} (${info.label})`,
    `To replace it: keys remove ${info.id}, then add it again.`,
  );
}

function missing(info: KeyInfo): SecretError {
  return new SecretError(
    'secret-missing',
    `key ${info.id} is listed, but its secret is not in the ${info.store}`,
    info.store === 'keychain'
      ? `Is the keychain locked, or another user's? Otherwise: keys remove ${info.id}, and add it again.`
      : `It was removed elsewhere, or the vault is an older copy: restore it, or keys remove ${info.id}.`,
  );
}
