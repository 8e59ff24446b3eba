/** Remembers where positions are liquidated, as long as nothing that decides it has changed. */

import { liquidationTicks } from '../matching/liquidation.ts';
import type { CandleTrack } from './candle-track.ts';
import { priceAtMark } from './mark-prices.ts';

export class LiquidationWatch {
  private readonly known = new Map<
    CandleTrack,
    { readonly version: number; readonly ticks: number | undefined }
  >();

  /**
   * Gives the price in ticks at which the position of a series is liquidated: where its mark price reaches what
   * `liquidationTicks` says; beyond the candle's range where it does not.
   */
  ticksOf(track: CandleTrack): number | undefined {
    const mark = this.markOf(track);
    const range = mark === undefined ? undefined : track.markRange();
    return mark === undefined || range === undefined ? mark : priceAtMark(range, mark, track.positionSign());
  }

  private markOf(track: CandleTrack): number | undefined {
    const { instrument, venue } = track;
    const { money } = venue;
    const known = this.known.get(track);
    if (known?.version === money.version) return known.ticks;
    const ticks = liquidationTicks(money, instrument, venue.markOf);
    // With other positions their prices count as well, and those move all the time.
    if (money.openPositions(instrument.settle).length === 1)
      this.known.set(track, { version: money.version, ticks });
    else this.known.delete(track);
    return ticks;
  }
}
