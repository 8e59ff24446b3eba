/** What a plot says under the pointer: the place, then the value of each line in the words of its own axis. */

import type uPlot from 'uplot';
import { formatMinute } from '../format/time-text.ts';

export interface ReadoutPart {
  readonly label: string;
  readonly text: string;
  /** Empty for the place itself. */
  readonly colour: string;
}

/** The parts of a plot that its readout needs. */
export type ReadPlot = Pick<uPlot, 'series' | 'axes' | 'data' | 'scales'>;

/** Gives the parts of the readout at an index; lines without a value there are left out. */
export function readoutAt(plot: ReadPlot, index: number): readonly ReadoutPart[] {
  const [xSeries, ...lines] = plot.series;
  const x = plot.data[0][index];
  if (xSeries === undefined || x === undefined) return [];
  const isTime = plot.scales['x']?.time === true;
  const place = isTime
    ? { label: '', text: formatMinute(x * 1000), colour: '' }
    : { label: wordsOf(xSeries.label), text: textAt(plot, 'x', x), colour: '' };
  const values = lines.flatMap((line, at): readonly ReadoutPart[] => {
    const value = plot.data[at + 1]?.[index];
    if (value === null || value === undefined || !Number.isFinite(value) || line.show === false) return [];
    return [
      {
        label: wordsOf(line.label),
        text: textAt(plot, line.scale ?? 'y', value),
        colour: colourOf(plot, line, at + 1),
      },
    ];
  });
  return [place, ...values];
}

function wordsOf(label: uPlot.Series['label']): string {
  return typeof label === 'string' ? label : '';
}

/** A value as the axis of its scale writes it. */
function textAt(plot: ReadPlot, scale: string, value: number): string {
  const at = plot.axes.findIndex((axis, place) => (axis.scale ?? (place === 0 ? 'x' : 'y')) === scale);
  const write = plot.axes[at]?.values;
  const written = typeof write === 'function' ? write(plot as uPlot, [value], at, 0, 0)[0] : undefined;
  return written === undefined || written === null ? String(value) : String(written);
}

function colourOf(plot: ReadPlot, line: uPlot.Series, at: number): string {
  const { points, stroke } = line;
  const given = stroke ?? points?.stroke;
  const colour = typeof given === 'function' ? given(plot as uPlot, at) : given;
  return typeof colour === 'string' ? colour : '';
}

/** Writes the readout of where the pointer is; hides it when it is nowhere. */
export function showReadout(plot: uPlot, element: HTMLElement | null): void {
  if (element === null) return;
  const { idx, left } = plot.cursor;
  const parts = idx === null || idx === undefined || (left ?? -1) < 0 ? [] : readoutAt(plot, idx);
  element.hidden = parts.length === 0;
  element.replaceChildren(
    ...parts.map(({ colour, label, text }) => {
      const part = document.createElement('span');
      const value = document.createElement('span');
      if (colour !== '') value.style.color = colour;
      value.textContent = text;
      part.append(...(label === '' ? [] : [`${label} `]), value);
      return part;
    }),
  );
}
