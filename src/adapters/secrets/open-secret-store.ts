/** Chooses where this data folder keeps its keys: its vault if it has one, otherwise the OS keychain. */
import type { DeriveKey } from './argon2.ts';
import type { KeyInfo } from './credentials.ts';
import { isSecretError, SecretError } from './errors.ts';
import { listKeys, openKeyIndex } from './key-index.ts';
import { createKeychainStore, type KeychainPort, probeKeychain } from './keychain.ts';
import { readPrivateFile } from './private-file.ts';
import type { CredentialObserver, SecretStore } from './secret-store.ts';
import { vaultMissing } from './vault.ts';
import { maxVaultBytes } from './vault-format.ts';
import { createVaultStore, type VaultSecretStore, vaultPathOf } from './vault-store.ts';

/** What opening a secret store needs. */
export interface OpenSecretStoreOptions {
  readonly dataFolder: string;
  /** Wall clock, epoch ms. */
  readonly nowMs: () => number;
  /** Asked once, when a secret in a vault is first used; see `readPassphrase`. */
  readonly passphrase?: () => Promise<Buffer>;
  /** Sees every credential before it is used: register it with the logger's redactor. */
  readonly onCredentials?: CredentialObserver;
  readonly keychain?: KeychainPort;
  readonly keychainTimeoutMs?: number;
  readonly derive?: DeriveKey;
}

/** A keychain store or a vault store; `store.kind` tells them apart. */
export type OpenedSecretStore = (SecretStore & { readonly kind: 'keychain' }) | VaultSecretStore;

/**
 * Opens the store of a data folder. Throws `no-secret-store` when there is neither a vault nor a usable
 * keychain, and `vault-missing` when keys are listed in a vault whose file is gone: falling back to the
 * keychain then would hide the loss.
 */
export async function openSecretStore(options: OpenSecretStoreOptions): Promise<OpenedSecretStore> {
  const { dataFolder, nowMs, onCredentials, keychain, keychainTimeoutMs, passphrase, derive } = options;
  const observed = onCredentials === undefined ? {} : { onCredentials };
  const keychainUse = {
    ...(keychain === undefined ? {} : { keychain }),
    ...(keychainTimeoutMs === undefined ? {} : { timeoutMs: keychainTimeoutMs }),
  };
  if (await vaultExists(dataFolder)) {
    return createVaultStore({
      dataFolder,
      nowMs,
      ...observed,
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(derive === undefined ? {} : { derive }),
    });
  }
  const keys = await listKeys(dataFolder);
  if (keys.some((key) => key.store === 'vault')) throw vaultMissing(vaultPathOf(dataFolder));
  // Keys that lie in the keychain already prove it; only a first use needs the (slower) proof by writing.
  if (!keys.some((key) => key.store === 'keychain')) {
    const probe = await probeKeychain(keychainUse);
    if (!probe.usable) throw noStore(probe.error);
  }
  const store = createKeychainStore({ index: openKeyIndex(dataFolder), nowMs, ...observed, ...keychainUse });
  return { ...store, kind: 'keychain' };
}

/** Facts for `status`, `doctor` and the settings page; opens nothing and asks for nothing. */
export interface SecretStoreStatus {
  /** What {@link openSecretStore} would choose. */
  readonly kind: 'vault' | 'keychain' | 'none';
  readonly vaultPath: string | null;
  readonly keys: readonly KeyInfo[];
  /** Why there is no store, where `kind` is `none`. */
  readonly problem: SecretError | null;
}

/** Tells which store a data folder uses. Probes the keychain (writes and deletes one random entry) only if it must. */
export async function secretStoreStatus(
  options: Pick<OpenSecretStoreOptions, 'dataFolder' | 'keychain' | 'keychainTimeoutMs'>,
): Promise<SecretStoreStatus> {
  const { dataFolder } = options;
  const keys = await listKeys(dataFolder);
  const vaultPath = (await vaultExists(dataFolder)) ? vaultPathOf(dataFolder) : null;
  try {
    const { kind } = await openSecretStore({ ...options, nowMs: () => 0 });
    return { kind, vaultPath, keys, problem: null };
  } catch (error) {
    if (!isSecretError(error)) throw error;
    return { kind: 'none', vaultPath, keys, problem: error };
  }
}

async function vaultExists(dataFolder: string): Promise<boolean> {
  return (await readPrivateFile(vaultPathOf(dataFolder), maxVaultBytes)) !== null;
}

function noStore(cause: SecretError): SecretError {
  return new SecretError(
    'no-secret-store',
    `there is no place to keep keys: ${cause.message}, and this data folder has no vault`,
    'Make a passphrase vault: vault init. Paper trading and the demo need no key.',
  );
}
