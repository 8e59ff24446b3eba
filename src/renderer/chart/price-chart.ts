/**
 * The price chart: candles, volume, indicators, levels, handles and fill marks. Lives outside React. It is given a
 * window of the history around the view and moves that window as the person scrolls.
 */

import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  type MouseEventParams,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { CandleView } from '../../shared/api/views.ts';
import type { CandleHistory, HistoryChange } from '../store/candle-history.ts';
import { frame } from '../store/terminal.ts';
import { canvasColours, onColoursChange, withAlpha } from '../theme/appearance.ts';
import { type BarWindow, nextWindow, windowAround } from './candle-window.ts';
import { axisPriceFormat, candleColours, chartOptions } from './chart-options.ts';
import { type ChartHandle, ChartHandles } from './handles.ts';
import { indicatorChoices } from './indicator-lines.ts';
import { type ChartLevel, LevelsPrimitive } from './levels-primitive.ts';

/** A fill as a mark: its time, side and how many. */
export interface FillMark {
  readonly timeMs: number;
  readonly side: 'buy' | 'sell';
}

export interface ChartEvents {
  /** The view came near the oldest bar. */
  onNeedOlder(): void;
  /** The bar under the pointer, or null when it left. */
  onHover(candle: CandleView | null): void;
}

/** Pixels a bar takes at first. */
const barSpacing = 7;
/** Least time between two paints of the candle in the making: each redraws the whole chart, and no eye sees more. */
const tailPauseMs = 100;
/** Levels beyond these shares of the price are drawn but do not stretch the scale: a liquidation price may be far off. */
const fitLowest = 0.5;
const fitHighest = 1.7;

const secondsOf = (timeMs: number): UTCTimestamp => Math.floor(timeMs / 1000) as UTCTimestamp;

export class PriceChart {
  private readonly chart: IChartApi;
  private readonly candles: ISeriesApi<'Candlestick'>;
  private readonly volume: ISeriesApi<'Histogram'>;
  private readonly marks: ISeriesMarkersPluginApi<Time>;
  private readonly lines = new Map<string, ISeriesApi<'Line'>>();
  private readonly levels: LevelsPrimitive;
  private readonly handles: ChartHandles;
  private readonly events: ChartEvents;
  private readonly container: HTMLElement;
  private history: CandleHistory | null = null;
  private window: BarWindow = { start: 0, end: 0 };
  private fills: readonly FillMark[] = [];
  private isPressed = false;
  private isSettling = false;
  private settleFrame = 0;
  private dirtyFrom = Number.POSITIVE_INFINITY;
  private tailTimer: ReturnType<typeof setTimeout> | null = null;
  private tailPaintedAtMs = 0;
  private hasLabels = false;
  private readonly ways: (() => void)[] = [];

  constructor(container: HTMLElement, handleLayer: HTMLElement, events: ChartEvents) {
    this.container = container;
    this.events = events;
    const colours = canvasColours();
    this.chart = createChart(container, chartOptions(colours));
    this.candles = this.chart.addSeries(CandlestickSeries, { ...candleColours(colours), priceLineWidth: 1 });
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.marks = createSeriesMarkers(this.candles, []);
    this.handles = new ChartHandles(
      handleLayer,
      {
        yOf: (price) => this.candles.priceToCoordinate(price),
        priceAt: (y) => this.candles.coordinateToPrice(y),
        height: () => this.chart.panes()[0]?.getHeight() ?? 0,
      },
      (isDragging) => this.levels.setFrozen(isDragging),
    );
    this.levels = new LevelsPrimitive(() => frame.invalidate(this.placeHandles));
    this.candles.attachPrimitive(this.levels);
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(this.viewMoved);
    this.chart.subscribeCrosshairMove(this.hovered);
    this.listen();
  }

  /** Shows a history from its newest bars on. */
  setHistory(history: CandleHistory): void {
    this.history = history;
    this.showNewest();
  }

  /** Takes in what changed in the history; the work is done at the next frame. */
  historyChanged(change: HistoryChange): void {
    if (change.kind === 'all') this.showNewest();
    else if (change.kind === 'front') this.shiftWindow(change.count);
    else if (change.kind === 'tail') {
      this.dirtyFrom = Math.min(this.dirtyFrom, change.from);
      this.tailTimer ??= setTimeout(
        this.paintTailSoon,
        Math.max(0, this.tailPaintedAtMs + tailPauseMs - performance.now()),
      );
    }
  }

  setPlaces(places: number): void {
    this.candles.applyOptions({ priceFormat: axisPriceFormat(places) });
  }

  setIndicators(ids: readonly string[]): void {
    for (const [id, line] of this.lines) {
      if (ids.includes(id)) continue;
      this.chart.removeSeries(line);
      this.lines.delete(id);
    }
    for (const { id, colour } of indicatorChoices) {
      if (!ids.includes(id) || this.lines.has(id)) continue;
      const options = {
        color: colour,
        lineWidth: 1,
        priceLineVisible: false,
        lastValueVisible: false,
        crosshairMarkerVisible: false,
      } as const;
      this.lines.set(id, this.chart.addSeries(LineSeries, options));
    }
    this.fillLines();
  }

  /** Shows levels. With `isFitted` the price scale makes room for those near the market. */
  setLevels(levels: readonly ChartLevel[], isFitted: boolean): void {
    const last = this.history?.last?.[4];
    const isNear = ({ price }: ChartLevel): boolean =>
      last === undefined || (price > last * fitLowest && price < last * fitHighest);
    this.levels.setLevels(levels, isFitted ? levels.filter(isNear) : []);
    const hasLabels = levels.some((level) => level.label !== '');
    if (hasLabels === this.hasLabels) return;
    this.hasLabels = hasLabels;
    // Labels lie on the right: the newest bars make room for them.
    this.chart.timeScale().applyOptions({ rightOffset: this.rightBars });
  }

  setHandles(handles: readonly ChartHandle[]): void {
    this.handles.set(handles);
  }

  setFills(fills: readonly FillMark[]): void {
    this.fills = fills;
    this.drawMarks();
  }

  /** Goes back to the newest bar. */
  goLive(): void {
    this.showNewest();
  }

  destroy(): void {
    for (const leave of this.ways) leave();
    cancelAnimationFrame(this.settleFrame);
    if (this.tailTimer !== null) clearTimeout(this.tailTimer);
    frame.forget(this.paintTail);
    frame.forget(this.placeHandles);
    this.chart.remove();
  }

  private get rightBars(): number {
    return this.hasLabels ? 16 : 6;
  }

  private listen(): void {
    const press = (): void => {
      this.isPressed = true;
    };
    const release = (): void => {
      this.isPressed = false;
      this.viewMoved();
    };
    this.container.addEventListener('pointerdown', press);
    window.addEventListener('pointerup', release);
    this.ways.push(
      () => this.container.removeEventListener('pointerdown', press),
      () => window.removeEventListener('pointerup', release),
      onColoursChange(() => this.applyColours()),
    );
  }

  private applyColours(): void {
    const colours = canvasColours();
    this.chart.applyOptions(chartOptions(colours));
    this.candles.applyOptions(candleColours(colours));
    this.fillWindow(this.window);
  }

  private readonly placeHandles = (): void => this.handles.place();

  private showNewest(): void {
    const length = this.history?.length ?? 0;
    this.fillWindow(windowAround(length - 200, length, length));
    const count = this.window.end - this.window.start;
    const shown = Math.max(40, Math.floor(this.container.clientWidth / barSpacing) - this.rightBars);
    this.chart.timeScale().applyOptions({ rightOffset: this.rightBars });
    this.showRange(count - shown, count + this.rightBars);
  }

  /** Older bars came in front: the same bars now lie further on; the window takes the new ones when near them. */
  private shiftWindow(count: number): void {
    this.window = { start: this.window.start + count, end: this.window.end + count };
    this.viewMoved();
  }

  private readonly viewMoved = (): void => {
    const view = this.chart.timeScale().getVisibleLogicalRange();
    const history = this.history;
    if (view === null || history === null || this.isSettling) return;
    const from = this.window.start + view.from;
    const to = this.window.start + view.to;
    if (from < 400 && !history.isComplete) this.events.onNeedOlder();
    const next = nextWindow(this.window, from, to, history.length, this.isPressed);
    if (next === null) return;
    const timeScale = this.chart.timeScale();
    // The place of the view is kept as a distance from the last bar; with another last bar it is another distance.
    const distance = timeScale.scrollPosition() + this.window.end - next.end;
    const isCutBehind = next.end !== this.window.end;
    this.isSettling = true;
    this.fillWindow(next);
    if (isCutBehind) timeScale.scrollToPosition(distance, false);
    this.isSettling = false;
  };

  /**
   * Sets the visible bars. The chart applies it in its next frame and tells of passing ranges on the way; those must
   * not be taken for a move of the person, or one move of the window would call for the next.
   */
  private showRange(from: number, to: number): void {
    this.isSettling = true;
    this.chart.timeScale().setVisibleLogicalRange({ from, to });
    cancelAnimationFrame(this.settleFrame);
    this.settleFrame = requestAnimationFrame(() => {
      this.settleFrame = requestAnimationFrame(() => {
        this.isSettling = false;
        this.viewMoved();
      });
    });
  }

  /** Gives the chart the bars of a window. The chart tells of passing ranges while its series differ: not heard. */
  private fillWindow(next: BarWindow): void {
    const history = this.history;
    if (history === null) return;
    const wasSettling = this.isSettling;
    this.isSettling = true;
    this.window = next;
    this.dirtyFrom = Number.POSITIVE_INFINITY;
    const rows = history.slice(next.start, next.end);
    const colours = canvasColours();
    const [up, down] = [withAlpha(colours.up, 0.35), withAlpha(colours.down, 0.35)];
    this.candles.setData(
      rows.map(([time, open, high, low, close]) => ({ time: secondsOf(time), open, high, low, close })),
    );
    this.volume.setData(
      rows.map((row) => ({ time: secondsOf(row[0]), value: row[5], color: row[4] >= row[1] ? up : down })),
    );
    this.fillLines();
    this.drawMarks();
    this.isSettling = wasSettling;
  }

  private fillLines(): void {
    const history = this.history;
    if (history === null) return;
    for (const { id, warmUp, compute } of indicatorChoices) {
      const line = this.lines.get(id);
      if (line === undefined) continue;
      const from = Math.max(0, this.window.start - warmUp);
      const rows = history.slice(from, this.window.end);
      const values = compute(Float64Array.from(rows, (row) => row[4]));
      const points = rows.map((row, at) => {
        const value = values[at] as number;
        return Number.isNaN(value) ? { time: secondsOf(row[0]) } : { time: secondsOf(row[0]), value };
      });
      line.setData(points.slice(this.window.start - from));
    }
  }

  private readonly paintTailSoon = (): void => {
    this.tailTimer = null;
    this.tailPaintedAtMs = performance.now();
    frame.invalidate(this.paintTail);
  };

  /** Paints the newest bars: at most once a frame, and only when they lie in the window. */
  private readonly paintTail = (): void => {
    const history = this.history;
    const from = this.dirtyFrom;
    this.dirtyFrom = Number.POSITIVE_INFINITY;
    if (history === null || from >= history.length) return;
    if (from > this.window.end) return;
    const colours = canvasColours();
    const previousEnd = this.window.end;
    if (history.length - from > 50) {
      this.fillWindow({ start: this.window.start, end: history.length });
      return;
    }
    // A new bar moves the view, and the chart says so at once: filling the window anew amid several bars would put the last
    // of them before those that are still to come.
    const wasSettling = this.isSettling;
    this.isSettling = true;
    for (let at = Math.max(from, this.window.start); at < history.length; at += 1) {
      const row = history.at(at) as CandleView;
      const time = secondsOf(row[0]);
      const isLast = at >= previousEnd - 1;
      this.candles.update({ time, open: row[1], high: row[2], low: row[3], close: row[4] }, !isLast);
      this.volume.update(
        { time, value: row[5], color: withAlpha(row[4] >= row[1] ? colours.up : colours.down, 0.35) },
        !isLast,
      );
    }
    this.window = { start: this.window.start, end: history.length };
    this.updateLines(history, from, previousEnd);
    this.isSettling = wasSettling;
    if (history.length > previousEnd) this.viewMoved();
  };

  /** Carries the indicator lines on by the bars that changed: each call makes the chart look at all its bars anew. */
  private updateLines(history: CandleHistory, from: number, previousEnd: number): void {
    for (const { id, warmUp, compute } of indicatorChoices) {
      const line = this.lines.get(id);
      if (line === undefined) continue;
      const first = Math.max(0, from - warmUp);
      const rows = history.slice(first, history.length);
      const values = compute(Float64Array.from(rows, (row) => row[4]));
      for (let at = Math.max(from, this.window.start) - first; at < rows.length; at += 1) {
        const row = rows[at];
        const value = values[at];
        if (row === undefined || value === undefined || Number.isNaN(value)) continue;
        line.update({ time: secondsOf(row[0]), value }, first + at < previousEnd - 1);
      }
    }
  }

  /** Draws one mark for each bar and side, with the number of fills where there is more than one. */
  private drawMarks(): void {
    const history = this.history;
    if (history === null) return;
    const colours = canvasColours();
    const counts = new Map<string, { time: UTCTimestamp; side: 'buy' | 'sell'; count: number }>();
    for (const fill of this.fills) {
      const at = history.indexAt(fill.timeMs);
      if (at < this.window.start || at >= this.window.end) continue;
      const time = secondsOf((history.at(at) as CandleView)[0]);
      const key = `${time}|${fill.side}`;
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { time, side: fill.side, count: 1 });
      else known.count += 1;
    }
    const marks: SeriesMarker<Time>[] = [...counts.values()]
      .sort((left, right) => left.time - right.time)
      .map(({ time, side, count }) => ({
        time,
        position: side === 'buy' ? 'belowBar' : 'aboveBar',
        shape: side === 'buy' ? 'arrowUp' : 'arrowDown',
        color: side === 'buy' ? colours.up : colours.down,
        size: 0.8,
        ...(count > 1 ? { text: String(count) } : {}),
      }));
    this.marks.setMarkers(marks);
  }

  private readonly hovered = (event: MouseEventParams<Time>): void => {
    const at = event.logical;
    const candle = at === undefined ? undefined : this.history?.at(this.window.start + at);
    this.events.onHover(candle ?? null);
  };
}
