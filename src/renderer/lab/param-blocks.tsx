/** What a backtest ran with: every parameter in use, and which of them nobody gave. */

import { marketsOf, type SeriesParams, shownParams } from '../../shared/lab/run-params.ts';
import { Block } from './small-parts.tsx';

export function ParamBlocks({
  params,
  instruments,
}: {
  readonly params: readonly SeriesParams[];
  readonly instruments: readonly { readonly symbol: string; readonly quote: string }[];
}) {
  return params.map((series) => (
    <Block
      key={series.instruments.join()}
      title={params.length > 1 ? `Parameters of ${marketsOf(series, instruments)}` : 'Parameters'}
      testId="report-params"
    >
      <dl>
        {shownParams(series, instruments).map(({ label, name, suggested, text }) => (
          <div
            key={name}
            className="flex items-baseline gap-3 border-t border-line/60 px-3 py-1 text-sm first:border-t-0"
          >
            <dt className="shrink-0 text-muted">{label}</dt>
            <dd className="num min-w-0 grow text-right break-words">{text}</dd>
            {suggested ? (
              <dd
                className="shrink-0 text-xs text-muted"
                title="Not given: it comes from the strategy and the market before the first candle."
              >
                suggested
              </dd>
            ) : null}
          </div>
        ))}
      </dl>
    </Block>
  ));
}
