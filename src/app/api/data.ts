/** The library of market data: list at once, everything else as a job. */

import { dataFormats } from '../../adapters/data-formats/formats.ts';
import { checkSeries, factsOf } from '../data/check.ts';
import { withDataErrors } from '../data/data-errors.ts';
import { importFile } from '../data/import-file.ts';
import { makeCandles } from '../data/make-candles.ts';
import { candleSeries, repairSeries, undoRepair } from '../data/repair.ts';
import {
  checkMarketNames,
  checkTimeframes,
  findSeries,
  parseTimeframe,
  type StoredSeries,
  seriesText,
  tickSeries,
} from '../data/series.ts';
import type { AppContext, Handlers } from './context.ts';

interface SeriesRequest {
  readonly kind: StoredSeries['kind'];
  readonly venue: string;
  readonly instrument: string;
  readonly timeframe?: string | undefined;
}

function chosen(
  { library }: AppContext,
  { kind, venue, instrument, timeframe }: SeriesRequest,
): StoredSeries {
  const timeframeMs = timeframe === undefined ? undefined : parseTimeframe(timeframe);
  return findSeries(library.list(), { kind, venue, symbol: instrument, timeframeMs });
}

const wallMs = (): number => Date.now();

export const dataHandlers: Handlers<'data'> = {
  'data/list': (_request, { library }) => ({
    series: library.list().map((series) => factsOf(library, series)),
    formats: dataFormats.map(({ id, title }) => ({ id, title })),
  }),
  'data/import': (request, { jobs, library }) => {
    const { instrument, timeframe, timeUnit, ...rest } = request;
    const timeframeMs = timeframe === undefined ? undefined : parseTimeframe(timeframe);
    checkMarketNames(request.venue, [instrument]);
    const work = { ...rest, symbol: instrument, timeframeMs, timestampUnit: timeUnit };
    const job = jobs.start('data-import', request.file, (control) =>
      importFile(library, work, control, wallMs()),
    );
    return { job };
  },
  'data/download': (request, { jobs, library }) => {
    const { venue, instruments, fromMs, toMs, kind, timeframes = [] } = request;
    const timeframesMs = timeframes.map((timeframe) => parseTimeframe(timeframe));
    checkTimeframes(kind, timeframesMs);
    checkMarketNames(venue, instruments);
    if (kind === 'trades') {
      const job = jobs.start(
        'data-download',
        `${venue} ${instruments.join(', ')} trades`,
        async (control) => {
          const { downloadTrades } = await import('../data/download-trades.ts');
          return downloadTrades(library, { venue, symbols: instruments, fromMs, toMs }, control, {
            nowMs: wallMs,
          });
        },
      );
      return { job };
    }
    const title = `${venue} ${instruments.join(', ')} ${timeframes.join(', ')}`;
    const job = jobs.start('data-download', title, async (control) => {
      const { downloadCandles } = await import('../data/download.ts');
      const work = { venue, symbols: instruments, timeframesMs, fromMs, toMs };
      return downloadCandles(library, work, control, { nowMs: wallMs });
    });
    return { job };
  },
  'data/check': (request, context) => {
    const series = chosen(context, request);
    const job = context.jobs.start('data-check', seriesText(series), (control) =>
      withDataErrors(() => checkSeries(context.library, series, control)),
    );
    return { job };
  },
  'data/repair': (request, context) => {
    const { library } = context;
    const series = candleSeries(chosen(context, request));
    const job = context.jobs.start('data-repair', seriesText(series), (control) =>
      withDataErrors(async () => {
        if (request.undo) return undoRepair(library, series, control);
        const { rangeFetcher } = await import('../data/download.ts');
        const fetchRange = rangeFetcher(control, { nowMs: wallMs });
        return repairSeries(library, series, request, { control, nowMs: wallMs(), fetchRange });
      }),
    );
    return { job };
  },
  'data/candles': ({ instrument, kind, timeframe, venue }, { jobs, library }) => {
    const series = tickSeries(findSeries(library.list(), { kind, venue, symbol: instrument }));
    const timeframeMs = parseTimeframe(timeframe);
    const job = jobs.start('data-candles', `${seriesText(series)} to ${timeframe}`, (control) =>
      withDataErrors(() => makeCandles(library, series, timeframeMs, control)),
    );
    return { job };
  },
  'data/remove': async (request, context) => {
    await context.library.remove(chosen(context, request));
    return {};
  },
};
