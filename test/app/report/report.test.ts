import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { regradedHtml, reportHtml } from '../../../src/app/report/html/page.ts';
import { type MeasuredResult, measureResult } from '../../../src/app/report/measure.ts';
import { reportJson } from '../../../src/app/report/report-json.ts';
import { tradesCsv } from '../../../src/app/report/trade-file.ts';
import { metricIds, metrics } from '../../../src/shared/lab/metrics.ts';
import { emptyTrades } from '../../../src/shared/lab/result.ts';
import { type SampleOptions, sampleRun } from './sample-result.ts';

const addon = loadNative();
const createdMs = Date.UTC(2026, 2, 1);

const measured = (options: SampleOptions = {}): MeasuredResult => measureResult(addon, sampleRun(options));

const page = (options: SampleOptions = {}): string => reportHtml(measured(options), { createdMs });

test('the page loads nothing, runs nothing, and its policy knows its one style sheet', () => {
  const html = page();
  const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(html).toContain(
    `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
  );
  expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<style>'));
  expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|javascript:|https?:\/\//i);
  // The policy forbids styles and handlers in attributes.
  expect(html).not.toMatch(/\s(?:style|on\w+)=/i);
});

test('what users name is shown, never run', () => {
  const html = page({ strategy: 'a&b', symbol: '<img src=x onerror="alert(1)">/USDT' });
  expect(html).toContain('a&amp;b');
  expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;/USDT');
  expect(html).not.toContain('<img');
});

test('the page shows every figure that has a value, with what it means', () => {
  const found = measured();
  const html = reportHtml(found, { createdMs });
  const meaning = (text: string): boolean => html.includes(text.replaceAll("'", '&#39;'));
  for (const metric of metrics) {
    expect(meaning(metric.meaning), metric.id).toBe(found.performance.values[metric.id] !== null);
  }
  for (const line of [...found.result.assumptions, ...found.result.warnings]) expect(html).toContain(line);
  for (const { finding } of found.confidence.checks) expect(html).toContain(finding);
  expect(html).not.toMatch(/NaN|undefined|Infinity|null/);
});

test('the page tells which way funding went, and how many trades are still open', () => {
  const found = measured();
  const figure = (values: Readonly<Record<string, number>>) =>
    reportHtml(
      { ...found, performance: { ...found.performance, values: { ...found.performance.values, ...values } } },
      { createdMs },
    );
  const page = figure({ trades: 1533, openTrades: 1, funding: 23.1 });
  expect(page).toMatch(/<span>Trades<\/span><b class="">1.532 closed, 1 open<\/b>/);
  expect(page).toContain('<dt>Funding and interest</dt><dd>received 23.10</dd>');
  expect(figure({ funding: -59.77, openTrades: 0, trades: 7 })).toContain('<dd>paid 59.77</dd>');
});

test('a page that an older version wrote shows the grade of now, in its badge and its reasons', () => {
  const found = measured();
  const old = reportHtml(found, { createdMs })
    .replace(/<a class="badge grade-[A-E]".*?<\/a>/s, '<a class="badge grade-B" href="#confidence">B</a>')
    .replace(
      /<section class="card" id="confidence">.*?<\/section>/s,
      '<section class="card" id="confidence"><h2>Confidence</h2><p>Well supported.</p></section>',
    );
  expect(old).toContain('grade-B" href');
  expect(regradedHtml(old, found.confidence)).toBe(reportHtml(found, { createdMs }));
});

test('tags are closed in their order', () => {
  const open: string[] = [];
  const single = new Set(['meta', 'line', 'rect', 'circle', 'path', '!doctype']);
  for (const [, end, name = '', self] of page().matchAll(/<(\/?)([!a-z][a-z0-9]*)[^>]*?(\/?)>/gi)) {
    const tag = name.toLowerCase();
    if (end === '/') expect(open.pop()).toBe(tag);
    else if (self !== '/' && !single.has(tag)) open.push(tag);
  }
  expect(open).toEqual([]);
});

test('months of the table compound the days', () => {
  const found = measured();
  const { months, years, values } = found.performance;
  const compound = (list: readonly { value: number }[]): number =>
    list.reduce((growth, { value }) => growth * (1 + value), 1) - 1;
  expect(compound(months)).toBeCloseTo(values['totalReturn'] as number, 10);
  expect(compound(years)).toBeCloseTo(values['totalReturn'] as number, 10);
  expect(page()).toContain(`<td class="n ${(months[0]?.value ?? 0) > 0 ? 'gain' : 'loss'}`);
});

test('a large run makes a small page', () => {
  const html = page({ bars: 143_900, timeframeMs: 300_000, tradeEvery: 40 });
  expect(html.length).toBeLessThan(600_000);
  expect(html).toContain('The 300 trades with the largest profit or loss of 3 597.');
  expect(html).toContain('The first 100 of 3 597');
});

test.each(['no trades', 'one bar', 'nothing'])('a run with %s has a page and JSON too', (which) => {
  const result = sampleRun({ bars: 500 });
  const rows = which === 'nothing' ? 0 : which === 'one bar' ? 1 : 500;
  const equity = {
    length: rows,
    timeMs: result.equity.timeMs.slice(0, rows),
    equity: new Float64Array(rows).fill(10_000),
    exposure: new Float64Array(rows),
  };
  const empty = { ...result, trades: emptyTrades(0), equity, fees: 0, slippage: 0, finalEquity: 10_000 };
  const price = { close: result.price?.close.slice(0, rows) ?? new Float64Array(rows), start: 20_000 };
  const found = measureResult(addon, { ...empty, price });
  expect(reportHtml(found, { createdMs })).not.toMatch(/NaN|undefined|Infinity/);
  const without = measureResult(addon, { ...empty, price: undefined });
  expect(reportHtml(without, { createdMs })).not.toMatch(/NaN|undefined|Infinity/);
  expect(JSON.parse(reportJson(found, createdMs))).toMatchObject({ schemaVersion: 2 });
});

test('JSON has the schema, every figure and all trades', () => {
  const found = measured();
  const text = reportJson(found, createdMs);
  // Months and years have no more digits than other ratios.
  const { months, years } = JSON.parse(text) as { months: { value: number }[]; years: { value: number }[] };
  expect([...months, ...years].filter(({ value }) => value !== Number(value.toPrecision(12)))).toEqual([]);
  expect(found.performance.months.some(({ value }) => value !== Number(value.toPrecision(12)))).toBe(true);
  expect(text).not.toMatch(/NaN|Infinity/);
  const report = JSON.parse(text);
  expect(report).toMatchObject({ schema: 'sextant.backtest-report', schemaVersion: 2, createdMs });
  expect(Object.keys(report.metrics)).toEqual(metricIds);
  expect(report.trades.profit).toHaveLength(found.result.trades.length);
  expect(report.trades.profit[3]).toBeCloseTo(found.result.trades.profit[3] as number, 9);
  expect(report.daily.equity.at(-1)).toBeCloseTo(found.result.finalEquity, 9);
  expect(report.drawdowns[0].peakMs).toBeLessThanOrEqual(report.drawdowns[0].troughMs);
});

test('trades as CSV: a line each, in words where the table has numbers', () => {
  const result = sampleRun({ bars: 300, symbol: 'A,B/USDT' });
  const [header = '', first = ''] = tradesCsv(result).split('\n');
  expect(header.startsWith('instrument,side,entryTimeMs')).toBe(true);
  expect(header.endsWith('exitReason,accountReturn')).toBe(true);
  expect(first.startsWith(`"A,B/USDT",long,${result.trades.entryTimeMs[0]},`)).toBe(true);
  const returned = Number(first.split(',').at(-1));
  expect(returned).toBeCloseTo((result.trades.profit[0] as number) / 10_000, 12);
});
