/** Recordings of order books, read by the native core: raw Binance frames, Tardis CSV, archives of Bybit. */

import type { L2Format } from '../compute/l2.ts';
import type { DataFormat, FilePeek } from './format.ts';

/** A first row like this is one of an order book. */
export const bookColumns = ['is_snapshot', 'ask_price', 'asks[0].price'];

function bookFormat(recording: L2Format, title: string, detect: (peek: FilePeek) => boolean): DataFormat {
  return { id: recording, title, detect, recording };
}

export const bookFormats: readonly DataFormat[] = [
  bookFormat(
    'binance-frames',
    'Order book and trades: raw frames of Binance, <nanoseconds> <frame> a line',
    ({ head }) => /^\d{19} \{/.test(head),
  ),
  bookFormat(
    'tardis-csv',
    'Order book CSV of Tardis: incremental_book_L2, book_snapshot, quotes',
    ({ cells }) => cells.includes('local_timestamp') && cells.some((cell) => bookColumns.includes(cell)),
  ),
  bookFormat('bybit-book', 'Order book archive of Bybit', ({ head }) =>
    /^\s*\{"topic":"orderbook\./.test(head),
  ),
];
