/** What makes the figures of a run weaker than they look, in sentences. */

import type { Kernel } from '../../engine/kernel/kernel.ts';
import type { LoadedSeries } from './load-series.ts';
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
  if (counter.hasTooSmall) warnings.push(tooSmallWarning);
  if (counter.rejected > 0)
    warnings.push(
      `${counter.rejected} orders were refused, the first one because: ${counter.firstRefusal ?? ''}`,
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

/** Entries were wanted, but no order was sent. The engine says it once however often it happens, so it has no number. */
export const tooSmallWarning =
  'Entries were left out: they were below the smallest order the market takes. More capital or a larger size lets them in.';

/** Says that entries were wanted but not paid for. */
export function unfundedWarning(refusedEntries: number): string {
  return `${refusedEntries} orders were not paid for at the price they met: a larger reserve or a smaller size lets them in.`;
}
