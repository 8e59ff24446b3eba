/** Everything that needs no browser and no second process of ours to run long; the rest has its own config. */
import { configDefaults, defineConfig } from 'vitest/config';
import { patienceMs, testPatienceMs } from './test/patience.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: [...configDefaults.exclude, 'test/e2e/**', 'test/bench/**', 'test/kill/**'],
    pool: 'forks',
    // One core less is vitest's own choice; most tests wait for processes or timers, so all cores are used.
    maxWorkers: '100%',
    testTimeout: testPatienceMs,
    hookTimeout: testPatienceMs,
    expect: { poll: { timeout: patienceMs } },
    restoreMocks: true,
    passWithNoTests: false,
  },
});
