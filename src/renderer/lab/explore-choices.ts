/** What the panes for looking at stored candles offer, and what is wrong with what was typed there. */

import type { DataSeriesView } from '../../shared/api/data-views.ts';
import type { IndicatorView } from '../../shared/api/research-contract.ts';

type Param = IndicatorView['params'][number];

/** Gives the indicators whose name, other names, title or family hold what was typed. */
export function searchIndicators(
  indicators: readonly IndicatorView[],
  search: string,
): readonly IndicatorView[] {
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return indicators.filter(({ aliases, group, id, title }) => {
    const text = [id, ...aliases, title, group].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Says what is wrong with a parameter's text; undefined when nothing is. An empty one is the default. */
export function paramTextProblem({ maximum, minimum, whole }: Param, text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || (whole && !Number.isInteger(value)))
    return whole ? 'A whole number' : 'A number';
  return value < minimum || value > maximum ? `From ${minimum} to ${maximum}` : undefined;
}

/** Timeframes with the number of their series, the most common first. */
export function timeframesOf(
  stored: readonly Pick<DataSeriesView, 'timeframe'>[],
): readonly { readonly timeframe: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { timeframe } of stored) counts.set(timeframe, (counts.get(timeframe) ?? 0) + 1);
  return [...counts]
    .map(([timeframe, count]) => ({ timeframe, count }))
    .sort((left, right) => right.count - left.count);
}
