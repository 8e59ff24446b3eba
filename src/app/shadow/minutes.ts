/** Where the minutes of a shadow backtest come from: a running host, or the folder of one that is off. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeAddon } from '../../adapters/compute/addon.ts';
import { candlesOf } from '../../adapters/compute/candle-columns.ts';
import { CandleStore } from '../../adapters/compute/candle-store.ts';
import type { CandleService } from '../candles/candle-service.ts';
import { minuteMs } from './compared-time.ts';
import type { ShadowSources } from './shadow-backtest.ts';

/** What the host has lived; before that the venue's own history, which warmed the bot up. */
export function minutesOfHost(candles: Pick<CandleService, 'flush' | 'read'>): ShadowSources['minutes'] {
  return async (instrument, fromMs, toMs) => {
    await candles.flush();
    const read = await candles.read(instrument.id, minuteMs, toMs, Math.round((toMs - fromMs) / minuteMs));
    return read.candles.filter(({ openTimeMs }) => openTimeMs >= fromMs);
  };
}

/** What runs of a mode have lived, read from the data folder. Gives nothing where nothing is stored. */
export function minutesOfFolder(
  addon: NativeAddon,
  dataFolder: string,
  mode: string,
): ShadowSources['minutes'] {
  return async ({ symbol, venue }, fromMs, toMs) => {
    const folder = join(dataFolder, 'candles', mode);
    if (!existsSync(folder)) return [];
    const store = new CandleStore(addon, folder);
    const series = { venue, symbol, timeframeMs: minuteMs };
    try {
      return store.info(series) === undefined ? [] : candlesOf(store.read(series, { fromMs, toMs }));
    } finally {
      await store.close();
    }
  };
}
