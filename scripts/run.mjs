/** `node scripts/run.mjs FILE ARGS`: set-up when needed, then FILE on the pinned Node. For npm scripts. */
import { existsSync } from 'node:fs';
import { runOnPinnedNode } from './launch.mjs';
import { say } from './lib/progress.mjs';
import { inRoot } from './lib/root.mjs';
import { setUpOrExit } from './setup.mjs';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  say('Usage: node scripts/run.mjs FILE [ARGS]');
  process.exit(2);
}
await setUpOrExit();
if (!existsSync(inRoot(file))) {
  say(`${file} does not exist.`);
  process.exit(2);
}
process.exitCode = await runOnPinnedNode(file, args);
