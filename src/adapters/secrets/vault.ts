/** A passphrase vault: opaque entries in one encrypted file. Open it, use it, lock it. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  type DeriveKey,
  deriveCalibrated,
  deriveKey,
  type KdfParameters,
  kdfDefault,
  kdfSaltBytes,
  kdfVerdict,
} from './argon2.ts';
import { SecretError } from './errors.ts';
import { checkPassphraseLength } from './passphrase-source.ts';
import { createPrivateFile, readPrivateFile, replacePrivateFile } from './private-file.ts';
import {
  deriveVaultKeys,
  seal,
  sealEntry,
  sealFits,
  unseal,
  unsealEntry,
  type VaultKeys,
  wipeVaultKeys,
  withSeal,
} from './vault-cipher.ts';
import {
  associatedData,
  decodeVault,
  encodeVault,
  maxVaultBytes,
  type VaultDocument,
} from './vault-format.ts';

/** How to make or open a vault. The passphrase buffer is overwritten with zeros before the call ends. */
export interface VaultOptions {
  readonly path: string;
  readonly passphrase: Buffer;
  /** Replaces the key derivation, for tests of everything around it. */
  readonly derive?: DeriveKey;
  /** When given, a vault of another id is refused (`vault-foreign`) before the passphrase is used on it. */
  readonly expectedVaultId?: string;
}

/** Makes a vault; throws `vault-exists` when something is at `path` already. */
export async function createVault(
  options: Omit<VaultOptions, 'expectedVaultId'> & {
    readonly kdf?: KdfParameters;
    /** Runs when nothing is at `path`, before the slow derivation; what it throws stops the creation. */
    readonly beforeCreate?: () => Promise<void>;
  },
): Promise<Vault> {
  const { path, passphrase, derive = deriveKey, kdf = kdfDefault } = options;
  try {
    if (kdfVerdict(kdf) !== 'ok') {
      throw new SecretError(
        'bad-input',
        `passphrase hashing with ${kdf.memoryKib} KiB, ${kdf.passes} passes, ${kdf.lanes} lanes is out of bounds`,
        'Use at least 65536 KiB and 3 passes, at most 1048576 KiB, 32 passes and 8 lanes.',
        'kdf',
      );
    }
    // Asked first, because the derivation is slow; the creation below is what really decides.
    if ((await readPrivateFile(path, maxVaultBytes)) !== null) throw vaultExists(path);
    await options.beforeCreate?.();
    const { document, keys } = await wrapAnew({
      vaultId: randomUUID(),
      passphrase,
      derive,
      kdf,
      clearEntries: [],
    });
    const bytes = encodeVault(document);
    if (!(await createPrivateFile(path, bytes))) {
      wipeVaultKeys(keys);
      throw vaultExists(path);
    }
    return new Vault(path, derive, document, keys, bytes);
  } finally {
    passphrase.fill(0);
  }
}

/**
 * Opens a vault. Throws `vault-missing`, `vault-damaged`, `vault-newer`, `vault-weak`, `vault-foreign`, or `vault-refused`,
 * which says alike that the passphrase is wrong or that the file was tampered with: to tell them apart would
 * help whoever tampers.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const { path, passphrase, derive = deriveKey } = options;
  try {
    const bytes = await readPrivateFile(path, maxVaultBytes);
    if (bytes === null) throw vaultMissing(path);
    const document = decodeVault(bytes, path);
    if (options.expectedVaultId !== undefined && options.expectedVaultId !== document.vaultId)
      throw foreign(path);
    const keys = await unwrap(document, passphrase, derive);
    return new Vault(path, derive, document, keys, bytes);
  } finally {
    passphrase.fill(0);
  }
}

/** An open vault. Writes are serialised and atomic; after {@link Vault.lock} every use throws `vault-locked`. */
export class Vault {
  readonly path: string;
  readonly #derive: DeriveKey;
  #document: VaultDocument;
  #keys: VaultKeys | null;
  /** What we last read or wrote, to notice that another process changed the file. */
  #bytesOnDisk: Buffer;
  #lastWrite: Promise<unknown> = Promise.resolve();

  /** Use {@link createVault} or {@link openVault}. */
  constructor(
    path: string,
    derive: DeriveKey,
    document: VaultDocument,
    keys: VaultKeys,
    bytesOnDisk: Buffer,
  ) {
    this.path = path;
    this.#derive = derive;
    this.#document = document;
    this.#keys = keys;
    this.#bytesOnDisk = bytesOnDisk;
  }

  get vaultId(): string {
    return this.#document.vaultId;
  }

  /** Cost of the passphrase hashing of this vault. */
  get kdf(): KdfParameters {
    const { memoryKib, passes, lanes } = this.#document.kdf;
    return { memoryKib, passes, lanes };
  }

  get isLocked(): boolean {
    return this.#keys === null;
  }

  /** Overwrites the keys in memory with zeros, at once. */
  lock(): void {
    if (this.#keys !== null) wipeVaultKeys(this.#keys);
    this.#keys = null;
  }

  /** Ids of all entries. */
  ids(): readonly string[] {
    this.#open();
    return this.#document.entries.map((entry) => entry.id);
  }

  /** The bytes of an entry, or null when there is none. The caller should overwrite the buffer after use. */
  read(id: string): Buffer | null {
    const keys = this.#open();
    const entry = this.#document.entries.find((candidate) => candidate.id === id);
    if (entry === undefined) return null;
    const clear = unsealEntry(keys, this.#document, entry);
    if (clear === null) throw refused();
    return clear;
  }

  /** Adds or replaces an entry; on disk when the promise fulfils. */
  write(id: string, clear: Uint8Array): Promise<void> {
    return this.#change((keys, document) => {
      const others = document.entries.filter((entry) => entry.id !== id);
      return withSeal(keys, { ...document, entries: [...others, sealEntry(keys, document, id, clear)] });
    });
  }

  /** Deletes an entry; gives whether there was one. */
  async delete(id: string): Promise<boolean> {
    let existed = false;
    await this.#change((keys, document) => {
      const entries = document.entries.filter((entry) => entry.id !== id);
      existed = entries.length < document.entries.length;
      return existed ? withSeal(keys, { ...document, entries }) : document;
    });
    return existed;
  }

  /**
   * Sets a new passphrase, and with it a new data key: whoever knew the old passphrase and kept an old copy
   * of the file cannot read what is stored from now on. Both buffers are overwritten with zeros.
   */
  changePassphrase(current: Buffer, next: Buffer, kdf: KdfParameters = this.kdf): Promise<void> {
    const change = async (): Promise<void> => {
      try {
        this.#open();
        wipeVaultKeys(await unwrap(this.#document, current, this.#derive));
        const keys = this.#open(); // asked again: it may have been locked during the derivation
        const clearEntries = this.#document.entries.map((entry) => {
          const clear = unsealEntry(keys, this.#document, entry);
          if (clear === null) throw refused();
          return { id: entry.id, clear };
        });
        const { vaultId } = this;
        const wrapped = await wrapAnew({
          vaultId,
          passphrase: next,
          derive: this.#derive,
          kdf,
          clearEntries,
        });
        try {
          await this.#store(wrapped.document);
        } catch (error) {
          wipeVaultKeys(wrapped.keys);
          throw error;
        }
        const wasLocked = this.isLocked;
        this.lock();
        if (wasLocked) wipeVaultKeys(wrapped.keys);
        else this.#keys = wrapped.keys;
      } finally {
        current.fill(0);
        next.fill(0);
      }
    };
    return this.#serialised(change);
  }

  #open(): VaultKeys {
    if (this.#keys === null) throw lockedError();
    return this.#keys;
  }

  #change(apply: (keys: VaultKeys, document: VaultDocument) => VaultDocument): Promise<void> {
    return this.#serialised(async () => {
      const next = apply(this.#open(), this.#document);
      if (next !== this.#document) await this.#store(next);
    });
  }

  async #store(next: VaultDocument): Promise<void> {
    const onDisk = await readPrivateFile(this.path, maxVaultBytes);
    if (onDisk === null) throw vaultMissing(this.path);
    if (!onDisk.equals(this.#bytesOnDisk)) {
      throw new SecretError(
        'vault-changed',
        `${this.path} was changed by another program since it was opened`,
        'Lock and unlock the vault, then try again. Nothing was changed.',
      );
    }
    const bytes = encodeVault(next);
    await replacePrivateFile(this.path, bytes);
    this.#bytesOnDisk = bytes;
    this.#document = next;
  }

  #serialised<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#lastWrite.then(work, work);
    this.#lastWrite = done.catch(() => undefined); // the caller gets the error; the queue goes on
    return done;
  }
}

interface WrapOptions {
  readonly vaultId: string;
  readonly passphrase: Buffer;
  readonly derive: DeriveKey;
  readonly kdf: KdfParameters;
  readonly clearEntries: readonly { id: string; clear: Buffer }[];
}

/** A fresh salt, a fresh data key, and the entries encrypted with it. Wipes the clear entries. */
async function wrapAnew(options: WrapOptions): Promise<{ document: VaultDocument; keys: VaultKeys }> {
  const { vaultId, passphrase, derive, clearEntries } = options;
  const dataKey = randomBytes(32);
  try {
    checkPassphraseLength(passphrase, 'new');
    const salt = randomBytes(kdfSaltBytes);
    const { key: wrappingKey, parameters } = await deriveCalibrated(derive, passphrase, salt, options.kdf);
    const header = { vaultId, kdf: { ...parameters, salt } };
    const wrapped = seal(wrappingKey, dataKey, associatedData(header, 'data-key'));
    wrappingKey.fill(0);
    const keys = deriveVaultKeys(dataKey, vaultId);
    const entries = clearEntries.map(({ id, clear }) => sealEntry(keys, header, id, clear));
    return { document: withSeal(keys, { ...header, dataKey: wrapped, entries }), keys };
  } finally {
    dataKey.fill(0);
    for (const { clear } of clearEntries) clear.fill(0);
  }
}

async function unwrap(document: VaultDocument, passphrase: Buffer, derive: DeriveKey): Promise<VaultKeys> {
  checkPassphraseLength(passphrase, 'open');
  const wrappingKey = await derive(passphrase, document.kdf.salt, document.kdf);
  const dataKey = unseal(wrappingKey, document.dataKey, associatedData(document, 'data-key'));
  wrappingKey.fill(0);
  if (dataKey === null) throw refused();
  const keys = deriveVaultKeys(dataKey, document.vaultId);
  dataKey.fill(0);
  if (sealFits(keys, document)) return keys;
  wipeVaultKeys(keys);
  throw refused();
}

function refused(): SecretError {
  return new SecretError(
    'vault-refused',
    'the vault did not open: the passphrase is wrong, or the file was tampered with',
    'Try the passphrase again. If you are sure of it, restore the vault from a backup.',
  );
}

function foreign(path: string): SecretError {
  return new SecretError(
    'vault-foreign',
    `${path} is not the vault this data folder was using`,
    'Put the right vault back. The passphrase was not tried on this one.',
  );
}

function lockedError(): SecretError {
  return new SecretError('vault-locked', 'the vault is locked', 'Unlock it: vault unlock');
}

function vaultExists(path: string): SecretError {
  return new SecretError(
    'vault-exists',
    `there is a vault already: ${path}`,
    'Use it (keys add), or move it away yourself first. It was not touched.',
  );
}

/** There is no vault file at `path`. */
export function vaultMissing(path: string): SecretError {
  return new SecretError(
    'vault-missing',
    `there is no vault at ${path}`,
    'Make one with: vault init. If there was one, restore it from a backup first.',
  );
}
