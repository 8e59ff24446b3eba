/** Stored studies, newest first. */

import type { StudySummaryView } from '../../shared/api/lab-views.ts';
import { objectiveOf } from '../../shared/lab/study.ts';
import { choiceLabel } from '../bots/param-field.tsx';
import { formatMinute } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { countText, factorText } from './figures.ts';
import { RemoveButton } from './remove-button.tsx';

const endWords: Readonly<Record<string, string>> = {
  trials: 'all trials run',
  patience: 'nothing better came',
  time: 'time was up',
  space: 'everything tried',
  cancelled: 'cancelled',
};

const columns: readonly Column<StudySummaryView>[] = [
  { id: 'id', header: 'Study', width: 70, cell: (row) => row.id },
  {
    id: 'strategy',
    header: 'Strategy',
    width: 110,
    sortBy: (row) => row.spec.backtest.strategy,
    cell: (row) => row.spec.backtest.strategy,
  },
  {
    id: 'market',
    header: 'Market',
    width: 120,
    cell: (row) => {
      const [series] = row.spec.backtest.series;
      return series?.instrument ?? (series?.source.kind === 'store' ? series.source.instrument : '');
    },
  },
  {
    id: 'sampler',
    header: 'Sampler',
    width: 80,
    sortBy: (row) => row.spec.sampler,
    cell: (row) => row.spec.sampler,
  },
  {
    id: 'objective',
    header: 'Objective',
    width: 130,
    cell: (row) => row.spec.objectives.map((one) => choiceLabel(objectiveOf(one).name)).join(', '),
  },
  {
    id: 'trials',
    header: 'Trials',
    width: 100,
    align: 'right',
    sortBy: (row) => row.trials,
    cell: (row) => `${countText(row.trials)} of ${countText(row.spec.trials)}`,
  },
  {
    id: 'best',
    header: 'Best',
    width: 70,
    align: 'right',
    cell: (row) => factorText(row.best?.objectives?.[0]),
  },
  {
    id: 'end',
    header: 'State',
    width: 130,
    cell: (row) => (row.end === null ? 'not ended' : (endWords[row.end] ?? row.end)),
  },
  {
    id: 'made',
    header: 'Begun',
    width: 126,
    sortBy: (row) => row.createdMs,
    cell: (row) => <span className="num">{formatMinute(row.createdMs)}</span>,
  },
  {
    id: 'remove',
    header: '',
    width: 34,
    cell: (row) => (
      <RemoveButton
        label={`Remove ${row.id}`}
        onRemove={() => void act('Remove', 'studies/remove', { study: row.id }, ['lab'])}
      />
    ),
  },
];

export function StudyList() {
  const { value, failure, retry } = useQuery('studies/list', {}, ['lab']);
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={8} />;
    return <ErrorState title="The studies could not be loaded" failure={failure} onRetry={retry} />;
  }
  const begin = (
    <Button
      variant="primary"
      icon="plus"
      onClick={() => goTo('lab', 'optimise', 'new')}
      data-testid="study-new"
    >
      New study
    </Button>
  );
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-3">{begin}</div>
      <div className="min-h-0 grow">
        <DataTable
          label="Studies"
          testId="study-list"
          rows={value.studies}
          columns={columns}
          rowKey={(row) => row.id}
          onRowClick={(row) => goTo('lab', 'optimise', row.id)}
          empty={
            <EmptyState icon="target" title="No study yet">
              A study runs a strategy with many settings, keeps every trial, and tests the best ones on data
              none of them has seen.
            </EmptyState>
          }
        />
      </div>
    </div>
  );
}
