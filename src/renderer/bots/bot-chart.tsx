/** A bot's chart: where its orders should be, where they are, and its fills. */

import { useMemo, useState } from 'react';
import type { ResponseOf } from '../../shared/api/contract.ts';
import type { Timeframe } from '../../shared/domain/candle.ts';
import { ChartPane, knownTimeframe } from '../chart/chart-pane.tsx';
import { placesOfStep } from '../format/decimal-text.ts';
import { useQuery } from '../store/hooks.ts';
import { useInstrument } from '../store/session.ts';
import { useSettings } from '../store/settings.ts';
import { useStaleReason } from '../trade/staleness.ts';
import { StaleBadge } from '../ui/states.tsx';
import { levelsOfLadder, levelsOfPlan } from './plan-levels.ts';

const noHandles: never[] = [];

export function BotChart({ shown }: { readonly shown: ResponseOf<'bots/show'> }) {
  const { bot, plan, ladder } = shown;
  const [timeframe, setTimeframe] = useState<Timeframe>(() =>
    knownTimeframe(useSettings.getState().settings['trade.timeframe']),
  );
  const fills = useQuery('fills/list', { bot: bot.id, limit: 1000 }, ['fills']).value?.rows;
  const stale = useStaleReason(bot.instrument);
  const marks = useMemo(() => fills?.map(({ timeMs, side }) => ({ timeMs, side })) ?? [], [fills]);
  // The plan's orders are drawn from the ladder, which knows what really rests; its lines come from the plan.
  const quantityPlaces = placesOfStep(useInstrument(bot.instrument)?.lotSize ?? '0.0001');
  const levels = useMemo(() => {
    const lines =
      plan === null
        ? []
        : levelsOfPlan({ ...plan, levels: ladder.length === 0 ? plan.levels : [] }, quantityPlaces);
    return [...levelsOfLadder(ladder, quantityPlaces), ...lines];
  }, [plan, ladder, quantityPlaces]);
  return (
    <ChartPane
      instrument={bot.instrument}
      timeframe={timeframe}
      onTimeframe={setTimeframe}
      levels={levels}
      handles={noHandles}
      fills={marks}
      isFitted
      toolbar={stale === null ? null : <StaleBadge text={stale} />}
    />
  );
}
