/** A bot's state as a badge, its profit, and its "why" line with the countdown to the next check. */

import type { BotView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { formatMoney, formatRate } from '../format/decimal-text.ts';
import { formatCountdown, formatSpan } from '../format/time-text.ts';
import { useKernelClock } from '../store/hooks.ts';
import { classes } from '../ui/classes.ts';
import { Num } from '../ui/num.tsx';

const looks: Record<BotView['state'], { label: string; dot: string; text: string }> = {
  CREATED: { label: 'Not started', dot: 'bg-muted', text: 'text-muted' },
  RUNNING: { label: 'Running', dot: 'bg-up', text: 'text-up' },
  PAUSED: { label: 'Paused', dot: 'bg-warn', text: 'text-warn' },
  STOPPING: { label: 'Stopping', dot: 'bg-warn animate-pulse', text: 'text-warn' },
  STOPPED: { label: 'Stopped', dot: 'bg-muted', text: 'text-muted' },
  FAILED: { label: 'Failed', dot: 'bg-danger', text: 'text-danger' },
};

export function BotState({ bot }: { readonly bot: Pick<BotView, 'state' | 'stateReason'> }) {
  const look = looks[bot.state];
  return (
    <span
      className={classes('inline-flex items-center gap-1.5 text-xs font-medium', look.text)}
      title={bot.stateReason}
      data-testid="bot-state"
      data-state={bot.state}
    >
      <span className={classes('size-1.5 rounded-full', look.dot)} />
      {look.label}
    </span>
  );
}

/** Gives a bot's total profit as a fraction of what was set aside in its profit currency, or null without that. */
export function returnRate(bot: BotView): string | null {
  if (bot.equity === null) return null;
  const begin = Decimal.parse(bot.equity).minus(Decimal.parse(bot.pnl.total));
  return begin.isPositive ? Decimal.parse(bot.pnl.total).dividedBy(begin, 6).toString() : null;
}

export function BotProfit({ bot, className }: { readonly bot: BotView; readonly className?: string }) {
  const { pnl } = bot;
  const title = `realised ${formatMoney(pnl.realised, pnl.currency, true)}\nunrealised ${formatMoney(pnl.unrealised, pnl.currency, true)}\nfees ${formatMoney(pnl.fees, pnl.currency)}\nfunding ${formatMoney(pnl.funding, pnl.currency, true)}`;
  return (
    <span className={className} title={title} data-testid="bot-pnl">
      <Num sign={pnl.total}>{formatMoney(pnl.total, pnl.currency, true)}</Num>{' '}
      <Num sign={pnl.total} className="text-2xs opacity-80">
        {formatRate(returnRate(bot), 2, true)}
      </Num>
    </span>
  );
}

/** What the bot last decided, what blocks it, when it looks again. */
export function WhyLine({
  bot,
  isLong = false,
}: {
  readonly bot: Pick<BotView, 'why' | 'state' | 'stateReason'>;
  readonly isLong?: boolean;
}) {
  const nowMs = useKernelClock(500);
  const { why } = bot;
  if (why === null)
    return <span className="text-muted">{bot.stateReason === '' ? 'No decision yet' : bot.stateReason}</span>;
  const next =
    bot.state !== 'RUNNING' || why.nextCheckMs === null
      ? ''
      : `next check ${formatCountdown(why.nextCheckMs, nowMs)}`;
  return (
    <span
      className="flex min-w-0 items-baseline gap-2"
      title={`${why.text}\n${why.code} · said ${formatSpan(nowMs - why.atMs)} ago`}
      data-testid="bot-why"
    >
      <span className={classes('min-w-0', isLong ? '' : 'truncate')}>{why.text}</span>
      {isLong ? <span className="num shrink-0 text-2xs text-muted">{why.code}</span> : null}
      {next === '' ? null : (
        <span className="num shrink-0 text-2xs text-muted" data-testid="bot-next-check">
          {next}
        </span>
      )}
    </span>
  );
}
