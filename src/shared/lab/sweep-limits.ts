/** Parameters that the sweep path runs at one setting only, and why; searching them there would give trials without a score. */

const crossLimits = {
  minDistancePercent: 'the sweep path knows the crossover without its whipsaw filter',
  trailingStopPercent: 'the sweep path knows no trailing stop of the crossover: it follows every price',
  direction: 'the sweep path knows the crossover long only: it sizes a turn at its fill',
} as const;

const limits: Readonly<Record<string, Readonly<Record<string, string>>>> = { 'ma-cross': crossLimits };

/** Gives the reasons by parameter; none for a strategy whose parameters it takes all. */
export function sweepLimits(strategy: string): Readonly<Record<string, string>> {
  return limits[strategy] ?? {};
}
