/** What `montecarlo` works on, read off its flags: a file of trades, a stored backtest, or what a backtest is told. */

import { ApiError } from '../../shared/api/result.ts';
import type { BacktestSpec } from '../../shared/lab/spec.ts';
import { badFlag, parseNumber } from '../cli/values.ts';
import { backtestSpecOf } from './backtest-flags.ts';
import type { MonteCarloFlags } from './monte-carlo.ts';
import { withWholePaths } from './whole-paths.ts';

/** A stored backtest by its id, or a specification to run. */
export type ChanceSource =
  | { readonly kind: 'stored'; readonly backtest: string }
  | { readonly kind: 'spec'; readonly spec: BacktestSpec };

/** Flags of `montecarlo` itself; `capital` is one of a file of trades too. */
const ownFlags: ReadonlySet<string> = new Set([
  'trades',
  'backtest',
  'method',
  'runs',
  'seed',
  'block',
  'miss',
  'noise',
  'capital',
  'ruin',
  'fan',
  'threads',
]);

/** Flags that say what a backtest runs. */
function runFlags(flags: MonteCarloFlags): string[] {
  return Object.keys(flags).filter((name) => !ownFlags.has(name));
}

/** Refuses flags that name a second thing to work on beside a file of trades. Throws `ApiError`. */
export function refuseOtherSources(flags: MonteCarloFlags): void {
  const other = flags.backtest === undefined ? runFlags(flags)[0] : 'backtest';
  if (other === undefined) return;
  const field = kebab(other);
  throw new ApiError('bad-input', `${field}: --trades already says what to work on`, { field });
}

/** Reads what to work on where it is no file of trades. Throws `ApiError` naming the flag. */
export async function chanceSource(flags: MonteCarloFlags): Promise<ChanceSource> {
  const { backtest, block: _block, fan: _fan, noise: _noise, ...rest } = flags;
  const given = runFlags(flags);
  if (backtest !== undefined) {
    const extra = flags.capital === undefined ? given[0] : 'capital';
    if (extra === undefined) return { kind: 'stored', backtest };
    const field = kebab(extra);
    throw new ApiError('bad-input', `${field}: --backtest already says what to work on`, { field });
  }
  if (given.length === 0) {
    throw new ApiError('bad-input', 'trades: say what to work on', {
      field: 'trades',
      hint: '--trades FILE, --backtest bt-1, or the flags of a backtest (--strategy, --candles …).',
    });
  }
  const {
    method: _method,
    miss: _miss,
    ruin: _ruin,
    runs: _runs,
    seed: _seed,
    threads: _threads,
    ...run
  } = rest;
  return { kind: 'spec', spec: withWholePaths(await backtestSpecOf(run)) };
}

/** Reads a whole number between bounds. Throws `ApiError`. */
export function wholeFlag(text: string, field: string, least: number, most: number): number {
  const value = parseNumber(text, field);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw badFlag(field, text, `is not a whole number from ${least} to ${most}`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
