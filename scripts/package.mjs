/** `npm run package`: installers for this platform, in dist/. Needs Electron's program, fetched when missing. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { handOver, runCaptured } from './lib/child.mjs';
import { findElectron } from './lib/electron.mjs';
import { say } from './lib/progress.mjs';
import { inRoot } from './lib/root.mjs';
import { findPinnedNode } from './pinned-node.mjs';
import { setUpOrExit } from './setup.mjs';

await setUpOrExit();
const node = findPinnedNode()?.path ?? process.execPath;

if (findElectron() === null) {
  say("Fetching Electron's program from its release page.");
  const { code, words } = await runCaptured(node, [inRoot('node_modules', 'electron', 'install.js')]);
  if (code !== 0 || findElectron() === null) {
    say(words);
    say(
      "Electron's program cannot be had here, so no installer was made. Allow access to Electron's releases, name a\n" +
        'copy of them with ELECTRON_MIRROR, or an unpacked one with ELECTRON_OVERRIDE_DIST_PATH, and run again.',
    );
    process.exit(5);
  }
}

const built = await handOver(process.execPath, [inRoot('scripts', 'build.mjs')]);
if (built !== 0) process.exit(built);
for (const file of ['out/main/main.js', 'out/preload/preload.cjs', 'out/renderer/index.html']) {
  if (!existsSync(inRoot(file))) {
    say(`${file} was not built: nothing to package.`);
    process.exit(1);
  }
}

const program = findElectron() ?? '';
const folder = process.platform === 'darwin' ? dirname(dirname(dirname(dirname(program)))) : dirname(program);
process.exitCode = await handOver(node, [
  inRoot('node_modules', 'electron-builder', 'cli.js'),
  '--config',
  inRoot('build', 'electron-builder.yml'),
  '--publish',
  'never',
  `-c.electronDist=${folder}`,
  ...process.argv.slice(2),
]);
