/** The tables of a report. */

import { moneyPlaces } from '../../../shared/lab/money-places.ts';
import { exitReasons } from '../../../shared/lab/result.ts';
import type { MeasuredResult } from '../measure.ts';
import {
  dayText,
  duration,
  escapeHtml,
  minuteText,
  money,
  none,
  number,
  percent,
  price,
  signedPercent,
} from './format.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Returns of this size have the strongest colour. */
const strongestMonth = 0.2;
const heatSteps = 5;

interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly isText?: boolean;
}

function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const head = columns.map(
    ({ title, isText }) => `<th${isText === true ? '' : ' class="n"'}>${escapeHtml(title)}</th>`,
  );
  const cell = (text: string, index: number): string =>
    `<td${columns[index]?.isText === true ? '' : ' class="n"'}>${text}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`);
  return `<div class="wide"><table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** Returns of each month and year, coloured by size. */
export function monthTable({ performance }: MeasuredResult): string {
  const byMonth = new Map(performance.months.map(({ year, month, value }) => [year * 12 + month, value]));
  const cell = (value: number | undefined): string => {
    if (value === undefined) return '<td></td>';
    const step = Math.min(heatSteps, Math.ceil((Math.abs(value) / strongestMonth) * heatSteps));
    const heat = step === 0 ? '' : `${value > 0 ? 'gain' : 'loss'}-${step}`;
    return `<td class="n ${heat}">${number(value * 100, 1)}</td>`;
  };
  const rows = performance.years.map(({ year, value }) => {
    const months = monthNames.map((_, index) => cell(byMonth.get(year * 12 + index + 1)));
    return `<tr><th scope="row">${year}</th>${months.join('')}<td class="n total ${tone(value)}">${signedPercent(value, 1)}</td></tr>`;
  });
  const head = monthNames.map((name) => `<th class="n">${name}</th>`).join('');
  return (
    `<div class="wide"><table class="months"><thead><tr><th></th>${head}<th class="n">Year</th></tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
}

/** Name of the colour of a gain or a loss. */
export function tone(value: number): string {
  if (value > 0) return 'good';
  return value < 0 ? 'bad' : '';
}

function toned(value: number, text: string): string {
  return `<span class="${tone(value)}">${text}</span>`;
}

/** The deepest falls. */
export function drawdownTable({ performance, result }: MeasuredResult): string {
  const { timeMs } = result.equity;
  const timeOf = (row: number): number => timeMs[row] ?? result.toMs;
  const rows = performance.drawdowns.map(({ peakRow, troughRow, recoveryRow, depth }) => {
    const end = recoveryRow === undefined ? result.toMs : timeOf(recoveryRow);
    const days = (ms: number): string => duration(ms / hourMs);
    return [
      toned(depth, percent(depth)),
      dayText(timeOf(peakRow)),
      dayText(timeOf(troughRow)),
      recoveryRow === undefined ? 'not yet' : dayText(end),
      days(timeOf(troughRow) - timeOf(peakRow)),
      recoveryRow === undefined ? none : days(end - timeOf(troughRow)),
      days(end - timeOf(peakRow)),
    ];
  });
  if (rows.length === 0) return '<p class="muted">There was no drawdown.</p>';
  const titles = ['Depth', 'Peak', 'Low', 'Recovered', 'To the low', 'Back up', 'In all'];
  return table(
    titles.map((title) => ({ title })),
    rows,
  );
}

/** What trades came to by the reason of their end. */
export function reasonTable({ result: { trades } }: MeasuredResult): string {
  const rows = exitReasons.flatMap((reason, index) => {
    let count = 0;
    let wins = 0;
    let profit = 0;
    let hours = 0;
    for (let row = 0; row < trades.length; row++) {
      if (trades.exitReason[row] !== index) continue;
      count += 1;
      const made = trades.profit[row] as number;
      if (made > 0) wins += 1;
      profit += made;
      hours += ((trades.exitTimeMs[row] as number) - (trades.entryTimeMs[row] as number)) / hourMs;
    }
    if (count === 0) return [];
    const total = toned(profit, money(profit));
    const average = toned(profit, money(profit / count));
    return [[reason, number(count, 0), percent(wins / count, 1), total, average, duration(hours / count)]];
  });
  if (rows.length === 0) return '<p class="muted">There was no trade.</p>';
  const titles = ['Trades', 'Won', 'Profit', 'A trade', 'Duration'].map((title) => ({ title }));
  return table([{ title: 'Ended by', isText: true }, ...titles], rows);
}

/** The first trades, one a row. */
export function tradeTable({ result }: MeasuredResult, rowsMaximum: number): string {
  const { trades, instruments } = result;
  const hasSeveral = instruments.length > 1;
  const count = Math.min(trades.length, rowsMaximum);
  const placesOf = (column: Float64Array): number => moneyPlaces([...column.subarray(0, count)]);
  const feePlaces = placesOf(trades.fees);
  const profitPlaces = placesOf(trades.profit);
  const rows = Array.from({ length: count }, (_, row) => {
    const profit = trades.profit[row] as number;
    const ratio = trades.profitRatio[row] as number;
    const cells = [
      String(row + 1),
      (trades.side[row] as number) > 0 ? 'long' : 'short',
      minuteText(trades.entryTimeMs[row] as number),
      minuteText(trades.exitTimeMs[row] as number),
      price(trades.quantity[row] as number),
      price(trades.entryPrice[row] as number),
      price(trades.exitPrice[row] as number),
      money(trades.fees[row] as number, feePlaces),
      toned(profit, money(profit, profitPlaces)),
      toned(ratio, signedPercent(ratio)),
      percent(trades.mae[row] as number),
      percent(trades.mfe[row] as number),
      exitReasons[trades.exitReason[row] as number] ?? none,
    ];
    const symbol = instruments[trades.instrument[row] as number]?.symbol ?? none;
    return hasSeveral ? [...cells, escapeHtml(symbol)] : cells;
  });
  const columns: Column[] = [
    { title: '#' },
    { title: 'Side', isText: true },
    ...['In', 'Out', 'Quantity', 'Price in', 'Price out', 'Fees', 'Profit', 'Return', 'Worst', 'Best'].map(
      (title) => ({ title }),
    ),
    { title: 'Ended by', isText: true },
  ];
  return table(hasSeveral ? [...columns, { title: 'Market', isText: true }] : columns, rows);
}

/** First and last day, and how long it is. */
export function periodText({ result: { fromMs, toMs } }: MeasuredResult): string {
  return `${dayText(fromMs)} to ${dayText(Math.max(fromMs, toMs - 1))} (${number(Math.max(0, toMs - fromMs) / dayMs, 0)} days)`;
}
