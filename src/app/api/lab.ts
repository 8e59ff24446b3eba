/** The Lab: stored backtests, studies and checks; everything that takes long runs as a job. */

import { ApiError } from '../../shared/api/result.ts';
import { evidenceOf, mostTried } from '../../shared/lab/evidence.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { programVersion } from '../../shared/version.ts';
import { strategyHint } from '../backtest/load-strategy.ts';
import { biasCheck } from '../lab/bias-of.ts';
import { monteCarloMethod } from '../lab/monte-carlo-method.ts';
import { minutesOfHost } from '../shadow/minutes.ts';
import { shadowBacktest } from '../shadow/shadow-backtest.ts';
import type { Handlers } from './context.ts';

/** Says what a run is about, for the list of jobs. */
function titleOf(spec: BacktestSpec): string {
  const [first] = spec.series;
  const source = first?.source;
  const market =
    source === undefined
      ? ''
      : source.kind === 'store'
        ? `${source.instrument} ${source.timeframe}${source.data === undefined ? '' : ` of ${source.data === 'l2' ? 'the order book' : source.data}`}`
        : (first?.instrument ?? source.path.split(/[\\/]/).at(-1) ?? '');
  const rest = spec.series.length > 1 ? ` and ${spec.series.length - 1} more` : '';
  return `${spec.strategy} on ${market}${rest}`;
}

export const backtestHandlers: Handlers<'backtests'> = {
  'backtests/run': ({ spec, name, study }, { jobs, lab }) => {
    const strategy = lab.tools.findStrategy(spec.strategy);
    if (strategy === undefined) {
      throw new ApiError('not-found', `there is no strategy "${spec.strategy}"`, {
        field: 'spec.strategy',
        hint: strategyHint(spec.strategy),
      });
    }
    const tried = study === undefined ? undefined : lab.studies.tried(study);
    return {
      job: jobs.start('backtest', name ?? titleOf(spec), async (control) => {
        const result = await lab.tools.runner.run(spec, {
          isCancelled: () => control.isCancelled(),
          onProgress: (done, total) => control.progress({ done, total, unit: 'candles' }),
        });
        control.progress({ message: 'works out the report' });
        const known = evidenceOf(
          { spec, finalEquity: result.finalEquity, trades: result.trades.length },
          lab.tools.evidence.read(),
          programVersion,
        );
        const measured = lab.tools.measure(result, {
          ...known,
          ...(tried === undefined ? {} : mostTried(known, tried)),
        });
        const { id } = lab.backtests.save(measured, name, lab.tools.wallClock());
        return { backtest: id };
      }),
    };
  },
  'backtests/list': (_request, { lab }) => ({ backtests: lab.backtests.list() }),
  'backtests/show': ({ backtest }, { lab }) => ({
    summary: lab.backtests.summary(backtest),
    report: lab.backtests.report(backtest),
  }),
  'backtests/trades': ({ backtest, offset, limit }, { lab }) => lab.backtests.trades(backtest, offset, limit),
  'backtests/candles': ({ backtest, fromMs, toMs, limit }, { lab }) =>
    lab.candlesOf(lab.backtests.summary(backtest), fromMs, toMs, limit),
  'backtests/html': ({ backtest }, { lab }) => ({ html: lab.backtests.html(backtest) }),
  'backtests/shadow': (request, context) => ({
    job: context.jobs.start('shadow-backtest', `${request.bot} beside its backtest`, (control) =>
      shadowBacktest(
        request,
        {
          queries: context.journal.queries,
          instruments: context.instruments,
          findStrategy: (id) => context.findStrategy(id),
          minutes: minutesOfHost(context.candles),
          runner: context.lab.tools.runner,
          nowMs: context.nowMs(),
        },
        control,
      ),
    ),
  }),
  'backtests/remove': ({ backtest }, { lab }) => {
    lab.backtests.remove(backtest);
    return {};
  },
};

export const studyHandlers: Handlers<'studies'> = {
  'studies/samplers': (_request, { lab }) => ({ samplers: [...lab.tools.addon.listSamplers()] }),
  'studies/run': ({ spec }, { jobs, lab }) => ({
    job: jobs.start('study', `${spec.sampler}: ${titleOf(spec.backtest)}`, lab.studies.begin(spec)),
    leftOut: lab.studies.leftOut(spec),
  }),
  'studies/resume': ({ study }, { jobs, lab }) => {
    const work = lab.studies.resume(study);
    return { job: jobs.start('study', `goes on with ${study}`, work) };
  },
  'studies/list': (_request, { lab }) => ({ studies: lab.studies.list() }),
  'studies/show': ({ study }, { lab }) => lab.studies.show(study),
  'studies/remove': ({ study }, { lab }) => {
    lab.studies.remove(study);
    return {};
  },
};

export const robustnessHandlers: Handlers<'robustness'> = {
  'robustness/walk-forward': ({ spec }, { jobs, lab }) => ({
    job: jobs.start('walk-forward', titleOf(spec.study.backtest), lab.walkForwards.begin(spec)),
  }),
  'robustness/walk-forwards': (_request, { lab }) => ({ runs: lab.walkForwards.list() }),
  'robustness/bias': ({ spec, cuts }, { jobs, lab }) => ({
    job: jobs.start('bias-check', titleOf(spec), biasCheck(lab.tools, spec, cuts)),
  }),
  'robustness/sensitivity': ({ study, trial, reach }, { jobs, lab }) => ({
    job: jobs.start(
      'sensitivity',
      `around the best of ${study}`,
      lab.studies.sensitivity(study, trial, reach),
    ),
  }),
  'robustness/monte-carlo': (request, { jobs, lab }) => ({
    job: jobs.start(
      'monte-carlo',
      `${request.method} of ${request.backtest}`,
      lab.chance.monteCarlo(request.backtest, { ...request, method: monteCarloMethod(request) }),
    ),
  }),
  'robustness/noise': ({ backtest, ...settings }, { jobs, lab }) => ({
    job: jobs.start(
      'monte-carlo',
      `noise in the candles of ${backtest}`,
      lab.chance.noise(lab.backtests.summary(backtest).spec, settings),
    ),
  }),
  'robustness/random-entries': ({ backtest, ...settings }, { jobs, lab }) => ({
    job: jobs.start(
      'monte-carlo',
      `random entries beside ${backtest}`,
      lab.chance.randomEntries(lab.backtests.summary(backtest).spec, settings),
    ),
  }),
};
