/** Looking at what is stored: indicators over candles, pairs that move together, market makers over order books. */

import { createCatalogue } from '../../adapters/compute/catalogue.ts';
import { scanStored } from '../pairs/scan-stored.ts';
import { replayStored } from '../research/replay-stored.ts';
import { runIndicatorOver } from '../research/run-indicator.ts';
import type { Handlers } from './context.ts';

export const indicatorHandlers: Handlers<'indicators'> = {
  'indicators/list': (_request, { lab }) => ({
    indicators: createCatalogue(lab.tools.addon).indicators.map((info) => ({
      ...info,
      aliases: [...info.aliases],
      inputs: [...info.inputs],
      outputs: [...info.outputs],
      params: info.params.map((param) => ({ ...param })),
    })),
  }),
  'indicators/run': async ({ instrument, timeframe, venue, ...request }, { lab }) =>
    runIndicatorOver(
      createCatalogue(lab.tools.addon),
      await lab.readStored({ kind: 'store', venue, instrument, timeframe }),
      request,
    ),
};

export const pairHandlers: Handlers<'pairs'> = {
  'pairs/scan': (request, { jobs, lab }) => ({
    job: jobs.start(
      'pairs-scan',
      `pairs among ${request.series.length} series`,
      scanStored(lab.tools.addon, lab.readStored, request),
    ),
  }),
};

export const recordingHandlers: Handlers<'recordings'> = {
  'recordings/replay': (request, { jobs, lab, library }) => ({
    job: jobs.start(
      'book-replay',
      `${request.strategy} on ${request.instrument}`,
      replayStored(lab.tools.addon, library, request),
    ),
  }),
};
