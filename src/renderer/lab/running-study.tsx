/** A study while it runs: how far it is and the best trials so far. */

import type { TrialRow } from '../../shared/lab/study.ts';
import { useJob } from '../store/jobs.ts';
import { goTo } from '../store/route.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
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
  return (
    <div className="flex h-full flex-col gap-3 overflow-auto bg-bg p-3" data-testid="running-study">
      <div className="h-56 shrink-0 rounded-lg border border-line bg-surface">
        <JobPanel
          id={id}
          onRetry={() =>
            study === undefined ? goTo('lab', 'optimise', 'new') : goTo('lab', 'optimise', study)
          }
          onDone={({ result }) => goTo('lab', 'optimise', (result as { study: string }).study)}
        />
      </div>
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
    </div>
  );
}
