/**
 * `npm test`: set-up when needed, then everything CI runs, each suite to its end even when an earlier one
 * failed. Its last line is "N passed, N failed" over all of them.
 */
import { existsSync } from 'node:fs';
import { inRoot } from './lib/root.mjs';
import {
  cargoOrNull,
  close,
  hasTests,
  runCargoTests,
  runChecks,
  runScript,
  runVitest,
} from './lib/suites.mjs';
import { setUpOrExit } from './setup.mjs';

const killTest = 'test/kill/main.ts';
const killTimes = 5;

await setUpOrExit();
const outcomes = await runChecks();
outcomes.push(await runVitest('unit tests', []));

const cargo = await cargoOrNull();
if (!existsSync(inRoot('native', 'Cargo.toml'))) process.stdout.write('\nNo native/ here: no cargo tests.\n');
else if (cargo === null) process.stdout.write('\nRust is missing: no cargo tests.\n');
else outcomes.push(await runCargoTests(cargo));

if (hasTests('test/e2e')) outcomes.push(await runVitest('e2e tests', ['--config', 'vitest.e2e.config.ts']));
else process.stdout.write('\nNo tests in test/e2e: no browser suite.\n');

if (existsSync(inRoot(killTest))) {
  outcomes.push(await runScript('kill test', killTest, ['--times', String(killTimes)]));
} else {
  process.stdout.write(`\nNo ${killTest}: no kill test.\n`);
}
process.exitCode = close(outcomes);
