/** Audit records as a table that grows at both ends; one record's whole content beside it. */

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { JournalRowView } from '../../shared/api/views.ts';
import { formatDateTime } from '../format/time-text.ts';
import { useSession } from '../store/session.ts';
import { onResync } from '../store/terminal.ts';
import { showOrder } from '../store/ui-state.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { JournalFeed, type JournalFilter } from './journal-feed.ts';
import { kindTone } from './kinds.ts';

const columns: readonly Column<JournalRowView>[] = [
  {
    id: 'sequence',
    header: '#',
    width: 62,
    align: 'right',
    cell: (row) => <span className="text-muted">{row.sequence}</span>,
  },
  {
    id: 'time',
    header: 'Time (UTC)',
    width: 148,
    cell: (row) => <span className="num text-muted">{formatDateTime(row.timeMs)}</span>,
  },
  {
    id: 'kind',
    header: 'Kind',
    width: 118,
    cell: (row) => <span className={classes('num', kindTone(row.kind))}>{row.kind}</span>,
  },
  { id: 'bot', header: 'Bot', width: 60, cell: (row) => row.bot ?? '' },
  {
    id: 'text',
    header: 'What happened',
    width: 460,
    cell: (row) => <span title={row.text}>{row.text}</span>,
  },
];

/** Gives the client order id that a record speaks of, or null. */
export function orderOfRecord(row: JournalRowView): string | null {
  const { body } = row;
  if (typeof body['clientOrderId'] === 'string') return body['clientOrderId'];
  for (const part of [body['order'], body['fill']]) {
    if (
      typeof part === 'object' &&
      part !== null &&
      'clientOrderId' in part &&
      typeof part.clientOrderId === 'string'
    )
      return part.clientOrderId;
  }
  return null;
}

function RecordDetail({ row, onClose }: { readonly row: JournalRowView; readonly onClose: () => void }) {
  const order = orderOfRecord(row);
  return (
    <aside
      className="flex w-[360px] shrink-0 flex-col border-l border-line bg-surface"
      data-testid="record-detail"
    >
      <div className="flex h-8 shrink-0 items-center justify-between border-b border-line pr-1 pl-3">
        <span className="text-sm font-medium">
          Record <span className="num">{row.sequence}</span>
        </span>
        <IconButton icon="close" size="sm" label="Close" onClick={onClose} />
      </div>
      <div className="min-h-0 grow overflow-auto p-3">
        <p className="mb-2 text-sm">{row.text}</p>
        {order === null ? null : (
          <Button size="sm" onClick={() => showOrder(order)} data-testid="record-order">
            Order timeline
          </Button>
        )}
        <pre className="num mt-3 rounded-md border border-line bg-bg p-2 text-2xs leading-4 break-all whitespace-pre-wrap">
          {JSON.stringify(row.body, null, 2)}
        </pre>
        <p className="mt-3 text-2xs text-muted">Hash of this record, covering all before it</p>
        <p className="num text-2xs break-all whitespace-normal">{row.hash}</p>
      </div>
    </aside>
  );
}

export function JournalTable({ filter }: { readonly filter: JournalFilter }) {
  const key = JSON.stringify(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the filter
  const feed = useMemo(() => new JournalFeed(filter), [key]);
  const state = useSyncExternalStore(feed.subscribe, () => feed.state);
  const newest = useSession((session) => session.status?.auditSequence ?? 0);
  const [isFollowing, setFollowing] = useState(true);
  const [selected, setSelected] = useState<JournalRowView | null>(null);
  const known = state.rows[0]?.sequence ?? 0;

  useEffect(() => {
    void feed.refresh();
    return onResync(() => void feed.refresh());
  }, [feed]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest number is what calls for a refresh
  useEffect(() => {
    if (isFollowing) void feed.refresh();
  }, [feed, newest, isFollowing]);

  if (state.isLoading) return <SkeletonRows rows={10} />;
  if (state.failure !== null && state.rows.length === 0)
    return (
      <ErrorState
        title="The journal could not be read"
        failure={state.failure}
        onRetry={() => void feed.refresh()}
      />
    );
  return (
    <div className="flex h-full min-h-0">
      <div className="relative min-w-0 grow">
        <DataTable
          label="Journal"
          testId="journal"
          rows={state.rows}
          columns={columns}
          rowKey={(row) => String(row.sequence)}
          isSelected={(row) => row.sequence === selected?.sequence}
          onRowClick={(row) => {
            setSelected(row);
            // What is read must not move away under the eyes.
            setFollowing(false);
          }}
          onEndReached={feed.older}
          empty={<EmptyState title="No record fits" />}
        />
        {isFollowing ? null : (
          <button
            type="button"
            onClick={() => setFollowing(true)}
            data-testid="journal-follow"
            className="absolute bottom-3 left-1/2 z-20 -translate-x-1/2 rounded-full border border-accent bg-overlay px-3 py-0.5 text-xs text-accent shadow-pop"
          >
            Paused{newest > known ? ` · ${newest - known} newer records` : ''} · follow again
          </button>
        )}
      </div>
      {selected === null ? null : <RecordDetail row={selected} onClose={() => setSelected(null)} />}
    </div>
  );
}
