/**
 * Bundles the command line and the headless host for a quick start: some hundred files become a few, and parts that
 * are loaded when they are called stay files of their own. Names are kept, so that stack traces can be read.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const inRoot = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  ssr: {
    target: 'node',
    // Small pieces of JavaScript that every command loads. Others stay packages: native ones cannot be bundled, and
    // large ones are loaded by few commands.
    noExternal: ['zod', 'commander'],
  },
  build: {
    ssr: true,
    outDir: inRoot('./out/headless'),
    // A host that runs from an older bundle may still load parts of it; their names tell them apart.
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: {
        main: inRoot('./src/headless/main.ts'),
        'backtest-worker': inRoot('./src/app/backtest/worker.ts'),
      },
      // One folder without others in it: the worker is found beside the part that starts it.
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
