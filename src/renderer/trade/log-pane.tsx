/** The newest lines of the host's log. */

import { useMemo, useState } from 'react';
import { formatClock } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { classes } from '../ui/classes.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';

type Level = 'debug' | 'info' | 'warn' | 'error';
interface Line {
  readonly timeMs: number;
  readonly level: string;
  readonly message: string;
}
interface NumberedLine extends Line {
  readonly id: string;
}

const tones: Record<string, string> = { error: 'text-danger', warn: 'text-warn', debug: 'text-muted' };
const columns: readonly Column<NumberedLine>[] = [
  {
    id: 'time',
    header: 'Time',
    width: 74,
    cell: (row) => <span className="num text-muted">{formatClock(row.timeMs)}</span>,
  },
  {
    id: 'level',
    header: 'Level',
    width: 48,
    cell: (row) => <span className={classes('num', tones[row.level])}>{row.level}</span>,
  },
  {
    id: 'message',
    header: 'Message',
    width: 420,
    cell: (row) => <span title={row.message}>{row.message}</span>,
  },
];

export function LogPane() {
  const [level, setLevel] = useState<Level>('info');
  const log = useQuery('system/log', { level, limit: 500 }, ['status']);
  const lines = log.value?.lines;
  const rows = useMemo(
    () => lines?.map((line, at) => ({ ...line, id: `${at} ${line.timeMs}` })) ?? [],
    [lines],
  );
  if (log.failure !== null && log.value === null)
    return <ErrorState title="The log could not be read" failure={log.failure} onRetry={log.retry} />;
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-7 shrink-0 items-center border-b border-line px-1.5">
        <Segmented<Level>
          label="Least level"
          look="bare"
          testId="log-level"
          value={level}
          onChange={setLevel}
          options={(['debug', 'info', 'warn', 'error'] as const).map((value) => ({ value, label: value }))}
        />
      </div>
      <div className="min-h-0 grow">
        {log.value === null ? (
          <SkeletonRows />
        ) : (
          <DataTable
            label="Log"
            testId="log"
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            empty={<EmptyState title="Nothing logged at this level" />}
          />
        )}
      </div>
    </div>
  );
}
