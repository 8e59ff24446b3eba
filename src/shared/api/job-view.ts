/** Work that takes longer than a call: what it is, how far it is, what came of it. */

import { z } from 'zod';
import { errorCodes } from './result.ts';

export const jobKinds = [
  'backtest',
  'study',
  'walk-forward',
  'monte-carlo',
  'bias-check',
  'sensitivity',
  'pairs-scan',
  'book-replay',
  'shadow-backtest',
  'data-import',
  'data-download',
  'data-check',
  'data-repair',
  'data-candles',
] as const;
export type JobKind = (typeof jobKinds)[number];

export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

export const jobView = z.object({
  id: z.string(),
  kind: z.enum(jobKinds),
  title: z.string(),
  state: z.enum(jobStates),
  /** Part that is done, 0 to 1; null while nobody can say. */
  progress: z.number().min(0).max(1).nullable(),
  /** Steps done and in all, with their unit (`bars`, `trials`, `rows`). */
  done: z.number(),
  total: z.number().nullable(),
  unit: z.string(),
  ratePerSecond: z.number().nullable(),
  timeLeftMs: z.number().nullable(),
  message: z.string(),
  createdMs: z.number(),
  startedMs: z.number().nullable(),
  endedMs: z.number().nullable(),
  /** What is known before the end, for example the best trials so far; its shape belongs to the kind. */
  preview: z.unknown(),
  /** What a page opens next, for example the id of a stored backtest; its shape belongs to the kind. Null before the end. */
  result: z.unknown(),
  error: z
    .object({
      code: z.enum(errorCodes),
      message: z.string(),
      field: z.string().optional(),
      hint: z.string().optional(),
    })
    .nullable(),
});
export type JobView = z.output<typeof jobView>;
