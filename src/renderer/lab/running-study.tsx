/** A study while it runs: how far it is and the best trials so far. */

import type { TrialRow } from '../../shared/lab/study.ts';
import { useQuery } from '../store/hooks.ts';
import { useJob } from '../store/jobs.ts';
import { goTo } from '../store/route.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/states.tsx';
import { JobPanel } from './job-panel.tsx';
import { Block } from './small-parts.tsx';
import { TrialTable } from './trial-table.tsx';
import { useParamLabels } from './use-param-labels.ts';

interface Preview {
  readonly study?: string;
  readonly strategy?: string;
  readonly best?: readonly TrialRow[];
}

export function RunningStudy({ job: id }: { readonly job: string }) {
  const job = useJob(id);
  const { study, strategy = '', best = [] } = (job?.preview ?? {}) as Preview;
  const labelOf = useParamLabels(strategy);
  // After a restart of the host another job may have this name.
  if (job !== null && job.kind !== 'study') return <GoneStudy job={id} />;
  return (
    <div className="flex h-full flex-col gap-3 overflow-auto bg-bg p-3" data-testid="running-study">
      <div className="h-56 shrink-0 rounded-lg border border-line bg-surface">
        <JobPanel
          id={id}
          gone={<GoneStudy job={id} />}
          onRetry={() =>
            study === undefined || job?.error?.field !== undefined
              ? goTo('lab', 'optimise', 'new', id)
              : goTo('lab', 'optimise', study)
          }
          onDone={({ result }) => goTo('lab', 'optimise', (result as { study: string }).study)}
        />
      </div>
      {job === null ? null : (
        <Block
          title="Best so far"
          aside={
            job?.state === 'cancelled' && study !== undefined ? (
              <Button
                size="sm"
                icon="play"
                onClick={() =>
                  void act('Resume', 'studies/resume', { study }, ['lab']).then(
                    (started) => started !== null && goTo('lab', 'optimise', 'running', started.job.id),
                  )
                }
              >
                Go on
              </Button>
            ) : undefined
          }
        >
          <TrialTable rows={best.map((row) => ({ row, outOfSample: null }))} labelOf={labelOf} />
        </Block>
      )}
    </div>
  );
}

/** Studies are stored trial by trial: what a job that is gone has found is in the newest of them. */
function GoneStudy({ job }: { readonly job: string }) {
  const newest = useQuery('studies/list', {}, ['lab']).value?.studies[0]?.id;
  return (
    <EmptyState
      icon="clock"
      title="This study does not run any more"
      action={
        <div className="flex gap-2" data-testid="study-gone">
          {newest === undefined ? null : (
            <Button variant="primary" onClick={() => goTo('lab', 'optimise', newest)}>
              Open {newest}
            </Button>
          )}
          <Button onClick={() => goTo('lab', 'optimise')}>All studies</Button>
        </div>
      }
    >
      The host does not know {job} as a study: it was started again since, or the study ended long ago. Its
      trials are stored.
    </EmptyState>
  );
}
