/**
 * Set-up: brings what is missing and nothing else. Runs on Node 18 with no package installed.
 *   1. npm packages as locked, no install scripts (they include the Node 24 everything runs on)
 *   2. the native addon, when its Rust sources changed
 *   3. the command line and the renderer, when their sources changed; Electron's bundles too where its program exists
 */
import { pathToFileURL } from 'node:url';
import { buildBundle, bundleInPlace, desktopBundle, rendererBundle } from './lib/bundles.mjs';
import { dependenciesInPlace, installDependencies, lockedCount } from './lib/dependencies.mjs';
import { findElectron } from './lib/electron.mjs';
import { SetupError } from './lib/fail.mjs';
import { headlessBundle } from './lib/headless-bundle.mjs';
import { buildNative, findCargo, nativeInPlace } from './lib/native.mjs';
import { say, startStep } from './lib/progress.mjs';
import { withSetupLock } from './lib/setup-lock.mjs';

const nodeMajorMin = 18;

/** @typedef {{ name: string, what: string, run: (note: (line: string) => void) => Promise<void> }} Step */

/** The bundles this machine can use. */
const bundles = () => [headlessBundle, rendererBundle, ...(findElectron() ? [desktopBundle] : [])];

/** @typedef {'packages' | 'all'} Scope checks need the packages only, everything else the addon and bundles too */

/** True when there is nothing to do. @param {Scope} scope */
export const isSetUp = (scope = 'all') =>
  dependenciesInPlace() && (scope === 'packages' || (nativeInPlace() && bundles().every(bundleInPlace)));

/**
 * Does everything that is missing. Packages and addon need each other's network and processor little, so they
 * run side by side; bundles need the packages.
 * @param {Scope} scope
 * @throws {SetupError} with a message that says what to do
 */
export async function setUp(scope = 'all') {
  if (isSetUp(scope)) return;
  const major = Number.parseInt(process.versions.node, 10);
  if (major < nodeMajorMin) {
    throw new SetupError(`Node.js ${process.versions.node} is too old: install Node.js 20 or newer.`, 2);
  }
  await withSetupLock(async () => {
    const all = scope === 'all';
    const cargo = !all || nativeInPlace() ? undefined : await findCargo();
    /** @type {Step[]} */
    const first = [];
    if (!dependenciesInPlace()) {
      first.push({ name: 'packages', what: `fetching ${lockedCount()} with npm`, run: installDependencies });
    }
    if (cargo !== undefined) {
      first.push({
        name: 'native addon',
        what: 'building with cargo',
        run: (note) => buildNative(cargo, note),
      });
    }
    /** @type {Step[]} */
    const second = (all ? bundles() : [])
      .filter((bundle) => !bundleInPlace(bundle))
      .map((bundle) => ({
        name: bundle.name,
        what: 'bundling',
        run: (note) => buildBundle(bundle, note),
      }));
    const count = first.length + second.length;
    let index = 0;
    /** @param {Step} step */
    const run = async (step) => {
      index += 1;
      const progress = startStep(index, count, step.name, step.what);
      try {
        await step.run(progress.note);
        progress.done();
      } catch (error) {
        progress.failed();
        throw error;
      }
    };
    const results = await Promise.allSettled(first.map(run));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    for (const step of second) await run(step);
  });
}

/** Runs set-up and ends the process with a readable message when it fails. @param {Scope} scope */
export async function setUpOrExit(scope = 'all') {
  try {
    await setUp(scope);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(error.exitCode);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const startedMs = Date.now();
  const wasSetUp = isSetUp();
  await setUpOrExit();
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  say(wasSetUp ? `Everything is in place (${seconds} s).` : `Set-up done in ${seconds} s.`);
}
