/** Files of trades, joined to candles: CSV of Tardis, Bybit, Binance and others, and JSON lists of freqtrade. */

import { type DelimitedRow, readDelimitedRows, type WantedColumn } from './delimited-rows.ts';
import type { DataFormat, EachTrade, FilePeek } from './format.ts';
import { joinTrades } from './trade-candles.ts';
import type { TradeRow } from './trade-rows.ts';

type TradeColumns = Readonly<
  Record<'timestamp' | 'price' | 'amount' | 'id' | 'side' | 'maker', WantedColumn>
>;

const namedColumns: TradeColumns = {
  timestamp: { names: ['timestamp', 'time', 'transact_time', 'trade_time', 'date', 'datetime', 'ts'] },
  price: { names: ['price', 'p'] },
  amount: { names: ['amount', 'size', 'qty', 'quantity', 'volume', 'q'] },
  id: { names: ['id', 'trade_id', 'tradeid', 'trdmatchid', 'agg_trade_id'], isOptional: true },
  side: { names: ['side', 'taker_side', 'takerside', 'direction'], isOptional: true },
  maker: { names: ['is_buyer_maker', 'isbuyermaker', 'buyer_maker'], isOptional: true },
};

/** Binance's archives had no header for years: id, price, quantity, quote quantity, time, … */
const binanceTrades: TradeColumns = {
  id: { names: [], position: 0 },
  price: { names: [], position: 1 },
  amount: { names: [], position: 2 },
  timestamp: { names: [], position: 4 },
  side: { names: [], isOptional: true },
  maker: { names: [], position: 5 },
};
/** Aggregated: id, price, quantity, first id, last id, time, … */
const binanceAggregates: TradeColumns = {
  ...binanceTrades,
  timestamp: { names: [], position: 5 },
  maker: { names: [], position: 6 },
};

/** Who took: as the file says it, or the other side of who made the price. */
function sideOf(row: DelimitedRow): TradeRow['side'] {
  const side = row.text('side')?.toLowerCase();
  if (side === 'buy' || side === 'b') return 'buy';
  if (side === 'sell' || side === 's') return 'sell';
  switch (row.text('maker')?.toLowerCase()) {
    case 'true':
      return 'sell';
    case 'false':
      return 'buy';
    default:
      return undefined;
  }
}

function eachTradeOf(columns: TradeColumns, hasHeader: boolean): EachTrade {
  return (path, { timestampUnit, signal }, onTrade) =>
    readDelimitedRows(path, columns, { hasHeader, timestampUnit, signal }, (row) =>
      onTrade({
        line: row.line,
        timeMs: row.timeMs('timestamp'),
        price: row.number('price'),
        amount: row.number('amount'),
        id: row.text('id'),
        side: sideOf(row),
      }),
    );
}

const has = ({ cells }: FilePeek, { names }: WantedColumn): boolean =>
  cells.some((cell) => names.includes(cell));
const isNumber = (cell: string | undefined): boolean => cell !== undefined && /^\d+(\.\d+)?$/.test(cell);
const isFlag = (cell: string | undefined): boolean => cell === 'true' || cell === 'false';

function csvFormat(
  id: string,
  title: string,
  columns: TradeColumns,
  hasHeader: boolean,
  detect: (peek: FilePeek) => boolean,
): DataFormat {
  const eachTrade = eachTradeOf(columns, hasHeader);
  return { id, title, detect, eachTrade, read: joinTrades(eachTrade) };
}

const isNamed = (peek: FilePeek): boolean =>
  has(peek, namedColumns.timestamp) &&
  has(peek, namedColumns.price) &&
  has(peek, namedColumns.amount) &&
  // Rows of an order book have a price and an amount too.
  !peek.cells.some((cell) => ['is_snapshot', 'open', 'ask_price', 'bids[0].price'].includes(cell));

export const tradeFormats: readonly DataFormat[] = [
  csvFormat(
    'tardis-trades',
    'Trades CSV of Tardis',
    namedColumns,
    true,
    (peek) => isNamed(peek) && peek.cells.includes('local_timestamp'),
  ),
  csvFormat(
    'bybit-trades',
    'Trades CSV of the Bybit archive',
    namedColumns,
    true,
    (peek) =>
      isNamed(peek) &&
      (peek.cells.includes('trdmatchid') || peek.cells.join() === 'id,timestamp,price,volume,side'),
  ),
  csvFormat(
    'binance-aggtrades',
    'Aggregated trades CSV of the Binance archive',
    binanceAggregates,
    false,
    ({ cells }) => cells.length >= 7 && cells.slice(0, 6).every(isNumber) && isFlag(cells[6]),
  ),
  csvFormat(
    'binance-trades',
    'Trades CSV of the Binance archive',
    binanceTrades,
    false,
    ({ cells }) => cells.length >= 6 && cells.slice(0, 5).every(isNumber) && isFlag(cells[5]),
  ),
  csvFormat('trades-csv', 'Trades CSV: time, price, amount', namedColumns, true, isNamed),
];
