/** `npm run check`: format, lint, types, layers, tidy rules, and the same for Rust. Quick enough to run often. */
import { close, hasTests, runChecks, runVitest } from './lib/suites.mjs';
import { setUpOrExit } from './setup.mjs';

await setUpOrExit('packages');
const outcomes = await runChecks();
if (hasTests('test/tidy')) outcomes.push(await runVitest('tidy', ['test/tidy']));
process.exitCode = close(outcomes);
