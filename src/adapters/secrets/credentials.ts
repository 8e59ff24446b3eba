/** What a venue key consists of: the part that may be shown, the part that may not, and their checks. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SecretError } from './errors.ts';

/** Where the secret part of a key is kept. */
export type SecretStoreKind = 'keychain' | 'vault';

/** The public part of a key: safe to show, log and send to the interface. */
export interface KeyInfo {
  readonly id: string;
  /** Venue id as in the configuration, e.g. `binance`. */
  readonly venue: string;
  readonly label: string;
  /** Rights the venue reported for this key (`read`, `trade` …), or `unknown` before a test. */
  readonly permissions: readonly string[] | 'unknown';
  readonly createdAtMs: number;
  /** Short hash of venue and API key id; tells keys apart without showing them. */
  readonly fingerprint: string;
  readonly store: SecretStoreKind;
}

/** The secret part of a key. Never leaves the engine host; never logged, never sent to a renderer. */
export interface VenueCredentials {
  readonly apiKey: string;
  readonly secret: string;
  /** API passphrase some venues ask for (OKX, KuCoin, Coinbase …). */
  readonly password?: string;
  readonly uid?: string;
}

/** What a person enters to add a key. */
export interface NewKey {
  /** Keeps an id when a key moves between stores; normally left out. */
  readonly id?: string;
  readonly venue: string;
  readonly label: string;
  readonly permissions?: readonly string[] | 'unknown';
  readonly createdAtMs?: number;
  readonly credentials: VenueCredentials;
}

/** Longest accepted value of each credential field, in UTF-16 units. An RSA-4096 PEM is about 3,300. */
export const credentialLimits = { apiKey: 4096, secret: 8192, password: 512, uid: 128 } as const;

/** Name of a credential field. */
export type CredentialField = keyof typeof credentialLimits;

/** All credential fields, in the order a person is asked for them. */
export const credentialFields: readonly CredentialField[] = ['apiKey', 'secret', 'password', 'uid'];

const keyIdShape = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const venueShape = /^[a-z0-9][a-z0-9._-]{0,39}$/;
const permissionShape = /^[a-z][a-z0-9:._-]{0,39}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above, but a PEM secret has line ends
const controlCharacterButLineEnd = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Shape of {@link KeyInfo} in files. Unknown members are refused, so that a newer format is noticed. */
export const keyInfoSchema = z.strictObject({
  id: z.string().regex(keyIdShape),
  venue: z.string().regex(venueShape),
  label: z
    .string()
    .min(1)
    .max(64)
    .refine((label) => !controlCharacter.test(label)),
  permissions: z.union([z.literal('unknown'), z.array(z.string().regex(permissionShape)).max(32)]),
  createdAtMs: z.int().min(0),
  fingerprint: z.string().regex(/^[0-9a-f]{12}$/),
  store: z.enum(['keychain', 'vault']),
});

const sealedSchema = z.strictObject({
  version: z.literal(1),
  info: keyInfoSchema,
  credentials: z.strictObject({
    apiKey: z.string().min(1),
    secret: z.string().min(1),
    password: z.string().optional(),
    uid: z.string().optional(),
  }),
});

/** Short public hash of a key: 48 bits of SHA-256 over venue and API key id. */
export function keyFingerprint(venue: string, apiKey: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['sextant key fingerprint 1', venue, apiKey]))
    .digest('hex')
    .slice(0, 12);
}

/** Throws `bad-input`, naming the field and never its value, unless `key` can be stored. */
export function checkNewKey(key: NewKey): void {
  if (key.id !== undefined && !keyIdShape.test(key.id)) {
    throw badInput('id', 'must be 1 to 64 of a-z, 0-9, dot, dash, underscore');
  }
  if (!venueShape.test(key.venue)) throw badInput('venue', 'must be a venue id such as "binance"');
  if (key.label.trim() === '' || key.label.length > 64)
    throw badInput('label', 'must have 1 to 64 characters');
  if (controlCharacter.test(key.label)) throw badInput('label', 'must not hold control characters');
  if (
    Array.isArray(key.permissions) &&
    (key.permissions.length > 32 || !key.permissions.every(isPermission))
  ) {
    throw badInput('permissions', 'must be at most 32 short lower-case words');
  }
  checkCredentials(key.credentials);
}

/** Throws `bad-input`, naming the field and never its value, unless every credential field is usable. */
export function checkCredentials(credentials: VenueCredentials): void {
  for (const field of credentialFields) {
    const value: unknown = credentials[field];
    if (value === undefined && (field === 'password' || field === 'uid')) continue;
    if (typeof value !== 'string') throw badInput(field, 'must be text');
    if (value === '') throw badInput(field, 'must not be empty');
    if (value.length > credentialLimits[field]) {
      throw badInput(field, `must have at most ${credentialLimits[field]} characters`);
    }
    // A copied space or line end makes every signature wrong, and the venue's answer does not say why.
    if (value.trim() !== value)
      throw badInput(field, 'starts or ends with a space or line end; copy it again');
    const forbidden = field === 'secret' ? controlCharacterButLineEnd : controlCharacter;
    if (forbidden.test(value)) throw badInput(field, 'holds a control character; copy it again');
    if (!value.isWellFormed()) throw badInput(field, 'is not valid text; copy it again');
  }
}

/** The bytes that go into the keychain or, encrypted, into the vault. */
export function encodeSealed(info: KeyInfo, credentials: VenueCredentials): Buffer {
  return Buffer.from(JSON.stringify({ version: 1, info, credentials }), 'utf8');
}

/** Reads what {@link encodeSealed} wrote. Throws `secret-mismatch` without quoting the content. */
export function decodeSealed(
  bytes: Uint8Array,
  id: string,
): { info: KeyInfo; credentials: VenueCredentials } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw mismatch(id, 'is not in a form this version of Sextant reads'); // JSON.parse quotes its input
  }
  const result = sealedSchema.safeParse(parsed);
  if (!result.success) throw mismatch(id, 'is not in a form this version of Sextant reads');
  const { info, credentials } = result.data;
  if (info.id !== id) throw mismatch(id, 'belongs to another key');
  if (info.fingerprint !== keyFingerprint(info.venue, credentials.apiKey)) {
    throw mismatch(id, 'does not match its own fingerprint');
  }
  const { password, uid, ...required } = credentials;
  return {
    info,
    credentials: {
      ...required,
      ...(password === undefined ? {} : { password }),
      ...(uid === undefined ? {} : { uid }),
    },
  };
}

/**
 * Throws `secret-mismatch` when the list of keys (a plain file) and the protected record disagree about
 * what a key is for: otherwise editing that file could send one venue's key to another venue.
 */
export function checkSameKey(listed: KeyInfo, sealed: KeyInfo): void {
  if (listed.venue !== sealed.venue)
    throw mismatch(listed.id, 'belongs to another venue than the key list says');
  if (listed.fingerprint !== sealed.fingerprint) throw mismatch(listed.id, 'belongs to another key');
}

function isPermission(permission: string): boolean {
  return permissionShape.test(permission);
}

function badInput(field: string, reason: string): SecretError {
  return new SecretError('bad-input', `${field} ${reason}`, 'Nothing was stored.', field);
}

function mismatch(id: string, reason: string): SecretError {
  return new SecretError(
    'secret-mismatch',
    `the stored secret of key ${id} ${reason}`,
    `Remove the key (keys remove ${id}) and add it again; if you did not change it, replace it at the venue too.`,
  );
}
