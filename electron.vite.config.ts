/** Bundles Electron's main process and its preload script, and the renderer as vite.config.ts says. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';
import { rendererConfig } from './vite.config.ts';

const inRoot = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  main: {
    build: {
      outDir: inRoot('./out/main'),
      rollupOptions: {
        input: {
          main: inRoot('./src/main/main.ts'),
          'backtest-worker': inRoot('./src/app/backtest/worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  // A sandboxed preload script is one CommonJS file that can require nothing but electron.
  preload: {
    build: {
      outDir: inRoot('./out/preload'),
      externalizeDeps: false,
      rollupOptions: {
        input: inRoot('./src/preload/preload.ts'),
        output: { format: 'cjs', entryFileNames: 'preload.cjs', codeSplitting: false },
      },
    },
  },
  renderer: rendererConfig,
});
