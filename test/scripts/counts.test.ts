/** The closing line of `npm test` tells the truth: what ran, what failed, and what did not run at all. */
import { expect, describe as group, test } from 'vitest';
import {
  countsOfCargo,
  countsOfClosingLine,
  countsOfVitest,
  describe,
  judged,
  sum,
} from '../../scripts/lib/counts.mjs';

const counts = (passed: number, failed: number, skipped = 0) => ({ passed, failed, skipped });

group('a suite is judged by its tests and its exit code', () => {
  test.each([
    ['all passed', counts(3, 0), 0, counts(3, 0)],
    ['some failed', counts(3, 2), 1, counts(3, 2)],
    ['no test at all', counts(0, 0), 0, counts(0, 1)],
    ['every test skipped', counts(0, 0, 4), 0, counts(0, 1, 4)],
    ['passed, but the runner failed', counts(3, 0), 1, counts(3, 1)],
  ])('%s', (_name, found, exitCode, expected) => {
    expect(judged(found, exitCode)).toEqual(expected);
  });
});

test("vitest's report: a file that cannot be loaded is a failure", () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'failed', assertionResults: [] },
    ],
  };
  expect(countsOfVitest(JSON.stringify(report))).toEqual(counts(5, 2, 3));
});

test('cargo: the sum over all test programs', () => {
  const output = `
running 2 tests
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 7 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s`;
  expect(countsOfCargo(output)).toEqual(counts(9, 3, 1));
  expect(countsOfCargo('error: could not compile')).toEqual(counts(0, 0));
});

test('our own scripts: the last closing line counts', () => {
  expect(countsOfClosingLine('1 passed, 0 failed\nround 2\n4 passed, 1 failed, 2 skipped\n')).toEqual(
    counts(4, 1, 2),
  );
  expect(countsOfClosingLine('nothing')).toEqual(counts(0, 0));
});

test('the closing line', () => {
  expect(describe(sum([counts(1, 0), counts(2, 1)]))).toBe('3 passed, 1 failed');
  expect(describe(counts(3, 0, 2))).toBe('3 passed, 0 failed, 2 skipped');
});
