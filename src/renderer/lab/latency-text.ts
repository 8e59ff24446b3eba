/** The delay of orders and answers as it is typed: nothing, milliseconds, a distribution, or a file of measured delays. */

import type { LatencySpec } from '../../shared/lab/spec.ts';

export const latencyProblem = 'Milliseconds up to 60000, or median, sigma, maximum, or a file';

const number = /^\d+(\.\d+)?$/;

/** Reads the text; null for one that says no delay. Undefined where it makes no sense. */
export function latencyOf(text: string): LatencySpec | null | undefined {
  const typed = text.trim();
  if (typed === '') return null;
  const parts = typed.split(',').map((part) => part.trim());
  if (!parts.every((part) => number.test(part))) {
    // Something with a letter is a path; anything else was meant as numbers.
    return /[A-Za-z]/.test(typed) ? { kind: 'recorded', path: typed } : undefined;
  }
  const [first = 0, sigma, maxMs, ...rest] = parts.map(Number);
  if (sigma === undefined) {
    return Number.isInteger(first) && first <= 60_000 ? { kind: 'constant', ms: first } : undefined;
  }
  const isSound =
    maxMs !== undefined &&
    rest.length === 0 &&
    first > 0 &&
    first <= 60_000 &&
    sigma <= 3 &&
    maxMs > 0 &&
    maxMs <= 600_000;
  return isSound ? { kind: 'log-normal', medianMs: first, sigma, maxMs } : undefined;
}

/** Writes what `latencyOf` reads. */
export function latencyText(latency: LatencySpec): string {
  switch (latency.kind) {
    case 'none':
      return '';
    case 'constant':
      return String(latency.ms);
    case 'log-normal':
      return `${latency.medianMs}, ${latency.sigma}, ${latency.maxMs}`;
    case 'recorded':
      return latency.path;
  }
}
