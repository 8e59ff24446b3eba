/** Ready stores for the key tests. */
import { join } from 'node:path';
import type { VenueCredentials } from '../../../src/adapters/secrets/credentials.ts';
import { openKeyIndex } from '../../../src/adapters/secrets/key-index.ts';
import { createKeychainStore, type KeychainPort } from '../../../src/adapters/secrets/keychain.ts';
import type { SecretStore } from '../../../src/adapters/secrets/secret-store.ts';
import { initVaultStore, type VaultSecretStore } from '../../../src/adapters/secrets/vault-store.ts';
import { canaryPassphrase, fastDerive, memoryKeychain, steppingClock, temporaryFolder } from './support.ts';

/** What the redactor was shown. */
type Observed = { credentials: VenueCredentials; id: string }[];
/** A store in a data folder of its own. */
export interface Fixture {
  readonly store: SecretStore;
  readonly dataFolder: string;
  readonly observed: Observed;
}

/** Where the key list lies. */
export const indexFile = (dataFolder: string): string => join(dataFolder, 'keys', 'index.json');

/** A store on a keychain, in memory unless one is given. */
export async function keychainFixture(keychain: KeychainPort = memoryKeychain()): Promise<Fixture> {
  const dataFolder = await temporaryFolder();
  const observed: Observed = [];
  const store = createKeychainStore({
    index: openKeyIndex(dataFolder),
    nowMs: steppingClock(),
    keychain,
    onCredentials: (credentials, { id }) => observed.push({ credentials, id }),
  });
  return { store, dataFolder, observed };
}

/** A store on a fresh, unlocked vault with an instant derivation. */
export async function vaultFixture(): Promise<Fixture & { store: VaultSecretStore }> {
  const dataFolder = await temporaryFolder();
  const observed: Observed = [];
  const store = await initVaultStore({
    dataFolder,
    nowMs: steppingClock(),
    newPassphrase: Buffer.from(canaryPassphrase),
    derive: fastDerive,
    onCredentials: (credentials, { id }) => observed.push({ credentials, id }),
  });
  return { store, dataFolder, observed };
}
