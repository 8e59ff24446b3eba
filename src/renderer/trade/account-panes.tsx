/** The tables under the chart: positions, open orders, fills, history, balances. */

import { type ReactNode, useEffect } from 'react';
import type { MethodName, RequestOf, ResponseOf } from '../../shared/api/contract.ts';
import type { BalanceRowView, PositionRowView } from '../../shared/api/views.ts';
import { formatDecimal, formatMoney } from '../format/decimal-text.ts';
import { shortSymbol } from '../format/symbol-text.ts';
import { useQuery } from '../store/hooks.ts';
import type { Topic } from '../store/query-cache.ts';
import { goTo } from '../store/route.ts';
import { selectInstrument, showOrder } from '../store/ui-state.ts';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Num } from '../ui/num.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import {
  fillColumns,
  openOrderColumns,
  orderHistoryColumns,
  priceText,
  quantityText,
} from './order-columns.tsx';

type RowsMethod = {
  [Name in MethodName]: ResponseOf<Name> extends { rows: object[]; total: number } ? Name : never;
}[MethodName];
type RowOf<Name extends RowsMethod> = ResponseOf<Name> extends { rows: (infer Row)[] } ? Row & object : never;

export interface QueriedTableProps<Name extends RowsMethod> {
  readonly method: Name;
  readonly request: RequestOf<Name>;
  readonly topics: readonly Topic[];
  readonly label: string;
  readonly testId: string;
  readonly columns: readonly Column<RowOf<Name>>[];
  readonly rowKey: (row: RowOf<Name>) => string;
  readonly onRowClick?: (row: RowOf<Name>) => void;
  readonly empty: ReactNode;
  /** Told how many rows there are. */
  readonly onTotal?: (total: number) => void;
}

/** A table of what a listing method gives, with loading, failure and empty states. */
export function QueriedTable<Name extends RowsMethod>(props: QueriedTableProps<Name>) {
  const answer = useQuery(props.method, props.request, props.topics);
  const value = answer.value as { rows: RowOf<Name>[]; total: number } | null;
  const total = value?.total;
  const { onTotal } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told only when the number changes
  useEffect(() => {
    if (total !== undefined) onTotal?.(total);
  }, [total]);
  if (value === null) {
    if (answer.failure === null) return <SkeletonRows />;
    return (
      <ErrorState
        title={`${props.label} could not be loaded`}
        failure={answer.failure}
        onRetry={answer.retry}
      />
    );
  }
  return (
    <DataTable
      label={props.label}
      testId={props.testId}
      rows={value.rows}
      columns={props.columns}
      rowKey={props.rowKey}
      onRowClick={props.onRowClick}
      empty={props.empty}
    />
  );
}

const positionColumns: readonly Column<PositionRowView>[] = [
  {
    id: 'symbol',
    header: 'Market',
    width: 96,
    sortBy: (row) => row.instrument,
    cell: (row) => <span title={row.instrument}>{shortSymbol(row.symbol)}</span>,
  },
  {
    id: 'venue',
    header: 'Venue',
    width: 60,
    sortBy: (row) => row.venue,
    cell: (row) => <span className="text-muted">{row.venue}</span>,
  },
  { id: 'bot', header: 'Bot', width: 62, sortBy: (row) => row.bot, cell: (row) => row.bot },
  {
    id: 'quantity',
    header: 'Quantity',
    width: 84,
    align: 'right',
    sortBy: (row) => Number(row.quantity),
    cell: (row) => <Num sign={row.quantity}>{quantityText(row.instrument, row.quantity)}</Num>,
  },
  {
    id: 'entry',
    header: 'Entry',
    width: 84,
    align: 'right',
    cell: (row) => priceText(row.instrument, row.averageEntryPrice),
  },
  {
    id: 'mark',
    header: 'Mark',
    width: 84,
    align: 'right',
    cell: (row) => priceText(row.instrument, row.markPrice),
  },
  {
    id: 'unrealised',
    header: 'Unrealised',
    width: 90,
    align: 'right',
    sortBy: (row) => Number(row.unrealised ?? 0),
    cell: (row) => <Num sign={row.unrealised}>{formatMoney(row.unrealised, row.currency, true)}</Num>,
  },
  {
    id: 'realised',
    header: 'Realised',
    width: 90,
    align: 'right',
    sortBy: (row) => Number(row.realised),
    cell: (row) => <Num sign={row.realised}>{formatMoney(row.realised, row.currency, true)}</Num>,
  },
  {
    id: 'currency',
    header: '',
    width: 46,
    cell: (row) => <span className="text-muted">{row.currency}</span>,
  },
];

type TitleProps = { readonly setTitle: (title: string) => void };
const counted = (title: string, total: number): string => (total === 0 ? title : `${title} ${total}`);

export function PositionsPane({ setTitle }: TitleProps) {
  return (
    <QueriedTable
      method="positions/list"
      request={{}}
      topics={['positions', 'status']}
      label="Positions"
      testId="positions"
      columns={positionColumns}
      rowKey={(row) => `${row.bot} ${row.instrument}`}
      onRowClick={(row) => selectInstrument(row.instrument)}
      onTotal={(total) => setTitle(counted('Positions', total))}
      empty={
        <EmptyState title="No positions">
          A position appears with the first fill of an order or a bot.
        </EmptyState>
      }
    />
  );
}

export function OpenOrdersPane({ setTitle }: TitleProps) {
  return (
    <QueriedTable
      method="orders/list"
      request={{ state: 'open', limit: 500 }}
      topics={['orders']}
      label="Open orders"
      testId="open-orders"
      columns={openOrderColumns}
      rowKey={(row) => row.clientOrderId}
      onRowClick={(row) => showOrder(row.clientOrderId)}
      onTotal={(total) => setTitle(counted('Open orders', total))}
      empty={
        <EmptyState
          title="No open orders"
          action={
            <Button size="sm" icon="bots" onClick={() => goTo('bots', 'new')}>
              Start a bot
            </Button>
          }
        >
          Place one with the ticket, or let a bot do it.
        </EmptyState>
      }
    />
  );
}

export function FillsPane() {
  return (
    <QueriedTable
      method="fills/list"
      request={{ limit: 500 }}
      topics={['fills']}
      label="Fills"
      testId="fills"
      columns={fillColumns}
      rowKey={(row) => `${row.venue} ${row.instrument} ${row.tradeId} ${row.leg}`}
      onRowClick={(row) => showOrder(row.clientOrderId)}
      empty={<EmptyState title="No fills yet">Every execution is listed here, once.</EmptyState>}
    />
  );
}

export function HistoryPane() {
  return (
    <QueriedTable
      method="orders/list"
      request={{ state: 'closed', limit: 500 }}
      topics={['orders']}
      label="Order history"
      testId="order-history"
      columns={orderHistoryColumns}
      rowKey={(row) => row.clientOrderId}
      onRowClick={(row) => showOrder(row.clientOrderId)}
      empty={
        <EmptyState title="No closed orders yet">
          Filled, cancelled and refused orders end here, with the reason.
        </EmptyState>
      }
    />
  );
}

const balanceColumns: readonly Column<BalanceRowView>[] = [
  { id: 'venue', header: 'Venue', width: 70, sortBy: (row) => row.venue, cell: (row) => row.venue },
  { id: 'owner', header: 'Account', width: 80, sortBy: (row) => row.owner, cell: (row) => row.owner },
  {
    id: 'currency',
    header: 'Currency',
    width: 66,
    sortBy: (row) => row.currency,
    cell: (row) => row.currency,
  },
  {
    id: 'total',
    header: 'Total',
    width: 110,
    align: 'right',
    sortBy: (row) => Number(row.total),
    cell: (row) => formatMoney(row.total, row.currency),
  },
  {
    id: 'reserved',
    header: 'In orders',
    width: 110,
    align: 'right',
    cell: (row) => formatMoney(row.reserved, row.currency),
  },
  {
    id: 'available',
    header: 'Available',
    width: 110,
    align: 'right',
    cell: (row) =>
      formatDecimal(row.available, { places: row.currency.startsWith('USD') ? 2 : 8, rounding: 'down' }),
  },
];

export function BalancesPane() {
  return (
    <QueriedTable
      method="balances/list"
      request={{}}
      topics={['balances']}
      label="Balances"
      testId="balances"
      columns={balanceColumns}
      rowKey={(row) => `${row.venue} ${row.owner} ${row.currency}`}
      empty={<EmptyState title="No balances">They appear when a venue account is open.</EmptyState>}
    />
  );
}
