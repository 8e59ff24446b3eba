/** The tape: newest trades first, painted once a frame. */

import { useEffect, useRef } from 'react';
import { knownTimeframe } from '../chart/chart-pane.tsx';
import { formatDecimal, placesOfStep } from '../format/decimal-text.ts';
import { formatClock } from '../format/time-text.ts';
import { usePaint, useSize } from '../store/hooks.ts';
import { useInstrument } from '../store/session.ts';
import { useSetting } from '../store/settings.ts';
import { call, feed, market, onResync } from '../store/terminal.ts';
import { useSelectedInstrument } from '../store/ui-state.ts';
import { writeData, writeText } from '../ui/write-text.ts';
import { useStaleReason } from './staleness.ts';

const rowHeight = 18;
/** A trade this many times the mean of those shown is tinted. */
const largeTimes = 4;

function makeRow(): HTMLElement {
  const row = document.createElement('div');
  row.className = 'tape-row num';
  for (const part of ['price', 'size', 'time']) {
    const cell = document.createElement('span');
    cell.className = `tape-${part}`;
    row.append(cell);
  }
  return row;
}

export function TapePane() {
  const instrument = useSelectedInstrument();
  const details = useInstrument(instrument);
  const isUtc = useSetting('appearance').clock === 'utc';
  const timeframe = knownTimeframe(useSetting('trade.timeframe'));
  const stale = useStaleReason(instrument);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const size = useSize(root);
  const count = Math.max(1, Math.floor((size.height - 22) / rowHeight));
  const places = {
    price: placesOfStep(details?.tickSize ?? '0.01'),
    size: placesOfStep(details?.lotSize ?? '0.0001'),
  };

  useEffect(() => {
    if (instrument === null) return;
    const load = (): void => {
      void call('market/trades', { instrument, limit: 100 }).then(
        (result) => result.ok && market.setTape(instrument, result.value.trades),
      );
    };
    load();
    const leave = onResync(load);
    const unwatch = feed.watch(instrument, timeframe, 1);
    return () => {
      leave();
      unwatch();
    };
  }, [instrument, timeframe]);

  const paint = (): void => {
    const rows = list.current;
    if (rows === null || instrument === null) return;
    const trades = market.tape(instrument).slice(0, count);
    const mean = trades.reduce((sum, trade) => sum + Number(trade.quantity), 0) / Math.max(1, trades.length);
    while (rows.children.length < trades.length) rows.append(makeRow());
    for (let at = 0; at < rows.children.length; at += 1) {
      const element = rows.children[at] as HTMLElement;
      const trade = trades[at];
      element.hidden = trade === undefined;
      if (trade === undefined) continue;
      const [price, quantity, time] = element.children;
      writeText(price, formatDecimal(trade.price, { places: places.price }));
      writeText(quantity, formatDecimal(trade.quantity, { places: places.size }));
      writeText(time, formatClock(trade.timeMs, isUtc));
      writeData(element, 'aggressor', trade.aggressor);
      writeData(element, 'large', String(Number(trade.quantity) > mean * largeTimes));
    }
  };
  usePaint(instrument === null ? null : `tape:${instrument}`, paint);
  useEffect(paint);

  return (
    <div ref={root} className="tape h-full overflow-hidden" data-testid="tape">
      <div className="tape-head">
        <span>Price</span>
        <span>Size {details?.base ?? ''}</span>
        <span>Time</span>
      </div>
      <div ref={list} className={stale === null ? '' : 'is-stale'} />
    </div>
  );
}
