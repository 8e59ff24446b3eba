/** A stored study: the best settings and how they did on unseen data, every trial in pictures. */

import { useState } from 'react';
import type { TestedTrialView } from '../../shared/api/lab-views.ts';
import { objectiveOf } from '../../shared/lab/study.ts';
import { withNamedValues } from '../../shared/rules/named-values.ts';
import { choiceLabel } from '../bots/param-field.tsx';
import { useQuery } from '../store/hooks.ts';
import { useJob } from '../store/jobs.ts';
import { goTo } from '../store/route.ts';
import { act, settings } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { countText, percentText } from './figures.ts';
import { HeatMap } from './heat-map.tsx';
import { JobPanel } from './job-panel.tsx';
import { ParallelCoordinates } from './parallel-coordinates.tsx';
import { Sensitivity, type SensitivityResult } from './sensitivity.tsx';
import { Block, Figure } from './small-parts.tsx';
import { useStrategies } from './spec-form.tsx';
import { valuesOfSpec } from './spec-values.ts';
import { TrialHistory } from './trial-history.tsx';
import { TrialTable } from './trial-table.tsx';
import { useParamLabels } from './use-param-labels.ts';

export function StudyView({ id }: { readonly id: string }) {
  const { value, failure, retry } = useQuery('studies/show', { study: id }, ['lab']);
  const strategy = value?.summary.spec.backtest.strategy ?? '';
  const labelOf = useParamLabels(strategy);
  const textField = useStrategies()
    .find(({ id: known }) => known === strategy)
    ?.fields.find(({ namesValues }) => namesValues === true)?.name;
  const [explored, setExplored] = useState<string | null>(null);
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={14} />;
    return <ErrorState title="The study could not be opened" failure={failure} onRetry={retry} />;
  }
  const { summary, trials, best, parameters } = value;
  const [objective] = summary.spec.objectives.map(objectiveOf);
  const use = ({ row }: TestedTrialView): void => {
    const { backtest } = summary.spec;
    const spec = { ...backtest, params: withNamedValues(backtest.params, row.values, textField) };
    settings.set('lab.form', { ...valuesOfSpec(spec), study: id });
    goTo('lab', 'backtests', 'new');
  };
  const isOpen = trials.length < summary.spec.trials && summary.end !== 'space' && summary.end !== 'patience';
  const scored = trials.filter(({ objectives }) => objectives !== null);
  return (
    <div className="flex h-full flex-col" data-testid="study-view">
      <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-3">
        <Button variant="ghost" icon="chevronLeft" onClick={() => goTo('lab', 'optimise')}>
          Studies
        </Button>
        <h2 className="font-semibold">
          {id}: {summary.spec.backtest.strategy}
        </h2>
        <span className="text-sm text-muted">
          {summary.spec.sampler}, {choiceLabel(objective?.name ?? '')}
        </span>
        <span className="grow" />
        {isOpen ? (
          <Button
            icon="play"
            onClick={() =>
              void act('Resume', 'studies/resume', { study: id }, ['lab']).then(
                (started) => started !== null && goTo('lab', 'optimise', 'running', started.job.id),
              )
            }
            data-testid="study-resume"
          >
            Go on
          </Button>
        ) : null}
        <Button
          icon="target"
          disabled={best.length === 0}
          onClick={() =>
            void act('Sensitivity', 'robustness/sensitivity', { study: id }, []).then(
              (started) => started !== null && setExplored(started.job.id),
            )
          }
          data-testid="study-sensitivity"
        >
          Around the best
        </Button>
      </div>
      <div className="flex min-h-0 grow flex-col gap-3 overflow-auto bg-bg p-3">
        <div className="grid shrink-0 grid-cols-[repeat(auto-fit,minmax(120px,1fr))] gap-3 rounded-lg border border-line bg-surface p-3">
          <Figure label="Trials" value={`${countText(trials.length)} of ${countText(summary.spec.trials)}`} />
          <Figure label="With a score" value={countText(scored.length)} />
          <Figure label="Best objective" value={best[0]?.row.objectives?.[0]?.toFixed(3) ?? '—'} />
          <Figure label="Its return" value={percentText(best[0]?.row.metrics['totalReturn'], true)} />
          <Figure label="On unseen data" value={percentText(best[0]?.outOfSample?.['totalReturn'], true)} />
          <Figure
            label="Held up on unseen data"
            title="Of the best settings, how many made money on data no trial had seen"
            value={heldText(best)}
          />
        </div>
        {explored === null ? null : (
          <Explored job={explored} labelOf={labelOf} onClose={() => setExplored(null)} />
        )}
        <Block title="Best settings" testId="study-best">
          <TrialTable rows={best} labelOf={labelOf} onUse={use} />
        </Block>
        <div className="grid grid-cols-[repeat(auto-fit,minmax(420px,1fr))] gap-3">
          <Block title={`Objective by trial: ${choiceLabel(objective?.name ?? '')}`}>
            <div className="h-60 p-1">
              <TrialHistory trials={trials} isMaximised={objective?.goal !== 'minimise'} />
            </div>
          </Block>
          <Block title="Two parameters against the objective">
            <HeatMap
              trials={scored}
              parameters={parameters}
              labelOf={labelOf}
              isMaximised={objective?.goal !== 'minimise'}
            />
          </Block>
        </div>
        <Block title="All parameters of the best trials">
          <ParallelCoordinates
            trials={scored}
            parameters={parameters}
            labelOf={labelOf}
            isMaximised={objective?.goal !== 'minimise'}
          />
        </Block>
      </div>
    </div>
  );
}

function heldText(best: readonly TestedTrialView[]): string {
  const tested = best.filter(({ outOfSample }) => outOfSample !== null);
  if (tested.length === 0) return 'not tested';
  const held = tested.filter(({ outOfSample }) => (outOfSample?.['totalReturn'] ?? -1) > 0);
  return `${held.length} of ${tested.length}`;
}

/** The neighbours of the best trial, while they run and when they are done. */
function Explored({
  job: id,
  labelOf,
  onClose,
}: {
  readonly job: string;
  readonly labelOf: (parameter: string) => string;
  readonly onClose: () => void;
}) {
  const job = useJob(id);
  if (job?.state === 'done')
    return <Sensitivity result={job.result as SensitivityResult} labelOf={labelOf} onClose={onClose} />;
  return (
    <div className="h-52 shrink-0 rounded-lg border border-line bg-surface">
      <JobPanel id={id} onDone={() => undefined} onRetry={onClose} />
    </div>
  );
}
