/** One bot: chart with planned against actual orders, ladder, performance, orders, fills, parameters, its records. */

import { useMemo, useState } from 'react';
import type { ResponseOf } from '../../shared/api/contract.ts';
import { formatDecimal, formatMoney } from '../format/decimal-text.ts';
import { shortSymbol } from '../format/symbol-text.ts';
import { formatDateTime } from '../format/time-text.ts';
import { JournalTable } from '../journal/journal-table.tsx';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { useInstrument } from '../store/session.ts';
import { showOrder } from '../store/ui-state.ts';
import { QueriedTable } from '../trade/account-panes.tsx';
import { fillColumns, orderHistoryColumns, priceText } from '../trade/order-columns.tsx';
import { IconButton } from '../ui/button.tsx';
import { Num } from '../ui/num.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { BotActions } from './bot-actions.tsx';
import { BotChart } from './bot-chart.tsx';
import { BotParameters } from './bot-parameters.tsx';
import { BotProfit, BotState, WhyLine } from './bot-state.tsx';
import { EquityChart } from './equity-chart.tsx';
import { Ladder } from './ladder.tsx';

type Shown = ResponseOf<'bots/show'>;
type Tab = 'ladder' | 'fills' | 'orders' | 'equity' | 'parameters' | 'records';

const tabs: readonly { value: Tab; label: string }[] = [
  { value: 'ladder', label: 'Planned and actual' },
  { value: 'fills', label: 'Fills' },
  { value: 'orders', label: 'Orders' },
  { value: 'equity', label: 'Performance' },
  { value: 'parameters', label: 'Parameters' },
  { value: 'records', label: 'Records' },
];

export function BotDetail({ botId }: { readonly botId: string }) {
  const { value, failure, retry } = useQuery('bots/show', { bot: botId }, ['bots', 'orders', 'status']);
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={12} />;
    return <ErrorState title={`Bot ${botId} could not be read`} failure={failure} onRetry={retry} />;
  }
  return <Detail shown={value} />;
}

function Head({ shown }: { readonly shown: Shown }) {
  const { bot } = shown;
  const instrument = useInstrument(bot.instrument);
  const facts: readonly { label: string; text: React.ReactNode; testId?: string }[] = [
    { label: 'Profit', text: <BotProfit bot={bot} /> },
    {
      label: 'Realised',
      text: <Num sign={bot.pnl.realised}>{formatMoney(bot.pnl.realised, bot.pnl.currency, true)}</Num>,
      testId: 'bot-realised',
    },
    {
      label: 'Unrealised',
      text: <Num sign={bot.pnl.unrealised}>{formatMoney(bot.pnl.unrealised, bot.pnl.currency, true)}</Num>,
    },
    { label: 'Fees', text: <Num>{formatMoney(bot.pnl.fees, bot.pnl.currency)}</Num> },
    {
      label: 'Equity',
      text: <Num>{`${formatMoney(bot.equity, bot.pnl.currency)} ${bot.pnl.currency}`}</Num>,
    },
    {
      label: 'Position',
      text: <Num>{`${formatDecimal(bot.position.quantity)} ${instrument?.base ?? ''}`}</Num>,
      testId: 'bot-position',
    },
    { label: 'Average entry', text: <Num>{priceText(bot.instrument, bot.position.averageEntryPrice)}</Num> },
    { label: 'Open orders', text: <Num>{String(bot.openOrders)}</Num>, testId: 'bot-open-orders' },
    { label: 'Fills', text: <Num>{String(bot.fills)}</Num>, testId: 'bot-fills' },
    {
      label: 'Started',
      text: <Num>{bot.startedAtMs === null ? '—' : formatDateTime(bot.startedAtMs).slice(5)}</Num>,
    },
  ];
  return (
    <div className="shrink-0 border-b border-line bg-surface">
      <div className="flex h-11 items-center gap-2.5 px-2.5">
        <IconButton
          icon="chevronLeft"
          label="Back to bots"
          onClick={() => goTo('bots')}
          data-testid="bot-back"
        />
        <h1 className="text-lg font-semibold whitespace-nowrap" data-testid="bot-name">
          {bot.name}
        </h1>
        <BotState bot={bot} />
        <span className="truncate text-sm text-muted">
          {bot.strategyTitle} · {shortSymbol(bot.symbol)} · {bot.venue}
        </span>
        <span className="grow" />
        <BotActions bot={bot} />
      </div>
      <div className="flex items-start gap-2 border-t border-line/60 px-3 py-1.5 text-sm">
        <span className="shrink-0 text-muted">Why</span>
        <WhyLine bot={bot} isLong />
      </div>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 border-t border-line/60 px-3 py-1.5">
        {facts.map(({ label, text, testId }) => (
          <div key={label}>
            <dt className="text-2xs text-muted">{label}</dt>
            <dd className="text-sm font-medium" data-testid={testId}>
              {text}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Detail({ shown }: { readonly shown: Shown }) {
  const { bot } = shown;
  const [tab, setTab] = useState<Tab>('ladder');
  const missing = useMemo(() => shown.ladder.filter((row) => row.actual === null).length, [shown.ladder]);
  return (
    <div className="flex h-full flex-col" data-testid="bot-detail">
      <Head shown={shown} />
      <div className="grid min-h-0 min-w-0 grow grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)_minmax(150px,38%)]">
        <div className="min-h-0">
          <BotChart shown={shown} />
        </div>
        <div className="flex min-h-0 flex-col border-t border-line bg-surface">
          <div className="flex h-8 shrink-0 items-center border-b border-line px-2">
            <Segmented
              label="Details"
              look="underline"
              testId="bot-tab"
              value={tab}
              onChange={setTab}
              options={tabs.map((one) =>
                one.value === 'ladder' && missing > 0
                  ? { ...one, label: `${one.label} · ${missing} missing` }
                  : one,
              )}
            />
          </div>
          <div className="min-h-0 grow">
            {tab === 'ladder' ? (
              <Ladder ladder={shown.ladder} instrument={bot.instrument} state={bot.state} />
            ) : null}
            {tab === 'fills' ? (
              <QueriedTable
                method="fills/list"
                request={{ bot: bot.id, limit: 500 }}
                topics={['fills']}
                label="Fills of the bot"
                testId="bot-fills-table"
                columns={fillColumns}
                rowKey={(row) => `${row.venue} ${row.instrument} ${row.tradeId} ${row.leg}`}
                onRowClick={(row) => showOrder(row.clientOrderId)}
                empty={
                  <EmptyState title="No fills yet">
                    The first execution appears here and as a mark on the chart.
                  </EmptyState>
                }
              />
            ) : null}
            {tab === 'orders' ? (
              <QueriedTable
                method="orders/list"
                request={{ bot: bot.id, state: 'all', limit: 500 }}
                topics={['orders']}
                label="Orders of the bot"
                testId="bot-orders-table"
                columns={orderHistoryColumns}
                rowKey={(row) => row.clientOrderId}
                onRowClick={(row) => showOrder(row.clientOrderId)}
                empty={
                  <EmptyState title="No orders yet">
                    Start the bot: its orders are listed here with their state.
                  </EmptyState>
                }
              />
            ) : null}
            {tab === 'equity' ? <EquityChart bot={bot.id} currency={bot.pnl.currency} /> : null}
            {tab === 'parameters' ? <BotParameters bot={bot} /> : null}
            {tab === 'records' ? <JournalTable filter={{ bot: bot.id }} /> : null}
          </div>
        </div>
      </div>
    </div>
  );
}
