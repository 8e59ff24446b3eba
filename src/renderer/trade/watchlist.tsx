/** The watchlist: markets with last price, change and a small line; a click looks at one. */

import { memo, useMemo, useState } from 'react';
import type { InstrumentView } from '../../shared/api/views.ts';
import { formatDecimal, formatFraction, placesOfStep } from '../format/decimal-text.ts';
import { useQuery } from '../store/hooks.ts';
import { useSession } from '../store/session.ts';
import { market } from '../store/terminal.ts';
import { selectInstrument, useSelectedInstrument } from '../store/ui-state.ts';
import { classes } from '../ui/classes.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Icon } from '../ui/icon.tsx';
import { LiveText } from '../ui/live-text.tsx';
import { Spark } from '../ui/spark.tsx';
import { EmptyState } from '../ui/states.tsx';
import { useStaleReason } from './staleness.ts';

const MarketSpark = memo(function MarketSpark({ instrument }: { readonly instrument: string }) {
  const { value } = useQuery('market/candles', { instrument, timeframe: '15m', limit: 48 }, ['never']);
  const closes = useMemo(() => value?.candles.map((candle) => candle[4]) ?? [], [value]);
  return <Spark values={closes} label={`${instrument}, the last 12 hours`} className="block h-5 w-full" />;
});

function numberOf(text: string): number {
  return Number(text.replace(/[^\d.-]/g, ''));
}

/** Last price and change of one market, painted by frame. */
function LastPrice({ instrument }: { readonly instrument: InstrumentView }) {
  const places = placesOfStep(instrument.tickSize);
  const stale = useStaleReason(instrument.id);
  return (
    <span className={classes('block', stale !== null && 'is-stale')} title={stale ?? undefined}>
      <LiveText
        topic={`quote:${instrument.id}`}
        className="rounded-sm px-0.5 text-xs"
        testId={`last-${instrument.id}`}
        read={() => formatDecimal(market.quote(instrument.id)?.last, { places })}
        tint={(before, after) => Math.sign(numberOf(after) - numberOf(before)) as -1 | 0 | 1}
      />
    </span>
  );
}

function Change({ id }: { readonly id: string }) {
  const change = (): number => market.quote(id)?.change24h ?? 0;
  return (
    <LiveText
      topic={`quote:${id}`}
      className="text-xs"
      read={() => formatFraction(market.quote(id)?.change24h)}
      tone={() => (change() > 0 ? 'text-up' : change() < 0 ? 'text-down' : 'text-muted')}
    />
  );
}

const columns: readonly Column<InstrumentView>[] = [
  {
    id: 'symbol',
    header: 'Market',
    width: 76,
    sortBy: (row) => row.symbol,
    cell: (row) => (
      <span className="flex flex-col leading-[13px]">
        <span className="truncate font-medium">{row.symbol.split(':')[0]}</span>
        <span className="text-[9.5px] text-muted">
          {row.venue}
          {row.kind === 'perpetual' ? ' · perp' : ''}
        </span>
      </span>
    ),
  },
  { id: 'spark', header: '12 h', width: 38, cell: (row) => <MarketSpark instrument={row.id} /> },
  {
    id: 'last',
    header: 'Last',
    width: 68,
    align: 'right',
    sortBy: (row) => Number(market.quote(row.id)?.last ?? 0),
    cell: (row) => <LastPrice instrument={row} />,
  },
  {
    id: 'change',
    header: '24 h',
    width: 62,
    align: 'right',
    sortBy: (row) => market.quote(row.id)?.change24h ?? 0,
    cell: (row) => <Change id={row.id} />,
  },
];

export function Watchlist() {
  const instruments = useSession((session) => session.instrumentList);
  const selected = useSelectedInstrument();
  const [search, setSearch] = useState('');
  const rows = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return wanted === '' ? instruments : instruments.filter((one) => one.id.toLowerCase().includes(wanted));
  }, [instruments, search]);
  return (
    <div className="flex h-full flex-col">
      <label className="flex h-7 shrink-0 items-center gap-2 border-b border-line px-2 text-muted">
        <Icon name="search" size={12} />
        <span className="sr-only">Filter markets</span>
        <input
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          placeholder="Filter"
          className="min-w-0 grow bg-transparent text-xs text-text outline-none placeholder:text-muted"
          data-testid="watchlist-filter"
        />
      </label>
      <div className="min-h-0 grow">
        <DataTable
          label="Markets"
          testId="watchlist"
          rows={rows}
          columns={columns}
          rowKey={(row) => row.id}
          isSelected={(row) => row.id === selected}
          onRowClick={(row) => selectInstrument(row.id)}
          empty={
            <EmptyState title={search === '' ? 'No markets yet' : 'No market is called that'}>
              {search === ''
                ? 'They appear when a venue is connected.'
                : 'Try the base currency, such as BTC.'}
            </EmptyState>
          }
        />
      </div>
    </div>
  );
}
