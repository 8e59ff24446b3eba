/** The port behind which venue keys are kept: an OS keychain or a passphrase vault. */
import type { KeyInfo, NewKey, SecretStoreKind, VenueCredentials } from './credentials.ts';

/** Keeps venue keys of one data folder. Every method may throw {@link SecretError}. */
export interface SecretStore {
  readonly kind: SecretStoreKind;
  /** Keys of this store, oldest first. Needs no passphrase. */
  list(): Promise<readonly KeyInfo[]>;
  /** Stores a key and gives its public part. The same API key at the same venue is refused (`key-exists`). */
  put(key: NewKey): Promise<KeyInfo>;
  /** The secret part. The strings cannot be wiped from memory: keep them no longer than needed. */
  get(id: string): Promise<VenueCredentials>;
  /** Deletes secret and entry. */
  remove(id: string): Promise<void>;
  /** Notes what rights the venue reported for a key. */
  setPermissions(id: string, permissions: readonly string[]): Promise<KeyInfo>;
}

/** Called with every credential before it is stored or handed out, so that the logger learns to hide it. */
export type CredentialObserver = (credentials: VenueCredentials, info: KeyInfo) => void;

/**
 * Moves all keys of `from` into `to`, one by one, deleting each only after it was stored and read back.
 * Gives the ids moved. An error leaves every key in at least one of the two stores.
 */
export async function moveKeys(from: SecretStore, to: SecretStore): Promise<readonly string[]> {
  const moved: string[] = [];
  for (const info of await from.list()) {
    const credentials = await from.get(info.id);
    const { id: _oldId, store: _oldStore, fingerprint: _fingerprint, ...kept } = info;
    await to.put({ ...kept, id: info.id, credentials });
    await to.get(info.id);
    await from.remove(info.id);
    moved.push(info.id);
  }
  return moved;
}
