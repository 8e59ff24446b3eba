/** Stored series tested two by two for a price difference that comes back: what a pairs bot lives on. */

import { useState } from 'react';
import type { DataSeriesView } from '../../shared/api/data-views.ts';
import type { PairScanView, PairView } from '../../shared/api/research-contract.ts';
import { formatDate } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { useJob } from '../store/jobs.ts';
import { goTo } from '../store/route.ts';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Field, Input, Select } from '../ui/field.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { timeframesOf } from './explore-choices.ts';
import { countText, factorText } from './figures.ts';
import { JobPanel } from './job-panel.tsx';
import { problemElsewhere } from './run-problems.ts';
import { storedKey } from './spec-values.ts';
import { useRun } from './use-run.ts';

type Method = PairScanView['method'];

export function PairsPane() {
  const { value, failure, retry } = useQuery('data/list', {}, ['data']);
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={10} />;
    return <ErrorState title="The stored data could not be read" failure={failure} onRetry={retry} />;
  }
  const stored = value.series.filter(({ dataKind, problem }) => dataKind === 'candles' && problem === null);
  if ((timeframesOf(stored)[0]?.count ?? 0) < 2) {
    return (
      <EmptyState
        icon="search"
        title="A pair needs two stored series of one timeframe"
        action={<Button onClick={() => goTo('lab', 'data')}>Import or download candles</Button>}
      >
        A scan tests every pair of the series you choose for a spread that comes back to its mean.
      </EmptyState>
    );
  }
  return <Scan stored={stored} />;
}

function Scan({ stored }: { readonly stored: readonly DataSeriesView[] }) {
  const timeframes = timeframesOf(stored).map(({ timeframe }) => timeframe);
  const [timeframe, setTimeframe] = useState(timeframes[0] ?? '');
  const offered = stored.filter((series) => series.timeframe === timeframe);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [method, setMethod] = useState<Method>('engle-granger');
  const [pMaximum, setPMaximum] = useState('0.05');
  const [halfLife, setHalfLife] = useState('');
  const run = useRun();
  const chosen = offered.filter((series) => !left.has(storedKey(series)));
  const p = Number(pMaximum);
  const pProblem = pMaximum.trim() !== '' && p > 0 && p <= 1 ? undefined : 'Above 0, at most 1';
  const half = halfLife.trim() === '' ? undefined : Number(halfLife);
  const halfProblem = half === undefined || half > 0 ? undefined : 'A number of bars above 0';
  const isWrong = chosen.length < 2 || pProblem !== undefined || halfProblem !== undefined;
  const start = (): void => {
    const series = chosen.map(({ instrument, timeframe: length, venue }) => ({
      venue,
      instrument,
      timeframe: length as '1h',
    }));
    const halfLife = half === undefined ? {} : { halfLifeMaximum: half };
    void run.start('Pairs', 'pairs/scan', { series, method, pMaximum: p, ...halfLife });
  };
  const pError = pProblem ?? run.problems['pMaximum'];
  const halfError = halfProblem ?? run.problems['halfLife'];
  const seriesError = problemElsewhere(run.problems, ['pMaximum', 'halfLife']);
  const toggle = (key: string): void => {
    const next = new Set(left);
    if (!next.delete(key)) next.add(key);
    setLeft(next);
    run.changed();
  };
  return (
    <div className="flex h-full">
      <div className="flex w-[300px] shrink-0 flex-col gap-3 overflow-y-auto border-r border-line p-3">
        <Field id="pairs-timeframe" label="Candles">
          <Select
            id="pairs-timeframe"
            value={timeframe}
            onChange={(event) => setTimeframe(event.target.value)}
            options={timeframes.map((one) => ({ value: one, label: one }))}
          />
        </Field>
        <Field
          id="pairs-method"
          label="Test"
          help="Engle-Granger gives a p-value; Johansen a trace statistic against three levels"
        >
          <Select
            id="pairs-method"
            value={method}
            onChange={(event) => {
              setMethod(event.target.value as Method);
              if (event.target.value === 'johansen') setPMaximum('0.05');
            }}
            options={[
              { value: 'engle-granger', label: 'Engle-Granger' },
              { value: 'johansen', label: 'Johansen' },
            ]}
          />
        </Field>
        <div className="grid grid-cols-2 gap-2.5">
          <Field id="pairs-p" label={method === 'johansen' ? 'Level' : 'Largest p-value'} error={pError}>
            {method === 'johansen' ? (
              <Select
                id="pairs-p"
                value={pMaximum}
                onChange={(event) => setPMaximum(event.target.value)}
                options={['0.1', '0.05', '0.01'].map((level) => ({ value: level, label: level }))}
              />
            ) : (
              <Input
                id="pairs-p"
                isNumber
                value={pMaximum}
                isWrong={pError !== undefined}
                onChange={(event) => {
                  setPMaximum(event.target.value);
                  run.changed();
                }}
                data-testid="pairs-p"
              />
            )}
          </Field>
          <Field
            id="pairs-half"
            label="Longest half-life"
            help="How many bars the spread may take to come half of the way back"
            error={halfError}
          >
            <Input
              id="pairs-half"
              isNumber
              unit="bars"
              placeholder="any"
              value={halfLife}
              isWrong={halfError !== undefined}
              onChange={(event) => {
                setHalfLife(event.target.value);
                run.changed();
              }}
            />
          </Field>
        </div>
        <fieldset className="min-w-0">
          <legend className="mb-1 text-xs text-muted">
            Series, {chosen.length} of {offered.length}
          </legend>
          <ul className="rounded-md border border-line" data-testid="pairs-series">
            {offered.map((series) => {
              const key = storedKey(series);
              return (
                <li key={key} className="border-t border-line/60 first:border-t-0">
                  <label className="flex h-7 items-center gap-2 px-2 text-sm">
                    <input
                      type="checkbox"
                      checked={!left.has(key)}
                      onChange={() => toggle(key)}
                      className="accent-accent"
                    />
                    <span className="truncate">{series.instrument}</span>
                    <span className="grow" />
                    <span className="text-xs text-muted">{series.venue}</span>
                  </label>
                </li>
              );
            })}
          </ul>
          {seriesError === undefined ? null : (
            <p role="alert" className="mt-1 text-xs text-danger" data-testid="pairs-series-error">
              {seriesError}
            </p>
          )}
        </fieldset>
        <Button variant="primary" icon="play" disabled={isWrong} onClick={start} data-testid="pairs-run">
          {chosen.length === 2
            ? 'Scan 1 pair'
            : `Scan ${countText((chosen.length * (chosen.length - 1)) / 2)} pairs`}
        </Button>
      </div>
      <div className="min-w-0 grow bg-bg">
        {run.job === null ? (
          <EmptyState icon="search" title="Which pairs move together?">
            Cointegration, not correlation: a spread that comes back to its mean, how long it takes, and the
            hedge that holds it.
          </EmptyState>
        ) : (
          <Outcome job={run.job} onRetry={run.close} />
        )}
      </div>
    </div>
  );
}

const columns: readonly Column<PairView>[] = [
  { id: 'first', header: 'First', width: 124, sortBy: (row) => row.first, cell: (row) => row.first },
  { id: 'second', header: 'Second', width: 124, sortBy: (row) => row.second, cell: (row) => row.second },
  {
    id: 'p',
    header: 'p-value',
    width: 80,
    align: 'right',
    sortBy: (row) => row.p ?? 0,
    cell: (row) => (row.p === undefined ? `trace ${row.trace?.toFixed(1) ?? ''}` : pText(row.p)),
  },
  {
    id: 'halfLife',
    header: 'Half-life',
    width: 70,
    align: 'right',
    sortBy: (row) => row.halfLifeBars,
    cell: (row) => (row.halfLifeBars > 0 ? row.halfLifeBars.toFixed(1) : 'none'),
  },
  {
    id: 'hedge',
    header: 'Hedge ratio',
    width: 80,
    align: 'right',
    sortBy: (row) => row.hedgeRatio,
    cell: (row) => row.hedgeRatio.toFixed(4),
  },
  {
    id: 'z',
    header: 'z now',
    width: 56,
    align: 'right',
    sortBy: (row) => row.lastZ,
    cell: (row) => factorText(row.lastZ),
  },
  {
    id: 'correlation',
    header: 'Correlation',
    width: 76,
    align: 'right',
    sortBy: (row) => row.correlation ?? -2,
    cell: (row) => factorText(row.correlation),
  },
  {
    id: 'hurst',
    header: 'Hurst',
    width: 50,
    align: 'right',
    sortBy: (row) => row.hurst ?? 2,
    cell: (row) => factorText(row.hurst),
  },
  {
    id: 'verdict',
    header: 'Verdict',
    width: 76,
    sortBy: (row) => row.verdict,
    cell: (row) => (
      <span className={row.verdict === 'pair' ? '' : 'text-warn'} title={row.reason}>
        {verdictWords[row.verdict]}
      </span>
    ),
  },
];

const verdictWords = { pair: 'pair', 'no-hedge': 'no hedge', 'same-side': 'same side' } as const;

/** Small ones keep their first digit; beyond that of doubles there is none. */
function pText(p: number): string {
  if (p < 1e-16) return '< 1e-16';
  return p < 0.0001 ? p.toExponential(0) : p.toFixed(4);
}

function Outcome({ job: id, onRetry }: { readonly job: string; readonly onRetry: () => void }) {
  const job = useJob(id);
  if (job?.state !== 'done') return <JobPanel id={id} onDone={() => undefined} onRetry={onRetry} />;
  const result = job.result as PairScanView;
  const byChance = result.tested * result.pMaximum;
  return (
    <div className="flex h-full flex-col bg-surface" data-testid="pairs-result">
      <p className="shrink-0 border-b border-line px-3 py-2 text-sm">
        {countText(result.passed)} of {countText(result.tested)} pairs pass over {countText(result.bars)}{' '}
        common bars, {formatDate(result.fromMs)} to {formatDate(result.toMs)}
        {result.rows.length === result.passed ? '' : `; ${countText(result.rows.length)} with that half-life`}
        . Half-lives are in bars.{' '}
        {byChance >= 1
          ? `About ${countText(byChance)} of so many would pass by chance: look at the data before you trade one.`
          : ''}
      </p>
      <div className="min-h-0 grow">
        <DataTable
          label="Pairs, the strongest first"
          testId="pairs"
          rows={result.rows}
          columns={columns}
          rowKey={(row) => `${row.first} ${row.second}`}
          empty={
            <EmptyState icon="search" title="No pair passes">
              Try longer data, or a larger p-value.
            </EmptyState>
          }
        />
      </div>
    </div>
  );
}
