/** The part of the contract that belongs to the Lab: backtests, studies, checks and the jobs they run as. */

import { z } from 'zod';
import { backtestSpec } from '../lab/spec.ts';
import { studySpec, trialRow } from '../lab/study.ts';
import { walkForwardSpec } from '../lab/walk-forward.ts';
import { dataFormatView, dataSeriesView, seriesKindText } from './data-views.ts';
import { jobKinds, jobView } from './job-view.ts';
import {
  backtestReportView,
  backtestSummaryView,
  backtestTradeView,
  studySummaryView,
  testedTrialView,
  walkForwardView,
} from './lab-views.ts';
import { method } from './method.ts';
import { idText, listLimit, nameText, timeMs, venueText } from './primitives.ts';
import { candleView } from './views.ts';

const job = z.object({ job: jobView });
const labId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'must be an id such as bt-12');
const oneBacktest = z.strictObject({ backtest: labId });
const oneStudy = z.strictObject({ study: labId });
const nothing = z.strictObject({});
const done = z.object({});

const timeframe = z
  .string()
  .max(8)
  .regex(/^[1-9]\d{0,4}[smhdw]$/, 'must be a timeframe such as 1m, 4h or 1d');
const symbol = z.string().min(1).max(60);
const dataTarget = { venue: venueText, instrument: symbol };
const storedSeries = {
  ...dataTarget,
  kind: seriesKindText.default('candles'),
  timeframe: timeframe.optional(),
};

export const labMethods = {
  'data/list': method(
    'read',
    'Stored market data, and the formats that can be imported',
    z.strictObject({}),
    z.object({ series: z.array(dataSeriesView), formats: z.array(dataFormatView) }),
  ),
  'data/import': method(
    'admin',
    'Imports a file of the host: candles, mark prices, funding rates, trades or an order book; whole or not at all',
    z.strictObject({
      ...dataTarget,
      file: z.string().min(1).max(4096),
      timeframe: timeframe.optional(),
      format: idText.optional(),
      kind: z.enum(['candles', 'marks', 'trades', 'l2']).optional(),
      /** Order books: what to make of the sequence numbers, and the venue's own symbol where a file holds several. */
      sequence: z.enum(['checked', 'as-recorded']).optional(),
      sourceSymbol: nameText.optional(),
      columns: z
        .partialRecord(z.enum(['timestamp', 'open', 'high', 'low', 'close', 'volume']), nameText)
        .optional(),
      timeUnit: z.enum(['s', 'ms', 'us', 'ns', 'iso']).optional(),
      duplicates: z.enum(['refuse', 'keep-first', 'keep-last']).default('refuse'),
      sort: z.boolean().default(false),
      /** Lets the new rows stand where they differ from stored candles of the same time, which is refused otherwise. */
      replace: z.boolean().default(false),
      /** Takes candles that lie further apart than `timeframe`: those without trades were left out of the file. */
      sparse: z.boolean().default(false),
    }),
    job,
  ),
  'data/download': method(
    'admin',
    'Downloads candles, or single trades, from a venue; goes on where an earlier download ended',
    z.strictObject({
      venue: venueText,
      instruments: z.array(symbol).min(1).max(100),
      kind: z.enum(['candles', 'trades']).default('candles'),
      /** Needed for candles, refused for trades. */
      timeframes: z.array(timeframe).min(1).max(12).optional(),
      fromMs: timeMs,
      toMs: timeMs.optional(),
    }),
    job,
  ),
  'data/check': method(
    'trade',
    'Check sums, gaps and outliers of a stored series',
    z.strictObject(storedSeries),
    job,
  ),
  'data/repair': method(
    'admin',
    'Fills or downloads gaps, drops outliers, or undoes the last repair',
    z.strictObject({
      ...storedSeries,
      gaps: z.enum(['keep', 'fill', 'download']).default('keep'),
      outliers: z.enum(['keep', 'drop']).default('keep'),
      undo: z.boolean().default(false),
    }),
    job,
  ),
  'data/candles': method(
    'admin',
    'Joins stored trades, or those of an order book, to candles of a timeframe and stores them',
    z.strictObject({ ...dataTarget, kind: z.enum(['trades', 'l2']).default('trades'), timeframe }),
    job,
  ),
  'data/remove': method('admin', 'Forgets a stored series', z.strictObject(storedSeries), z.object({})),

  'jobs/list': method(
    'read',
    'Long-running work, newest first',
    z.strictObject({
      kinds: z.array(z.enum(jobKinds)).max(jobKinds.length).optional(),
      limit: listLimit.default(100),
    }),
    z.object({ jobs: z.array(jobView) }),
  ),
  'jobs/show': method('read', 'One job with its progress or result', z.strictObject({ job: idText }), job),
  'jobs/cancel': method(
    'trade',
    'Ends a job at its next step; what it has stored stays whole',
    z.strictObject({ job: idText }),
    job,
  ),

  'backtests/run': method(
    'trade',
    'Runs a backtest as a job; its report is stored',
    z.strictObject({
      spec: backtestSpec,
      name: nameText.optional(),
      /** The study whose trials led to these parameters: the Sharpe ratio is then deflated by their number. */
      study: labId.optional(),
    }),
    job,
  ),
  'backtests/list': method(
    'read',
    'Stored backtests, newest first',
    nothing,
    z.object({ backtests: z.array(backtestSummaryView) }),
  ),
  'backtests/show': method(
    'read',
    'The report of a stored backtest',
    oneBacktest,
    z.object({ summary: backtestSummaryView, report: backtestReportView }),
  ),
  'backtests/trades': method(
    'read',
    'Round trips of a stored backtest, oldest first',
    z.strictObject({
      backtest: labId,
      limit: z.number().int().min(1).max(20_000).default(1000),
      offset: z.number().int().min(0).max(10_000_000).default(0),
    }),
    z.object({ rows: z.array(backtestTradeView), total: z.number().int() }),
  ),
  'backtests/candles': method(
    'read',
    'Candles a backtest ran over, joined so that they fit a chart',
    z.strictObject({
      backtest: labId,
      fromMs: timeMs.optional(),
      toMs: timeMs.optional(),
      limit: z.number().int().min(10).max(5000).default(1500),
    }),
    z.object({ candles: z.array(candleView), timeframeMs: z.number() }),
  ),
  'backtests/html': method(
    'read',
    'The report of a stored backtest as one HTML page',
    oneBacktest,
    z.object({ html: z.string() }),
  ),
  'backtests/shadow': method(
    'trade',
    'Replays what a bot has lived through the backtester, as a job: both lists of trades compared, the difference explained',
    z.strictObject({
      bot: idText,
      fromMs: timeMs.optional(),
      toMs: timeMs.optional(),
      /** Candles of the bot two entries may lie apart and still be the same trade. */
      toleranceBars: z.number().int().min(0).max(100).default(2),
      /** Slippage the backtest assumes, a fraction. */
      slippage: z.number().min(0).max(0.1).default(0.0005),
    }),
    job,
  ),
  'backtests/remove': method('trade', 'Removes a stored backtest', oneBacktest, done),

  'studies/samplers': method(
    'read',
    'Samplers a study can use',
    nothing,
    z.object({ samplers: z.array(z.string()) }),
  ),
  'studies/run': method(
    'trade',
    'Runs an optimiser study as a job; every trial is stored',
    z.strictObject({ spec: studySpec }),
    job.extend({
      /** Parameters with a range of their own that the path cannot search: they stay as they are. */
      leftOut: z.array(z.object({ parameter: z.string(), reason: z.string() })),
    }),
  ),
  'studies/resume': method('trade', 'Goes on with a study that was ended early', oneStudy, job),
  'studies/list': method(
    'read',
    'Stored studies, newest first',
    nothing,
    z.object({ studies: z.array(studySummaryView) }),
  ),
  'studies/show': method(
    'read',
    'A study with its trials and its best ones tested on unseen data',
    oneStudy,
    z.object({
      summary: studySummaryView,
      parameters: z.array(z.string()),
      trials: z.array(trialRow),
      best: z.array(testedTrialView),
    }),
  ),
  'studies/remove': method('trade', 'Removes a stored study', oneStudy, done),

  'robustness/walk-forward': method(
    'trade',
    'Optimises and trades window after window, as a job',
    z.strictObject({ spec: walkForwardSpec }),
    job,
  ),
  'robustness/walk-forwards': method(
    'read',
    'Stored walk-forward runs, newest first',
    nothing,
    z.object({ runs: z.array(walkForwardView) }),
  ),
  'robustness/bias': method(
    'trade',
    'Checks a strategy for lookahead and too short a warm-up, as a job',
    z.strictObject({ spec: backtestSpec, cuts: z.number().int().min(1).max(200).default(20) }),
    job,
  ),
  'robustness/sensitivity': method(
    'trade',
    'Runs the neighbours of a setting: how much the result hangs on each parameter, as a job',
    z.strictObject({
      study: labId,
      /** Trial whose neighbours are run; the best one when left out. */
      trial: z.number().int().min(0).optional(),
      reach: z.number().int().min(1).max(20).default(4),
    }),
    job,
  ),
  'robustness/monte-carlo': method(
    'trade',
    'Runs the trades of a stored backtest again in other orders, as a job',
    z.strictObject({
      backtest: labId,
      method: z.enum(['shuffle', 'bootstrap', 'blocks', 'missed']).default('bootstrap'),
      runs: z.number().int().min(100).max(100_000).default(10_000),
      /** Probability with which each trade is missed, for `missed`. */
      missedShare: z.number().min(0).max(0.9).default(0.1),
      /** Trades drawn together, for `blocks`. */
      blockLength: z.number().int().min(1).max(10_000).default(10),
      seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
    }),
    job,
  ),
  'robustness/noise': method(
    'trade',
    'Runs a stored backtest again on candles with noise, as a job: does its result hang on the exact prices?',
    z.strictObject({
      backtest: labId,
      /** Standard deviation of the noise in each close, in those of the real returns. */
      noise: z.number().min(0.01).max(2).default(0.3),
      runs: z.number().int().min(10).max(5_000).default(100),
      seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
    }),
    job,
  ),
  'robustness/random-entries': method(
    'trade',
    'Compares the trades of a stored backtest with as many at random, held as long, as a job',
    z.strictObject({
      backtest: labId,
      runs: z.number().int().min(100).max(100_000).default(2_000),
      seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
    }),
    job,
  ),
} as const;
