/** The report of a stored backtest: what came of it, how far it can be believed, and every trade. */

import { useState } from 'react';
import type { BacktestReportView, BacktestSummaryView } from '../../shared/api/lab-views.ts';
import { metricGroups, metricOf, metrics } from '../../shared/lab/metrics.ts';
import { closedTrades, roundTripsMeaning, roundTripsOf } from '../../shared/lab/round-trips.ts';
import { formatDate } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { call, tellFailure } from '../store/terminal.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { downloadText } from '../ui/download.ts';
import { Icon } from '../ui/icon.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { EquityLegend, EquityPlot } from './equity-plot.tsx';
import { figureText, metricText, moneyText, percentText, toneOf } from './figures.ts';
import { MonthTable } from './month-table.tsx';
import { ParamBlocks } from './param-blocks.tsx';
import { Block, Figure, Grade } from './small-parts.tsx';
import { TradeChart } from './trade-chart.tsx';
import { TradeTable } from './trade-table.tsx';

type View = 'overview' | 'trades' | 'metrics' | 'assumptions';
const views: readonly { value: View; label: string }[] = [
  { value: 'overview', label: 'Overview' },
  { value: 'trades', label: 'Trades' },
  { value: 'metrics', label: 'Figures' },
  { value: 'assumptions', label: 'Assumptions' },
];

/** Two rows of five, one row on a wide page; the figure of the trades, the last but one, has words in it. */
const tenFigures = 'grid-cols-5 xl:grid-cols-[repeat(8,minmax(0,1fr))_minmax(0,1.6fr)_minmax(0,1fr)]';

export function BacktestReport({ id }: { readonly id: string }) {
  const { value, failure, retry } = useQuery('backtests/show', { backtest: id }, ['lab']);
  const [view, setView] = useState<View>('overview');
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={14} />;
    return <ErrorState title="The backtest could not be opened" failure={failure} onRetry={retry} />;
  }
  const { summary, report } = value;
  return (
    <div className="flex h-full flex-col" data-testid="backtest-report">
      <Head summary={summary} view={view} onView={setView} />
      <div className="min-h-0 grow overflow-auto bg-bg p-3">
        {view === 'overview' ? <Overview id={id} summary={summary} report={report} /> : null}
        {view === 'trades' ? <Trades id={id} report={report} /> : null}
        {view === 'metrics' ? <AllFigures report={report} /> : null}
        {view === 'assumptions' ? <Assumptions report={report} /> : null}
      </div>
    </div>
  );
}

function Head({
  summary,
  view,
  onView,
}: {
  readonly summary: BacktestSummaryView;
  readonly view: View;
  readonly onView: (view: View) => void;
}) {
  const exportHtml = async (): Promise<void> => {
    const result = await call('backtests/html', { backtest: summary.id });
    if (result.ok) downloadText(`${summary.id}.html`, result.value.html);
    else tellFailure('Export failed', result);
  };
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1.5">
      <IconButton
        icon="chevronLeft"
        label="Back to the backtests"
        onClick={() => goTo('lab', 'backtests')}
        data-testid="report-back"
      />
      <div className="min-w-0">
        <div className="truncate font-semibold">{summary.name}</div>
        <div className="num truncate text-xs text-muted">
          {summary.instruments.map(({ symbol }) => symbol).join(', ')} · {formatDate(summary.fromMs)} –{' '}
          {formatDate(summary.toMs)}
        </div>
      </div>
      <Segmented<View>
        label="Part of the report"
        testId="report-view"
        value={view}
        onChange={onView}
        options={views}
      />
      <span className="grow" />
      <Button
        icon="copy"
        onClick={() => goTo('lab', 'backtests', 'new', summary.id)}
        data-testid="report-again"
      >
        Change and run again
      </Button>
      <Button
        icon="target"
        onClick={() => goTo('lab', 'robustness', 'monte-carlo', summary.id)}
        data-testid="report-monte-carlo"
      >
        Monte Carlo
      </Button>
      <Button icon="download" onClick={() => void exportHtml()} data-testid="report-html">
        HTML
      </Button>
    </div>
  );
}

function Overview({
  id,
  summary,
  report,
}: {
  readonly id: string;
  readonly summary: BacktestSummaryView;
  readonly report: BacktestReportView;
}) {
  const [withHold, setWithHold] = useState(true);
  const { metrics: values, confidence } = report;
  const roundTrips = roundTripsOf(report.counts, closedTrades(values));
  const quote = report.instruments[0]?.quote ?? '';
  // What failed matters most; what was not done comes last.
  const open = (['failed', 'weak', 'not-done'] as const).flatMap((outcome) =>
    confidence.checks.filter((check) => check.outcome === outcome),
  );
  return (
    <div className="flex flex-col gap-3">
      <div
        className={classes(
          'grid gap-3 rounded-lg border border-line bg-surface p-3',
          roundTrips === undefined ? tenFigures : 'grid-cols-4 xl:grid-cols-6',
        )}
      >
        <Figure
          label={`Net profit, ${quote}`}
          value={moneyText(values['netProfit'], true)}
          tone={toneOf(values['netProfit'])}
        />
        <Figure
          label="Total return"
          value={percentText(values['totalReturn'], true)}
          tone={toneOf(values['totalReturn'])}
        />
        <Figure
          label="Return a year"
          value={percentText(values['cagr'], true)}
          tone={toneOf(values['cagr'])}
        />
        <Figure label="Buy and hold" value={percentText(values['benchmarkReturn'], true)} />
        <Figure label="Max drawdown" value={percentText(values['maxDrawdown'])} />
        <Figure label="Sharpe" value={metricText({ unit: 'factor' }, values['sharpe'])} />
        <Figure label="Profit factor" value={metricText({ unit: 'factor' }, values['profitFactor'])} />
        <Figure label="Win rate" value={percentText(values['winRate'], false, 1)} />
        <Figure
          label="Trades"
          value={figureText({ id: 'trades', unit: 'count' }, values)}
          title={metricOf('trades')?.meaning}
        />
        {roundTrips === undefined ? null : (
          <Figure
            label="Round trips"
            value={metricText({ unit: 'count' }, roundTrips)}
            title={roundTripsMeaning}
          />
        )}
        <Figure label={`Fees, ${quote}`} value={moneyText(values['fees'])} />
      </div>
      {report.warnings.length === 0 ? null : (
        <Block title="Warnings" testId="report-warnings">
          <Sentences sentences={report.warnings} />
        </Block>
      )}
      <div
        className="flex items-start gap-3 rounded-lg border border-line bg-surface p-3"
        data-testid="report-confidence"
      >
        <Grade grade={confidence.grade} large />
        <div className="min-w-0">
          <p className="text-2xs text-muted">Evidence of a profit, A to E</p>
          <p className="font-medium">{confidence.summary}</p>
          <ul className="mt-1 text-sm text-muted">
            {open.slice(0, 4).map((check) => (
              <li key={check.id}>
                {check.finding} {check.advice ?? ''}
              </li>
            ))}
          </ul>
        </div>
      </div>
      <Block
        title={`Equity, ${quote}, and drawdown`}
        aside={<EquityLegend withHold={withHold} onHold={setWithHold} />}
        testId="report-equity"
      >
        <div className="h-64 p-1">
          <EquityPlot report={report} points={summary.spark} withHold={withHold} />
        </div>
      </Block>
      <Block title="Price and trades" testId="report-trades-chart">
        <div className="h-72">
          <TradeChart id={id} tickSize={summary.instruments[0]?.tickSize ?? '0.01'} />
        </div>
      </Block>
      <Block title="Return by month">
        <MonthTable report={report} />
      </Block>
      <Block title="Deepest drawdowns">
        <Drawdowns report={report} />
      </Block>
    </div>
  );
}

function Drawdowns({ report }: { readonly report: BacktestReportView }) {
  const dayMs = 86_400_000;
  if (report.drawdowns.length === 0) return <p className="p-3 text-muted">The equity never fell.</p>;
  return (
    <table className="num w-full text-xs">
      <thead className="text-2xs text-muted">
        <tr>
          {['Depth', 'Peak', 'Trough', 'Recovered', 'Days'].map((title) => (
            <th key={title} className="h-6 px-3 text-right font-medium first:text-left">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {report.drawdowns.slice(0, 5).map((row) => (
          <tr key={row.peakMs} className="h-7 border-t border-line/60">
            <td className="px-3 text-down">{percentText(row.depth)}</td>
            <td className="px-3 text-right">{formatDate(row.peakMs)}</td>
            <td className="px-3 text-right">{formatDate(row.troughMs)}</td>
            <td className="px-3 text-right">
              {row.recoveryMs === null ? 'not yet' : formatDate(row.recoveryMs)}
            </td>
            <td className="px-3 text-right">
              {Math.round(((row.recoveryMs ?? report.toMs) - row.peakMs) / dayMs)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Trades({ id, report }: { readonly id: string; readonly report: BacktestReportView }) {
  return (
    <div className="h-full min-h-80 overflow-hidden rounded-lg border border-line bg-surface">
      <TradeTable id={id} total={report.tradeCount} quote={report.instruments[0]?.quote ?? ''} />
    </div>
  );
}

function AllFigures({ report }: { readonly report: BacktestReportView }) {
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(340px,1fr))] items-start gap-3">
      {metricGroups.map((group) => (
        <Block key={group.id} title={group.title}>
          <dl>
            {metrics
              .filter((metric) => metric.group === group.id)
              .map((metric) => (
                <div
                  key={metric.id}
                  className="grid grid-cols-[1fr_auto] gap-x-3 border-t border-line/60 px-3 py-1.5 first:border-t-0"
                >
                  <dt className="text-sm">{metric.title}</dt>
                  <dd className="num text-right text-sm">{figureText(metric, report.metrics)}</dd>
                  <p className="col-span-2 text-xs text-muted">{metric.meaning}</p>
                </div>
              ))}
          </dl>
        </Block>
      ))}
    </div>
  );
}

const outcomeLooks = {
  passed: { icon: 'check', tone: 'text-up', word: 'Passed' },
  weak: { icon: 'info', tone: 'text-warn', word: 'Weak' },
  failed: { icon: 'warning', tone: 'text-danger', word: 'Failed' },
  'not-done': { icon: 'clock', tone: 'text-muted', word: 'Not done' },
} as const;

function Assumptions({ report }: { readonly report: BacktestReportView }) {
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(380px,1fr))] items-start gap-3">
      <Block
        title="Evidence of a profit"
        aside={<Grade grade={report.confidence.grade} />}
        testId="confidence-checks"
      >
        <ul>
          {report.confidence.checks.map((check) => {
            const look = outcomeLooks[check.outcome];
            return (
              <li key={check.id} className="flex gap-2 border-t border-line/60 px-3 py-2 first:border-t-0">
                <span className={classes('mt-0.5', look.tone)} title={look.word}>
                  <Icon name={look.icon} />
                </span>
                <div className="min-w-0 text-sm">
                  <p className="font-medium">
                    {check.title} <span className={classes('font-normal', look.tone)}>{look.word}</span>
                  </p>
                  <p>{check.finding}</p>
                  {check.advice === undefined ? null : <p className="text-muted">{check.advice}</p>}
                </div>
              </li>
            );
          })}
        </ul>
      </Block>
      <div className="flex flex-col gap-3">
        {report.params === undefined ? null : (
          <ParamBlocks params={report.params} instruments={report.instruments} />
        )}
        <Block title="What these figures assume" testId="report-assumptions">
          <Sentences sentences={report.assumptions} />
        </Block>
      </div>
    </div>
  );
}

function Sentences({ sentences }: { readonly sentences: readonly string[] }) {
  return (
    <ul className="list-disc py-2 pr-3 pl-7 text-sm">
      {sentences.map((sentence) => (
        <li key={sentence} className="py-0.5">
          {sentence}
        </li>
      ))}
    </ul>
  );
}
