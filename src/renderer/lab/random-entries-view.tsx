/** The entries of a backtest beside entries at random: a p-value and what it says. */

import { countText, percentText } from './figures.ts';
import { Figure, Verdict } from './small-parts.tsx';

/** What the job gives; returns are mean logarithmic ones of a trade, without costs. */
export interface RandomEntriesResult {
  readonly runs: number;
  readonly trades: number;
  readonly observed: number;
  readonly randomMean: number;
  readonly randomP95: number;
  readonly pValue: number;
  readonly verdict: 'better-than-chance' | 'unclear' | 'like-chance' | 'too-few-trades';
  readonly reasons: readonly string[];
}

const verdicts = {
  'better-than-chance': { tone: 'good', title: 'Better than chance' },
  unclear: { tone: 'neutral', title: 'Unclear' },
  'like-chance': { tone: 'bad', title: 'Like chance' },
  'too-few-trades': { tone: 'neutral', title: 'Too few trades to tell' },
} as const;

export function RandomEntriesView({ result }: { readonly result: RandomEntriesResult }) {
  const { title, tone } = verdicts[result.verdict];
  return (
    <>
      <div className="grid shrink-0 grid-cols-[repeat(auto-fit,minmax(120px,1fr))] gap-3 rounded-lg border border-line bg-surface p-3">
        <Figure
          label="p-value"
          title="Share of the sets of random entries that did at least as well"
          value={result.verdict === 'too-few-trades' ? '—' : result.pValue.toFixed(4)}
        />
        <Figure label="Its return a trade" value={percentText(result.observed, true, 3)} />
        <Figure label="At random" value={percentText(result.randomMean, true, 3)} />
        <Figure label="95 % at random below" value={percentText(result.randomP95, true, 3)} />
        <Figure label="Trades compared" value={countText(result.trades)} />
        <Figure label="Sets of entries" value={countText(result.runs)} />
      </div>
      <Verdict title={title} tone={tone} reasons={result.reasons} testId="mc-verdict" />
      <p className="shrink-0 text-sm text-muted">
        Returns are logarithmic, from close to close and without costs: both sides would pay the same. Trades
        that had not ended are left out.
      </p>
    </>
  );
}
