/** What a replay of an order book came to: settings side by side, and how the best one went. */

import { useMemo } from 'react';
import uPlot from 'uplot';
import type { ReplayView } from '../../shared/api/research-contract.ts';
import { currenciesOf } from '../format/symbol-text.ts';
import { formatDateTime } from '../format/time-text.ts';
import { useJob } from '../store/jobs.ts';
import type { CanvasColours } from '../theme/appearance.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Plot, plotAxis, timeAxis } from '../ui/plot.tsx';
import { EmptyState } from '../ui/states.tsx';
import { countText, moneyText, toneOf } from './figures.ts';
import { JobPanel } from './job-panel.tsx';
import { replayLabel } from './replay-choices.ts';

type Row = ReplayView['results'][number];

/** A position is what it is until the next fill. */
const steps = uPlot.paths.stepped?.({ align: 1 });

export function ReplayResult({ job: id, onRetry }: { readonly job: string; readonly onRetry: () => void }) {
  const job = useJob(id);
  if (job?.state !== 'done') return <JobPanel id={id} onDone={() => undefined} onRetry={onRetry} />;
  return <Outcome view={job.result as ReplayView} />;
}

function Outcome({ view }: { readonly view: ReplayView }) {
  const { best, recording, results, sets } = view;
  const columns = useMemo(() => columnsOf(results), [results]);
  const data = useMemo(
    (): uPlot.AlignedData => [best.timesMs.map((ms) => ms / 1000), [...best.equity], [...best.positions]],
    [best],
  );
  return (
    <div className="flex h-full flex-col bg-surface" data-testid="replay-result">
      <p className="shrink-0 border-b border-line px-3 py-2 text-sm">
        {countText(sets)} {sets === 1 ? 'setting' : 'settings'} over {countText(recording.rows)} rows of{' '}
        {recording.symbol}, {formatDateTime(recording.firstMs)} to {formatDateTime(recording.lastMs)} UTC
        {recording.gaps === 0 ? '' : `, with ${countText(recording.gaps)} holes`}
        {results.length === sets ? '.' : `; the best ${countText(results.length)}.`} Money is in
        {` ${currenciesOf(recording.symbol).quote} `}
        after fees, the position at the last mid price. The best of many is partly luck: try it on another
        day.
      </p>
      <p className="shrink-0 px-3 pt-2 text-xs text-muted">
        The best setting: <span className="text-accent">equity</span>, and its position (right)
      </p>
      <div className="h-56 shrink-0 p-1">
        <Plot
          label="Equity and position of the best setting"
          testId="replay-plot"
          data={data}
          options={plotOptions}
        />
      </div>
      <div className="min-h-0 grow border-t border-line">
        <DataTable
          label="Settings, the best first"
          testId="replay"
          rows={results}
          columns={columns}
          rowKey={(row) => JSON.stringify(row.params)}
          empty={<EmptyState icon="search" title="Nothing was run" />}
        />
      </div>
    </div>
  );
}

function plotOptions(width: number, height: number, colours: CanvasColours): uPlot.Options {
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    cursor: { y: false, points: { size: 6 } },
    axes: [
      timeAxis(colours),
      { ...plotAxis(colours), size: 78, values: (_plot, ticks) => ticks.map((tick) => moneyText(tick)) },
      { ...plotAxis(colours), scale: 'position', side: 1, size: 58, grid: { show: false } },
    ],
    series: [
      {},
      { label: 'Equity', stroke: colours.accent, width: 1.5, points: { show: false } },
      {
        label: 'Position',
        scale: 'position',
        stroke: colours.muted,
        width: 1,
        points: { show: false },
        ...(steps === undefined ? {} : { paths: steps }),
      },
    ],
  };
}

/** Parameters that differ come first, then what they led to. */
function columnsOf(results: readonly Row[]): readonly Column<Row>[] {
  const names = Object.keys(results[0]?.params ?? {});
  const tried = names.filter((name) => new Set(results.map(({ params }) => params[name])).size > 1);
  const number = (
    id: string,
    header: string,
    value: (row: Row) => number,
    text: (value: number) => string,
    isToned = false,
  ): Column<Row> => ({
    id,
    header,
    width: 92,
    align: 'right',
    sortBy: value,
    cell: (row) =>
      isToned ? <span className={toneOf(value(row))}>{text(value(row))}</span> : text(value(row)),
  });
  return [
    ...tried.map((name) =>
      number(name, replayLabel(name), ({ params }) => params[name] ?? Number.NaN, String),
    ),
    number(
      'equity',
      'Equity',
      (row) => row.equity,
      (value) => moneyText(value, true),
      true,
    ),
    number(
      'maxDrawdown',
      'Drawdown',
      (row) => row.maxDrawdown,
      (value) => moneyText(value),
    ),
    number(
      'fee',
      'Fees',
      (row) => row.fee,
      (value) => moneyText(value),
    ),
    number('fills', 'Fills', (row) => row.fills, countText),
    number(
      'volume',
      'Volume',
      (row) => row.volume,
      (value) => String(Number(value.toPrecision(10))),
    ),
    number(
      'position',
      'Position',
      (row) => row.position,
      (value) => String(Number(value.toPrecision(10))),
    ),
    number('requests', 'Requests', (row) => row.requests, countText),
  ];
}
