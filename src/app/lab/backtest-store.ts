/** Stored backtests: a summary for lists, the report for pages, the trades in columns. */

import { z } from 'zod';
import type { EvidenceLog } from '../../adapters/lab/evidence-log.ts';
import type { LabFiles } from '../../adapters/lab/lab-files.ts';
import {
  type BacktestReportView,
  type BacktestSummaryView,
  type BacktestTradeView,
  backtestReportView,
  backtestSummaryView,
  confidenceView,
} from '../../shared/api/lab-views.ts';
import { regradeConfidence } from '../../shared/lab/confidence.ts';
import { evidenceOf, type KeptEvidence, mostTried, type Tried } from '../../shared/lab/evidence.ts';
import type { MetricValues } from '../../shared/lab/metrics.ts';
import { exitReasons, tradeColumns } from '../../shared/lab/result.ts';
import { programVersion } from '../../shared/version.ts';
import { regradedHtml, reportHtml } from '../report/html/page.ts';
import type { MeasuredResult } from '../report/measure.ts';
import { exactTrades, reportObject } from '../report/report-json.ts';
import { deflatedAgain } from './deflate-again.ts';

const sparkPoints = 100;

/** Summaries stored before the grade's reasons were kept in them have them in their report alone. */
const summaryFile = backtestSummaryView.extend({ confidence: confidenceView.optional() });
const pageFile = z.object({ html: z.string() });
const tradesFile = z.object({
  length: z.number().int(),
  columns: z.record(z.enum(tradeColumns), z.array(z.number().nullable())),
});

export class BacktestStore {
  readonly #files: LabFiles;
  readonly #evidence: EvidenceLog;
  /** Figures worked out again, by run and number of settings. */
  readonly #deflatedOf = new Map<string, MetricValues>();

  constructor(files: LabFiles, evidence: EvidenceLog) {
    this.#files = files;
    this.#evidence = evidence;
  }

  /** Keeps a result; gives its summary. The summary is written last: without it nothing is shown. */
  save(measured: MeasuredResult, name: string | undefined, createdMs: number): BacktestSummaryView {
    const { result, performance, confidence } = measured;
    const { id } = this.#files.create('backtests');
    const { trades: _trades, ...report } = reportObject(measured, createdMs) as { trades: unknown };
    this.#files.write('backtests', id, 'trades.json', {
      length: result.trades.length,
      columns: exactTrades(result),
    });
    this.#files.write('backtests', id, 'report.json', { ...report, tradeCount: result.trades.length });
    const title = name ?? `${result.spec.strategy} on ${result.instruments[0]?.symbol ?? 'nothing'}`;
    this.#files.write('backtests', id, 'page.json', {
      html: reportHtml(measured, { createdMs, title }),
    });
    const summary: BacktestSummaryView = {
      id,
      name: title,
      createdMs,
      spec: result.spec,
      instruments: result.instruments.map((instrument) => ({ ...instrument })),
      fromMs: result.fromMs,
      toMs: result.toMs,
      startEquity: result.startEquity,
      finalEquity: result.finalEquity,
      metrics: { ...performance.values },
      grade: confidence.grade,
      wallMs: result.wallMs,
      barsPerSecond: result.barsPerSecond,
      spark: sparkOf(result.equity.equity),
    };
    this.#files.write('backtests', id, 'summary.json', { ...summary, confidence });
    return summary;
  }

  list(): BacktestSummaryView[] {
    const kept = this.#evidence.read();
    return this.#files
      .list('backtests')
      .filter((id) => this.#files.has('backtests', id, 'summary.json'))
      .map((id) => this.summary(id, kept));
  }

  /** What lists show, with the grade by what is known now. */
  summary(id: string, kept: KeptEvidence = this.#evidence.read()): BacktestSummaryView {
    const { confidence, summary } = this.#graded(id, kept);
    return { ...summary, grade: confidence.grade };
  }

  /** The report, graded by what is known now. */
  report(id: string): BacktestReportView {
    const { confidence, summary } = this.#graded(id, this.#evidence.read());
    const report = this.#report(id);
    const { deflatedSharpe = null, trials = null } = summary.metrics;
    return { ...report, metrics: { ...report.metrics, deflatedSharpe, trials }, confidence };
  }

  #report(id: string): BacktestReportView {
    return this.#files.read('backtests', id, 'report.json', backtestReportView);
  }

  /** A summary, and the grade of the run with what the checks have found since. */
  #graded(id: string, findings: KeptEvidence) {
    const stored = this.#files.read('backtests', id, 'summary.json', summaryFile);
    const { confidence: kept, ...summary } = stored;
    const before = kept ?? this.#report(id).confidence;
    const subject = { ...summary, trades: summary.metrics['trades'] ?? 0 };
    const { evidence, ...found } = evidenceOf(subject, findings, programVersion);
    const metrics = { ...summary.metrics, ...this.#deflated(id, summary.metrics, found) };
    const now = regradeConfidence(before, metrics, evidence);
    return { summary: { ...summary, metrics }, confidence: { ...now, checks: [...now.checks] } };
  }

  /** What changes in the figures because more settings were tried than the run was measured with; nothing where none were. */
  #deflated(id: string, metrics: MetricValues, found: Tried): MetricValues {
    const stored = { trials: metrics['trials'] ?? 1, trialVariance: undefined };
    const most = mostTried(stored, found);
    if (most.trials === stored.trials) return {};
    const key = `${id}|${most.trials}|${most.trialVariance}`;
    let known = this.#deflatedOf.get(key);
    if (known === undefined) {
      known = deflatedAgain(this.#report(id), most);
      this.#deflatedOf.set(key, known);
    }
    return known;
  }

  /** The report as one HTML page. */
  html(id: string): string {
    const { html } = this.#files.read('backtests', id, 'page.json', pageFile);
    return regradedHtml(html, this.#graded(id, this.#evidence.read()).confidence);
  }

  trades(
    id: string,
    offset: number,
    limit: number,
  ): { readonly rows: BacktestTradeView[]; readonly total: number } {
    const { instruments } = this.summary(id);
    const { length, columns } = this.#files.read('backtests', id, 'trades.json', tradesFile);
    const end = Math.min(length, offset + limit);
    const rows: BacktestTradeView[] = [];
    for (let row = offset; row < end; row += 1) {
      const at = (name: (typeof tradeColumns)[number]): number => columns[name]?.[row] ?? 0;
      rows.push({
        number: row + 1,
        instrument: instruments[at('instrument')]?.symbol ?? '',
        side: at('side') > 0 ? 'long' : 'short',
        entryTimeMs: at('entryTimeMs'),
        exitTimeMs: at('exitTimeMs'),
        quantity: at('quantity'),
        entryPrice: at('entryPrice'),
        exitPrice: at('exitPrice'),
        fees: at('fees'),
        funding: at('funding'),
        slippage: at('slippage'),
        profit: at('profit'),
        profitRatio: at('profitRatio'),
        mae: at('mae'),
        mfe: at('mfe'),
        exitReason: exitReasons[at('exitReason')] ?? 'open',
      });
    }
    return { rows, total: length };
  }

  remove(id: string): void {
    this.#files.remove('backtests', id);
  }
}

/** Gives a column in at most `points` points, evenly picked, the first and the last among them. */
export function sparkOf(column: Float64Array, points = sparkPoints): number[] {
  if (column.length <= points) return [...column];
  return Array.from(
    { length: points },
    (_none, index) => column[Math.round((index * (column.length - 1)) / (points - 1))] as number,
  );
}
