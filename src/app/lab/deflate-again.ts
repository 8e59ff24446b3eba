/** The figures of a stored run that hang on how many settings were tried, worked out again when more were. */

import { loadNative } from '../../adapters/compute/native.ts';
import { computePerformance } from '../../adapters/compute/performance.ts';
import type { BacktestReportView } from '../../shared/api/lab-views.ts';
import type { Tried } from '../../shared/lab/evidence.ts';
import type { MetricValues } from '../../shared/lab/metrics.ts';
import { emptyTrades } from '../../shared/lab/result.ts';

const dayMs = 86_400_000;

/** Gives `trials` and `deflatedSharpe` of a run by its daily equity, which is all they look at. */
export function deflatedAgain(
  { daily, startEquity }: Pick<BacktestReportView, 'daily' | 'startEquity'>,
  { trialVariance, trials }: Tried,
): MetricValues {
  const { equity, firstDayMs } = daily;
  const { values } = computePerformance(
    loadNative(),
    {
      // Any time within a day stands for it.
      timeMs: Float64Array.from(equity, (_, day) => firstDayMs + (day + 0.5) * dayMs),
      equity: Float64Array.from(equity, (value) => value ?? Number.NaN),
      exposure: new Float64Array(equity.length),
    },
    emptyTrades(0),
    { startEquity, trials, trialVariance },
  );
  return { trials: values['trials'] ?? null, deflatedSharpe: values['deflatedSharpe'] ?? null };
}
