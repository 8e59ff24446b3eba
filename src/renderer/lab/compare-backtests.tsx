/** Two to four backtests side by side: their equity in one picture, their figures in one table. */

import { useMemo } from 'react';
import type uPlot from 'uplot';
import type { BacktestSummaryView } from '../../shared/api/lab-views.ts';
import { metricOf } from '../../shared/lab/metrics.ts';
import { formatDate } from '../format/time-text.ts';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import type { CanvasColours } from '../theme/appearance.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Plot, plotAxis, timeAxis } from '../ui/plot.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { bestOf, comparedColumns } from './compared.ts';
import { figureText } from './figures.ts';
import { Block, Grade } from './small-parts.tsx';
import { useParamLabels } from './use-param-labels.ts';

const compared = [
  'totalReturn',
  'cagr',
  'benchmarkReturn',
  'maxDrawdown',
  'sharpe',
  'sortino',
  'calmar',
  'profitFactor',
  'winRate',
  'trades',
  'averageTradeHours',
  'exposureTime',
  'fees',
  'slippage',
  'funding',
] as const;

/** Colours of the lines, in order; they differ in lightness too. */
function lineColours(colours: CanvasColours): readonly string[] {
  return [colours.accent, colours.warn, colours.up, colours.danger];
}
const swatches = ['bg-accent', 'bg-warn', 'bg-up', 'bg-danger'] as const;

export function CompareBacktests({ ids }: { readonly ids: readonly string[] }) {
  const { value, failure, retry } = useQuery('backtests/list', {}, ['lab']);
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={10} />;
    return <ErrorState title="The backtests could not be loaded" failure={failure} onRetry={retry} />;
  }
  const chosen = ids.flatMap((id) => value.backtests.find((one) => one.id === id) ?? []);
  if (chosen.length < 2) {
    return (
      <EmptyState
        title="Nothing to compare"
        action={<Button onClick={() => goTo('lab', 'backtests')}>Back to the list</Button>}
      >
        Tick two to four backtests of the list.
      </EmptyState>
    );
  }
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-3">
        <Button variant="ghost" icon="chevronLeft" onClick={() => goTo('lab', 'backtests')}>
          Backtests
        </Button>
        <h2 className="font-semibold">Side by side</h2>
      </div>
      <div className="flex min-h-0 grow flex-col gap-3 overflow-auto bg-bg p-3" data-testid="compare">
        <Block title="Equity, start = 100">
          <div className="h-64 p-1">
            <Lines chosen={chosen} />
          </div>
        </Block>
        <Block title="Figures">
          <Figures chosen={chosen} />
        </Block>
      </div>
    </div>
  );
}

function Lines({ chosen }: { readonly chosen: readonly BacktestSummaryView[] }) {
  const data = useMemo(() => comparedColumns(chosen), [chosen]);
  const options = useMemo(
    () =>
      (width: number, height: number, colours: CanvasColours): uPlot.Options => ({
        width,
        height,
        padding: [10, 8, 0, 0],
        axes: [timeAxis(colours), { ...plotAxis(colours), size: 56 }],
        series: [
          {},
          ...chosen.map(({ name }, index) => ({
            label: name,
            stroke: lineColours(colours)[index] ?? colours.accent,
            width: 1.5,
            spanGaps: true,
            points: { show: false },
          })),
        ],
      }),
    [chosen],
  );
  return <Plot label="Equity of the compared runs" testId="compare-plot" data={data} options={options} />;
}

function Figures({ chosen }: { readonly chosen: readonly BacktestSummaryView[] }) {
  const labelOf = useParamLabels(chosen[0]?.spec.strategy ?? '');
  return (
    <div className="overflow-x-auto">
      <table className="num w-full text-xs" data-testid="compare-table">
        <thead>
          <tr>
            <th className="h-8 px-3 text-left font-medium text-muted">Figure</th>
            {chosen.map((run, index) => (
              <th key={run.id} className="px-3 text-right font-medium">
                <button
                  type="button"
                  className="inline-flex items-center gap-1.5 hover:text-accent"
                  onClick={() => goTo('lab', 'backtests', run.id)}
                >
                  <span className={classes('h-1 w-3 rounded-full', swatches[index])} />
                  {run.name} ({run.id})
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className="h-7 border-t border-line/60">
            <td className="px-3 text-muted">Evidence of a profit</td>
            {chosen.map((run) => (
              <td key={run.id} className="px-3 text-right">
                <Grade grade={run.grade} />
              </td>
            ))}
          </tr>
          <tr className="h-7 border-t border-line/60">
            <td className="px-3 text-muted">Data</td>
            {chosen.map((run) => (
              <td key={run.id} className="px-3 text-right">
                {formatDate(run.fromMs)} – {formatDate(run.toMs)}
              </td>
            ))}
          </tr>
          {compared.map((id) => {
            const metric = metricOf(id);
            if (metric === undefined) return null;
            const best = bestOf(
              chosen.map(({ metrics }) => metrics[id] ?? null),
              metric.better,
            );
            return (
              <tr key={id} className="h-7 border-t border-line/60" title={metric.meaning}>
                <td className="px-3 text-muted">{metric.title}</td>
                {chosen.map((run, index) => (
                  <td
                    key={run.id}
                    className={classes('px-3 text-right', index === best && 'font-semibold text-accent')}
                  >
                    {figureText(metric, run.metrics)}
                  </td>
                ))}
              </tr>
            );
          })}
          {differingParams(chosen).map((name) => (
            <tr key={name} className="h-7 border-t border-line/60">
              <td className="px-3 text-muted">{labelOf(name)}</td>
              {chosen.map((run) => (
                <td key={run.id} className="px-3 text-right">
                  {String(run.spec.params[name] ?? '—')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div data-testid="compare-end" />
    </div>
  );
}

function differingParams(chosen: readonly BacktestSummaryView[]): string[] {
  const names = new Set(chosen.flatMap(({ spec }) => Object.keys(spec.params)));
  return [...names].filter(
    (name) => new Set(chosen.map(({ spec }) => JSON.stringify(spec.params[name]))).size > 1,
  );
}
