/**
 * How long tests wait for what will happen. A wait is never a measurement: it ends as soon as the thing is there, and a
 * busy machine, which has been seen ten times slower than a quiet one, must not fail a test.
 */

/** For one thing to happen: an answer, an exit of a process, a row. */
export const patienceMs = 120_000;

/** For a whole test; more than several waits, so that a wait in vain is named by its own words. */
export const testPatienceMs = 600_000;
