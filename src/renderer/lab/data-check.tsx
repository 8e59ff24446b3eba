/** One series looked at closely: its gaps drawn along its time, what is conspicuous, and the ways to mend it. */

import { useState } from 'react';
import type { DataSeriesView } from '../../shared/api/data-views.ts';
import { timeframes } from '../../shared/domain/candle.ts';
import { formatDate, formatDateTime } from '../format/time-text.ts';
import { useJob } from '../store/jobs.ts';
import { act } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/field.tsx';
import { countText, timesText } from './figures.ts';
import { JobPanel } from './job-panel.tsx';

/** What a check or a repair gives. */
interface Report {
  readonly bars: number;
  readonly from: number | null;
  readonly to: number | null;
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly missing: number }[];
  readonly gapCount: number;
  readonly missing: number;
  readonly outliers: readonly { readonly kind: string; readonly fromMs: number; readonly detail: string }[];
  readonly outlierCount: number;
  readonly damage: readonly string[];
  readonly duplicates: number;
  readonly reversed: number;
  readonly crossed: number;
  readonly filledBars?: number;
  readonly droppedBars?: number;
  readonly downloadedBars?: number;
  readonly canUndo?: boolean;
  /** What a repair has to say, such as where a damaged file is kept. */
  readonly notes?: readonly string[];
}

export function DataCheck({ series }: { readonly series: DataSeriesView }) {
  const [job, setJob] = useState<string | null>(null);
  const [length, setLength] = useState<string>('1m');
  const running = useJob(job);
  const { dataKind: kind, venue, instrument, timeframe } = series;
  const target = { kind, venue, instrument, ...(timeframe === '' ? {} : { timeframe }) };
  const begin = async (started: Promise<{ readonly job: { readonly id: string } } | null>): Promise<void> => {
    const found = await started;
    if (found !== null) setJob(found.job.id);
  };
  const repair = (choice: { gaps?: 'fill' | 'download'; outliers?: 'drop'; undo?: boolean }): void =>
    void begin(act('Repair', 'data/repair', { ...target, ...choice }, ['data']));
  const isMade = running?.kind === 'data-candles' && running.state === 'done';
  const report = running?.state === 'done' && !isMade ? (running.result as Report) : null;
  return (
    <div className="h-64 shrink-0 overflow-auto border-t border-line bg-bg" data-testid="data-check">
      <div className="flex h-10 items-center gap-2 px-3">
        <h2 className="font-semibold">
          {instrument} {timeframe}
        </h2>
        <span className="text-sm text-muted">{venue}</span>
        <span className="grow" />
        <Button
          icon="search"
          onClick={() => void begin(act('Check', 'data/check', target, []))}
          data-testid="data-check-run"
        >
          Check
        </Button>
        {kind === 'trades' || kind === 'l2' ? (
          <>
            <div className="w-20">
              <Select
                id="candle-length"
                value={length}
                onChange={(event) => setLength(event.target.value)}
                aria-label="Length of the candles"
                options={timeframes.map((value) => ({ value, label: value }))}
                data-testid="candle-length"
              />
            </div>
            <Button
              title="Joins the trades to candles and stores those"
              onClick={() =>
                void begin(
                  act('Make candles', 'data/candles', { kind, venue, instrument, timeframe: length }, [
                    'data',
                  ]),
                )
              }
              data-testid="candles-make"
            >
              Make candles
            </Button>
          </>
        ) : null}
        {report === null || (kind !== 'candles' && kind !== 'marks') ? null : (
          <>
            {report.damage.length > 0 ? (
              <Button
                title="Keeps every block whose check sums are right; the damaged file is set aside"
                onClick={() => repair({})}
                data-testid="data-repair"
              >
                Save what is whole
              </Button>
            ) : null}
            <Button
              disabled={report.gapCount === 0}
              title="Flat candles without volume, marked in the repair log"
              onClick={() => repair({ gaps: 'fill' })}
            >
              Fill gaps
            </Button>
            <Button disabled={report.gapCount === 0} onClick={() => repair({ gaps: 'download' })}>
              Download gaps
            </Button>
            <Button disabled={report.outlierCount === 0} onClick={() => repair({ outliers: 'drop' })}>
              Drop spikes
            </Button>
            {report.canUndo === true ? <Button onClick={() => repair({ undo: true })}>Undo</Button> : null}
          </>
        )}
      </div>
      {isMade ? (
        <p className="px-3 text-sm text-up" data-testid="candles-made">
          {countText((running.result as { made: number }).made)} candles of {length} stored.
        </p>
      ) : null}
      {job !== null && report === null && !isMade ? (
        <div className="h-44">
          <JobPanel id={job} onDone={() => undefined} onRetry={() => setJob(null)} />
        </div>
      ) : null}
      {report === null ? (
        job === null ? (
          <p className="p-3 text-sm text-muted">
            {kind === 'trades' || kind === 'l2'
              ? 'Check looks at every row: check sums, quiet times, repeated rows, time that runs back, crossed books.'
              : 'Check looks at every row: check sums, gaps, price spikes, stretches without volume.'}
          </p>
        ) : null
      ) : (
        <Findings report={report} hasTicks={kind === 'trades' || kind === 'l2'} />
      )}
    </div>
  );
}

function Findings({ report, hasTicks }: { readonly report: Report; readonly hasTicks: boolean }) {
  const { from, to } = report;
  const span = from === null || to === null ? 0 : to - from;
  return (
    <div className="flex flex-col gap-2 px-3 pb-3 text-sm">
      {report.damage.map((sentence) => (
        <p key={sentence} role="alert" className="text-danger">
          {sentence}
        </p>
      ))}
      {(report.notes ?? []).map((note) => (
        <p key={note} data-testid="data-note">
          {note}
        </p>
      ))}
      {from === null || to === null || span === 0 ? null : (
        <div>
          <svg
            viewBox="0 0 1000 14"
            preserveAspectRatio="none"
            className="h-3.5 w-full rounded-sm"
            role="img"
            aria-label={`Gaps (${report.gapCount}) between ${formatDate(from)} and ${formatDate(to)}`}
            data-testid="data-gaps"
          >
            <rect width="1000" height="14" fill="var(--up)" opacity="0.55" />
            {report.gaps.map(({ fromMs, toMs }) => (
              <rect
                key={fromMs}
                x={((fromMs - from) / span) * 1000}
                width={Math.max(1.5, ((toMs - fromMs) / span) * 1000)}
                height="14"
                fill="var(--danger)"
              />
            ))}
          </svg>
          <div className="num flex justify-between text-2xs text-muted">
            <span>{formatDate(from)}</span>
            <span>{formatDate(to)}</span>
          </div>
        </div>
      )}
      <p>
        {countText(report.bars)} rows,{' '}
        {report.gapCount === 0
          ? 'no gap'
          : hasTicks
            ? `${report.gapCount} quiet ${report.gapCount === 1 ? 'time' : 'times'}`
            : `${countText(report.missing)} missing in ${report.gapCount} ${report.gapCount === 1 ? 'gap' : 'gaps'}`}
        , {report.outlierCount === 0 ? 'nothing conspicuous' : `${report.outlierCount} conspicuous`}
        {report.filledBars === undefined || report.filledBars === 0 ? '' : `, ${report.filledBars} filled`}
        {report.downloadedBars === undefined || report.downloadedBars === 0
          ? ''
          : `, ${report.downloadedBars} downloaded`}
        {report.droppedBars === undefined || report.droppedBars === 0
          ? ''
          : `, ${report.droppedBars} dropped`}
        .
      </p>
      {hasTicks ? (
        <p>
          {countText(report.duplicates)} {report.duplicates === 1 ? 'row repeats' : 'rows repeat'} the one
          before, time runs back {timesText(report.reversed)}, the book crosses {timesText(report.crossed)}.
        </p>
      ) : null}
      <ul className="grid grid-cols-2 gap-x-6 text-xs text-muted">
        {report.gaps.slice(0, 6).map(({ fromMs, missing }) => (
          <li key={`gap ${fromMs}`} className="num">
            {formatDateTime(fromMs)}: {hasTicks ? 'nothing for a while' : `${missing} missing`}
          </li>
        ))}
        {report.outliers.slice(0, 6).map(({ kind, fromMs, detail }) => (
          <li key={`${kind} ${fromMs}`} className="num">
            {formatDateTime(fromMs)}: {detail}
          </li>
        ))}
      </ul>
    </div>
  );
}
