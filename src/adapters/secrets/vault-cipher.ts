/** The vault's cryptography: AES-256-GCM with random nonces, HKDF for subkeys, HMAC for the seal. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { associatedData, type SealedBytes, sealedPart, type VaultDocument } from './vault-format.ts';

const algorithm = 'aes-256-gcm';
const tagBytes = 16;
const nonceBytes = 12;

/** The header that every ciphertext is bound to. */
export type VaultHeader = Pick<VaultDocument, 'vaultId' | 'kdf'>;

/** Keys derived from the data key, one for each use. */
export interface VaultKeys {
  readonly entryKey: Buffer;
  readonly sealKey: Buffer;
}

/** Encrypts. The nonce is random: with 96 bits and at most millions of writes, a repeat is out of reach. */
export function seal(key: Buffer, clear: Uint8Array, associated: Buffer): SealedBytes {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associated);
  const sealed = Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
  return { nonce, sealed };
}

/** Decrypts, or gives null when key, nonce, ciphertext or associated data is not what was sealed. */
export function unseal(key: Buffer, { nonce, sealed }: SealedBytes, associated: Buffer): Buffer | null {
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const clear = decipher.update(sealed.subarray(0, sealed.length - tagBytes));
  try {
    decipher.final();
    return clear;
  } catch {
    clear.fill(0);
    return null;
  }
}

/** Subkeys of a vault's data key. */
export function deriveVaultKeys(dataKey: Buffer, vaultId: string): VaultKeys {
  const subkey = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', dataKey, vaultId, `sextant vault 1 ${use}`, 32));
  return { entryKey: subkey('entries'), sealKey: subkey('seal') };
}

/** Overwrites the keys with zeros. */
export function wipeVaultKeys(keys: VaultKeys): void {
  keys.entryKey.fill(0);
  keys.sealKey.fill(0);
}

/** Completes a document with its seal. */
export function withSeal(keys: VaultKeys, document: Omit<VaultDocument, 'seal'>): VaultDocument {
  return { ...document, seal: sealOf(keys, document) };
}

/** Whether the seal fits the document. */
export function sealFits(keys: VaultKeys, document: VaultDocument): boolean {
  return timingSafeEqual(sealOf(keys, document), document.seal);
}

/** Encrypts one entry for its place in this vault. */
export function sealEntry(keys: VaultKeys, header: VaultHeader, id: string, clear: Uint8Array) {
  return { id, ...seal(keys.entryKey, clear, associatedData(header, 'entry', id)) };
}

/** Decrypts one entry, or gives null. */
export function unsealEntry(keys: VaultKeys, header: VaultHeader, entry: VaultDocument['entries'][number]) {
  return unseal(keys.entryKey, entry, associatedData(header, 'entry', entry.id));
}

function sealOf(keys: VaultKeys, document: Omit<VaultDocument, 'seal'>): Buffer {
  return createHmac('sha256', keys.sealKey).update(sealedPart(document)).digest();
}
