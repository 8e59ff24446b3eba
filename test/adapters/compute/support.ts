/** What the tests of this folder share. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ComputeError } from '../../../src/adapters/compute/compute-error.ts';

/** A folder of its own for one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-compute-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The error a call must throw: its code and message. */
export async function failureOf(call: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ComputeError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('the call did not fail');
}
