/** All bots: state, market, profit, equity, why. */

import { memo, useMemo, useRef, useState } from 'react';
import type { BotView } from '../../shared/api/views.ts';
import { formatMoney } from '../format/decimal-text.ts';
import { shortSymbol } from '../format/symbol-text.ts';
import { useQuery, useSize } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { useSession } from '../store/session.ts';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Spark } from '../ui/spark.tsx';
import { EmptyState } from '../ui/states.tsx';
import { BotActions } from './bot-actions.tsx';
import { BotProfit, BotState, WhyLine } from './bot-state.tsx';

const EquitySpark = memo(function EquitySpark({
  bot,
  currency,
}: {
  readonly bot: string;
  readonly currency: string;
}) {
  const { value } = useQuery('equity/history', { bot, limit: 120 }, ['equity']);
  const values = useMemo(
    () =>
      value?.points.map(([, amounts]) => Number(amounts[currency] ?? Number.NaN)).filter(Number.isFinite) ??
      [],
    [value, currency],
  );
  return <Spark values={values} label={`Equity of ${bot}`} className="block h-5 w-full" />;
});

const columns: readonly Column<BotView>[] = [
  {
    id: 'state',
    header: 'State',
    width: 92,
    sortBy: (row) => row.state,
    cell: (row) => <BotState bot={row} />,
  },
  {
    id: 'name',
    header: 'Bot',
    width: 140,
    sortBy: (row) => row.name,
    cell: (row) => (
      <span>
        <span className="font-medium">{row.name}</span> <span className="text-2xs text-muted">{row.id}</span>
      </span>
    ),
  },
  {
    id: 'strategy',
    header: 'Strategy',
    width: 130,
    sortBy: (row) => row.strategyTitle,
    cell: (row) => row.strategyTitle,
  },
  {
    id: 'market',
    header: 'Market',
    width: 150,
    sortBy: (row) => row.instrument,
    cell: (row) => (
      <span>
        {shortSymbol(row.symbol)} <span className="text-2xs text-muted">{row.venue}</span>
      </span>
    ),
  },
  {
    id: 'pnl',
    header: 'Profit',
    width: 128,
    align: 'right',
    sortBy: (row) => Number(row.pnl.total),
    cell: (row) => <BotProfit bot={row} />,
  },
  {
    id: 'equity',
    header: 'Equity',
    width: 92,
    align: 'right',
    sortBy: (row) => Number(row.equity ?? 0),
    cell: (row) => `${formatMoney(row.equity, row.pnl.currency)}`,
  },
  {
    id: 'spark',
    header: 'Equity line',
    width: 76,
    cell: (row) => <EquitySpark bot={row.id} currency={row.pnl.currency} />,
  },
  {
    id: 'orders',
    header: 'Orders',
    width: 54,
    align: 'right',
    sortBy: (row) => row.openOrders,
    cell: (row) => String(row.openOrders),
  },
  {
    id: 'fills',
    header: 'Fills',
    width: 50,
    align: 'right',
    sortBy: (row) => row.fills,
    cell: (row) => String(row.fills),
  },
  { id: 'why', header: 'Why', width: 280, cell: (row) => <WhyLine bot={row} /> },
  { id: 'actions', header: '', width: 84, cell: (row) => <BotActions bot={row} isSmall /> },
];

type Filter = 'all' | 'running' | 'paused' | 'stopped';
const filters: readonly { value: Filter; label: string; states: readonly BotView['state'][] }[] = [
  { value: 'all', label: 'All', states: [] },
  { value: 'running', label: 'Running', states: ['RUNNING', 'STOPPING'] },
  { value: 'paused', label: 'Paused', states: ['PAUSED'] },
  { value: 'stopped', label: 'Stopped', states: ['CREATED', 'STOPPED', 'FAILED'] },
];
const noBots: readonly BotView[] = [];

/** Columns that go first when the page is narrow. */
const wideOnly = new Set(['strategy', 'equity', 'spark', 'fills']);
const narrowColumns = columns.filter((column) => !wideOnly.has(column.id));
const wideFrom = 1200;

export function BotList() {
  const root = useRef<HTMLDivElement>(null);
  const { width } = useSize(root);
  const bots = useSession((session) => session.status?.bots) ?? noBots;
  const [filter, setFilter] = useState<Filter>('all');
  const [search, setSearch] = useState('');
  const rows = useMemo(() => {
    const states = filters.find((one) => one.value === filter)?.states ?? [];
    const wanted = search.trim().toLowerCase();
    return bots.filter(
      (bot) =>
        (states.length === 0 || states.includes(bot.state)) &&
        `${bot.id} ${bot.name} ${shortSymbol(bot.symbol)} ${bot.strategyTitle} ${bot.venue}`
          .toLowerCase()
          .includes(wanted),
    );
  }, [bots, filter, search]);
  const create = (
    <Button variant="primary" icon="plus" onClick={() => goTo('bots', 'new')} data-testid="bot-new">
      New bot
    </Button>
  );
  return (
    <div ref={root} className="flex h-full flex-col bg-surface">
      <div className="flex h-11 shrink-0 items-center gap-3 border-b border-line px-3">
        <h1 className="text-lg font-semibold">Bots</h1>
        <Segmented
          label="State"
          testId="bots-filter"
          value={filter}
          onChange={setFilter}
          options={filters.map(({ value, label, states }) => ({
            value,
            label: `${label} ${states.length === 0 ? bots.length : bots.filter((bot) => states.includes(bot.state)).length}`,
          }))}
        />
        <input
          type="search"
          aria-label="Search bots"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          data-testid="bots-search"
          className="h-[26px] w-44 rounded-md border border-line-strong bg-bg px-2 text-sm placeholder:text-muted"
        />
        <span className="grow" />
        {bots.length === 0 ? null : create}
      </div>
      <div className="min-h-0 grow">
        <DataTable
          label="Bots"
          testId="bots"
          rows={rows}
          columns={width < wideFrom ? narrowColumns : columns}
          rowKey={(row) => row.id}
          onRowClick={(row) => goTo('bots', row.id)}
          empty={
            bots.length === 0 ? (
              <div className="pt-16">
                <EmptyState icon="bots" title="No bots yet" action={create}>
                  Choose a template, drag its range on the chart, see every order and the worst case, then
                  start it. In this workspace nothing but simulated money moves.
                </EmptyState>
              </div>
            ) : (
              <EmptyState title="No bot fits the filter" />
            )
          }
        />
      </div>
    </div>
  );
}
