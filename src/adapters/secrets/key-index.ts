/** The list of keys of one data folder: public facts only, in `<data>/keys/index.json`, mode 0600. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { type KeyInfo, keyInfoSchema, type SecretStoreKind } from './credentials.ts';
import { SecretError } from './errors.ts';
import { createPrivateFile, readPrivateFile, replacePrivateFile } from './private-file.ts';

const maxIndexBytes = 1024 * 1024;
const maxKeys = 1000;
const formatVersion = 1;

const indexSchema = z.strictObject({
  format: z.literal('sextant-keys'),
  version: z.literal(formatVersion),
  installationId: z.uuid(),
  vaultId: z.uuid().optional(),
  keys: z.array(keyInfoSchema).max(maxKeys),
});

/** Content of the key list. `vaultId` names the vault this folder belongs with, once there is one. */
export type KeyIndexContent = z.infer<typeof indexSchema>;

/** Reads and changes the key list of one data folder. */
export interface KeyIndex {
  /** Where the list is kept. */
  readonly path: string;
  /** The list now; an empty one with a fresh installation id is created when there is none. */
  read(): Promise<KeyIndexContent>;
  /** Keys of one store, oldest first. */
  list(store: SecretStoreKind): Promise<readonly KeyInfo[]>;
  find(id: string): Promise<KeyInfo | undefined>;
  /** Adds `info`, or replaces the entry of the same id. */
  put(info: KeyInfo): Promise<void>;
  /** Deletes the entry of `id` if it is of `store`; gives whether there was one. */
  remove(id: string, store: SecretStoreKind): Promise<boolean>;
  /** Binds the folder to a vault. `null` unbinds it and drops the entries of the vault that is gone. */
  bindVault(vaultId: string | null): Promise<void>;
}

/** Folder of everything about keys in a data folder. */
export function keysFolder(dataFolder: string): string {
  return join(dataFolder, 'keys');
}

/** Public facts of all keys in a data folder, without opening any store and without creating a file. */
export async function listKeys(dataFolder: string): Promise<readonly KeyInfo[]> {
  const bytes = await readPrivateFile(indexPath(dataFolder), maxIndexBytes);
  return bytes === null ? [] : byAge(parseIndex(bytes, indexPath(dataFolder)).keys);
}

/** Opens the key list of a data folder. Throws `index-damaged` or `index-newer` on first use if it must. */
export function openKeyIndex(dataFolder: string): KeyIndex {
  const path = indexPath(dataFolder);
  let lastChange: Promise<unknown> = Promise.resolve();

  async function read(): Promise<KeyIndexContent> {
    const bytes = await readPrivateFile(path, maxIndexBytes);
    if (bytes !== null) return parseIndex(bytes, path);
    const fresh: KeyIndexContent = {
      format: 'sextant-keys',
      version: formatVersion,
      installationId: randomUUID(),
      keys: [],
    };
    if (await createPrivateFile(path, encodeIndex(fresh))) return fresh;
    return read(); // another process created it in between
  }

  /** One change at a time, each on what is on disk now, so that none undoes another. */
  function change<T>(apply: (content: KeyIndexContent) => { next: KeyIndexContent; result: T }): Promise<T> {
    const run = async (): Promise<T> => {
      const { next, result } = apply(await read());
      await replacePrivateFile(path, encodeIndex(next));
      return result;
    };
    const done = lastChange.then(run, run);
    lastChange = done.catch(() => undefined); // the caller gets the error; the queue goes on
    return done;
  }

  return {
    path,
    read,
    list: async (store) => byAge((await read()).keys.filter((key) => key.store === store)),
    find: async (id) => (await read()).keys.find((key) => key.id === id),
    put: (info) =>
      change((content) => {
        const others = content.keys.filter((key) => key.id !== info.id);
        if (others.length >= maxKeys) {
          throw new SecretError(
            'bad-input',
            `there are ${maxKeys} keys already`,
            'Remove keys no longer used.',
          );
        }
        const entry = {
          ...info,
          permissions: info.permissions === 'unknown' ? ('unknown' as const) : [...info.permissions],
        };
        return { next: { ...content, keys: [...others, entry] }, result: undefined };
      }),
    remove: (id, store) =>
      change((content) => {
        const keys = content.keys.filter((key) => key.id !== id || key.store !== store);
        return { next: { ...content, keys }, result: keys.length < content.keys.length };
      }),
    bindVault: (vaultId) =>
      change((content) => {
        const { vaultId: _old, ...rest } = content;
        if (vaultId !== null) return { next: { ...rest, vaultId, keys: content.keys }, result: undefined };
        const keys = content.keys.filter((key) => key.store !== 'vault');
        return { next: { ...rest, keys }, result: undefined };
      }),
  };
}

function indexPath(dataFolder: string): string {
  return join(keysFolder(dataFolder), 'index.json');
}

function byAge<T extends KeyInfo>(keys: readonly T[]): readonly T[] {
  return [...keys].sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
}

function encodeIndex(content: KeyIndexContent): Buffer {
  const { format, version, installationId, vaultId, keys } = content;
  const ordered = { format, version, installationId, ...(vaultId === undefined ? {} : { vaultId }), keys };
  return Buffer.from(`${JSON.stringify(ordered, null, 2)}\n`, 'utf8');
}

function parseIndex(bytes: Buffer, path: string): KeyIndexContent {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged(path, 'is not complete JSON');
  }
  const version = z.object({ format: z.literal('sextant-keys'), version: z.int() }).safeParse(parsed);
  if (version.success && version.data.version > formatVersion) {
    throw new SecretError(
      'index-newer',
      `${path} was written by a newer Sextant (format ${version.data.version}, this one reads ${formatVersion})`,
      'Start the newer version. Nothing was changed.',
    );
  }
  const result = indexSchema.safeParse(parsed);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw damaged(path, `is not a key list (at ${issue?.path.join('.') || 'the top'})`);
  }
  const ids = new Set(result.data.keys.map((key) => key.id));
  if (ids.size !== result.data.keys.length) throw damaged(path, 'lists a key twice');
  return result.data;
}

function damaged(path: string, reason: string): SecretError {
  return new SecretError(
    'index-damaged',
    `${path} ${reason}`,
    'Restore it from a backup. Without one, move it away: keys in a vault are listed again when it is unlocked; ' +
      'keys in the OS keychain must be added again. Nothing was changed.',
  );
}
