/**
 * The trades of a backtest against as many at random: the same sides and durations, begun at any candle. A rule that knows
 * nothing is no better than they are.
 */

import type { AddonTaskControl, NativeAddon } from '../../adapters/compute/addon.ts';
import { type RuleSignificance, testRuleSignificance } from '../../adapters/compute/robustness.ts';
import { ApiError } from '../../shared/api/result.ts';
import { fewTrades } from '../../shared/lab/confidence-check.ts';
import { type BacktestResult, exitReasons } from '../../shared/lab/result.ts';

export interface RandomEntriesSettings {
  /** Sets of random entries. */
  readonly runs: number;
  readonly seed: number;
}

/** `too-few-trades`: whatever the p-value is, it is not read. */
export type RandomEntriesVerdict = 'better-than-chance' | 'unclear' | 'like-chance' | 'too-few-trades';

export interface RandomEntriesOutcome extends RandomEntriesSettings, RuleSignificance {
  readonly method: 'random-entries';
  /** Trades that were compared; those that had not ended are left out. */
  readonly trades: number;
  readonly verdict: RandomEntriesVerdict;
  readonly reasons: readonly string[];
}

/** The trades by the closes at which they began and ended. */
export interface ClosesOfTrades {
  readonly close: Float64Array;
  readonly entryBar: Int32Array;
  readonly exitBar: Int32Array;
  readonly side: Int8Array;
}

const surePValue = 0.05;
const unclearPValue = 0.2;

/** Compares. Rejects with `ApiError` (`refused`) for runs that cannot be compared, `ComputeError` (`CANCELLED`). */
export async function compareWithRandomEntries(
  addon: NativeAddon,
  result: BacktestResult,
  settings: RandomEntriesSettings,
  control: AddonTaskControl,
): Promise<RandomEntriesOutcome> {
  const { close, entryBar, exitBar, side } = closesOfTrades(result);
  const found = await testRuleSignificance(
    addon,
    close,
    { entryBar, exitBar, side },
    { simulations: settings.runs, seed: settings.seed, control },
  );
  return {
    method: 'random-entries',
    ...settings,
    ...found,
    trades: entryBar.length,
    ...judgeRandomEntries(found.pValue, entryBar.length),
  };
}

/**
 * Gives the close that each ended trade began and ended at. A fill at an open is taken for the close before it, which is
 * where the rule decided; what filled inside a candle, for the close of that candle.
 */
export function closesOfTrades({ equity, instruments, price, spec, trades }: BacktestResult): ClosesOfTrades {
  if (price === undefined || spec.series.length > 1) {
    throw new ApiError(
      'refused',
      `series: entries are compared on the candles of one market, and this run has ${instruments.length}`,
      { field: 'series', hint: 'Run the backtest on one market.' },
    );
  }
  const timeframeMs = instruments[0]?.timeframeMs ?? 0;
  const barOf = (bar: number, timeMs: number): number =>
    timeMs <= (equity.timeMs[bar] as number) - timeframeMs ? Math.max(0, bar - 1) : bar;
  const rows: number[] = [];
  for (let row = 0; row < trades.length; row += 1) {
    if (exitReasons[trades.exitReason[row] as number] !== 'open') rows.push(row);
  }
  if (rows.length === 0) {
    throw new ApiError('refused', 'trades: none has ended, so there is nothing to compare', {
      field: 'trades',
      hint: 'Test over a longer time.',
    });
  }
  const entryBar = Int32Array.from(rows, (row) =>
    barOf(trades.entryBar[row] as number, trades.entryTimeMs[row] as number),
  );
  const exitBar = Int32Array.from(rows, (row, index) =>
    Math.max(
      entryBar[index] as number,
      barOf(trades.exitBar[row] as number, trades.exitTimeMs[row] as number),
    ),
  );
  const side = Int8Array.from(rows, (row) => trades.side[row] as number);
  return { close: price.close, entryBar, exitBar, side };
}

/** Says what a p-value means, where there are trades enough for one to mean anything. */
export function judgeRandomEntries(
  pValue: number,
  trades: number,
): {
  readonly verdict: RandomEntriesVerdict;
  readonly reasons: readonly string[];
} {
  if (trades < fewTrades) {
    const counted = trades === 1 ? 'Only 1 trade has' : `Only ${trades} trades have`;
    return {
      verdict: 'too-few-trades',
      reasons: [
        `${counted} ended: too few to tell knowledge from luck, whichever way the comparison comes out. Test a longer time or more markets until there are at least ${fewTrades}.`,
      ],
    };
  }
  const share = `${(pValue * 100).toFixed(1)} %`;
  const sentence = `Entries at random, as many and held as long, did at least as well in ${share} of the sets`;
  if (pValue <= surePValue) {
    return { verdict: 'better-than-chance', reasons: [`${sentence}: the entries know something.`] };
  }
  if (pValue <= unclearPValue) {
    return {
      verdict: 'unclear',
      reasons: [`${sentence}: that may be knowledge or luck. More trades would tell.`],
    };
  }
  return {
    verdict: 'like-chance',
    reasons: [
      `${sentence}: when it enters does not matter. What it earned came from the market or from its exits.`,
    ],
  };
}
