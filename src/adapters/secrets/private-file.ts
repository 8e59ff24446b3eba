/** Small owner-only files that are replaced whole or not at all. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from '../processes.ts';
import { SecretError, systemErrorCode } from './errors.ts';

const ownerOnlyFile = 0o600;
const ownerOnlyFolder = 0o700;

/** Temporary files this process is writing. */
const inWork = new Set<string>();

/** Creates `folder` (and its parents) readable by the owner only. */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: ownerOnlyFolder });
}

/**
 * Gives the content of `path`, or null when there is no such file.
 * A file longer than `maxBytes` is refused unread: it is not one of ours.
 */
export async function readPrivateFile(path: string, maxBytes: number): Promise<Buffer | null> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw storageError('read', path, error);
  }
  try {
    const { size } = await file.stat();
    if (size > maxBytes) {
      throw new SecretError(
        'storage-failed',
        `${path} holds ${size} bytes; at most ${maxBytes} are expected`,
        'This is not a file Sextant wrote: move it away, or restore it from a backup.',
      );
    }
    // One byte more than expected, so that a file growing under us is noticed and not cut in silence.
    const buffer = Buffer.alloc(size + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > size) {
      throw new SecretError('storage-failed', `${path} grew while it was read`, 'Try again.');
    }
    return Buffer.from(buffer.subarray(0, length));
  } catch (error) {
    throw storageError('read', path, error);
  } finally {
    await file.close();
  }
}

/** Replaces `path` with `content`: after a crash at any point the old or the new content is there, whole. */
export async function replacePrivateFile(path: string, content: Buffer): Promise<void> {
  await writeThrough(path, content, (temporary) => rename(temporary, path));
}

/** Creates `path` with `content`; gives false, and changes nothing, when something is there already. */
export async function createPrivateFile(path: string, content: Buffer): Promise<boolean> {
  let created = true;
  await writeThrough(path, content, async (temporary) => {
    try {
      await link(temporary, path);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'EEXIST') {
        created = false;
      } else if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS') {
        created = await copyExclusive(temporary, path); // a file system without hard links
      } else {
        throw error;
      }
    }
    await rm(temporary, { force: true });
  });
  return created;
}

async function copyExclusive(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function writeThrough(
  path: string,
  content: Buffer,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `${temporaryPrefix(path)}${process.pid}-${randomBytes(6).toString('hex')}`);
  inWork.add(temporary);
  try {
    await ensurePrivateFolder(folder);
    await removeLeftovers(path);
    const file = await open(temporary, 'wx', ownerOnlyFile);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await publish(temporary);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw storageError('write', path, error);
  } finally {
    inWork.delete(temporary);
  }
}

function temporaryPrefix(path: string): string {
  return `.${basename(path)}.new-`;
}

/**
 * A crash between write and rename leaves a temporary file behind; the next write clears it. Those of writers who are at work
 * stay: without its file one of two that write at once would fail.
 */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = temporaryPrefix(path);
  for (const name of await readdir(folder)) {
    const leftover = join(folder, name);
    if (!name.startsWith(prefix) || inWork.has(leftover)) continue;
    const writer = Number.parseInt(name.slice(prefix.length), 10);
    if (writer !== process.pid && isAlive(writer)) continue;
    await rm(leftover, { force: true });
  }
}

/** Makes the rename itself durable. Windows cannot open a folder for this, and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function storageError(verb: 'read' | 'write', path: string, error: unknown): SecretError {
  if (error instanceof SecretError) return error;
  const code = systemErrorCode(error) ?? 'unknown error';
  const hint =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'Free some disk space and try again; the previous content is untouched.'
      : code === 'EACCES' || code === 'EPERM'
        ? `Make sure that ${dirname(path)} belongs to the user who runs Sextant.`
        : 'Check the data folder and its disk; the previous content is untouched.';
  return new SecretError('storage-failed', `cannot ${verb} ${path} (${code})`, hint);
}
