/** What the trades of a backtest gave in other orders: figures, a sentence, the fan of returns and its shares. */

import { useMemo } from 'react';
import type uPlot from 'uplot';
import { type CanvasColours, withAlpha } from '../theme/appearance.ts';
import { Plot, plotAxis } from '../ui/plot.tsx';
import { countText, percentText, tickPlaces } from './figures.ts';
import { type MonteCarloResult, rankWords } from './monte-carlo-result.ts';
import { ShareTable } from './share-table.tsx';
import { Block, Figure } from './small-parts.tsx';

function fanOptions(width: number, height: number, colours: CanvasColours): uPlot.Options {
  const line = (label: string, stroke: string, lineWidth = 1): uPlot.Series => ({
    label,
    stroke,
    width: lineWidth,
    points: { show: false },
  });
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    scales: { x: { time: false } },
    bands: [
      { series: [5, 1], fill: withAlpha(colours.accent, 0.1) },
      { series: [4, 2], fill: withAlpha(colours.accent, 0.16) },
    ],
    axes: [
      { ...plotAxis(colours), size: 26 },
      {
        ...plotAxis(colours),
        size: 64,
        values: (_plot, ticks) => {
          const places = tickPlaces(ticks.map((tick) => (tick - 1) * 100));
          return ticks.map((tick) => percentText(tick - 1, true, places));
        },
      },
    ],
    series: [
      { label: 'Trades' },
      line('5 %', withAlpha(colours.accent, 0.35)),
      line('25 %', withAlpha(colours.accent, 0.5)),
      line('50 %', colours.accent, 1.8),
      line('75 %', withAlpha(colours.accent, 0.5)),
      line('95 %', withAlpha(colours.accent, 0.35)),
    ],
  };
}

export function MonteCarloFan({ result }: { readonly result: MonteCarloResult }) {
  const data = useMemo(
    (): uPlot.AlignedData => [
      result.fan.map(({ step }) => step),
      result.fan.map(({ p5 }) => p5),
      result.fan.map(({ p25 }) => p25),
      result.fan.map(({ p50 }) => p50),
      result.fan.map(({ p75 }) => p75),
      result.fan.map(({ p95 }) => p95),
    ],
    [result],
  );
  return (
    <>
      <div className="grid shrink-0 grid-cols-[repeat(auto-fit,minmax(110px,1fr))] gap-3 rounded-lg border border-line bg-surface p-3">
        <Figure label="Original return" value={percentText(result.original.finalValue - 1, true)} />
        <Figure
          label="Better than"
          value={
            result.finalRank === null ? 'same end' : `${percentText(result.finalRank, false, 0)} of runs`
          }
        />
        <Figure label="Runs with a loss" value={percentText(result.lossShare, false, 1)} />
        <Figure label="Runs that lost half" value={percentText(result.ruinShare, false, 1)} />
        <Figure label="Original drawdown" value={percentText(result.original.maxDrawdown)} />
        <Figure label="Drawdown, worst 5 %" value={percentText(result.maxDrawdown.p5)} />
      </div>
      <p className="shrink-0 rounded-lg border border-line bg-surface p-3 text-sm" data-testid="mc-verdict">
        {rankWords(result)}
      </p>
      <Block
        title={`Return after so many trades: 5, 25, 50, 75 and 95 % of ${countText(result.runs)} runs`}
        testId="mc-fan"
      >
        <div className="h-72 p-1">
          <Plot label="Fan of returns" testId="mc-plot" data={data} options={fanOptions} />
        </div>
      </Block>
      <ShareTable
        title="Shares of the runs"
        rows={[
          {
            title: 'Return',
            values: result.finalValue,
            text: (value) => percentText(value - 1, true),
          },
          { title: 'Max drawdown', values: result.maxDrawdown, text: (value) => percentText(value) },
        ]}
      />
    </>
  );
}
