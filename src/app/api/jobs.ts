/** Jobs: what runs, how far it is, how it ends. */

import type { Handlers } from './context.ts';

export const jobHandlers: Handlers<'jobs'> = {
  'jobs/list': ({ kinds, limit }, { jobs }) => ({
    jobs: jobs
      .list()
      .filter(({ kind }) => kinds === undefined || kinds.includes(kind))
      .slice(0, limit),
  }),
  'jobs/show': ({ job }, { jobs }) => ({ job: jobs.show(job) }),
  'jobs/cancel': ({ job }, { jobs }) => ({ job: jobs.cancel(job) }),
};
