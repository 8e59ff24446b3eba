/** `npm run build`: every bundle anew, also Electron's where its program is absent (packaging needs them). */
import { existsSync } from 'node:fs';
import { buildBundle, desktopBundle, rendererBundle } from './lib/bundles.mjs';
import { SetupError } from './lib/fail.mjs';
import { headlessBundle } from './lib/headless-bundle.mjs';
import { say, startStep } from './lib/progress.mjs';
import { inRoot } from './lib/root.mjs';
import { setUpOrExit } from './setup.mjs';

await setUpOrExit('packages');
const bundles = [headlessBundle, rendererBundle, desktopBundle].filter((bundle) =>
  existsSync(inRoot(bundle.entry)),
);
if (bundles.length === 0) say('There is nothing to bundle yet.');
for (const [index, bundle] of bundles.entries()) {
  const progress = startStep(index + 1, bundles.length, bundle.name, 'bundling');
  try {
    await buildBundle(bundle, progress.note);
    progress.done();
  } catch (error) {
    progress.failed();
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(error.exitCode);
  }
}
