/** Puts the checks for lookahead and warm-up together for a specification. */

import { ApiError } from '../../shared/api/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { programVersion } from '../../shared/version.ts';
import { strategyHint } from '../backtest/load-strategy.ts';
import type { JobControl } from '../jobs/job-runner.ts';
import { type BiasReport, checkBias, usualBiasOptions } from '../robustness/bias-check.ts';
import type { LabTools } from './lab-tools.ts';

/** Gives what checks a strategy; throws `ApiError` (`not-found`) before anything runs. */
export function biasCheck(
  tools: LabTools,
  spec: BacktestSpec,
  cuts: number,
): (control: JobControl) => Promise<BiasReport> {
  const strategy = tools.findStrategy(spec.strategy);
  if (strategy === undefined) {
    throw new ApiError('not-found', `there is no strategy "${spec.strategy}"`, {
      field: 'spec.strategy',
      hint: strategyHint(spec.strategy),
    });
  }
  return async (control) => {
    const { parsed } = await tools.wholeParams(spec);
    const { warmupBars } = strategy.subscribe(parsed);
    const report = await checkBias(
      spec,
      spec.warmupBars ?? warmupBars,
      (changed, isCancelled) => tools.runner.run(changed, { isCancelled }),
      { ...usualBiasOptions, cuts },
      {
        isCancelled: () => control.isCancelled(),
        onProgress: (done) => control.progress({ done: Math.round(done * 100), total: 100, unit: '%' }),
      },
    );
    if (report.trades > 0) {
      const outcome = report.lookahead.length === 0 ? 'passed' : 'failed';
      const about = { spec, madeMs: tools.wallClock(), program: programVersion };
      tools.evidence.add([{ kind: 'bias', ...about, outcome }]);
    }
    return report;
  };
}
