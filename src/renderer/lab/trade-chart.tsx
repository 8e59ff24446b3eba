/** Candles of a backtest with its entries and exits. A closer look fetches finer candles. */

import { CandlestickSeries, createChart, createSeriesMarkers, type UTCTimestamp } from 'lightweight-charts';
import { useEffect, useRef, useState } from 'react';
import type { ApiFailure } from '../../shared/api/result.ts';
import { axisPriceFormat, candleColours, chartOptions } from '../chart/chart-options.ts';
import { placesOfStep } from '../format/decimal-text.ts';
import { call } from '../store/terminal.ts';
import { canvasColours, onColoursChange } from '../theme/appearance.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { type LoadedCandles, marksMaximum, tradeMarks } from './trade-marks.ts';
import { useTrades } from './trade-table.tsx';

/** Candles asked for at once; the host joins them to fit. */
const candlesShown = 1500;
export function TradeChart({ id, tickSize }: { readonly id: string; readonly tickSize: string }) {
  const root = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState<{ fromMs?: number; toMs?: number }>({});
  const [loaded, setLoaded] = useState<LoadedCandles | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const { rows: trades } = useTrades(id);
  useEffect(() => {
    let isGone = false;
    void call('backtests/candles', { backtest: id, limit: candlesShown, ...range }).then((result) => {
      if (isGone) return;
      if (result.ok) setLoaded(result.value);
      else setFailure(result);
    });
    return () => {
      isGone = true;
    };
  }, [id, range]);
  useEffect(() => {
    const element = root.current;
    if (element === null || loaded === null) return;
    const chart = createChart(element, { ...chartOptions(canvasColours()), autoSize: true });
    // All candles fit into any width; a bar may be thinner than a pixel.
    chart.applyOptions({ timeScale: { minBarSpacing: 0.1, rightOffset: 2 } });
    const series = chart.addSeries(CandlestickSeries, {
      ...candleColours(canvasColours()),
      priceFormat: axisPriceFormat(placesOfStep(tickSize)),
      priceLineVisible: false,
      lastValueVisible: false,
    });
    series.setData(
      loaded.candles.map(([timeMs, open, high, low, close]) => ({
        time: (timeMs / 1000) as UTCTimestamp,
        open,
        high,
        low,
        close,
      })),
    );
    const marks = createSeriesMarkers(series, tradeMarks(trades ?? [], loaded, canvasColours()));
    const showAll = (): void => chart.timeScale().fitContent();
    showAll();
    chart.timeScale().subscribeSizeChange(showAll);
    const leave = onColoursChange(() => {
      const { timeScale: _spacing, ...colours } = chartOptions(canvasColours());
      chart.applyOptions({ ...colours, timeScale: { borderColor: canvasColours().line } });
      series.applyOptions(candleColours(canvasColours()));
      marks.setMarkers(tradeMarks(trades ?? [], loaded, canvasColours()));
    });
    // A double click looks closer: a tenth of what is shown around the pointer.
    const zoom = (event: MouseEvent): void => {
      const time = chart.timeScale().coordinateToTime(event.offsetX);
      if (time === null) return;
      const width = (loaded.candles.length * loaded.timeframeMs) / 10;
      setRange({
        fromMs: Math.round(Number(time) * 1000 - width / 2),
        toMs: Math.round(Number(time) * 1000 + width / 2),
      });
    };
    element.addEventListener('dblclick', zoom);
    return () => {
      leave();
      element.removeEventListener('dblclick', zoom);
      chart.remove();
    };
  }, [loaded, trades, tickSize]);
  if (failure !== null) {
    return (
      <ErrorState
        title="The candles could not be loaded"
        failure={failure}
        onRetry={() => {
          setFailure(null);
          setRange({});
        }}
      />
    );
  }
  return (
    <div className="relative h-full">
      <div ref={root} className="h-full" data-testid="lab-trade-chart" />
      {loaded === null ? (
        <div className="absolute inset-0">
          <SkeletonRows />
        </div>
      ) : null}
      <div className="absolute top-2 left-2 z-10 flex items-center gap-2 text-xs text-muted">
        {range.fromMs === undefined ? (
          (trades ?? []).length * 2 > marksMaximum ? (
            'Too many trades to mark: double-click to look closer'
          ) : (
            'Double-click to look closer'
          )
        ) : (
          <button type="button" className="text-accent hover:text-text" onClick={() => setRange({})}>
            Show everything
          </button>
        )}
      </div>
    </div>
  );
}
