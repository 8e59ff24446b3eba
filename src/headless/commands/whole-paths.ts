/** Makes the files of a specification findable from any folder: what is stored with it is gone on with from elsewhere. */

import { resolve } from 'node:path';
import type { BacktestSpec } from '../../shared/lab/spec.ts';

/** Gives the specification with its paths from the root. */
export function withWholePaths(spec: BacktestSpec): BacktestSpec {
  const whole = <Part>(part: Part): Part =>
    typeof part === 'object' && part !== null && 'path' in part && typeof part.path === 'string'
      ? { ...part, path: resolve(part.path) }
      : part;
  return {
    ...spec,
    latency: whole(spec.latency),
    series: spec.series.map((series) => ({
      ...series,
      source: whole(series.source),
      funding: whole(series.funding),
      marks: whole(series.marks),
      detail:
        series.detail?.kind === 'candles'
          ? { ...series.detail, source: whole(series.detail.source) }
          : whole(series.detail),
    })),
  };
}
