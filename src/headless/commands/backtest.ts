/** `backtest`: a strategy over candles, with its figures, its report and everything the figures rest on. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadNative } from '../../adapters/compute/native.ts';
import { BacktestCancelledError } from '../../app/backtest/backtest-options.ts';
import { loadStrategy } from '../../app/backtest/load-strategy.ts';
import { runBacktest } from '../../app/backtest/run-backtest.ts';
import { exactMetrics } from '../../app/report/exact-numbers.ts';
import { type MeasuredResult, type MeasureOptions, measureResult } from '../../app/report/measure.ts';
import { moneyPlaces } from '../../shared/lab/money-places.ts';
import type { BacktestResult } from '../../shared/lab/result.ts';
import { closedTrades, roundTripsOf } from '../../shared/lab/round-trips.ts';
import { paramsLine } from '../../shared/lab/run-params.ts';
import { fundingWords, tradesWords } from '../../shared/lab/run-words.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { programVersion } from '../../shared/version.ts';
import type { CommandContext } from '../cli/context.ts';
import { withFlagNames } from '../cli/run-field-flags.ts';
import { checkOutFile, writeOutFile } from '../host/out-file.ts';
import { interruptedExitCode, listenForSignals, type StopSignals } from '../host/stop-signals.ts';
import { renderFacts } from '../output/table.ts';
import { countWords, moneyText } from '../output/words.ts';
import { type BacktestFlags, backtestSpecOf } from './backtest-flags.ts';
import { type OwnStrategy, withOwnStrategy } from './own-strategy.ts';

const terminalProgressMs = 500;
const plainProgressMs = 5_000;

/** Runs a backtest and gives the exit code. Throws `ApiError`; on an error no file is written. */
export async function backtest(context: CommandContext, typed: BacktestFlags): Promise<number> {
  const { flags, own } = await withOwnStrategy(typed);
  const given = await backtestSpecOf(flags);
  // What is stored is run again from any folder.
  const spec = flags.save === true ? (await import('./whole-paths.ts')).withWholePaths(given) : given;
  checkOutFile('trades-out', flags.tradesOut);
  checkOutFile('report', flags.report);
  checkOutFile('report-json', flags.reportJson);
  const signals = listenForSignals(() => undefined);
  try {
    const result = await running(context, spec, { own, withAudit: flags.audit === true, signals });
    const measured = measureResult(loadNative(), result, await knownOf(context.dataFolder, result));
    await writeFiles(flags, measured);
    tell(
      context,
      measured,
      flags,
      flags.save === true ? await saved(context.dataFolder, measured) : undefined,
    );
    return 0;
  } catch (error) {
    if (error instanceof BacktestCancelledError) return interruptedExitCode;
    throw withFlagNames(error);
  } finally {
    signals.dispose();
  }
}

interface Running {
  readonly own: OwnStrategy | undefined;
  readonly withAudit: boolean;
  readonly signals: StopSignals;
}

async function running(
  context: CommandContext,
  spec: BacktestSpec,
  { own, signals, withAudit }: Running,
): Promise<BacktestResult> {
  const isTerminal = process.stderr.isTTY === true;
  const startedMs = performance.now();
  let shownMs = startedMs;
  const stored = spec.series.some(
    ({ detail, funding, marks, source }) =>
      source.kind === 'store' ||
      funding?.kind === 'store' ||
      marks?.kind === 'store' ||
      (detail?.kind === 'candles' && detail.source.kind === 'store'),
  );
  const onProgress = (done: number, total: number): void => {
    const nowMs = performance.now();
    if (nowMs - shownMs < (isTerminal ? terminalProgressMs : plainProgressMs)) return;
    shownMs = nowMs;
    const rate = Math.max(1, Math.round(done / ((nowMs - startedMs) / 1000)));
    const left = Math.ceil((total - done) / rate);
    const line = `${countWords(done)} of ${countWords(total)} candles, ${countWords(rate)}/s, ${left} s left`;
    if (isTerminal) context.output.talkInPlace(line);
    else context.output.talk(line);
  };
  if (own !== undefined) return runningOwn(context, spec, own, { signals, withAudit, onProgress });
  const strategy = await loadStrategy(spec.strategy);
  const result = await runBacktest(spec, {
    findStrategy: () => strategy,
    readStored: stored
      ? (await import('../../app/backtest/stored-candles.ts')).storedCandles(context.dataFolder)
      : undefined,
    withAudit,
    isCancelled: signals.isRequested,
    onProgress,
  });
  if (isTerminal && shownMs > startedMs) context.output.talkInPlace('');
  return result;
}

/** Runs code of the user's own on another thread: one that never returns is ended there and named. */
async function runningOwn(
  { dataFolder }: CommandContext,
  spec: BacktestSpec,
  own: OwnStrategy,
  options: Pick<Running, 'signals' | 'withAudit'> & { onProgress(done: number, total: number): void },
): Promise<BacktestResult> {
  const { runInWorker } = await import('../../app/backtest/run-in-worker.ts');
  const { onProgress, signals, withAudit } = options;
  const abort = new AbortController();
  void signals.requested.then(() => abort.abort());
  const request = { spec, dataFolder, strategyModule: own.path, withAudit };
  return runInWorker(request, { onProgress, signal: abort.signal });
}

/** What the checks of this data folder have found about the run; nothing is loaded where there are none. */
async function knownOf(dataFolder: string, result: BacktestResult): Promise<MeasureOptions> {
  if (!existsSync(join(dataFolder, 'lab', 'evidence.jsonl'))) return {};
  const [{ EvidenceLog }, { evidenceOf }, { withWholePaths }] = await Promise.all([
    import('../../adapters/lab/evidence-log.ts'),
    import('../../shared/lab/evidence.ts'),
    import('./whole-paths.ts'),
  ]);
  const { finalEquity, spec, trades } = result;
  const subject = { spec: withWholePaths(spec), finalEquity, trades: trades.length };
  return evidenceOf(subject, new EvidenceLog(dataFolder).read(), programVersion);
}

/** Keeps the run as the Lab does; gives its id. */
async function saved(dataFolder: string, measured: MeasuredResult): Promise<string> {
  const [{ EvidenceLog }, { LabFiles }, { BacktestStore }] = await Promise.all([
    import('../../adapters/lab/evidence-log.ts'),
    import('../../adapters/lab/lab-files.ts'),
    import('../../app/lab/backtest-store.ts'),
  ]);
  const store = new BacktestStore(new LabFiles(dataFolder), new EvidenceLog(dataFolder));
  return store.save(measured, undefined, Date.now()).id;
}

async function writeFiles(flags: BacktestFlags, measured: MeasuredResult): Promise<void> {
  const createdMs = Date.now();
  if (flags.tradesOut !== undefined) {
    const { tradesCsv } = await import('../../app/report/trade-file.ts');
    await writeOutFile('trades-out', flags.tradesOut, tradesCsv(measured.result));
  }
  if (flags.report !== undefined) {
    const { reportHtml } = await import('../../app/report/html/page.ts');
    await writeOutFile('report', flags.report, reportHtml(measured, { createdMs }));
  }
  if (flags.reportJson !== undefined) {
    const { reportJson } = await import('../../app/report/report-json.ts');
    await writeOutFile('report-json', flags.reportJson, reportJson(measured, createdMs));
  }
}

function tell(
  context: CommandContext,
  { result, performance: figures, confidence }: MeasuredResult,
  flags: BacktestFlags,
  id: string | undefined,
): void {
  const { counts, instruments } = result;
  const quote = instruments[0]?.quote ?? '';
  const value = {
    ...(id === undefined ? {} : { backtest: id }),
    strategy: result.spec.strategy,
    path: result.path,
    params: result.params,
    instruments,
    trades: result.trades.length,
    startEquity: moneyText(result.startEquity),
    finalEquity: moneyText(result.finalEquity),
    fees: moneyText(result.fees),
    funding: moneyText(result.funding),
    slippage: moneyText(result.slippage),
    ...counts,
    fromMs: result.fromMs,
    toMs: result.toMs,
    metrics: exactMetrics(figures.values),
    assumptions: result.assumptions,
    warnings: result.warnings,
    confidence: confidence.grade,
    confidenceSummary: confidence.summary,
    confidenceChecks: confidence.checks,
    barsPerSecond: result.barsPerSecond,
    wallMs: result.wallMs,
    ...(result.auditHash === undefined ? {} : { auditHash: result.auditHash }),
  };
  const percent = (ratio: number | null | undefined): string =>
    ratio === null || ratio === undefined ? '–' : `${(ratio * 100).toFixed(2)} %`;
  const { values } = figures;
  const equity = [result.startEquity, result.finalEquity];
  const money = (value: number): string => value.toFixed(moneyPlaces([value]));
  const roundTrips = roundTripsOf(counts, closedTrades(values));
  const written = [flags.report, flags.reportJson, flags.tradesOut].filter((path) => path !== undefined);
  context.output.result(value, () =>
    [
      // In front: they say how the figures below are to be read.
      ...result.warnings.map((warning) => `Warning: ${warning}`),
      renderFacts([
        ...(result.params ?? []).map((params): [string, string] => [
          'Parameters',
          paramsLine(params, instruments),
        ]),
        [
          'Trades',
          `${tradesWords(values, countWords)} (${countWords(counts.fills)} ${counts.fills === 1 ? 'fill' : 'fills'}, ${counts.rejected === 1 ? '1 order' : `${countWords(counts.rejected)} orders`} refused)`,
        ],
        ...(roundTrips === undefined
          ? []
          : [['Round trips', `${countWords(roundTrips)} inside the trades`] as [string, string]]),
        ['Equity', `${equity.map((value) => value.toFixed(moneyPlaces(equity))).join(' → ')} ${quote}`],
        ['Return', percent(values['totalReturn'])],
        ['Drawdown', percent(values['maxDrawdown'])],
        ['Sharpe', values['sharpe']?.toFixed(2) ?? '–'],
        [
          'Costs',
          `fees ${money(result.fees)}, slippage ${money(result.slippage)}, funding ${fundingWords(result.funding, money)} ${quote}`,
        ],
        ['Evidence of profit', `${confidence.grade}: ${confidence.summary}`],
        ['Candles', `${countWords(counts.bars)} in ${result.wallMs} ms`],
        ...(id === undefined ? [] : [['Stored as', id] as [string, string]]),
        ...written.map((path): [string, string] => ['Written', path]),
      ]),
      ...confidence.checks
        .filter(({ outcome }) => outcome === 'failed')
        .map(({ finding, title }) => `Against it: ${title}: ${finding}`),
    ].join('\n'),
  );
}
