/** The venues of this terminal: link, latency, age of their data. */

import { useMemo } from 'react';
import type { VenueView } from '../../shared/api/views.ts';
import { formatSpan } from '../format/time-text.ts';
import { linkTexts } from '../frame/venue-dots.tsx';
import { useSession } from '../store/session.ts';
import { classes } from '../ui/classes.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/states.tsx';

const kinds: Record<VenueView['kind'], string> = {
  simulated: 'Simulated',
  ccxt: 'Exchange',
  replay: 'Recording',
};

const columns: readonly Column<VenueView>[] = [
  {
    id: 'title',
    header: 'Venue',
    width: 170,
    cell: (row) => (
      <span className="flex items-center gap-2">
        <span className={classes('size-2 rounded-full', linkTexts[row.state].dot)} />
        <span className="font-medium">{row.title}</span>
        <span className="text-2xs text-muted">{row.id}</span>
      </span>
    ),
  },
  { id: 'kind', header: 'Kind', width: 80, cell: (row) => kinds[row.kind] },
  {
    id: 'state',
    header: 'Link',
    width: 150,
    cell: (row) => (
      <span title={row.message}>
        {linkTexts[row.state].label}
        {row.message === '' ? '' : ` · ${row.message}`}
      </span>
    ),
  },
  {
    id: 'latency',
    header: 'Round trip',
    width: 80,
    align: 'right',
    cell: (row) => (row.latencyMs === null ? '—' : `${row.latencyMs.toFixed(0)} ms`),
  },
  {
    id: 'age',
    header: 'Data age',
    width: 80,
    align: 'right',
    cell: (row) => (row.dataAgeMs === null ? '—' : formatSpan(row.dataAgeMs)),
  },
  { id: 'instruments', header: 'Markets', width: 70, align: 'right', cell: (row) => String(row.instruments) },
];
const none: readonly VenueView[] = [];

export function VenuesPane() {
  const venues = useSession((session) => session.status?.venues) ?? none;
  const height = useMemo(() => 30 + Math.max(3, venues.length) * 29, [venues.length]);
  return (
    <>
      <div className="overflow-hidden rounded-md border border-line" style={{ height }}>
        <DataTable
          label="Venues"
          testId="venues"
          rows={venues}
          columns={columns}
          rowKey={(row) => row.id}
          empty={<EmptyState title="No venue is configured" />}
        />
      </div>
      <p className="mt-3 text-sm text-muted">
        Venues are named in the configuration the host was started with. While a venue is not connected its
        figures turn grey with their age, nothing is priced from them, and orders that raise exposure are
        refused.
      </p>
    </>
  );
}
