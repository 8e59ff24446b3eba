/** Money as the API shows it: profit, equity, positions and balances. All sums are exact decimals. */

import type { Kernel } from '../../engine/kernel/kernel.ts';
import { accountOf, isOwnAccount, manualBot } from '../../engine/portfolio/ledger.ts';
import type { Position } from '../../engine/portfolio/position.ts';
import { availableFunds } from '../../engine/risk/facts.ts';
import type { BalanceRowView, PnlView, PositionRowView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { BotId, VenueId } from '../../shared/domain/nominal.ts';

/** Gives the mark of a position in ticks, or undefined while no price is known. */
function markOf(kernel: Kernel, position: Position): number | undefined {
  return kernel.services.markets.get(position.instrument.id)?.markTicks();
}

function exactMark(position: Position, markTicks: number): Decimal {
  return position.instrument.tickSize.times(Decimal.of(BigInt(Math.round(markTicks * 2)) * 5n, 1));
}

export function pnlViewOf(kernel: Kernel, position: Position): PnlView {
  const mark = markOf(kernel, position);
  const unrealised = mark === undefined ? Decimal.zero : position.unrealised(mark);
  const total = position.realised.plus(unrealised).minus(position.fees).plus(position.funding);
  return {
    currency: position.instrument.settle,
    realised: position.realised.toString(),
    unrealised: unrealised.toString(),
    fees: position.fees.toString(),
    funding: position.funding.toString(),
    total: total.toString(),
  };
}

/** Gives the value of a bot's account in quote or settle currency, or undefined while its base cannot be valued. */
export function botEquity(kernel: Kernel, bot: BotId, position: Position): Decimal | undefined {
  const { instrument } = position;
  const { ledger } = kernel.services.portfolio;
  const money = ledger.balance(accountOf(bot), instrument.venue, instrument.settle);
  const mark = markOf(kernel, position);
  if (instrument.kind === 'perpetual') {
    if (position.held.isZero) return money;
    return mark === undefined ? undefined : money.plus(position.unrealised(mark));
  }
  const base = ledger.balance(accountOf(bot), instrument.venue, instrument.base);
  if (base.isZero) return money;
  return mark === undefined ? undefined : money.plus(base.times(exactMark(position, mark)));
}

/**
 * Gives the value of everything that is ours, by quote currency. A currency that is the base of a priced instrument of
 * the same venue counts in that instrument's quote currency; any other stands for itself.
 */
export function totalEquity(kernel: Kernel): Record<string, string> {
  const sums = new Map<string, Decimal>();
  const add = (currency: string, amount: Decimal) =>
    sums.set(currency, (sums.get(currency) ?? Decimal.zero).plus(amount));
  const prices = new Map<string, { quote: string; price: Decimal }>();
  for (const market of kernel.services.markets.values()) {
    const { instrument } = market;
    const mark = market.markTicks();
    if (instrument.kind !== 'spot' || mark === undefined) continue;
    const price = instrument.tickSize.times(Decimal.of(BigInt(Math.round(mark * 2)) * 5n, 1));
    prices.set(`${instrument.venue}|${instrument.base}`, { quote: instrument.quote, price });
  }
  for (const entry of kernel.services.portfolio.ledger.entries()) {
    if (!isOwnAccount(entry.account) || entry.amount.isZero) continue;
    const valued = prices.get(`${entry.venue}|${entry.currency}`);
    if (valued === undefined) add(entry.currency, entry.amount);
    else add(valued.quote, entry.amount.times(valued.price));
  }
  for (const { position } of kernel.services.portfolio.allPositions()) {
    if (position.instrument.kind !== 'perpetual' || position.held.isZero) continue;
    const mark = markOf(kernel, position);
    if (mark !== undefined) add(position.instrument.settle, position.unrealised(mark));
  }
  return Object.fromEntries([...sums].map(([currency, amount]) => [currency, amount.toString()]));
}

/** Gives positions that are not flat. */
export function positionRows(
  kernel: Kernel,
  filter: { bot?: string | undefined; venue?: string | undefined },
): PositionRowView[] {
  const rows: PositionRowView[] = [];
  for (const { bot, position } of kernel.services.portfolio.allPositions()) {
    const { instrument } = position;
    if (filter.bot !== undefined && filter.bot !== bot) continue;
    if (filter.venue !== undefined && filter.venue !== instrument.venue) continue;
    if (position.held.isZero) continue;
    const mark = markOf(kernel, position);
    rows.push({
      bot,
      venue: instrument.venue,
      instrument: instrument.id,
      symbol: instrument.symbol,
      quantity: position.held.toString(),
      averageEntryPrice:
        position.averageEntryPrice?.rounded(instrument.tickSize.scale + 2, 'half-even').toString() ?? null,
      markPrice: mark === undefined ? null : exactMark(position, mark).toString(),
      unrealised: mark === undefined ? null : position.unrealised(mark).toString(),
      realised: position.realised.toString(),
      currency: instrument.settle,
    });
  }
  return rows;
}

/** Gives what each owner has, what its orders bind and what is free. */
export function balanceRows(
  kernel: Kernel,
  filter: { bot?: string | undefined; venue?: string | undefined },
): BalanceRowView[] {
  const rows: BalanceRowView[] = [];
  for (const entry of kernel.services.portfolio.ledger.entries()) {
    if (!isOwnAccount(entry.account)) continue;
    const owner = entry.account === 'main' ? 'main' : entry.account.slice('bot:'.length);
    if (filter.bot !== undefined && filter.bot !== owner) continue;
    if (filter.venue !== undefined && filter.venue !== entry.venue) continue;
    if (owner !== 'main' && entry.amount.isZero) continue;
    const bot = (owner === 'main' ? manualBot : owner) as BotId;
    const available = availableFunds(kernel.services, bot, entry.venue, entry.currency);
    rows.push({
      venue: entry.venue,
      currency: entry.currency,
      owner,
      total: entry.amount.toString(),
      reserved: entry.amount.minus(available).toString(),
      available: available.toString(),
    });
  }
  return rows;
}

/** Gives the non-zero amounts in a bot's account. */
export function botBalances(kernel: Kernel, bot: BotId, venue: VenueId): Record<string, string> {
  const amounts: Record<string, string> = {};
  for (const entry of kernel.services.portfolio.ledger.entries()) {
    if (entry.account === accountOf(bot) && entry.venue === venue && !entry.amount.isZero) {
      amounts[entry.currency] = entry.amount.toString();
    }
  }
  return amounts;
}
