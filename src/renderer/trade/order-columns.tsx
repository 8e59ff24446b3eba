/** Columns of order and fill tables, shared by the trade page and a bot's page. */

import type { FillView, InstrumentView, OrderView } from '../../shared/api/views.ts';
import { formatDecimal, placesOfStep } from '../format/decimal-text.ts';
import { shortSymbol } from '../format/symbol-text.ts';
import { formatClock, formatDateTime } from '../format/time-text.ts';
import { useSession } from '../store/session.ts';
import { IconButton } from '../ui/button.tsx';
import type { Column } from '../ui/data-table.tsx';
import { Num } from '../ui/num.tsx';
import { OrderState, Side } from './order-state.tsx';
import { cancelOrder, restingPrice } from './trade-chart.tsx';

const instrumentOf = (id: string): InstrumentView | undefined => useSession.getState().instruments.get(id);

/** Gives a price text with the places of its instrument. */
export function priceText(instrument: string, price: string | null): string {
  const tickSize = instrumentOf(instrument)?.tickSize;
  return formatDecimal(price, tickSize === undefined ? {} : { places: placesOfStep(tickSize) });
}

/** Gives a quantity text with the places of its instrument. */
export function quantityText(instrument: string, quantity: string): string {
  const lotSize = instrumentOf(instrument)?.lotSize;
  return formatDecimal(quantity, lotSize === undefined ? {} : { places: placesOfStep(lotSize) });
}

const time = (timeMs: number) => (
  <span className="num text-muted" title={`${formatDateTime(timeMs)} UTC`}>
    {formatClock(timeMs)}
  </span>
);

const orderStart: readonly Column<OrderView>[] = [
  {
    id: 'time',
    header: 'Time',
    width: 74,
    sortBy: (row) => row.createdAtMs,
    cell: (row) => time(row.createdAtMs),
  },
  {
    id: 'symbol',
    header: 'Market',
    width: 100,
    sortBy: (row) => row.instrument,
    cell: (row) => <span title={row.instrument}>{shortSymbol(row.symbol)}</span>,
  },
  { id: 'bot', header: 'Bot', width: 48, sortBy: (row) => row.bot, cell: (row) => row.bot },
  {
    id: 'side',
    header: 'Side',
    width: 42,
    sortBy: (row) => row.side,
    cell: (row) => <Side side={row.side} />,
  },
  {
    id: 'type',
    header: 'Type',
    width: 60,
    cell: (row) => `${row.type}${row.postOnly ? ' · post' : ''}${row.reduceOnly ? ' · red.' : ''}`,
  },
  {
    id: 'price',
    header: 'Price',
    width: 76,
    align: 'right',
    sortBy: (row) => Number(restingPrice(row) ?? 0),
    cell: (row) => (row.type === 'market' ? 'market' : priceText(row.instrument, restingPrice(row))),
  },
  {
    id: 'quantity',
    header: 'Quantity',
    width: 76,
    align: 'right',
    sortBy: (row) => Number(row.quantity),
    cell: (row) => quantityText(row.instrument, row.quantity),
  },
  {
    id: 'filled',
    header: 'Filled',
    width: 76,
    align: 'right',
    cell: (row) => quantityText(row.instrument, row.filled),
  },
];

export const openOrderColumns: readonly Column<OrderView>[] = [
  ...orderStart,
  {
    id: 'state',
    header: 'State',
    width: 72,
    sortBy: (row) => row.state,
    cell: (row) => <OrderState state={row.state} reason={row.reason} />,
  },
  {
    id: 'cancel',
    header: '',
    width: 40,
    align: 'right',
    cell: (row) => (
      <IconButton
        icon="close"
        size="sm"
        label={`Cancel ${row.side} order of ${row.symbol}`}
        data-testid={`cancel-${row.clientOrderId}`}
        onClick={(event) => {
          event.stopPropagation();
          cancelOrder(row.clientOrderId);
        }}
      />
    ),
  },
];

export const orderHistoryColumns: readonly Column<OrderView>[] = [
  ...orderStart,
  {
    id: 'average',
    header: 'Average',
    width: 76,
    align: 'right',
    cell: (row) => priceText(row.instrument, row.averagePrice),
  },
  {
    id: 'state',
    header: 'State',
    width: 72,
    sortBy: (row) => row.state,
    cell: (row) => <OrderState state={row.state} reason={row.reason} />,
  },
  {
    id: 'reason',
    header: 'Reason',
    width: 120,
    cell: (row) => (
      <span className="text-muted" title={row.reason}>
        {row.reason}
      </span>
    ),
  },
];

export const fillColumns: readonly Column<FillView>[] = [
  { id: 'time', header: 'Time', width: 74, sortBy: (row) => row.timeMs, cell: (row) => time(row.timeMs) },
  {
    id: 'symbol',
    header: 'Market',
    width: 100,
    sortBy: (row) => row.instrument,
    cell: (row) => <span title={row.instrument}>{shortSymbol(row.symbol)}</span>,
  },
  { id: 'bot', header: 'Bot', width: 62, sortBy: (row) => row.bot, cell: (row) => row.bot },
  {
    id: 'leg',
    header: 'Leg',
    width: 78,
    cell: (row) => (
      <span className="text-muted" title={row.leg}>
        {row.leg}
      </span>
    ),
  },
  {
    id: 'side',
    header: 'Side',
    width: 42,
    sortBy: (row) => row.side,
    cell: (row) => <Side side={row.side} />,
  },
  {
    id: 'price',
    header: 'Price',
    width: 76,
    align: 'right',
    sortBy: (row) => Number(row.price),
    cell: (row) => priceText(row.instrument, row.price),
  },
  {
    id: 'quantity',
    header: 'Quantity',
    width: 76,
    align: 'right',
    sortBy: (row) => Number(row.quantity),
    cell: (row) => quantityText(row.instrument, row.quantity),
  },
  {
    id: 'notional',
    header: 'Value',
    width: 78,
    align: 'right',
    sortBy: (row) => Number(row.notional),
    cell: (row) => formatDecimal(row.notional, { places: 2 }),
  },
  {
    id: 'fee',
    header: 'Fee',
    width: 92,
    align: 'right',
    cell: (row) =>
      `${formatDecimal(row.fee, { places: row.feeCurrency.startsWith('USD') ? 4 : 8 })} ${row.feeCurrency}`,
  },
  {
    id: 'liquidity',
    header: '',
    width: 46,
    cell: (row) => <span className="text-muted">{row.liquidity}</span>,
  },
  {
    id: 'realised',
    header: 'Realised',
    width: 76,
    align: 'right',
    sortBy: (row) => Number(row.realised),
    cell: (row) => <Num sign={row.realised}>{formatDecimal(row.realised, { places: 4, signed: true })}</Num>,
  },
];
