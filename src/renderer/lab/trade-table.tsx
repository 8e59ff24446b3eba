/** Every round trip of a backtest; more are fetched as the end comes into view. */

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { BacktestTradeView } from '../../shared/api/lab-views.ts';
import type { ApiFailure } from '../../shared/api/result.ts';
import { moneyPlaces } from '../../shared/lab/money-places.ts';
import { formatMinute, formatSpan } from '../format/time-text.ts';
import { call } from '../store/terminal.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { moneyText, percentText, pricePlaces, priceText, toneOf } from './figures.ts';

const pageRows = 2000;

/** Places of money in the quote currency, of prices, and of sizes. */
interface Places {
  readonly money: number;
  readonly price: number;
  readonly size: number;
}

const columnsOf = ({ money: places, price, size }: Places): readonly Column<BacktestTradeView>[] => [
  {
    id: 'number',
    header: '#',
    width: 50,
    align: 'right',
    sortBy: (row) => row.number,
    cell: (row) => String(row.number),
  },
  {
    id: 'side',
    header: 'Side',
    width: 54,
    sortBy: (row) => row.side,
    cell: (row) => <span className={row.side === 'long' ? 'text-up' : 'text-down'}>{row.side}</span>,
  },
  {
    id: 'entry',
    header: 'Entry',
    width: 126,
    sortBy: (row) => row.entryTimeMs,
    cell: (row) => <span className="num">{formatMinute(row.entryTimeMs)}</span>,
  },
  {
    id: 'entryPrice',
    header: 'At',
    width: 90,
    align: 'right',
    sortBy: (row) => row.entryPrice,
    cell: (row) => priceText(row.entryPrice, price),
  },
  {
    id: 'exit',
    header: 'Exit',
    width: 126,
    sortBy: (row) => row.exitTimeMs,
    cell: (row) => <span className="num">{formatMinute(row.exitTimeMs)}</span>,
  },
  {
    id: 'exitPrice',
    header: 'At',
    width: 90,
    align: 'right',
    sortBy: (row) => row.exitPrice,
    cell: (row) => priceText(row.exitPrice, price),
  },
  {
    id: 'profit',
    header: 'Profit',
    width: 96,
    align: 'right',
    sortBy: (row) => row.profit,
    cell: (row) => <span className={toneOf(row.profit)}>{moneyText(row.profit, true, places)}</span>,
  },
  {
    id: 'ratio',
    header: 'Return',
    width: 74,
    align: 'right',
    sortBy: (row) => row.profitRatio,
    cell: (row) => <span className={toneOf(row.profitRatio)}>{percentText(row.profitRatio, true)}</span>,
  },
  {
    id: 'held',
    header: 'Held',
    width: 80,
    align: 'right',
    sortBy: (row) => row.exitTimeMs - row.entryTimeMs,
    cell: (row) => formatSpan(row.exitTimeMs - row.entryTimeMs),
  },
  {
    id: 'reason',
    header: 'Why it ended',
    width: 90,
    sortBy: (row) => row.exitReason,
    cell: (row) => row.exitReason,
  },
  {
    id: 'quantity',
    header: 'Size',
    width: 90,
    align: 'right',
    sortBy: (row) => row.quantity,
    cell: (row) => priceText(row.quantity, size),
  },
  {
    id: 'fees',
    header: 'Fees',
    width: 74,
    align: 'right',
    sortBy: (row) => row.fees,
    cell: (row) => moneyText(row.fees, false, places),
  },
  {
    id: 'worst',
    header: 'Worst',
    width: 70,
    align: 'right',
    sortBy: (row) => row.mae,
    cell: (row) => percentText(row.mae),
  },
  {
    id: 'best',
    header: 'Best',
    width: 70,
    align: 'right',
    sortBy: (row) => row.mfe,
    cell: (row) => percentText(row.mfe),
  },
];

/** Gives the trades of a backtest fetched so far, and what fetches more. */
export function useTrades(id: string): {
  readonly rows: readonly BacktestTradeView[] | null;
  readonly failure: ApiFailure | null;
  readonly more: () => void;
} {
  const [rows, setRows] = useState<readonly BacktestTradeView[] | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const total = useRef(Number.POSITIVE_INFINITY);
  const isAsking = useRef(false);
  const count = rows?.length ?? 0;
  const more = useCallback(() => {
    if (isAsking.current || count >= total.current) return;
    isAsking.current = true;
    void call('backtests/trades', { backtest: id, offset: count, limit: pageRows }).then((result) => {
      isAsking.current = false;
      if (!result.ok) {
        setFailure(result);
        return;
      }
      total.current = result.value.total;
      setRows((before) => [...(before ?? []), ...result.value.rows]);
    });
  }, [id, count]);
  useEffect(() => {
    if (rows === null) more();
  }, [rows, more]);
  return { rows, failure, more };
}

export function TradeTable({
  id,
  total,
  quote,
}: {
  readonly id: string;
  readonly total: number;
  readonly quote: string;
}) {
  const { rows, failure, more } = useTrades(id);
  const columns = useMemo(() => {
    const all = rows ?? [];
    return columnsOf({
      money: moneyPlaces(all.map(({ profit }) => profit)),
      price: pricePlaces(all.flatMap(({ entryPrice, exitPrice }) => [entryPrice, exitPrice])),
      size: pricePlaces(all.map(({ quantity }) => quantity)),
    });
  }, [rows]);
  if (rows === null) {
    if (failure === null) return <SkeletonRows rows={10} />;
    return <ErrorState title="The trades could not be loaded" failure={failure} onRetry={more} />;
  }
  return (
    <DataTable
      label={`Trades, money in ${quote}`}
      testId="backtest-trades"
      rows={rows}
      columns={columns}
      rowKey={(row) => String(row.number)}
      onEndReached={rows.length < total ? more : undefined}
      empty={<EmptyState title="There was no trade">No rule to enter was met over this data.</EmptyState>}
    />
  );
}
