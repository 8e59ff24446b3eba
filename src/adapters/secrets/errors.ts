/** Everything that can go wrong with keys and vaults, as one error type whose text never holds a secret. */

/** What kind of trouble it is; the command line turns it into an exit code. */
export type SecretErrorCategory =
  /** The caller gave something unusable; nothing was changed. */
  | 'input'
  /** Refused in the present state (locked, exists already, not allowed). */
  | 'state'
  | 'not-found'
  /** Stored data is damaged, foreign, or of a newer version. */
  | 'damaged'
  /** The machine lacks something (keychain, disk space). */
  | 'environment'
  /** A person pressed Ctrl-C. */
  | 'interrupted';

const categories = {
  'bad-input': 'input',
  'passphrase-empty': 'input',
  'passphrase-too-short': 'input',
  'passphrase-too-long': 'input',
  'passphrase-mismatch': 'input',
  'passphrase-unavailable': 'input',
  'passphrase-interrupted': 'interrupted',
  'key-exists': 'state',
  'key-not-found': 'not-found',
  'secret-missing': 'damaged',
  'secret-mismatch': 'damaged',
  'index-damaged': 'damaged',
  'index-newer': 'damaged',
  'keychain-unavailable': 'environment',
  'keychain-locked': 'environment',
  'keychain-failed': 'environment',
  'vault-missing': 'not-found',
  'vault-exists': 'state',
  'vault-damaged': 'damaged',
  'vault-newer': 'damaged',
  'vault-weak': 'damaged',
  'vault-foreign': 'damaged',
  'vault-refused': 'state',
  'vault-locked': 'state',
  'vault-changed': 'state',
  'no-secret-store': 'environment',
  'storage-failed': 'environment',
} as const satisfies Record<string, SecretErrorCategory>;

/** Stable machine-readable code of a {@link SecretError}. */
export type SecretErrorCode = keyof typeof categories;

/** An error about keys or vaults. `message` says what is wrong, `hint` what to do; neither holds a secret. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly code: SecretErrorCode;
  readonly hint: string;
  /** Name of the offending input field, where there is one. */
  readonly field: string | undefined;

  constructor(code: SecretErrorCode, message: string, hint: string, field?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.field = field;
  }

  /** What kind of trouble it is. */
  get category(): SecretErrorCategory {
    return categories[this.code];
  }
}

/** Whether `error` is a {@link SecretError}, optionally of one code. */
export function isSecretError(error: unknown, code?: SecretErrorCode): error is SecretError {
  return error instanceof SecretError && (code === undefined || error.code === code);
}

/** The `code` of a Node system error (`ENOENT` …), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
