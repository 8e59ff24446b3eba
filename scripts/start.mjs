/**
 * `npm start -- ARGS`: set-up when needed, then the terminal. Without a command it is the desktop window where
 * Electron's program and a display exist; otherwise the same terminal in a browser.
 */
import { headlessEntry, runOnPinnedNode } from './launch.mjs';
import { handOver } from './lib/child.mjs';
import { findElectron, hasDisplay } from './lib/electron.mjs';
import { say } from './lib/progress.mjs';
import { inRoot } from './lib/root.mjs';
import { opensTerminal } from './lib/start-arguments.mjs';
import { setUpOrExit } from './setup.mjs';

const args = process.argv.slice(2);
await setUpOrExit();

if (!opensTerminal(args)) {
  process.exitCode = await runOnPinnedNode(headlessEntry, args);
} else {
  const electron = findElectron();
  if (electron !== null && hasDisplay()) {
    process.exitCode = await handOver(electron, [inRoot(), ...args]);
  } else {
    const why = electron === null ? "Electron's program is not installed" : 'there is no display';
    say(`No desktop window: ${why}. Opening the terminal in a browser instead.`);
    process.exitCode = await runOnPinnedNode(headlessEntry, ['open', ...args]);
  }
}
