/** Stored backtests: newest first, with what matters at a glance; some can be put side by side. */

import { useMemo, useState } from 'react';
import type { BacktestSummaryView } from '../../shared/api/lab-views.ts';
import { formatDate, formatMinute } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { factorText, percentText, toneOf } from './figures.ts';
import { RemoveButton } from './remove-button.tsx';
import { Grade, MiniLine } from './small-parts.tsx';

/** Backtests that fit side by side. */
const comparedMaximum = 4;

export function BacktestList() {
  const { value, failure, retry } = useQuery('backtests/list', {}, ['lab']);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const columns = useMemo(
    () =>
      columnsOf(chosen, (id) =>
        setChosen((before) =>
          before.includes(id) ? before.filter((one) => one !== id) : [...before, id].slice(-comparedMaximum),
        ),
      ),
    [chosen],
  );
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={8} />;
    return <ErrorState title="The backtests could not be loaded" failure={failure} onRetry={retry} />;
  }
  const known = chosen.filter((id) => value.backtests.some((one) => one.id === id));
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-3">
        <Button
          variant="primary"
          icon="plus"
          onClick={() => goTo('lab', 'backtests', 'new')}
          data-testid="backtest-new"
        >
          New backtest
        </Button>
        <span className="grow" />
        <Button
          disabled={known.length < 2}
          icon="layout"
          title={known.length < 2 ? 'Tick two to four of the list' : undefined}
          onClick={() => goTo('lab', 'backtests', 'compare', known.join(','))}
          data-testid="backtest-compare"
        >
          Compare{known.length > 1 ? ` ${known.length}` : ''}
        </Button>
      </div>
      <div className="min-h-0 grow">
        <DataTable
          label="Stored backtests"
          testId="backtest-list"
          rows={value.backtests}
          columns={columns}
          rowKey={(row) => row.id}
          onRowClick={(row) => goTo('lab', 'backtests', row.id)}
          empty={
            <EmptyState
              icon="lab"
              title="No backtest yet"
              action={
                <Button variant="primary" onClick={() => goTo('lab', 'backtests', 'new')}>
                  New backtest
                </Button>
              }
            >
              Run a strategy over recorded candles before it trades. Bring a file of candles, or download
              some.
            </EmptyState>
          }
        />
      </div>
    </div>
  );
}

function columnsOf(
  chosen: readonly string[],
  onToggle: (id: string) => void,
): readonly Column<BacktestSummaryView>[] {
  return [
    {
      id: 'pick',
      header: '',
      width: 30,
      cell: (row) => (
        <input
          type="checkbox"
          aria-label={`Compare ${row.name}`}
          checked={chosen.includes(row.id)}
          onClick={(event) => event.stopPropagation()}
          onChange={() => onToggle(row.id)}
          data-testid={`pick-${row.id}`}
          className="mt-0.5 accent-accent"
        />
      ),
    },
    { id: 'name', header: 'Backtest', width: 150, cell: (row) => row.name, sortBy: (row) => row.name },
    { id: 'spark', header: '', width: 96, cell: (row) => <MiniLine values={row.spark} /> },
    {
      id: 'return',
      header: 'Return',
      width: 78,
      align: 'right',
      sortBy: (row) => row.metrics['totalReturn'] ?? 0,
      cell: (row) => (
        <span className={toneOf(row.metrics['totalReturn'])}>
          {percentText(row.metrics['totalReturn'], true)}
        </span>
      ),
    },
    {
      id: 'drawdown',
      header: 'Max drawdown',
      width: 104,
      align: 'right',
      sortBy: (row) => row.metrics['maxDrawdown'] ?? 0,
      cell: (row) => percentText(row.metrics['maxDrawdown']),
    },
    {
      id: 'sharpe',
      header: 'Sharpe',
      width: 60,
      align: 'right',
      sortBy: (row) => row.metrics['sharpe'] ?? 0,
      cell: (row) => factorText(row.metrics['sharpe']),
    },
    {
      id: 'trades',
      header: 'Trades',
      width: 64,
      align: 'right',
      sortBy: (row) => row.metrics['trades'] ?? 0,
      cell: (row) => String(row.metrics['trades'] ?? 0),
    },
    {
      id: 'grade',
      header: 'Evidence',
      width: 66,
      sortBy: (row) => row.grade,
      cell: (row) => <Grade grade={row.grade} />,
    },
    {
      id: 'span',
      header: 'Data',
      width: 176,
      sortBy: (row) => row.fromMs,
      cell: (row) => (
        <span className="num">
          {formatDate(row.fromMs)} – {formatDate(row.toMs)}
        </span>
      ),
    },
    {
      id: 'made',
      header: 'Run at',
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
          label={`Remove ${row.name} (${row.id})`}
          onRemove={() => void act('Remove', 'backtests/remove', { backtest: row.id }, ['lab'])}
        />
      ),
    },
  ];
}
