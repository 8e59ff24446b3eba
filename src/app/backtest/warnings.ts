/** What makes the figures of a run weaker than they look, in sentences. */

import type { Kernel } from '../../engine/kernel/kernel.ts';
import type { CandleTrack } from '../../engine/simulation/candles/candle-track.ts';
import { ensureDefined } from '../../shared/domain/assert.ts';
import type { OpenPosition, TradeTable } from '../../shared/lab/result.ts';
import type { LoadedSeries } from './load-series.ts';
import type { PreparedBot } from './prepare-bots.ts';
import type { RunCounter } from './run-counter.ts';

export function warningsOf(
  series: readonly LoadedSeries[],
  counter: RunCounter,
  candlesWithoutDetail: number,
  refusedEntries: number,
  kernel: Kernel,
): string[] {
  const warnings = seriesWarnings(series);
  if (candlesWithoutDetail > 0)
    warnings.push(
      `${candlesWithoutDetail} candles had no finer data: the assumed path was used inside them.`,
    );
  if (refusedEntries > 0) warnings.push(unfundedWarning(refusedEntries));
  if (counter.firstShortage !== undefined)
    warnings.push(
      `There was a time when too little money was left to go on, the first because ${counter.firstShortage}.`,
    );
  if (counter.hasTooSmall) warnings.push(tooSmallWarning);
  const refused = counter.rejected - counter.crossedLiquidation;
  if (refused > 0)
    warnings.push(
      `${refused} ${refused === 1 ? 'order was refused' : 'orders were refused, the first one'} because: ${counter.firstRefusal ?? ''}`,
    );
  const withBook = new Set(
    series.flatMap(({ book, instrument }) => (book === undefined ? [] : [instrument.id])),
  );
  for (const bot of kernel.botManager.bots.values()) {
    const hearsTrades = withBook.has(bot.instrument.id);
    if (bot.subscription.trades && !bot.subscription.quotes && !hearsTrades)
      warnings.push(`${bot.strategy.title} listens to trades; candles have none to tell.`);
    if (bot.state === 'STOPPED')
      warnings.push(`${bot.instrument.symbol}: the bot stopped early: ${bot.stateReason}.`);
  }
  return warnings;
}

/** What keeps the bots from trading their plans: said before anything else, because it bends every figure. */
export function botWarnings(bots: readonly Pick<PreparedBot, 'warnings'>[]): string[] {
  return bots.flatMap(({ warnings }) => warnings);
}

/** What is weak in the data of a run. */
export function seriesWarnings(series: readonly LoadedSeries[]): string[] {
  const warnings = series.flatMap((loaded) => loaded.warnings);
  for (const { instrument, borrow, funding } of series) {
    if (instrument.kind === 'perpetual' && funding === undefined && borrow === undefined)
      warnings.push(
        `Funding of ${instrument.symbol} is left out: a position held for long may have paid much of it.`,
      );
  }
  return warnings;
}

/** Says what was bought on spot and is worth less at the end than the market takes in one sale. */
export function unsellableWarnings(
  open: readonly OpenPosition[],
  trades: TradeTable,
  tracks: readonly Pick<CandleTrack, 'instrument'>[],
): string[] {
  return open.flatMap(({ lastPrice, quantity, trade }) => {
    const { instrument } = ensureDefined(tracks[trades.instrument[trade] as number], 'series of a trade');
    const { base, kind, minimumNotional, quote, symbol } = instrument;
    if (kind !== 'spot' || quantity * lastPrice >= minimumNotional.toNumber()) return [];
    return [
      `${quantity} ${base} are left over: ${symbol} takes no sale below ${minimumNotional} ${quote}. Larger entries leave nothing.`,
    ];
  });
}

/** Entries were wanted, but no order was sent. The engine says it once however often it happens, so it has no number. */
export const tooSmallWarning =
  'Entries were left out: they were below the smallest order the market takes. More capital or a larger size lets them in.';

/** Says that entries were wanted but not paid for. */
export function unfundedWarning(refusedEntries: number): string {
  return `${refusedEntries} orders were not paid for at the price they met: a larger reserve or a smaller size lets them in.`;
}
