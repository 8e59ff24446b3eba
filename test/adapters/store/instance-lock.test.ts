import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { InstanceLock, runningInstance } from '../../../src/adapters/store/instance-lock.ts';
import { ApiError, exitCodeOf } from '../../../src/shared/api/result.ts';
import { dataFolder } from './fixtures.ts';

const holder = join(import.meta.dirname, 'lock-holder.ts');

function refusal(folder: string): ApiError {
  try {
    InstanceLock.acquire(folder).release();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('the lock was given');
}

/** Starts a second process that takes the lock and waits to be killed. */
async function holdElsewhere(folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [holder, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [text] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  expect(text.toString()).toBe('held\n');
  return child;
}

describe('instance lock', () => {
  test('a second instance is refused, naming the process', async () => {
    const folder = dataFolder();
    const child = await holdElsewhere(folder);
    const error = refusal(folder);
    expect([error.code, exitCodeOf[error.code]]).toEqual(['locked', 7]);
    expect(error.message).toContain(`process id ${child.pid}`);
    expect(runningInstance(folder)?.pid).toBe(child.pid);
    // Asking must not take the lock away, from outside or by the holder itself.
    expect(refusal(folder).code).toBe('locked');
  });

  test('the holder may ask who runs and keeps the lock against other processes', async () => {
    const folder = dataFolder();
    const lock = InstanceLock.acquire(folder);
    expect(runningInstance(folder)?.pid).toBe(process.pid);
    const child = spawn(process.execPath, [holder, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(1);
    lock.release();
  });

  test('after kill -9 the lock is taken over, and told that the last one ended badly', async () => {
    const folder = dataFolder();
    const child = await holdElsewhere(folder);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(folder, 'instance.json'))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['instance.json', 'lock.sqlite']);
    expect(runningInstance(folder)).toBeUndefined();
    const lock = InstanceLock.acquire(folder, 1234);
    expect(lock.previousEndedBadly).toBe(true);
    expect(runningInstance(folder)).toEqual({ pid: process.pid, startedAtMs: 1234, token: lock.info.token });
    lock.release();
  });

  test('released: free again, and a clean start next time', () => {
    const folder = dataFolder();
    const lock = InstanceLock.acquire(folder);
    expect(refusal(folder).code).toBe('locked');
    lock.release();
    lock.release();
    expect(runningInstance(folder)).toBeUndefined();
    const again = InstanceLock.acquire(folder);
    expect(again.previousEndedBadly).toBe(false);
    expect(again.info.token).not.toBe(lock.info.token);
    again.release();
  });

  test('asking who runs does not make a folder or a lock', () => {
    const folder = join(dataFolder(), 'none');
    expect(runningInstance(folder)).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
  });

  test('its files belong to the owner only', () => {
    const folder = dataFolder();
    const lock = InstanceLock.acquire(folder);
    for (const name of ['lock.sqlite', 'instance.json']) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
    lock.release();
  });
});
