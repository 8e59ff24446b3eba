/** How the chart looks, from the colours of the theme. */

import { ColorType, CrosshairMode, type DeepPartial, type TimeChartOptions } from 'lightweight-charts';
import { formatDecimal } from '../format/decimal-text.ts';
import { type CanvasColours, withAlpha } from '../theme/appearance.ts';

/** Gives the chart's options for a theme. The library's mark is shown on the about page instead of on the chart. */
export function chartOptions(colours: CanvasColours): DeepPartial<TimeChartOptions> {
  return {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: colours.surface },
      textColor: colours.muted,
      fontFamily: '"JetBrains Mono Variable", monospace',
      fontSize: 10.5,
      attributionLogo: false,
      panes: { separatorColor: colours.line },
    },
    grid: {
      vertLines: { color: withAlpha(colours.line, 0.55) },
      horzLines: { color: withAlpha(colours.line, 0.55) },
    },
    crosshair: {
      mode: CrosshairMode.Normal,
      vertLine: { color: colours.muted, labelBackgroundColor: colours.lineStrong },
      horzLine: { color: colours.muted, labelBackgroundColor: colours.lineStrong },
    },
    rightPriceScale: { borderColor: colours.line, scaleMargins: { top: 0.08, bottom: 0.2 } },
    timeScale: {
      borderColor: colours.line,
      timeVisible: true,
      secondsVisible: false,
      rightOffset: 6,
      barSpacing: 7,
      minBarSpacing: 1,
    },
    kineticScroll: { mouse: false, touch: true },
  };
}

/** Gives the candle colours of a theme. */
export function candleColours(colours: CanvasColours) {
  return {
    upColor: colours.up,
    downColor: colours.down,
    borderUpColor: colours.up,
    borderDownColor: colours.down,
    wickUpColor: colours.up,
    wickDownColor: colours.down,
  };
}

/** Gives the format of prices on the axis: fixed places, grouped. Axis prices are doubles made text. */
export function axisPriceFormat(places: number) {
  return {
    type: 'custom' as const,
    minMove: 1 / 10 ** places,
    formatter: (price: number) =>
      Number.isFinite(price) ? formatDecimal(price.toFixed(places), { places }) : '',
  };
}
