/** Checks of this machine and data folder. They look and change nothing. */

import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../../adapters/config/load-config.ts';
import { secretStoreStatus } from '../../adapters/secrets/open-secret-store.ts';
import { runningInstance } from '../../adapters/store/instance-lock.ts';
import { journalFile, journalModes, journalTailFile } from '../../adapters/store/journal-files.ts';
import { JournalReader } from '../../adapters/store/journal-reader.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { type Check, fail, ok, warn } from './check.ts';

const spaceFailBytes = 100 * 1024 * 1024;
const spaceWarnBytes = 1024 * 1024 * 1024;
/** No real clock showed an earlier time when this was written. */
const clockMinMs = Date.UTC(2026, 0, 1);
const clockMaxMs = Date.UTC(2100, 0, 1);

/** Gives the folder itself or its nearest parent that exists. */
function nearestExisting(folder: string): string {
  let current = folder;
  while (!existsSync(current) && dirname(current) !== current) current = dirname(current);
  return current;
}

export function checkDataFolder(folder: string): Check {
  const existing = nearestExisting(folder);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    return fail(
      'data-folder',
      `${existing} may not be written to`,
      'Choose another folder with --data, or mend its permissions.',
    );
  }
  if (existing !== folder) return ok('data-folder', `${folder} is made at the first start`);
  const found = statSync(folder);
  if (!found.isDirectory())
    return fail('data-folder', `${folder} is not a folder`, 'Choose another with --data.');
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8);
    return warn(
      'data-folder',
      `${folder} can be looked into by others (mode ${mode})`,
      `Run: chmod 700 '${folder}'`,
    );
  }
  return ok('data-folder', folder);
}

export function checkDisk(folder: string): Check {
  const { bavail, bsize } = statfsSync(nearestExisting(folder));
  const freeBytes = bavail * bsize;
  const detail = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  const fix = 'Free some space; a journal that cannot be written stops trading.';
  if (freeBytes < spaceFailBytes) return fail('disk', detail, fix);
  return freeBytes < spaceWarnBytes ? warn('disk', detail, fix) : ok('disk', detail);
}

export function checkStore(folder: string): Check {
  const modes = journalModes.filter(
    (mode) => existsSync(journalFile(folder, mode)) || existsSync(journalTailFile(folder, mode)),
  );
  if (modes.length === 0) return ok('store', 'no journal yet');
  const details: string[] = [];
  for (const mode of modes) {
    try {
      const journal = JournalReader.open(folder, mode);
      details.push(`${mode}: ${journal.queries.recordCount()} records`);
      journal.close();
    } catch (error) {
      const { message, hint } =
        error instanceof ApiError ? error : new ApiError('damaged', (error as Error).message);
      return fail('store', message, hint ?? 'Restore the file from a backup.');
    }
  }
  return ok('store', details.join(', '));
}

export function checkInstance(folder: string): Check {
  const instance = runningInstance(folder);
  return ok(
    'instance',
    instance === undefined ? 'no host runs on this data folder' : `a host runs as process ${instance.pid}`,
  );
}

export function checkConfig(context: CommandContext): Check {
  try {
    const { file, config } = loadConfig({
      file: context.configFile,
      dataFolder: context.dataFolder,
      environment: context.environment,
      flags: [],
    });
    return ok('config', file === null ? `no file, ${config.mode} mode` : `${file}, ${config.mode} mode`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return fail('config', error.message, 'Mend the file; a host does not start on it.');
  }
}

/** Where keys would be kept. Having no place is only worth a word while there is no key. */
export async function checkSecrets(folder: string): Promise<Check> {
  const status = await secretStoreStatus({ dataFolder: folder, keychainTimeoutMs: 3_000 });
  const keys = `${status.keys.length} keys`;
  if (status.kind === 'vault') return ok('secrets', `vault ${status.vaultPath}, ${keys}`);
  if (status.kind === 'keychain') return ok('secrets', `the system’s keychain, ${keys}`);
  const problem = status.problem?.message ?? 'there is no place to keep keys';
  const hint = status.problem?.hint ?? '';
  if (status.keys.length > 0) return fail('secrets', problem, hint);
  // Nothing is wrong yet: the demo and paper trading need no key.
  return ok('secrets', 'no keychain here and no vault yet; before adding a key: bin/sextant vault init');
}

/** A wall clock that is wrong by years, or runs at another pace than the monotonic one, breaks signed requests. */
export async function checkClock(): Promise<Check> {
  const nowMs = Date.now();
  if (nowMs < clockMinMs || nowMs > clockMaxMs) {
    return fail(
      'clock',
      `the clock says ${new Date(nowMs).toISOString()}`,
      'Set the clock; venues refuse requests of another time.',
    );
  }
  const startMonotonicMs = performance.now();
  await pause(100);
  const driftMs = Math.abs(Date.now() - nowMs - (performance.now() - startMonotonicMs));
  if (driftMs > 50) {
    return warn(
      'clock',
      `the clock jumped by ${Math.round(driftMs)} ms in 100 ms`,
      'Let a time service (NTP) keep it.',
    );
  }
  return ok('clock', new Date(nowMs).toISOString());
}

/** Whether a loopback port can be had: the configured one, or any. */
export function checkPort(port: number): Promise<Check> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(
        fail(
          'port',
          `127.0.0.1:${port} cannot be used (${error.code})`,
          'Choose another with --port or api.port.',
        ),
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const got = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() =>
        resolve(ok('port', port === 0 ? '127.0.0.1, any free port' : `127.0.0.1:${got} is free`)),
      );
    });
  });
}
