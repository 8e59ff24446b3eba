/** A backtest on candles with noise: the returns of all histories, and where the real one lies among them. */

import { countText, factorText, percentText } from './figures.ts';
import { histogram } from './histogram.ts';
import type { Percentiles } from './monte-carlo-result.ts';
import { ShareTable } from './share-table.tsx';
import { Block, Figure, Verdict } from './small-parts.tsx';

/** What the job gives. */
export interface NoiseResult {
  readonly noise: number;
  readonly runs: number;
  readonly original: {
    readonly totalReturn: number;
    readonly maxDrawdown: number;
    readonly sharpe: number | null;
    readonly trades: number;
  };
  readonly finalRank: number;
  readonly lossShare: number;
  readonly totalReturn: Percentiles;
  readonly maxDrawdown: Percentiles;
  readonly sharpe: Percentiles | null;
  readonly trades: Percentiles;
  readonly returns: readonly number[];
  readonly verdict: 'fragile' | 'robust' | 'no-profit';
  readonly reasons: readonly string[];
}

const verdicts = {
  fragile: { tone: 'bad', title: 'Fragile' },
  robust: { tone: 'good', title: 'Robust' },
  'no-profit': { tone: 'neutral', title: 'Nothing to test' },
} as const;

export function NoiseView({ result }: { readonly result: NoiseResult }) {
  const { original } = result;
  const { title, tone } = verdicts[result.verdict];
  return (
    <>
      <div className="grid shrink-0 grid-cols-[repeat(auto-fit,minmax(120px,1fr))] gap-3 rounded-lg border border-line bg-surface p-3">
        <Figure label="On the real prices" value={percentText(original.totalReturn, true)} />
        <Figure label="Middle history" value={percentText(result.totalReturn.p50, true)} />
        <Figure
          label="Real prices better than"
          value={`${percentText(result.finalRank, false, 0)} of runs`}
        />
        <Figure label="Runs with a loss" value={percentText(result.lossShare, false, 1)} />
        <Figure label="Drawdown, worst 5 %" value={percentText(result.maxDrawdown.p5)} />
      </div>
      <Verdict title={title} tone={tone} reasons={result.reasons} testId="mc-verdict" />
      <Block
        title={`Returns of ${countText(result.runs)} histories; the line is the real one`}
        testId="noise-returns"
      >
        <Bars values={result.returns} mark={original.totalReturn} />
      </Block>
      <ShareTable
        title="Shares of the histories"
        rows={[
          {
            title: 'Return',
            original: original.totalReturn,
            values: result.totalReturn,
            text: (value) => percentText(value, true),
          },
          {
            title: 'Max drawdown',
            original: original.maxDrawdown,
            values: result.maxDrawdown,
            text: (value) => percentText(value),
          },
          { title: 'Sharpe', original: original.sharpe, values: result.sharpe, text: factorText },
          { title: 'Trades', original: original.trades, values: result.trades, text: countText },
        ]}
      />
    </>
  );
}

const width = 600;
const height = 140;

/** A histogram with a mark; losses and gains have the colours of down and up. */
function Bars({ values, mark }: { readonly values: readonly number[]; readonly mark: number }) {
  const { bins, low, high, most } = histogram(values, mark);
  const place = (value: number): number => ((value - low) / (high - low)) * width;
  const each = width / bins.length;
  return (
    <div className="p-3">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className="h-40 w-full"
        role="img"
        aria-label={`Returns from ${percentText(low, true)} to ${percentText(high, true)}; the real one is ${percentText(mark, true)}`}
      >
        {bins.map((count, index) => {
          const middle = low + ((index + 0.5) * (high - low)) / bins.length;
          const tall = most === 0 ? 0 : (count / most) * (height - 6);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
              key={index}
              x={index * each + 0.5}
              y={height - tall}
              width={each - 1}
              height={tall}
              className={middle < 0 ? 'fill-down/70' : 'fill-up/70'}
            />
          );
        })}
        <line
          x1={place(mark)}
          x2={place(mark)}
          y1="0"
          y2={height}
          className="stroke-accent"
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <div className="num flex justify-between text-2xs text-muted">
        <span>{percentText(low, true, 1)}</span>
        <span>{percentText((low + high) / 2, true, 1)}</span>
        <span>{percentText(high, true, 1)}</span>
      </div>
    </div>
  );
}
