/** `strategies show`: one strategy with its parameters, and what it suggests for a market when a host runs. */

import { ApiError } from '../../shared/api/result.ts';
import { nearHint } from '../../shared/domain/near-name.ts';
import type { CommandContext } from '../cli/context.ts';
import { callTerminal } from '../connection/call-terminal.ts';
import { strategyFacts } from './human-views.ts';

export interface ShowFlags {
  readonly venue?: string | undefined;
  readonly instrument?: string | undefined;
}

/** Shows a strategy; with `--venue` and `--instrument` also sensible parameters for that market. */
export async function showStrategy(context: CommandContext, id: string, flags: ShowFlags): Promise<number> {
  const { value } = await callTerminal(context, 'strategies/list', {});
  const strategy = value.strategies.find((known) => known.id === id);
  if (strategy === undefined) {
    const ids = value.strategies.map((known) => known.id);
    throw new ApiError('not-found', `there is no strategy "${id}"`, {
      field: 'strategy',
      hint: nearHint(id, ids, `Known strategies: ${ids.join(', ')}`),
    });
  }
  const { venue, instrument } = flags;
  if ((venue === undefined) !== (instrument === undefined)) {
    const missing = venue === undefined ? 'venue' : 'instrument';
    throw new ApiError('bad-input', `${missing}: give both --venue and --instrument, or neither`, {
      field: missing,
    });
  }
  if (venue === undefined || instrument === undefined) {
    context.output.result({ strategy }, () => strategyFacts(strategy));
    return 0;
  }
  const suggested = await callTerminal(context, 'strategies/suggest', { strategy: id, venue, instrument });
  const { params } = suggested.value;
  context.output.result(
    { strategy, params },
    () => `${strategyFacts(strategy)}\n\nSuggested: ${JSON.stringify(params)}`,
  );
  return 0;
}
