/** Plans without a running host: on the simulated markets as they begin, with the money the demo account starts with. */

import { demoWorldConfig, SimulatedWorld } from '../engine/simulation/world.ts';
import type { RequestOf } from '../shared/api/contract.ts';
import { ApiError } from '../shared/api/result.ts';
import { Decimal } from '../shared/domain/decimal.ts';
import { epochMs, instrumentId } from '../shared/domain/nominal.ts';
import type { Plan } from '../shared/domain/plan.ts';
import { findStrategy, strategies } from '../strategies/registry.ts';
import { findStrategyOrThrow } from './api/context.ts';
import { completeParams } from './api/params.ts';

const planBars = 500;

/** Gives the plan of a strategy on a simulated market. Throws `ApiError` for bad input and unknown names. */
export function planOffline(request: RequestOf<'strategies/plan'>, seed = 'plan'): Plan {
  const strategy = findStrategyOrThrow({ findStrategy, strategies }, request.strategy);
  const world = new SimulatedWorld(demoWorldConfig(seed, epochMs(Date.UTC(2026, 0, 1))));
  const instrument = world
    .instruments()
    .find((known) => known.id === instrumentId(request.venue, request.instrument));
  if (instrument === undefined) {
    const known = world.instruments().map(({ venue, symbol }) => `${venue} ${symbol}`);
    throw new ApiError('not-found', `there is no instrument ${request.instrument} at ${request.venue}`, {
      field: 'instrument',
      hint: `Without a running host the simulated markets are known: ${known.join(', ')}`,
    });
  }
  const verdict = strategy.supports(instrument);
  if (verdict !== true) throw new ApiError('bad-input', `instrument: ${verdict}`, { field: 'instrument' });
  const candles = world.history(instrument.id, 60_000, planBars);
  const close = candles.at(-1)?.close;
  if (close === undefined) throw new ApiError('refused', `no price of ${instrument.symbol} is known`);
  const market = { instrument, referencePrice: Decimal.fromNumber(close), candles };
  const { parsed, unused } = completeParams(strategy, request.params, market);
  const plan = strategy.plan(parsed, market);
  return { ...plan, violations: [...plan.violations, ...unused] };
}
