/** Everything that needs no browser and no second process of ours to run long; the rest has its own config. */
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: [...configDefaults.exclude, 'test/e2e/**', 'test/bench/**', 'test/kill/**'],
    pool: 'forks',
    testTimeout: 20_000,
    restoreMocks: true,
    passWithNoTests: false,
  },
});
