/**
 * Bundles the renderer. The same files are served by the desktop's own scheme and by the headless host over
 * plain HTTP, both under a policy without inline code: nothing is inlined and every path is relative.
 */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

const inRoot = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The renderer's bundle, also used by Electron's build. */
export const rendererConfig: UserConfig = {
  root: inRoot('./src/renderer'),
  base: './',
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: {
      // Radix dialogs lock scrolling through a style element, which the page's content policy forbids.
      'react-remove-scroll': inRoot('./src/renderer/ui/no-remove-scroll.tsx'),
    },
  },
  build: {
    outDir: inRoot('./out/renderer'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rollupOptions: { input: inRoot('./src/renderer/index.html') },
  },
};

export default defineConfig(rendererConfig);
