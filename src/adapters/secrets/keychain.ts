/** Keys in the operating system's keychain: Keychain (macOS), Credential Manager (Windows), Secret Service (Linux). */
import { randomBytes } from 'node:crypto';
import { isSecretError, SecretError } from './errors.ts';
import { createIndexedStore, type SecretBackend } from './indexed-store.ts';
import type { KeyIndex } from './key-index.ts';
import type { CredentialObserver, SecretStore } from './secret-store.ts';

/** Service name under which every Sextant entry lies in the keychain. */
export const keychainService = 'sextant';

/** The three calls of the keytar API that are needed; errors are the platform's own. */
export interface KeychainPort {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  /** Gives whether there was an entry. */
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** What keychain use needs besides the key list. */
export interface KeychainOptions {
  readonly index: KeyIndex;
  readonly nowMs: () => number;
  readonly keychain?: KeychainPort;
  readonly onCredentials?: CredentialObserver;
  /** How long the keychain may take, e.g. while its owner unlocks it; default one minute. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 60_000;
/** Windows keeps at most 2,560 bytes a credential, in UTF-16. */
const windowsMaxUnits = 1280;

/**
 * The keychain of this machine, or throws `keychain-unavailable`.
 *
 * On Linux the Secret Service is named explicitly: left to choose, the library falls back to the kernel's
 * keyring when there is no D-Bus, which accepts every key and forgets all of them at the next boot.
 */
export async function loadSystemKeychain(): Promise<KeychainPort> {
  let AsyncEntry: typeof import('keytar').AsyncEntry;
  try {
    ({ AsyncEntry } = await import('keytar'));
  } catch {
    throw unavailable('the keychain library has no build for this machine');
  }
  const options = process.platform === 'linux' ? { linux: { store: 'secret-service' as const } } : null;
  return {
    getPassword: (service, account) => new AsyncEntry(service, account, options).getPassword(),
    setPassword: (service, account, password) =>
      new AsyncEntry(service, account, options).setPassword(password),
    deletePassword: (service, account) => new AsyncEntry(service, account, options).deletePassword(),
  };
}

/** Opens the keychain as a secret store; the first use may make the system ask its owner to unlock it. */
export function createKeychainStore(options: KeychainOptions): SecretStore {
  const { index, nowMs, onCredentials } = options;
  const call = keychainCaller(options.keychain, options.timeoutMs);
  const account = async (id: string): Promise<string> => `${(await index.read()).installationId}:${id}`;

  const backend: SecretBackend = {
    kind: 'keychain',
    write: async (id, bytes) => {
      const password = bytes.toString('utf8');
      if (process.platform === 'win32' && password.length > windowsMaxUnits) {
        throw new SecretError(
          'bad-input',
          'this key is too long for the Windows credential store',
          'Use an Ed25519 or HMAC key at the venue, or keep keys in a vault (vault init).',
          'secret',
        );
      }
      const name = await account(id);
      await call('store a key in', (keychain) => keychain.setPassword(keychainService, name, password));
    },
    read: async (id) => {
      const name = await account(id);
      const readOnce = (): Promise<string | null> =>
        call('read from', (keychain) => keychain.getPassword(keychainService, name));
      let password = await readOnce();
      if (password === null) {
        // A locked keychain answers "no such entry" too. Writing to it tells the difference, and on a
        // desktop makes the system ask its owner to unlock it.
        await proveUsable(call);
        password = await readOnce();
      }
      return password === null ? null : Buffer.from(password, 'utf8');
    },
    delete: async (id) => {
      const name = await account(id);
      return call('delete from', (keychain) => keychain.deletePassword(keychainService, name));
    },
  };
  return createIndexedStore({
    index,
    backend,
    nowMs,
    ...(onCredentials === undefined ? {} : { onCredentials }),
  });
}

/**
 * Whether the keychain can be used, found by writing, reading back and deleting a random value.
 * Reading alone proves nothing: a locked or missing collection answers "no such entry".
 */
export async function probeKeychain(
  options: Pick<KeychainOptions, 'keychain' | 'timeoutMs'> = {},
): Promise<{ usable: true } | { usable: false; error: SecretError }> {
  const call = keychainCaller(options.keychain, options.timeoutMs);
  try {
    await proveUsable(call);
    return { usable: true };
  } catch (error) {
    if (isSecretError(error)) return { usable: false, error };
    throw error;
  }
}

async function proveUsable(call: Caller): Promise<void> {
  const account = `probe:${randomBytes(8).toString('hex')}`;
  const value = randomBytes(16).toString('hex');
  await call('write to', (keychain) => keychain.setPassword(keychainService, account, value));
  const readBack = await call('read from', (keychain) => keychain.getPassword(keychainService, account));
  await call('delete from', (keychain) => keychain.deletePassword(keychainService, account));
  if (readBack !== value) throw failed('the keychain did not give back what was stored in it');
}

type Caller = <T>(action: string, use: (keychain: KeychainPort) => Promise<T>) => Promise<T>;

/** Runs keychain calls with a time limit and turns the platform's errors into ours. */
function keychainCaller(port: KeychainPort | undefined, timeoutMs = defaultTimeoutMs): Caller {
  let loaded: Promise<KeychainPort> | undefined;
  return async (action, use) => {
    loaded ??= port === undefined ? loadSystemKeychain() : Promise.resolve(port);
    const keychain = await loaded;
    const timer = createTimeout(timeoutMs);
    try {
      return await Promise.race([use(keychain), timer.expired]);
    } catch (error) {
      throw isSecretError(error) ? error : classify(action, error);
    } finally {
      timer.cancel();
    }
  };
}

function createTimeout(timeoutMs: number): { expired: Promise<never>; cancel: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(locked(`the keychain did not answer within ${Math.round(timeoutMs / 1000)} s`)),
    timeoutMs,
  );
  return { expired: promise, cancel: () => clearTimeout(timer) };
}

/** Words of the platforms' messages that tell a missing service and a locked one apart. */
const missingService =
  /dbus|d-bus|serviceunknown|org\.freedesktop\.secrets|no such file|not provided by any/i;
const lockedService =
  /locked|no result found|prompt|dismiss|interaction is not allowed|user canceled|user cancelled/i;

/** The platform's text only picks the class and is not passed on: nobody promises what it quotes. */
function classify(action: string, error: unknown): SecretError {
  const text = error instanceof Error ? error.message : String(error);
  if (lockedService.test(text)) return locked('the keychain is locked, or its unlocking was refused');
  if (missingService.test(text)) return unavailable('there is no keychain service in this session');
  return failed(`the system refused to ${action} the keychain`);
}

const useVault = 'keep keys in a passphrase vault instead: vault init';

function unavailable(message: string): SecretError {
  return new SecretError(
    'keychain-unavailable',
    message,
    `On a server, ${useVault}. On a Linux desktop, start GNOME Keyring or KWallet and log in again.`,
  );
}

function locked(message: string): SecretError {
  return new SecretError('keychain-locked', message, `Unlock the keychain and try again, or ${useVault}.`);
}

function failed(message: string): SecretError {
  return new SecretError('keychain-failed', message, `Run doctor to see what is wrong, or ${useVault}.`);
}
