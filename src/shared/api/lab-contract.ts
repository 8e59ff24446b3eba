/** The part of the contract that belongs to the Lab: data, backtests, studies and the jobs they run as. */

import { z } from 'zod';
import { jobKinds, jobView } from './job-view.ts';
import { method } from './method.ts';
import { idText, listLimit } from './primitives.ts';

const job = z.object({ job: jobView });

export const labMethods = {
  'jobs/list': method(
    'read',
    'Long-running work, newest first',
    z.strictObject({
      kinds: z.array(z.enum(jobKinds)).max(jobKinds.length).optional(),
      limit: listLimit.default(100),
    }),
    z.object({ jobs: z.array(jobView) }),
  ),
  'jobs/show': method('read', 'One job with its progress or result', z.strictObject({ job: idText }), job),
  'jobs/cancel': method(
    'trade',
    'Ends a job at its next step; what it has stored stays whole',
    z.strictObject({ job: idText }),
    job,
  ),
} as const;
