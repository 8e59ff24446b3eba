/** The vault file: what is in it, how it is read and written. No key material in clear passes through here. */
import { z } from 'zod';
import { type KdfParameters, kdfCeiling, kdfFloor, kdfKeyBytes, kdfSaltBytes, kdfVerdict } from './argon2.ts';
import { SecretError } from './errors.ts';

/** Version written now; older ones are read, newer ones refused. */
export const vaultFormatVersion = 1;
/** Largest vault file that is read. */
export const maxVaultBytes = 16 * 1024 * 1024;

const nonceBytes = 12;
const tagBytes = 16;
const sealBytes = 32;
const maxEntryBytes = 64 * 1024;

/** An AEAD ciphertext: nonce, and ciphertext followed by its tag. */
export interface SealedBytes {
  readonly nonce: Buffer;
  readonly sealed: Buffer;
}

/** A parsed vault file. */
export interface VaultDocument {
  readonly vaultId: string;
  readonly kdf: KdfParameters & { readonly salt: Buffer };
  /** The data key, encrypted with the key that comes from the passphrase. */
  readonly dataKey: SealedBytes;
  readonly entries: readonly (SealedBytes & { readonly id: string })[];
  /** HMAC-SHA256 over everything above, so that no entry can be dropped, added or put back. */
  readonly seal: Buffer;
}

const sealedShape = { nonce: z.string(), sealed: z.string() };
const fileSchema = z.strictObject({
  format: z.literal('sextant-vault'),
  version: z.literal(vaultFormatVersion),
  vaultId: z.uuid(),
  kdf: z.strictObject({
    name: z.literal('argon2id'),
    memoryKib: z.int().min(0),
    passes: z.int().min(0),
    lanes: z.int().min(0),
    salt: z.string(),
  }),
  dataKey: z.strictObject(sealedShape),
  entries: z.array(z.strictObject({ id: z.string().min(1).max(64), ...sealedShape })).max(1000),
  seal: z.string(),
});

/** The bytes of a vault file. There is exactly one spelling of each document. */
export function encodeVault(document: VaultDocument): Buffer {
  const { seal, ...unsealed } = document;
  return Buffer.from(`${JSON.stringify({ ...toFile(unsealed), seal: toBase64(seal) }, null, 2)}\n`, 'utf8');
}

/** The bytes that {@link VaultDocument.seal} authenticates. */
export function sealedPart(document: Omit<VaultDocument, 'seal'>): Buffer {
  return Buffer.from(JSON.stringify(toFile(document)), 'utf8');
}

/**
 * Associated data of one ciphertext: format version, vault id, KDF parameters and what it is for. A ciphertext
 * from another vault, another entry, or under changed parameters therefore fails to open.
 */
export function associatedData(
  document: Pick<VaultDocument, 'vaultId' | 'kdf'>,
  purpose: 'data-key' | 'entry',
  id = '',
): Buffer {
  const { vaultId, kdf } = document;
  const { memoryKib, passes, lanes, salt } = kdf;
  const header = ['sextant-vault', vaultFormatVersion, vaultId, 'argon2id', memoryKib, passes, lanes];
  return Buffer.from(JSON.stringify([...header, toBase64(salt), purpose, id]), 'utf8');
}

/** Reads a vault file. Throws `vault-damaged`, `vault-newer` or `vault-weak`; `path` is for the message. */
export function decodeVault(bytes: Buffer, path: string): VaultDocument {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged(path, bytes.length === 0 ? 'is empty' : 'is cut short or is not a vault');
  }
  const version = z.object({ format: z.literal('sextant-vault'), version: z.int() }).safeParse(parsed);
  if (!version.success) throw damaged(path, 'is not a Sextant vault');
  if (version.data.version > vaultFormatVersion) {
    throw new SecretError(
      'vault-newer',
      `${path} was written by a newer Sextant (vault format ${version.data.version})`,
      'Start the newer version. Nothing was changed.',
    );
  }
  const result = fileSchema.safeParse(parsed);
  if (!result.success) throw damaged(path, 'has missing or altered parts');
  const document = fromFile(result.data, path);
  checkCost(document.kdf, path);
  // A second spelling of the same content means that someone edited the file.
  if (!encodeVault(document).equals(bytes)) throw damaged(path, 'was edited');
  return document;
}

function checkCost(kdf: KdfParameters, path: string): void {
  const verdict = kdfVerdict(kdf);
  if (verdict === 'ok') return;
  const bound = verdict === 'too-weak' ? kdfFloor : kdfCeiling;
  throw new SecretError(
    'vault-weak',
    `${path} asks for ${verdict === 'too-weak' ? 'weaker' : 'costlier'} passphrase hashing than is accepted ` +
      `(${kdf.memoryKib} KiB, ${kdf.passes} passes, ${kdf.lanes} lanes; limit ${bound.memoryKib} KiB, ` +
      `${bound.passes} passes, ${bound.lanes} lanes)`,
    'The file was altered: do not enter the passphrase. Restore it from a backup, and replace the keys at the venues.',
  );
}

function toFile(document: Omit<VaultDocument, 'seal'>): Omit<z.infer<typeof fileSchema>, 'seal'> {
  const { vaultId, kdf, dataKey, entries } = document;
  return {
    format: 'sextant-vault',
    version: vaultFormatVersion,
    vaultId,
    kdf: {
      name: 'argon2id',
      memoryKib: kdf.memoryKib,
      passes: kdf.passes,
      lanes: kdf.lanes,
      salt: toBase64(kdf.salt),
    },
    dataKey: { nonce: toBase64(dataKey.nonce), sealed: toBase64(dataKey.sealed) },
    entries: entries.map(({ id, nonce, sealed }) => ({
      id,
      nonce: toBase64(nonce),
      sealed: toBase64(sealed),
    })),
  };
}

function fromFile(file: z.infer<typeof fileSchema>, path: string): VaultDocument {
  const bytes = (text: string, minBytes: number, maxBytes = minBytes): Buffer => {
    const decoded = Buffer.from(text, 'base64');
    if (decoded.length < minBytes || decoded.length > maxBytes)
      throw damaged(path, 'has parts of a wrong length');
    return decoded;
  };
  const { memoryKib, passes, lanes, salt } = file.kdf;
  const ids = new Set(file.entries.map((entry) => entry.id));
  if (ids.size !== file.entries.length) throw damaged(path, 'holds an entry twice');
  return {
    vaultId: file.vaultId,
    kdf: { memoryKib, passes, lanes, salt: bytes(salt, kdfSaltBytes) },
    dataKey: {
      nonce: bytes(file.dataKey.nonce, nonceBytes),
      sealed: bytes(file.dataKey.sealed, kdfKeyBytes + tagBytes),
    },
    entries: file.entries.map((entry) => ({
      id: entry.id,
      nonce: bytes(entry.nonce, nonceBytes),
      sealed: bytes(entry.sealed, tagBytes, maxEntryBytes + tagBytes),
    })),
    seal: bytes(file.seal, sealBytes),
  };
}

function toBase64(bytes: Buffer): string {
  return bytes.toString('base64');
}

function damaged(path: string, reason: string): SecretError {
  return new SecretError(
    'vault-damaged',
    `${path} ${reason}`,
    'Restore it from a backup. Without one, move it away, make a new vault (vault init) and add the keys again. ' +
      'Nothing was changed.',
  );
}
