/** Runs checks and test suites, each to its end, and counts what they found. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { findPinnedNode } from '../pinned-node.mjs';
import { checks } from './checks.mjs';
import { runCaptured } from './child.mjs';
import { countsOfCargo, countsOfClosingLine, countsOfVitest, describe, judged, sum } from './counts.mjs';
import { SetupError } from './fail.mjs';
import { findCargo } from './native.mjs';
import { inRoot } from './root.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */
/** @typedef {Counts & { name: string, seconds: number }} Outcome */

/** Path of cargo, or null where Rust is missing. @returns {Promise<string | null>} */
export async function cargoOrNull() {
  try {
    return await findCargo();
  } catch (error) {
    if (error instanceof SetupError) return null;
    throw error;
  }
}

/**
 * Runs one suite, with its heading before and its counts after.
 * @param {string} name @param {() => Promise<Counts>} work @returns {Promise<Outcome>}
 */
export async function suite(name, work) {
  const startedMs = Date.now();
  process.stdout.write(`\n== ${name}\n`);
  const counts = await work();
  const seconds = (Date.now() - startedMs) / 1000;
  process.stdout.write(`-- ${name}: ${describe(counts)} (${seconds.toFixed(1)} s)\n`);
  return { name, seconds, ...counts };
}

/** Every check; each counts as one. @returns {Promise<Outcome[]>} */
export async function runChecks() {
  const outcomes = [];
  for (const check of checks(await cargoOrNull())) {
    const { name, command, args, cwd } = check;
    outcomes.push(
      await suite(name, async () => {
        const { code, words } = await runCaptured(command, args, { cwd, echo: true });
        if (code >= 126) process.stdout.write(`${words}\n`);
        return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
      }),
    );
  }
  return outcomes;
}

/** Children paint their output only for a person: vitest would also do it for CI. */
const environment = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' };

/** The pinned Node, which set-up has put in place. */
const node = () => findPinnedNode()?.path ?? process.execPath;

/**
 * Runs vitest and counts from its JSON report.
 * @param {string} name @param {readonly string[]} args @returns {Promise<Outcome>}
 */
export function runVitest(name, args) {
  return suite(name, async () => {
    const file = inRoot('out', 'reports', `${name.replaceAll(/\W+/g, '-')}.json`);
    mkdirSync(inRoot('out', 'reports'), { recursive: true });
    rmSync(file, { force: true });
    const { code } = await runCaptured(
      node(),
      [
        inRoot('node_modules/vitest/vitest.mjs'),
        'run',
        ...args,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ],
      { cwd: inRoot(), env: environment, echo: true },
    );
    const none = { passed: 0, failed: 0, skipped: 0 };
    return judged(existsSync(file) ? countsOfVitest(readFileSync(file, 'utf8')) : none, code);
  });
}

/**
 * Rust's tests. Those that stand beside the code (`--lib`) check overflows and assertions, built without optimisation; the
 * suites in `tests/` run on the very code the addon was built from, wide instructions included, and need not build it again.
 * @param {string} cargo
 */
export function runCargoTests(cargo) {
  return suite('cargo test', async () => {
    const options = {
      cwd: inRoot('native'),
      // What helps the next build of a changed source only costs where nothing is built twice.
      env: process.env['CI'] ? { ...process.env, CARGO_INCREMENTAL: '0' } : process.env,
      echo: true,
    };
    const beside = await runCaptured(cargo, ['test', '--workspace', '--no-fail-fast', '--lib'], options);
    const suites = await runCaptured(
      cargo,
      ['test', '--workspace', '--no-fail-fast', '--release', '--test', '*'],
      options,
    );
    return judged(
      sum([countsOfCargo(beside.stdout), countsOfCargo(suites.stdout)]),
      beside.code || suites.code,
    );
  });
}

/**
 * One of our own scripts that closes with "N passed, N failed"; without that line it counts as one test.
 * @param {string} name @param {string} file @param {readonly string[]} args
 */
export function runScript(name, file, args) {
  return suite(name, async () => {
    const result = await runCaptured(node(), [inRoot(file), ...args], {
      cwd: inRoot(),
      env: environment,
      echo: true,
    });
    const counts = countsOfClosingLine(result.stdout);
    if (counts.passed + counts.failed === 0 && result.code === 0) return { ...counts, passed: 1 };
    return judged(counts, result.code);
  });
}

/** True when the folder holds a test file. @param {string} folder relative to the root */
export const hasTests = (folder) =>
  existsSync(inRoot(folder)) &&
  readdirSync(inRoot(folder), { recursive: true }).some((file) => /\.test\.tsx?$/.test(String(file)));

/** Prints one line a suite and the closing count, and gives the exit code. @param {readonly Outcome[]} outcomes */
export function close(outcomes) {
  const width = Math.max(...outcomes.map((outcome) => outcome.name.length));
  process.stdout.write('\n');
  for (const outcome of outcomes) {
    const line = `${outcome.name.padEnd(width)}  ${describe(outcome)}  ${outcome.seconds.toFixed(1)} s`;
    process.stdout.write(`${outcome.failed > 0 ? 'FAILED' : 'ok    '}  ${line}\n`);
  }
  const total = sum(outcomes);
  process.stdout.write(`\n${describe(total)}\n`);
  return total.failed > 0 ? 1 : 0;
}
