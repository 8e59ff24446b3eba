/** A chart pane: toolbar, the chart itself, the figures of the bar under the pointer, and the pane's states. */

import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { type Timeframe, timeframes } from '../../shared/domain/candle.ts';
import { placesOfStep } from '../format/decimal-text.ts';
import { useSize } from '../store/hooks.ts';
import { useInstrument, useSession } from '../store/session.ts';
import { useSetting } from '../store/settings.ts';
import { ErrorState, TooNarrow } from '../ui/states.tsx';
import { CandleFeed } from './candle-feed.ts';
import { ChartLegend, type LegendHandle } from './chart-legend.tsx';
import { ChartToolbar } from './chart-toolbar.tsx';
import type { ChartHandle } from './handles.ts';
import { IntervalBox } from './interval-box.tsx';
import type { ChartLevel } from './levels-primitive.ts';
import { type FillMark, PriceChart } from './price-chart.ts';

export interface ChartPaneProps {
  readonly instrument: string;
  readonly timeframe: Timeframe;
  readonly onTimeframe: (timeframe: Timeframe) => void;
  readonly levels: readonly ChartLevel[];
  readonly handles: readonly ChartHandle[];
  readonly fills: readonly FillMark[];
  /** Makes the price scale show every level, as when a plan is drawn. */
  readonly isFitted?: boolean;
  readonly toolbar?: ReactNode;
}

/** Gives the timeframe of a remembered text. */
export function knownTimeframe(text: string): Timeframe {
  return timeframes.find((known) => known === text) ?? '1m';
}

export function ChartPane(props: ChartPaneProps) {
  const { instrument, timeframe, levels, handles, fills, isFitted = false } = props;
  const root = useRef<HTMLDivElement>(null);
  const container = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const legend = useRef<LegendHandle>(null);
  const [chart, setChart] = useState<PriceChart | null>(null);
  const indicators = useSetting('trade.indicators');
  const tickSize = useInstrument(instrument)?.tickSize;
  const feed = useMemo(() => new CandleFeed(instrument, timeframe), [instrument, timeframe]);
  const state = useSyncExternalStore(feed.onState, () => feed.state);
  const size = useSize(root);
  const isTooNarrow = size.width > 0 && size.width < 180;

  useEffect(() => {
    if (container.current === null || layer.current === null) return;
    const made = new PriceChart(container.current, layer.current, {
      onNeedOlder: () => void latest.current.loadOlder(),
      onHover: (candle) => legend.current?.show(candle),
    });
    setChart(made);
    return () => {
      setChart(null);
      made.destroy();
    };
  }, []);

  const latest = useRef(feed);
  latest.current = feed;
  useEffect(() => {
    if (chart === null) return;
    const leave = feed.onChange((change) => {
      chart.historyChanged(change);
      legend.current?.refresh();
    });
    const close = feed.open();
    chart.setHistory(feed.history);
    return () => {
      leave();
      close();
    };
  }, [chart, feed]);

  useEffect(() => chart?.setPlaces(placesOfStep(tickSize ?? '0.01')), [chart, tickSize]);
  useEffect(() => chart?.setIndicators(indicators), [chart, indicators]);
  useEffect(() => chart?.setLevels(levels, isFitted), [chart, levels, isFitted]);
  useEffect(() => chart?.setHandles(handles), [chart, handles]);
  useEffect(() => chart?.setFills(fills), [chart, fills]);

  return (
    <div ref={root} className="flex h-full min-h-0 flex-col bg-surface" data-testid="chart-pane">
      <ChartToolbar
        timeframe={timeframe}
        onTimeframe={props.onTimeframe}
        onLive={() => chart?.goLive()}
        width={size.width}
      >
        {props.toolbar}
      </ChartToolbar>
      <div className="relative min-h-0 grow" data-testid="chart">
        <div ref={container} className="absolute inset-0" />
        <div ref={layer} className="chart-handles" />
        <ChartLegend ref={legend} feed={feed} isNarrow={size.width < 520} />
        <IntervalBox root={root} onTimeframe={props.onTimeframe} />
        {state.isLoading ? <ChartSkeleton /> : null}
        {state.failure !== null && feed.history.length === 0 ? (
          <div className="absolute inset-0 z-10 bg-surface">
            <ErrorState
              title="The candles could not be loaded"
              failure={state.failure}
              onRetry={() => void feed.load()}
            />
          </div>
        ) : null}
        {!state.isLoading && state.failure === null && feed.history.length === 0 ? <NoCandles /> : null}
        {isTooNarrow ? (
          <div className="absolute inset-0 z-10 bg-surface">
            <TooNarrow what="chart" />
          </div>
        ) : null}
      </div>
    </div>
  );
}

function NoCandles() {
  const isDemo = useSession((session) => session.status?.simulated === true);
  return (
    <div className="pointer-events-none absolute inset-0 z-10 flex items-center justify-center text-sm text-muted">
      No candles yet: {isDemo ? 'the first one is being made' : 'waiting for the venue'}
    </div>
  );
}

const bars = [
  38, 46, 42, 55, 61, 52, 48, 40, 44, 58, 66, 60, 71, 64, 57, 62, 54, 49, 53, 45, 50, 59, 68, 63,
].map((height, at) => ({ id: `bar ${at}`, height, shift: (height % 17) - 8 }));

function ChartSkeleton() {
  return (
    <div
      className="absolute inset-0 z-10 flex items-center gap-2 overflow-hidden bg-surface px-8"
      role="status"
      aria-busy="true"
      data-testid="state-loading"
    >
      <span className="sr-only">Loading candles</span>
      {bars.map(({ id, height, shift }) => (
        <div
          key={id}
          className="skeleton grow"
          style={{ height: `${height / 2}%`, marginTop: `${shift}%` }}
        />
      ))}
    </div>
  );
}
