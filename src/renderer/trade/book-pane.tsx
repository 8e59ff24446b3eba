/** The order book: depth bars, own orders, spread. Painted straight into the document once a frame. */

import { useEffect, useRef } from 'react';
import type { OrderView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { knownTimeframe } from '../chart/chart-pane.tsx';
import { formatCompact, formatDecimal, formatRate, placesOfStep } from '../format/decimal-text.ts';
import { usePaint, useQuery, useSize } from '../store/hooks.ts';
import { useInstrument } from '../store/session.ts';
import { useSetting } from '../store/settings.ts';
import { call, feed, market, onResync } from '../store/terminal.ts';
import { useSelectedInstrument, useUi } from '../store/ui-state.ts';
import { StaleBadge, TooNarrow } from '../ui/states.tsx';
import { writeData, writeText } from '../ui/write-text.ts';
import { type BookRow, bookRows, ownSizes, spreadOf } from './book-rows.ts';
import { useStaleReason } from './staleness.ts';

const rowHeight = 18;
const depthMax = 40;
const noOrders: readonly OrderView[] = [];

/** Makes the row `at` places from the best price; asks pile up from the bottom. */
function makeRow(side: 'bid' | 'ask', at: number): HTMLButtonElement {
  const row = document.createElement('button');
  row.type = 'button';
  row.className = 'book-row num';
  row.dataset['side'] = side;
  row.dataset['testid'] = `book-${side}`;
  row.style.setProperty(side === 'ask' ? 'bottom' : 'top', `${at * rowHeight}px`);
  const cells = ['price', 'size', 'total'].map((part) => {
    const cell = document.createElement('span');
    cell.className = `book-${part}`;
    return cell;
  });
  row.append(...cells);
  return row;
}

/** Writes rows into a list of elements, making and hiding elements as needed. */
function writeSide(
  list: HTMLElement,
  side: 'bid' | 'ask',
  rows: readonly BookRow[],
  places: { price: number; size: number },
  own: ReadonlyMap<string, string>,
): void {
  while (list.children.length < rows.length) list.append(makeRow(side, list.children.length));
  for (let at = 0; at < list.children.length; at += 1) {
    const element = list.children[at] as HTMLElement;
    const row = rows[at];
    element.hidden = row === undefined;
    if (row === undefined) continue;
    const [price, size, total] = element.children;
    const depth = `${(row.depth * 100).toFixed(1)}% 100%`;
    if (element.style.backgroundSize !== depth) element.style.backgroundSize = depth;
    writeText(price, formatDecimal(row.price, { places: places.price }));
    writeText(size, formatDecimal(row.quantity, { places: places.size }));
    writeText(total, formatCompact(row.total));
    writeData(element, 'price', row.price);
    const mine = own.size === 0 ? undefined : own.get(Decimal.parse(row.price).toString());
    if (element.dataset['own'] === mine) continue;
    writeData(element, 'own', mine);
    element.title = mine === undefined ? '' : `Own orders here: ${mine}`;
  }
}

export function BookPane() {
  const instrument = useSelectedInstrument();
  const details = useInstrument(instrument);
  const timeframe = knownTimeframe(useSetting('trade.timeframe'));
  const stale = useStaleReason(instrument);
  const orders = useQuery('orders/list', { state: 'open', limit: 500 }, ['orders']).value?.rows ?? noOrders;
  const root = useRef<HTMLDivElement>(null);
  const bids = useRef<HTMLDivElement>(null);
  const asks = useRef<HTMLDivElement>(null);
  const middle = useRef<HTMLDivElement>(null);
  const notice = useRef<HTMLDivElement>(null);
  const size = useSize(root);
  const count = Math.max(3, Math.min(depthMax, Math.floor((size.height - 22 - 26) / 2 / rowHeight)));
  const places = {
    price: placesOfStep(details?.tickSize ?? '0.01'),
    size: placesOfStep(details?.lotSize ?? '0.0001'),
  };

  useEffect(() => {
    if (instrument === null) return;
    const load = (): void => {
      void call('market/book', { instrument, depth: depthMax }).then(
        (result) => result.ok && market.setBook(result.value),
      );
    };
    load();
    const leave = onResync(load);
    const unwatch = feed.watch(instrument, timeframe, depthMax);
    return () => {
      leave();
      unwatch();
    };
  }, [instrument, timeframe]);

  const paint = (): void => {
    const book = instrument === null ? undefined : market.book(instrument);
    if (bids.current === null || asks.current === null || middle.current === null || notice.current === null)
      return;
    notice.current.hidden = book?.valid === true;
    writeText(
      notice.current,
      book === undefined
        ? 'Waiting for the first book'
        : book.valid
          ? ''
          : `Book invalid: ${book.reason || 'being rebuilt'}. Nothing is priced from it.`,
    );
    root.current?.classList.toggle('book-invalid', book !== undefined && !book.valid);
    if (book === undefined) return;
    const rows = bookRows(book, count);
    const own = ownSizes(orders, book.instrument);
    writeSide(bids.current, 'bid', rows.bids, places, own);
    writeSide(asks.current, 'ask', rows.asks, places, own);
    const spread = spreadOf(book);
    const last = market.quote(book.instrument)?.last;
    const [price, spreadText] = middle.current.children;
    writeText(price, formatDecimal(last, { places: places.price }));
    writeText(
      spreadText,
      spread === null
        ? ''
        : `spread ${formatDecimal(spread.amount, { places: places.price })} · ${formatRate(spread.rate, 3)}`,
    );
  };
  usePaint(instrument === null ? null : `book:${instrument}`, paint);
  // Own orders, size of the pane and market change through React: painted again then.
  useEffect(paint);

  const pick = (event: React.MouseEvent): void => {
    const price = (event.target as HTMLElement).closest<HTMLElement>('[data-price]')?.dataset['price'];
    if (price !== undefined && instrument !== null) useUi.setState({ pickedPrice: { instrument, price } });
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the rows are buttons; this only hears their clicks
    // biome-ignore lint/a11y/noStaticElementInteractions: idem
    <div
      ref={root}
      className="relative flex h-full flex-col overflow-hidden select-none"
      onClick={pick}
      data-testid="book"
    >
      <div className="book-head">
        <span>Price</span>
        <span>Size {details?.base ?? ''}</span>
        <span>Total</span>
      </div>
      <div className={stale === null ? 'contents' : 'is-stale contents'}>
        <div ref={asks} className="relative min-h-0 flex-1 overflow-hidden" />
        <div className="relative h-[26px] shrink-0 border-y border-line">
          <div
            ref={middle}
            className="absolute inset-0 flex items-center justify-between gap-2 px-2 [contain:strict]"
            data-testid="book-spread"
          >
            <span className="num text-base font-semibold" />
            <span className="num truncate text-2xs text-muted" />
          </div>
        </div>
        <div ref={bids} className="relative min-h-0 flex-1 overflow-hidden" />
      </div>
      <div
        ref={notice}
        role="status"
        className="absolute inset-x-2 top-8 rounded-md border border-warn/60 bg-overlay p-2 text-xs text-warn"
      />
      {stale === null ? null : (
        <div className="absolute right-2 bottom-2">
          <StaleBadge text={stale} />
        </div>
      )}
      {size.width > 0 && size.width < 130 ? (
        <div className="absolute inset-0 bg-surface">
          <TooNarrow what="book" />
        </div>
      ) : null}
    </div>
  );
}
