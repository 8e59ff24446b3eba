/** Horizontal levels on the chart: planned orders, resting orders, stops. Drawn on the chart's own canvas. */

import type {
  AutoscaleInfo,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts';
import { canvasColours, withAlpha } from '../theme/appearance.ts';

type DrawTarget = Parameters<IPrimitivePaneRenderer['draw']>[0];

export type LevelTone = 'up' | 'down' | 'accent' | 'warn' | 'danger' | 'muted';

/** A level to draw. `price` is a double: a place on the screen, not money. */
export interface ChartLevel {
  readonly key: string;
  readonly price: number;
  readonly tone: LevelTone;
  readonly label: string;
  readonly look: 'solid' | 'dashed' | 'dotted';
  readonly isStrong: boolean;
}

const dashes = { solid: [], dashed: [6, 4], dotted: [2, 3] };
/** Labels closer than this would run into each other. */
const labelGap = 13;

export class LevelsPrimitive implements ISeriesPrimitive<Time> {
  private series: ISeriesApi<'Candlestick'> | null = null;
  private requestUpdate: (() => void) | null = null;
  private levels: readonly ChartLevel[] = [];
  private range: { low: number; high: number } | null = null;
  private isFrozen = false;
  private readonly onViewsUpdate: () => void;
  private readonly views: readonly IPrimitivePaneView[];

  /** `onViewsUpdate` is called whenever the price scale may have moved. */
  constructor(onViewsUpdate: () => void) {
    this.onViewsUpdate = onViewsUpdate;
    const renderer: IPrimitivePaneRenderer = { draw: (target) => this.draw(target) };
    this.views = [{ zOrder: () => 'normal', renderer: () => renderer }];
  }

  attached(parameters: SeriesAttachedParameter<Time>): void {
    this.series = parameters.series as ISeriesApi<'Candlestick'>;
    this.requestUpdate = parameters.requestUpdate;
  }

  detached(): void {
    this.series = null;
    this.requestUpdate = null;
  }

  /** Shows other levels; the price scale makes room for those in `fitted`. */
  setLevels(levels: readonly ChartLevel[], fitted: readonly ChartLevel[]): void {
    this.levels = levels;
    if (!this.isFrozen) this.range = rangeOf(fitted);
    this.requestUpdate?.();
  }

  /** Keeps the price scale still, so that a dragged line does not move it under the pointer. */
  setFrozen(isFrozen: boolean): void {
    this.isFrozen = isFrozen;
  }

  updateAllViews(): void {
    this.onViewsUpdate();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views;
  }

  autoscaleInfo(): AutoscaleInfo | null {
    if (this.range === null) return null;
    return {
      priceRange: { minValue: this.range.low, maxValue: this.range.high },
      margins: { above: 14, below: 14 },
    };
  }

  private draw(target: DrawTarget): void {
    const series = this.series;
    if (series === null || this.levels.length === 0) return;
    const colours = canvasColours();
    // biome-ignore lint/correctness/useHookAtTopLevel: a method of the canvas target, not a hook
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const seen = this.levels.flatMap((level) => {
        const y = series.priceToCoordinate(level.price);
        return y === null || y < 0 || y > mediaSize.height ? [] : [{ level, y, colour: colours[level.tone] }];
      });
      for (const { level, y, colour } of seen) {
        context.beginPath();
        context.setLineDash(dashes[level.look]);
        context.lineWidth = level.isStrong ? 1.5 : 1;
        context.strokeStyle = withAlpha(colour, level.isStrong ? 0.95 : 0.6);
        context.moveTo(0, Math.round(y) + 0.5);
        context.lineTo(mediaSize.width, Math.round(y) + 0.5);
        context.stroke();
      }
      // Labels after all lines: no line may run through a figure.
      context.setLineDash([]);
      context.font = '10px "JetBrains Mono Variable", monospace';
      context.textBaseline = 'middle';
      context.textAlign = 'right';
      const labelled: number[] = [];
      for (const { level, y, colour } of seen) {
        if (level.label === '' || labelled.some((other) => Math.abs(other - y) < labelGap)) continue;
        labelled.push(y);
        const width = context.measureText(level.label).width + 8;
        context.fillStyle = colours.surface;
        context.fillRect(mediaSize.width - width - 4, y - 6, width, 12);
        context.fillStyle = colour;
        context.fillText(level.label, mediaSize.width - 8, y + 0.5);
      }
    });
  }
}

function rangeOf(levels: readonly ChartLevel[]): { low: number; high: number } | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { price } of levels) {
    if (!Number.isFinite(price)) continue;
    low = Math.min(low, price);
    high = Math.max(high, price);
  }
  return low <= high ? { low, high } : null;
}
