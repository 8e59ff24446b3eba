/** A terminal runs for weeks: what the addon allocates must go when its JavaScript side goes. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from './support.ts';

const run = promisify(execFile);
const worker = join(import.meta.dirname, 'leak-worker.ts');

async function growthMegabytes(scenario: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--expose-gc', worker, scenario, temporaryFolder()]);
  return (JSON.parse(stdout) as { growthMegabytes: number }).growthMegabytes;
}

// Two hundred bytes left behind by each call would be twenty megabytes; what the allocator keeps for itself is less.
test.each(['columns', 'streams', 'errors', 'reads'])(
  'a hundred thousand calls leave nothing behind: %s',
  async (name) => {
    expect(await growthMegabytes(name)).toBeLessThan(20);
  },
);

test('the check can fail: streams that are kept show', async () => {
  // Each holds 200 numbers.
  expect(await growthMegabytes('kept')).toBeGreaterThan(150);
});
