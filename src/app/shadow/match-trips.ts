/** Which trip of the run stands for which trip of the backtest. */

import type { ShadowTrip } from '../../shared/lab/shadow.ts';

export interface MatchedTrips {
  /** By entry time of the run's trip. */
  readonly pairs: readonly { readonly run: ShadowTrip; readonly backtest: ShadowTrip }[];
  /** Trips of the backtest alone, and of the run alone; in their order. */
  readonly missed: readonly ShadowTrip[];
  readonly extra: readonly ShadowTrip[];
}

/**
 * Matches trips of the same side whose entries lie at most `toleranceMs` apart; the nearest entries first, at equal
 * distance the earlier trip of the backtest, then of the run. Both lists are in the order of their entries.
 */
export function matchTrips(
  run: readonly ShadowTrip[],
  backtest: readonly ShadowTrip[],
  toleranceMs: number,
): MatchedTrips {
  const candidates: { readonly run: number; readonly backtest: number; readonly distanceMs: number }[] = [];
  let first = 0;
  for (const [row, trip] of run.entries()) {
    // Entries rise in both lists: what lies before this window lies before every later one.
    while ((backtest[first]?.entryTimeMs ?? Number.POSITIVE_INFINITY) < trip.entryTimeMs - toleranceMs)
      first += 1;
    for (let other = first; other < backtest.length; other += 1) {
      const { entryTimeMs, side } = backtest[other] as ShadowTrip;
      if (entryTimeMs > trip.entryTimeMs + toleranceMs) break;
      if (side !== trip.side) continue;
      candidates.push({ run: row, backtest: other, distanceMs: Math.abs(entryTimeMs - trip.entryTimeMs) });
    }
  }
  candidates.sort(
    (left, right) =>
      left.distanceMs - right.distanceMs || left.backtest - right.backtest || left.run - right.run,
  );
  const partners = new Map<number, number>();
  const taken = new Set<number>();
  for (const candidate of candidates) {
    if (partners.has(candidate.run) || taken.has(candidate.backtest)) continue;
    partners.set(candidate.run, candidate.backtest);
    taken.add(candidate.backtest);
  }
  return {
    pairs: run.flatMap((trip, row) => {
      const partner = partners.get(row);
      return partner === undefined ? [] : [{ run: trip, backtest: backtest[partner] as ShadowTrip }];
    }),
    missed: backtest.filter((_, row) => !taken.has(row)),
    extra: run.filter((_, row) => !partners.has(row)),
  };
}
