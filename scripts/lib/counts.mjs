/** Counts of passed, failed and skipped tests, read from what each test runner reports. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {readonly Counts[]} all @returns {Counts} */
export const sum = (all) =>
  all.reduce(
    (total, each) => ({
      passed: total.passed + each.passed,
      failed: total.failed + each.failed,
      skipped: total.skipped + each.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

/** "12 passed, 0 failed", and the skipped ones where there are any. @param {Counts} counts */
export const describe = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/**
 * A suite that exists must test something, and a runner that failed must not count as passed: both add one
 * failure when no test did. @param {Counts} counts @param {number} exitCode @returns {Counts}
 */
export function judged(counts, exitCode) {
  const ran = counts.passed + counts.failed > 0;
  const silent = counts.failed === 0 && (!ran || exitCode !== 0);
  return silent ? { ...counts, failed: 1 } : counts;
}

/** From vitest's JSON report. @param {string} json @returns {Counts} */
export function countsOfVitest(json) {
  const report = JSON.parse(json);
  const files = report.testResults ?? [];
  // A file that could not be loaded fails without holding a single test.
  const broken = files.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** From the result lines of `cargo test`, one a test program. @param {string} output @returns {Counts} */
export function countsOfCargo(output) {
  const lines = output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm);
  return sum(
    [...lines].map(([, passed, failed, ignored]) => ({
      passed: Number(passed),
      failed: Number(failed),
      skipped: Number(ignored),
    })),
  );
}

/** From a closing line "N passed, N failed[, N skipped]", as our own scripts print. @param {string} output */
export function countsOfClosingLine(output) {
  const lines = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)];
  const last = lines.at(-1);
  if (!last) return { passed: 0, failed: 0, skipped: 0 };
  return { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) };
}
