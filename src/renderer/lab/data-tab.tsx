/** The library of market data: what is stored, bringing more in, and whether it is whole. */

import { useState } from 'react';
import type { DataSeriesView } from '../../shared/api/data-views.ts';
import { formatDate } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Icon } from '../ui/icon.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { DataCheck } from './data-check.tsx';
import { DataDownload } from './data-download.tsx';
import { DataImport } from './data-import.tsx';
import { countText, sizeText } from './figures.ts';
import { RemoveButton } from './remove-button.tsx';

/** Names a series among all. */
export function seriesKey({ dataKind: kind, venue, instrument, timeframe }: DataSeriesView): string {
  return [kind, venue, instrument, timeframe].join(' ');
}

const kindWords: Readonly<Record<DataSeriesView['dataKind'], string>> = {
  candles: 'Candles',
  marks: 'Mark prices',
  funding: 'Funding rates',
  trades: 'Trades',
  l2: 'Order book',
};

const columns: readonly Column<DataSeriesView>[] = [
  {
    id: 'market',
    header: 'Market',
    width: 130,
    sortBy: (row) => row.instrument,
    cell: (row) => row.instrument,
  },
  { id: 'venue', header: 'Venue', width: 90, sortBy: (row) => row.venue, cell: (row) => row.venue },
  {
    id: 'kind',
    header: 'Kind',
    width: 90,
    sortBy: (row) => row.dataKind,
    cell: (row) => kindWords[row.dataKind],
  },
  {
    id: 'timeframe',
    header: 'Length',
    width: 60,
    sortBy: (row) => row.timeframe,
    cell: (row) => row.timeframe,
  },
  {
    id: 'bars',
    header: 'Rows',
    width: 84,
    align: 'right',
    sortBy: (row) => row.bars,
    cell: (row) => countText(row.bars),
  },
  {
    id: 'span',
    header: 'From – to',
    width: 170,
    sortBy: (row) => row.from ?? 0,
    cell: (row) =>
      row.from === null || row.to === null ? (
        ''
      ) : (
        <span className="num">
          {formatDate(row.from)} – {formatDate(row.to)}
        </span>
      ),
  },
  {
    id: 'size',
    header: 'Size',
    width: 70,
    align: 'right',
    sortBy: (row) => row.bytes,
    cell: (row) => sizeText(row.bytes),
  },
  {
    id: 'state',
    header: 'State',
    width: 130,
    cell: (row) =>
      row.problem === null ? (
        <span className="text-muted">{row.provisional ? 'last one still open' : ''}</span>
      ) : (
        <span className="flex items-center gap-1 text-danger" title={row.problem}>
          <Icon name="warning" size={12} /> cannot be read
        </span>
      ),
  },
  {
    id: 'remove',
    header: '',
    width: 34,
    cell: (row) => (
      <RemoveButton
        label={`Remove ${row.instrument} ${row.timeframe}`}
        onRemove={() => {
          const { dataKind: kind, venue, instrument, timeframe } = row;
          const request = { kind, venue, instrument, ...(timeframe === '' ? {} : { timeframe }) };
          void act('Remove', 'data/remove', request, ['data']);
        }}
      />
    ),
  },
];

type Panel = 'import' | 'download';

export function DataTab(_props: { readonly parts: readonly string[] }) {
  const { value, failure, retry } = useQuery('data/list', {}, ['data']);
  const [panel, setPanel] = useState<Panel | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={8} />;
    return <ErrorState title="The data could not be listed" failure={failure} onRetry={retry} />;
  }
  const series = value.series.find((one) => seriesKey(one) === chosen);
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-3">
        <Button
          variant={panel === 'import' ? 'primary' : 'plain'}
          icon="upload"
          onClick={() => setPanel(panel === 'import' ? null : 'import')}
          data-testid="data-import"
        >
          Import a file
        </Button>
        <Button
          variant={panel === 'download' ? 'primary' : 'plain'}
          icon="download"
          onClick={() => setPanel(panel === 'download' ? null : 'download')}
          data-testid="data-download"
        >
          Download
        </Button>
      </div>
      {panel === 'import' ? <DataImport formats={value.formats} onStarted={() => setPanel(null)} /> : null}
      {panel === 'download' ? <DataDownload onStarted={() => setPanel(null)} /> : null}
      <div className="min-h-32 grow basis-0">
        <DataTable
          label="Stored market data"
          testId="data-list"
          rows={value.series}
          columns={columns}
          rowKey={seriesKey}
          onRowClick={(row) => setChosen(seriesKey(row) === chosen ? null : seriesKey(row))}
          isSelected={(row) => seriesKey(row) === chosen}
          empty={
            <EmptyState
              icon="upload"
              title="No data yet"
              action={
                panel === null ? (
                  <Button variant="primary" onClick={() => setPanel('import')}>
                    Import a file
                  </Button>
                ) : undefined
              }
            >
              Import candles, trades or order books from a file (CSV, Parquet, JSON, exchange archives), or
              download candles from a venue. They stay in your data folder, checked and ready for every
              backtest.
            </EmptyState>
          }
        />
      </div>
      {series === undefined ? null : <DataCheck series={series} key={chosen} />}
    </div>
  );
}
