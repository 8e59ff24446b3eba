/** Equity and the day's profit in the top bar. */

import type { StatusView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { formatMoney, formatRate } from '../format/decimal-text.ts';
import { Num } from '../ui/num.tsx';
import { modeTexts } from './mode.ts';

const preferred = ['USDT', 'USD', 'USDC', 'EUR'];

/** Gives the currency that sums are shown in first: a dollar where there is one. */
export function mainCurrency(amounts: Readonly<Record<string, string>>): string | null {
  const currencies = Object.keys(amounts).sort();
  return preferred.find((currency) => currencies.includes(currency)) ?? currencies[0] ?? null;
}

/** Gives the day's profit as a fraction of what the day began with, or null when that is nothing. */
export function dayRate(equity: string, dayPnl: string): string | null {
  const begin = Decimal.parse(equity).minus(Decimal.parse(dayPnl));
  return begin.isPositive ? Decimal.parse(dayPnl).dividedBy(begin, 6).toString() : null;
}

export function Equity({ status }: { readonly status: StatusView }) {
  const currency = mainCurrency(status.equity);
  if (currency === null) return null;
  const equity = status.equity[currency] ?? '0';
  const dayPnl = status.dayPnl[currency] ?? '0';
  const others = Object.entries(status.equity).filter(([other]) => other !== currency);
  const title = [
    modeTexts[status.mode].wallet,
    ...others.map(([other, amount]) => `${formatMoney(amount, other)} ${other}`),
  ].join('\n');
  return (
    <div className="flex items-center gap-3 leading-tight" title={title} data-testid="equity">
      <span className="flex flex-col items-end">
        <span className="text-2xs text-muted">{modeTexts[status.mode].wallet}</span>
        <span className="text-sm font-medium">
          <Num>{formatMoney(equity, currency)}</Num> <span className="text-2xs text-muted">{currency}</span>
        </span>
      </span>
      <span className="flex flex-col items-end max-[1100px]:hidden" data-testid="day-pnl">
        <span className="text-2xs text-muted">Day P&L</span>
        <span className="text-sm font-medium">
          <Num sign={dayPnl}>{formatMoney(dayPnl, currency, true)}</Num>{' '}
          <Num sign={dayPnl} className="text-2xs">
            {formatRate(dayRate(equity, dayPnl), 2, true)}
          </Num>
        </span>
      </span>
    </div>
  );
}
