/**
 * A chart as SVG that fits any width without stretching its text: lines live in an inner picture that is stretched (with
 * strokes that are not), labels are placed by percent. No styles in attributes: the page's policy forbids them.
 */

import { escapeHtml, number } from './format.ts';
import { axisDigits, placeOf, type Range, ticks } from './scale.ts';

/** Width of the inner picture in its own units. */
const innerWidth = 1000;
const axisHeight = 20;
/** Room above the highest value. */
const topMargin = 6;

export interface Line {
  /** Place of each row on the horizontal axis. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Rows to draw, in order. */
  readonly rows: readonly number[];
  /** From values to the chart's vertical axis. */
  readonly scale?: ((value: number) => number) | undefined;
  /** Names from the page's style sheet. */
  readonly className: string;
  /** Fills down (or up) to this value. */
  readonly fillTo?: number | undefined;
}

export interface Tick {
  readonly at: number;
  readonly text: string;
  /** Left out on narrow screens. */
  readonly minor?: boolean | undefined;
}

export interface ChartSpec {
  /** What is seen, for those who do not see it. */
  readonly label: string;
  readonly height: number;
  readonly x: Range;
  readonly y: Range;
  readonly xTicks: readonly Tick[];
  readonly yTicks?: readonly Tick[] | undefined;
  readonly yText?: ((value: number) => string) | undefined;
  /** A stronger line across, such as zero. */
  readonly baseline?: number | undefined;
  readonly lines?: readonly Line[] | undefined;
  /** More to draw, in the inner units. */
  readonly inner?: string | undefined;
}

/** Horizontal place in the inner picture. */
export function innerX(value: number, x: Range): number {
  return round(((value - x.low) / (x.high - x.low)) * innerWidth);
}

/** Horizontal place as percent of the chart. */
function percentX(value: number, x: Range): string {
  return `${round(((value - x.low) / (x.high - x.low)) * 100)}%`;
}

/** Vertical place, in pixels. */
export function chartY(value: number, { y, height }: Pick<ChartSpec, 'y' | 'height'>): number {
  return round(topMargin + placeOf(value, y, height - topMargin));
}

/** A dot for the inner picture: a line without length, whose round ends are not stretched with it. */
export function dot(x: number, y: number): string {
  return `M${x} ${y}h0`;
}

/** Draws a chart. */
export function chart(spec: ChartSpec): string {
  const { height, x, y } = spec;
  const values = ticks(y, Math.max(2, Math.floor(height / 36)));
  const digits = axisDigits(values);
  const yTicks = spec.yTicks ?? values.map((at) => ({ at, text: spec.yText?.(at) ?? number(at, digits) }));
  const grid = yTicks.map(({ at }) => across(chartY(at, spec), at === spec.baseline ? 'base' : 'grid'));
  if (spec.baseline !== undefined && !yTicks.some(({ at }) => at === spec.baseline)) {
    grid.push(across(chartY(spec.baseline, spec), 'base'));
  }
  const labels = yTicks
    .filter(({ at }) => at > y.low && at <= y.high && chartY(at, spec) > topMargin + 8)
    .map(
      ({ at, text }) => `<text class="y" x="4" y="${round(chartY(at, spec) - 3)}">${escapeHtml(text)}</text>`,
    );
  const times = spec.xTicks.map(({ at, text, minor }) => {
    const name = minor === true ? 'x minor' : 'x';
    return `<text class="${name}" x="${percentX(at, x)}" y="${height + 14}">${escapeHtml(text)}</text>`;
  });
  const lines = (spec.lines ?? []).map((line) => path(line, spec)).join('');
  return (
    `<svg class="chart" role="img" aria-label="${escapeHtml(spec.label)}" width="100%" height="${height + (spec.xTicks.length === 0 ? 0 : axisHeight)}">` +
    `${grid.join('')}<svg width="100%" height="${height}" viewBox="0 0 ${innerWidth} ${height}" preserveAspectRatio="none">` +
    `${lines}${spec.inner ?? ''}</svg>${labels.join('')}${times.join('')}</svg>`
  );
}

function across(y: number, className: string): string {
  return `<line class="${className}" x1="0" x2="100%" y1="${y}" y2="${y}"/>`;
}

function path(line: Line, spec: ChartSpec): string {
  const { rows, scale } = line;
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return '';
  const points: string[] = [];
  for (const row of rows) {
    const value = line.y[row] as number;
    const y = chartY(scale === undefined ? value : scale(value), spec);
    points.push(`${innerX(line.x[row] as number, spec.x)} ${y}`);
  }
  const stroke = points.join('L');
  const drawn = `<path class="line ${line.className}" d="M${stroke}"/>`;
  if (line.fillTo === undefined) return drawn;
  const base = chartY(line.fillTo, spec);
  const left = innerX(line.x[first] as number, spec.x);
  const right = innerX(line.x[last] as number, spec.x);
  return `<path class="fill ${line.className}" d="M${left} ${base}L${stroke}L${right} ${base}Z"/>${drawn}`;
}

/** A place on a picture, at a tenth of a pixel. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
