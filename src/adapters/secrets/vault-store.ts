/** Keys in a passphrase vault, for machines without a keychain: `<data>/keys/vault.json`. */
import { join } from 'node:path';
import type { DeriveKey, KdfParameters } from './argon2.ts';
import { decodeSealed } from './credentials.ts';
import { SecretError } from './errors.ts';
import { createIndexedStore, type SecretBackend } from './indexed-store.ts';
import { type KeyIndex, keysFolder, openKeyIndex } from './key-index.ts';
import type { CredentialObserver, SecretStore } from './secret-store.ts';
import { createVault, openVault, type Vault, vaultMissing } from './vault.ts';

/** A secret store that can be locked. */
export interface VaultSecretStore extends SecretStore {
  readonly kind: 'vault';
  readonly vaultPath: string;
  readonly isLocked: boolean;
  /** Opens the vault, with `passphrase` or with the one the options' source gives. Wipes the buffer. */
  unlock(passphrase?: Buffer): Promise<void>;
  /** Wipes the keys from memory; until the next {@link unlock} every use of a secret throws `vault-locked`. */
  lock(): void;
  /** Wipes both buffers. */
  changePassphrase(current: Buffer, next: Buffer): Promise<void>;
}

/** What a vault store needs. */
export interface VaultStoreOptions {
  readonly dataFolder: string;
  readonly nowMs: () => number;
  /** Asked once, at the first use of a secret. Without it the store stays locked until `unlock(passphrase)`. */
  readonly passphrase?: () => Promise<Buffer>;
  readonly onCredentials?: CredentialObserver;
  readonly derive?: DeriveKey;
}

/** Where the vault of a data folder is. */
export function vaultPathOf(dataFolder: string): string {
  return join(keysFolder(dataFolder), 'vault.json');
}

/** Opens the vault store of a data folder without unlocking it: listing keys needs no passphrase. */
export function createVaultStore(options: VaultStoreOptions): VaultSecretStore {
  return assemble(options, openKeyIndex(options.dataFolder), null);
}

/**
 * Makes the vault of a data folder and gives its store, unlocked. Throws `vault-exists`, and `vault-missing`
 * when the folder lists keys of a vault that is gone, unless `discardLostKeys` says to forget those.
 */
export async function initVaultStore(
  options: Omit<VaultStoreOptions, 'passphrase'> & {
    readonly newPassphrase: Buffer;
    readonly kdf?: KdfParameters;
    readonly discardLostKeys?: boolean;
  },
): Promise<VaultSecretStore> {
  const { newPassphrase, kdf, derive, discardLostKeys = false, ...rest } = options;
  const path = vaultPathOf(options.dataFolder);
  const index = openKeyIndex(options.dataFolder);
  try {
    const lost = await index.list('vault');
    const vault = await createVault({
      path,
      passphrase: newPassphrase,
      ...(derive === undefined ? {} : { derive }),
      ...(kdf === undefined ? {} : { kdf }),
      beforeCreate: async () => {
        if (lost.length > 0 && !discardLostKeys) throw lostVault(path, lost.length);
        // Unbound before and bound after: a crash in between leaves a vault that the next unlock adopts.
        await index.bindVault(null);
      },
    });
    await index.bindVault(vault.vaultId);
    return assemble({ ...rest, ...(derive === undefined ? {} : { derive }) }, index, vault);
  } finally {
    newPassphrase.fill(0);
  }
}

function assemble(options: VaultStoreOptions, index: KeyIndex, opened: Vault | null): VaultSecretStore {
  const { dataFolder, nowMs, onCredentials, derive } = options;
  const path = vaultPathOf(dataFolder);
  let vault = opened;
  /** Set by lock(): from then on only a person's unlock opens it, not the next use. */
  let lockedByHand = false;
  let unlocking: Promise<Vault> | null = null;

  async function open(passphrase: Buffer): Promise<Vault> {
    const { vaultId } = await index.read();
    const next = await openVault({
      path,
      passphrase,
      ...(derive === undefined ? {} : { derive }),
      ...(vaultId === undefined ? {} : { expectedVaultId: vaultId }),
    });
    try {
      if (vaultId === undefined) await index.bindVault(next.vaultId);
      await listAgain(next, index);
    } catch (error) {
      next.lock();
      throw error;
    }
    vault?.lock();
    vault = next;
    return next;
  }

  /** The open vault; asks for the passphrase at the first use, once for all callers that wait. */
  async function use(): Promise<Vault> {
    if (vault !== null && !vault.isLocked) return vault;
    const ask = options.passphrase;
    if (lockedByHand || ask === undefined) {
      throw new SecretError('vault-locked', 'the vault is locked', 'Unlock it: vault unlock');
    }
    unlocking ??= ask()
      .then(open)
      .finally(() => {
        unlocking = null;
      });
    return unlocking;
  }

  const backend: SecretBackend = {
    kind: 'vault',
    write: async (id, bytes) => (await use()).write(id, bytes),
    read: async (id) => (await use()).read(id),
    delete: async (id) => (await use()).delete(id),
  };
  const store = createIndexedStore({
    index,
    backend,
    nowMs,
    ...(onCredentials === undefined ? {} : { onCredentials }),
  });

  return {
    ...store,
    kind: 'vault',
    vaultPath: path,
    get isLocked() {
      return vault === null || vault.isLocked;
    },
    unlock: async (passphrase) => {
      const given = passphrase ?? (await options.passphrase?.());
      if (given === undefined) throw new SecretError('vault-locked', 'no passphrase was given', 'Give one.');
      await open(given);
      lockedByHand = false;
    },
    lock: () => {
      lockedByHand = true;
      vault?.lock();
    },
    changePassphrase: async (current, next) => {
      try {
        await (await use()).changePassphrase(current, next);
      } finally {
        current.fill(0);
        next.fill(0);
      }
    },
  };
}

/** Puts entries the key list has lost (a crash, a deleted list) back on it. */
async function listAgain(vault: Vault, index: KeyIndex): Promise<void> {
  const { keys } = await index.read();
  const listed = new Set(keys.map((key) => key.id));
  for (const id of vault.ids()) {
    if (listed.has(id)) continue;
    const bytes = vault.read(id);
    if (bytes === null) continue;
    try {
      await index.put({ ...decodeSealed(bytes, id).info, store: 'vault' });
    } finally {
      bytes.fill(0);
    }
  }
}

function lostVault(path: string, count: number): SecretError {
  const { message } = vaultMissing(path);
  return new SecretError(
    'vault-missing',
    `${message}, but ${count} key(s) are listed as kept in it`,
    'Restore that vault from a backup; or make a new one and forget those keys: vault init --discard-lost-keys.',
  );
}
