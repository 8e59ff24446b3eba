/** Lets one set-up run at a time: a second one waits for the first instead of building over its files. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SetupError } from './fail.mjs';
import { say } from './progress.mjs';
import { inRoot } from './root.mjs';

const waitMs = 250;
const waitMsMax = 15 * 60_000;

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** The process id in the lock file; NaN when the file is gone or half written. @param {string} file */
function ownerOf(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return Number.NaN;
    throw error;
  }
}

/**
 * Runs `work` while holding the lock. A lock left by a process that has died is taken over.
 * @template T @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function withSetupLock(work) {
  const file = inRoot('out', '.setup.lock');
  mkdirSync(inRoot('out'), { recursive: true });
  const startedMs = Date.now();
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const owner = ownerOf(file);
    if (Number.isInteger(owner) && !isAlive(owner)) {
      rmSync(file, { force: true });
      continue;
    }
    if (Date.now() - startedMs > waitMsMax) {
      throw new SetupError(`Another set-up holds ${file}. If none is running, delete that file.`, 7);
    }
    if (!told) say(`Waiting for the set-up that process ${owner} is running.`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
