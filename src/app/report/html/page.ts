/**
 * The report as one HTML file: no script, nothing loaded from anywhere, dark and light as the reader's system has it. A
 * strict policy in its head forbids everything but its own style sheet; every text of a user is escaped.
 */

import { createHash } from 'node:crypto';
import type { Confidence } from '../../../shared/lab/confidence.ts';
import type { CheckOutcome } from '../../../shared/lab/confidence-check.ts';
import { type Metric, metricGroups, metricOf, metrics } from '../../../shared/lab/metrics.ts';
import { moneyPlaces } from '../../../shared/lab/money-places.ts';
import { closedTrades, roundTripsMeaning, roundTripsOf } from '../../../shared/lab/round-trips.ts';
import { marketsOf, type SeriesParams, shownParams } from '../../../shared/lab/run-params.ts';
import { programVersion } from '../../../shared/version.ts';
import type { MeasuredResult } from '../measure.ts';
import {
  drawnTradesOf,
  equityCharts,
  excursionChart,
  histogramChart,
  rollingChart,
  tradesChart,
} from './charts.ts';
import { dayText, escapeHtml, figureText, money, number, signedPercent } from './format.ts';
import { pageStyle } from './style.ts';
import { drawdownTable, monthTable, periodText, reasonTable, tone, tradeTable } from './tables.ts';

export interface PageOptions {
  /** When the report was made, epoch ms UTC. */
  readonly createdMs: number;
  /** Rows of the table of trades; 100 by default. */
  readonly tradeRows?: number | undefined;
  /** What the strategy is called; its id by default. */
  readonly title?: string | undefined;
}

const defaultTradeRows = 100;

const headline = [
  'totalReturn',
  'cagr',
  'maxDrawdown',
  'sharpe',
  'calmar',
  'trades',
  'winRate',
  'profitFactor',
];

/** Builds the page. */
export function reportHtml(measured: MeasuredResult, options: PageOptions): string {
  const { result } = measured;
  const title = options.title ?? result.spec.strategy;
  const markets = result.instruments.map(({ symbol }) => symbol).join(', ');
  const styleHash = createHash('sha256').update(pageStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta http-equiv="Content-Security-Policy" content="${policy}">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta name="color-scheme" content="dark light"><meta name="referrer" content="no-referrer">` +
    `<title>${escapeHtml(`${title} · ${markets} · backtest`)}</title><style>${pageStyle}</style></head><body><main>` +
    header(measured, title) +
    tiles(measured) +
    warnings(measured) +
    parameters(measured) +
    pictures(measured) +
    grade(measured.confidence) +
    basis(measured) +
    figures(measured) +
    tables(measured, options) +
    footer(options) +
    `</main></body></html>\n`
  );
}

function header(measured: MeasuredResult, title: string): string {
  const { result, confidence } = measured;
  const quote = result.instruments[0]?.quote ?? '';
  const market = result.instruments.map(({ venue, symbol, kind }) => `${symbol} (${kind}, ${venue})`);
  const change = result.startEquity > 0 ? result.finalEquity / result.startEquity - 1 : 0;
  const places = moneyPlaces([result.startEquity, result.finalEquity]);
  const equity = `${money(result.startEquity, places)} → <b class="${tone(change)}">${money(result.finalEquity, places)}</b> ${escapeHtml(quote)}`;
  return (
    `<header><div><p class="kicker">Backtest</p><h1>${escapeHtml(title)}</h1>` +
    `<p class="sub">${escapeHtml(market.join(', '))} · ${escapeHtml(timeframeText(measured))} · ${periodText(measured)}</p>` +
    `<p class="sub">${equity}</p></div>` +
    `${badge(confidence)}</header>`
  );
}

function badge({ grade: letter }: Confidence): string {
  return (
    `<a class="badge grade-${letter}" href="#confidence" title="How well the run supports that the strategy earns; a loss is always an E">` +
    `<span>${letter}</span><small>evidence of profit</small></a>`
  );
}

/** Gives a page whose grade is what is known now, whichever version of the program wrote it. */
export function regradedHtml(html: string, now: Confidence): string {
  // Texts of others are escaped, so that neither tag can be in them.
  return html
    .replace(/<a class="badge .*?<\/a>/s, () => badge(now))
    .replace(/<section class="card" id="confidence">.*?<\/section>/s, () => grade(now));
}

function timeframeText({ result }: MeasuredResult): string {
  const minutes = (result.instruments[0]?.timeframeMs ?? 0) / 60_000;
  if (minutes >= 1440 && minutes % 1440 === 0) return `${minutes / 1440} d candles`;
  if (minutes >= 60 && minutes % 60 === 0) return `${minutes / 60} h candles`;
  return minutes >= 1 ? `${minutes} m candles` : `${minutes * 60} s candles`;
}

function tiles({ performance, result }: MeasuredResult): string {
  const tile = (id: string): string => {
    const metric = metricOf(id);
    if (metric === undefined) return '';
    const value = performance.values[id];
    const text =
      id === 'totalReturn' || id === 'cagr' ? signed(value) : figureText(metric, performance.values);
    const colour = metric.unit === 'ratio' && id !== 'winRate' ? tone(value ?? 0) : '';
    return `<div class="tile"><span>${escapeHtml(metric.title)}</span><b class="${colour}">${text}</b></div>`;
  };
  const roundTrips = roundTripsOf(result.counts, closedTrades(performance.values));
  const note =
    roundTrips === undefined
      ? ''
      : `<p class="note">${number(roundTrips, 0)} round trips. ${escapeHtml(roundTripsMeaning)}</p>`;
  return `<section class="tiles">${headline.map(tile).join('')}</section>${note}`;
}

function signed(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : signedPercent(value, Math.abs(value) >= 10 ? 0 : 2);
}

function section(title: string, content: string, note = '', id = ''): string {
  if (content === '') return '';
  const remark = note === '' ? '' : `<p class="note">${note}</p>`;
  return `<section class="card"${id === '' ? '' : ` id="${id}"`}><h2>${escapeHtml(title)}</h2>${remark}${content}</section>`;
}

function pictures(measured: MeasuredResult): string {
  const { price } = measured;
  const { trades } = measured.result;
  const key =
    price === undefined ? '' : '<i class="key accent"></i> strategy <i class="key other"></i> buy and hold';
  const drawn = drawnTradesOf(measured);
  const which =
    drawn < trades.length
      ? `The ${drawn} trades with the largest profit or loss of ${number(trades.length, 0)}.`
      : 'From entry to exit.';
  const days = measured.performance.rollingDays;
  const drawTrades = price === undefined || trades.length === 0 ? '' : tradesChart(measured, price);
  return (
    section('Equity', equityCharts(measured), key) +
    section('Months', monthTable(measured), 'Return in percent; UTC.') +
    `<div class="pair">${section('Rolling Sharpe ratio', rollingChart(measured), `Over ${days} days, a year.`)}` +
    `${section('Daily returns', histogramChart(measured), 'How many days had a return of each size; days without movement left out.')}</div>` +
    section(
      'Trades on the price',
      drawTrades,
      `${which} <i class="key up"></i> profit <i class="key down"></i> loss`,
    ) +
    `<div class="pair">${section('Worst moment and outcome', excursionChart(measured, 'mae'), 'Each dot a trade: how far the price went against it, and what it made. Wins far to the left were nearly losses.')}` +
    `${section('Best moment and outcome', excursionChart(measured, 'mfe'), 'How far the price went in favour, and what was kept. Losses far to the right gave back a profit.')}</div>`
  );
}

const outcomeWords: Readonly<Record<CheckOutcome, string>> = {
  passed: 'passed',
  weak: 'weak',
  failed: 'failed',
  'not-done': 'not done',
};

function grade(confidence: Confidence): string {
  const rows = confidence.checks.map(
    ({ title, outcome, finding, advice }) =>
      `<li class="${outcome}"><b>${escapeHtml(title)}</b><em>${outcomeWords[outcome]}</em><p>${escapeHtml(finding)}` +
      `${advice === undefined ? '' : ` <span>${escapeHtml(advice)}</span>`}</p></li>`,
  );
  const words = `<p class="lead"><span class="letter grade-${confidence.grade}">${confidence.grade}</span>${escapeHtml(confidence.summary)}</p>`;
  const note =
    'How well this run supports that the strategy earns, A to E. A run without a profit is always an E.';
  return section(
    'Evidence of a profit',
    `${words}<ul class="checks">${rows.join('')}</ul>`,
    note,
    'confidence',
  );
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
}

function basis({ result }: MeasuredResult): string {
  return section(
    'Assumptions',
    `<ul class="plain">${list(result.assumptions)}</ul>`,
    'What the figures rest on.',
  );
}

/** What the strategy ran with, by the names of its form. */
function parameters({ result: { instruments, params = [] } }: MeasuredResult): string {
  const one = (series: SeriesParams): string => {
    const where = params.length > 1 ? `<h3>${escapeHtml(marketsOf(series, instruments))}</h3>` : '';
    const rows = shownParams(series, instruments).map(
      ({ label, text, suggested }) =>
        `<div class="figure"><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>` +
        `${suggested ? '<dd class="meaning">suggested</dd>' : ''}</div>`,
    );
    return `${where}<dl class="params">${rows.join('')}</dl>`;
  };
  const note =
    'Suggested: it was not given, and comes from the strategy and the market before the first candle.';
  return section('Parameters', params.map(one).join(''), note, 'parameters');
}

/** In front of the pictures: they say how the figures are to be read. */
function warnings({ result }: MeasuredResult): string {
  if (result.warnings.length === 0) return '';
  return section('Warnings', `<ul class="plain warnings">${list(result.warnings)}</ul>`);
}

function figures({ performance }: MeasuredResult): string {
  const row = (metric: Metric): string =>
    `<div class="figure"><dt>${escapeHtml(metric.title)}</dt><dd>${figureText(metric, performance.values)}</dd>` +
    `<dd class="meaning">${escapeHtml(metric.meaning)}</dd></div>`;
  const groups = metricGroups.map(({ id, title }) => {
    const shown = metrics.filter(
      (metric) => metric.group === id && (performance.values[metric.id] ?? null) !== null,
    );
    return section(title, shown.length === 0 ? '' : `<dl>${shown.map(row).join('')}</dl>`);
  });
  return `<div class="figures">${groups.join('')}</div>`;
}

function tables(measured: MeasuredResult, { tradeRows = defaultTradeRows }: PageOptions): string {
  const { trades } = measured.result;
  const shown = Math.min(trades.length, tradeRows);
  const note =
    shown < trades.length
      ? `The first ${number(shown, 0)} of ${number(trades.length, 0)}; the JSON report has them all.`
      : '';
  const list =
    shown === 0
      ? ''
      : `<details><summary>${number(shown, 0)} trades</summary>${tradeTable(measured, tradeRows)}</details>`;
  return (
    `<div class="pair uneven">${section('Deepest drawdowns', drawdownTable(measured))}${section('How trades ended', reasonTable(measured))}</div>` +
    section('Trades', list, note)
  );
}

function footer({ createdMs }: PageOptions): string {
  return (
    `<footer>Sextant ${escapeHtml(programVersion)} · ${dayText(createdMs)} · daily figures: UTC days, 365 a year, risk-free rate 0. ` +
    'A backtest shows what would have happened under the assumptions above, not what will.</footer>'
  );
}
