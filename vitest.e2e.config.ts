/** The person's story in a real Chromium against a running host; one file at a time. */
import { defineConfig } from 'vitest/config';
import { patienceMs, testPatienceMs } from './test/patience.ts';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: testPatienceMs,
    hookTimeout: testPatienceMs,
    expect: { poll: { timeout: patienceMs } },
    passWithNoTests: false,
  },
});
