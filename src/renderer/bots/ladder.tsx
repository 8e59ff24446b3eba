/** Planned orders beside the actual ones, with a reason for each that is missing. */

import { useMemo } from 'react';
import type { BotView, LadderRowView } from '../../shared/api/views.ts';
import { showOrder } from '../store/ui-state.ts';
import { priceText, quantityText } from '../trade/order-columns.tsx';
import { OrderState, Side } from '../trade/order-state.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/states.tsx';
import { sortedLadder } from './plan-levels.ts';

function ladderColumns(instrument: string): readonly Column<LadderRowView>[] {
  return [
    {
      id: 'key',
      header: 'Level',
      width: 90,
      sortBy: (row) => row.key,
      cell: (row) => <span className="num">{row.key}</span>,
    },
    { id: 'side', header: 'Side', width: 44, cell: (row) => <Side side={row.side} /> },
    {
      id: 'planned',
      header: 'Planned price',
      width: 92,
      align: 'right',
      sortBy: (row) => Number(row.plannedPrice),
      cell: (row) => priceText(instrument, row.plannedPrice),
    },
    {
      id: 'plannedQuantity',
      header: 'Planned qty',
      width: 90,
      align: 'right',
      cell: (row) => quantityText(instrument, row.plannedQuantity),
    },
    {
      id: 'actual',
      header: 'Actual price',
      width: 92,
      align: 'right',
      cell: (row) =>
        row.actual === null ? '—' : priceText(instrument, row.actual.price ?? row.actual.triggerPrice),
    },
    {
      id: 'actualQuantity',
      header: 'Actual qty',
      width: 90,
      align: 'right',
      cell: (row) => (row.actual === null ? '—' : quantityText(instrument, row.actual.quantity)),
    },
    {
      id: 'filled',
      header: 'Filled',
      width: 80,
      align: 'right',
      cell: (row) => (row.actual === null ? '' : quantityText(instrument, row.actual.filled)),
    },
    {
      id: 'state',
      header: 'State',
      width: 300,
      sortBy: (row) => row.actual?.state ?? '',
      cell: (row) =>
        row.actual === null ? (
          <span className="text-warn" title={row.missingReason} data-testid="ladder-missing">
            missing: {row.missingReason}
          </span>
        ) : (
          <OrderState state={row.actual.state} reason={row.actual.reason} />
        ),
    },
  ];
}

export function Ladder({
  ladder,
  instrument,
  state,
}: {
  readonly ladder: readonly LadderRowView[];
  readonly instrument: string;
  readonly state: BotView['state'];
}) {
  const rows = useMemo(() => sortedLadder(ladder), [ladder]);
  const columns = useMemo(() => ladderColumns(instrument), [instrument]);
  return (
    <DataTable
      label="Planned and actual orders"
      testId="ladder"
      rows={rows}
      columns={columns}
      rowKey={(row) => row.key}
      onRowClick={(row) => row.actual !== null && showOrder(row.actual.clientOrderId)}
      empty={
        <EmptyState title="No orders wanted now">
          {state === 'RUNNING'
            ? 'The bot waits for its next decision; the why line says what for.'
            : 'The bot is not running.'}
        </EmptyState>
      }
    />
  );
}
