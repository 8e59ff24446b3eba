/** What the bundle of the command line is made of; by itself, since every start of the program reads it. */

/** @type {import('./bundles.mjs').Bundle} */
export const headlessBundle = {
  name: 'headless',
  entry: 'src/headless/main.ts',
  sources: [
    'src/adapters',
    'src/app',
    'src/engine',
    'src/headless',
    'src/shared',
    'src/strategies',
    'package.json',
    'package-lock.json',
    'headless.vite.config.ts',
  ],
  result: 'out/headless/main.js',
  command: [
    'node_modules/vite/bin/vite.js',
    'build',
    '--config',
    'headless.vite.config.ts',
    '--logLevel',
    'warn',
  ],
  recorded: true,
};
