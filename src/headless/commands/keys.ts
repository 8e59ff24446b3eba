/** `keys` and `vault`: exchange keys, kept in the keychain or a vault. A secret comes in and never goes out. */

import { existsSync } from 'node:fs';
import type { CredentialField, KeyInfo } from '../../adapters/secrets/credentials.ts';
import { listKeys } from '../../adapters/secrets/key-index.ts';
import { type OpenedSecretStore, openSecretStore } from '../../adapters/secrets/open-secret-store.ts';
import {
  chooseSecretSource,
  readPassphrase,
  type SecretSourceFlags,
} from '../../adapters/secrets/passphrase-source.ts';
import { openTerminal as openKeyboard } from '../../adapters/secrets/terminal-prompt.ts';
import { createVaultStore, initVaultStore, vaultPathOf } from '../../adapters/secrets/vault-store.ts';
import { ApiError } from '../../shared/api/result.ts';
import { confirm } from '../cli/confirm.ts';
import type { CommandContext } from '../cli/context.ts';
import { renderTable } from '../output/table.ts';
import { timeWords } from '../output/words.ts';
import { withSecretErrors } from './secret-errors.ts';

/** How secrets reach a command; never as the value of a flag. */
export interface SecretFlags {
  readonly secretFd?: string | undefined;
  readonly secretStdin?: boolean | undefined;
  readonly passphraseFd?: string | undefined;
  readonly passphraseStdin?: boolean | undefined;
}

export interface AddKeyFlags extends SecretFlags {
  readonly venue: string;
  readonly label?: string | undefined;
  readonly fields?: string | undefined;
}

const askable: readonly CredentialField[] = ['apiKey', 'secret', 'password', 'uid'];

function sourceOf(flags: SecretSourceFlags) {
  return chooseSecretSource(flags, openKeyboard());
}

async function openStore(context: CommandContext, flags: SecretFlags): Promise<OpenedSecretStore> {
  return openSecretStore({
    dataFolder: context.dataFolder,
    nowMs: () => Date.now(),
    passphrase: () => readPassphrase(passphraseSource(flags), { purpose: 'open' }),
  });
}

function passphraseSource(flags: SecretFlags) {
  return sourceOf({
    descriptor: flags.passphraseFd,
    fromStdin: flags.passphraseStdin,
    flag: '--passphrase-fd',
  });
}

/** The public part of a key, as `keys list` and the API show it. */
function shown(key: KeyInfo) {
  const { id, venue, label, permissions, fingerprint, createdAtMs, store } = key;
  return {
    id,
    venue,
    label,
    permissions: permissions === 'unknown' ? 'unknown' : permissions.join(' '),
    fingerprint,
    createdAtMs,
    store,
  };
}

function keyTable(keys: readonly KeyInfo[]): string {
  return renderTable(
    keys,
    [
      { title: 'Key', of: (key) => key.id },
      { title: 'Venue', of: (key) => key.venue },
      { title: 'Label', of: (key) => key.label },
      { title: 'Permissions', of: (key) => shown(key).permissions },
      { title: 'Fingerprint', of: (key) => key.fingerprint },
      { title: 'Kept in', of: (key) => key.store },
      { title: 'Added', of: (key) => timeWords(key.createdAtMs) },
    ],
    'There are no keys. The demo and paper trading need none.',
  );
}

export function listStoredKeys(context: CommandContext): Promise<number> {
  return withSecretErrors(async () => {
    const keys = await listKeys(context.dataFolder);
    context.output.result({ keys: keys.map(shown) }, () => keyTable(keys));
    return 0;
  });
}

/** Reads a key by prompts, or as `{"apiKey","secret"}` from a descriptor, and stores it. */
export function addKey(context: CommandContext, flags: AddKeyFlags): Promise<number> {
  return withSecretErrors(async () => {
    const fields = (flags.fields ?? 'apiKey,secret').split(',').map((field) => field.trim());
    const unknown = fields.find((field) => !askable.includes(field as CredentialField));
    if (unknown !== undefined) {
      throw new ApiError('bad-input', `fields: "${unknown}" is not one of ${askable.join(', ')}`, {
        field: 'fields',
      });
    }
    const { readCredentials } = await import('../../adapters/secrets/credentials-source.ts');
    const store = await openStore(context, flags);
    // The vault's passphrase comes first on a shared standard input, and a wrong one costs no typed key.
    if (store.kind === 'vault') await store.unlock();
    const source = sourceOf({
      descriptor: flags.secretFd,
      fromStdin: flags.secretStdin,
      flag: '--secret-fd',
    });
    const credentials = await readCredentials(source, fields as CredentialField[]);
    const key = await store.put({ venue: flags.venue, label: flags.label ?? flags.venue, credentials });
    context.output.result(
      { key: shown(key), keys: [shown(key)] },
      () => `Stored in the ${key.store} as ${key.id}.`,
    );
    return 0;
  });
}

/** Shows that a key can be read and is whole. What the venue says about it is asked when live trading is set up. */
export function testKey(context: CommandContext, id: string, flags: SecretFlags): Promise<number> {
  return withSecretErrors(async () => {
    const store = await openStore(context, flags);
    const credentials = await store.get(id);
    const key = (await store.list()).find((known) => known.id === id);
    if (key === undefined) throw new ApiError('not-found', `there is no key ${id}`, { field: 'key' });
    const forms = Object.keys(credentials);
    context.output.result(
      { key: shown(key), keys: [shown(key)], readable: true, fields: forms },
      () => `Key ${id} is readable and whole (${forms.join(', ')}). Its rights: ${shown(key).permissions}.`,
    );
    return 0;
  });
}

export function removeKey(context: CommandContext, id: string, flags: SecretFlags): Promise<number> {
  return withSecretErrors(async () => {
    const known = (await listKeys(context.dataFolder)).find((key) => key.id === id);
    if (known === undefined) {
      throw new ApiError('not-found', `key: there is no key ${id}`, {
        field: 'key',
        hint: 'See the ids with: keys list',
      });
    }
    await confirm(context, `Remove key ${id} (${known.venue}, ${known.label}) for good?`);
    await (await openStore(context, flags)).remove(id);
    context.output.result({ removed: id }, () => `Removed ${id}. Delete it at the venue, too.`);
    return 0;
  });
}

export interface InitVaultFlags extends SecretFlags {
  readonly discardLostKeys?: boolean | undefined;
}

export function initVault(context: CommandContext, flags: InitVaultFlags): Promise<number> {
  return withSecretErrors(async () => {
    const { dataFolder } = context;
    if (existsSync(vaultPathOf(dataFolder))) {
      throw new ApiError('refused', `there is a vault already: ${vaultPathOf(dataFolder)}`, {
        hint: 'Nothing was changed.',
      });
    }
    const newPassphrase = await readPassphrase(passphraseSource(flags), { purpose: 'new' });
    const { ensureDataFolder } = await import('../../adapters/store/open-database.ts');
    ensureDataFolder(dataFolder);
    const store = await initVaultStore({
      dataFolder,
      nowMs: () => Date.now(),
      newPassphrase,
      discardLostKeys: flags.discardLostKeys === true,
    });
    store.lock();
    const vault = vaultPathOf(dataFolder);
    context.output.result(
      { vault },
      () => `Made ${vault}. Without its passphrase nobody can read the keys in it.`,
    );
    return 0;
  });
}

/** Opens the vault with the passphrase and locks it again: shows that both are right. */
export function unlockVault(context: CommandContext, flags: SecretFlags): Promise<number> {
  return withSecretErrors(async () => {
    const { dataFolder } = context;
    if (!existsSync(vaultPathOf(dataFolder))) {
      throw new ApiError('not-found', 'this data folder has no vault', { hint: 'Make one: vault init' });
    }
    const store = createVaultStore({ dataFolder, nowMs: () => Date.now() });
    await store.unlock(await readPassphrase(passphraseSource(flags), { purpose: 'open' }));
    const keys = await store.list();
    store.lock();
    context.output.result(
      { vault: vaultPathOf(dataFolder), keys: keys.map(shown) },
      () => `The passphrase is right; the vault holds ${keys.length} keys. It was locked again.`,
    );
    return 0;
  });
}
