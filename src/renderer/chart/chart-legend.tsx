/** Open, high, low, close, change and volume of the bar under the pointer, or of the newest; written once a frame. */

import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { CandleView } from '../../shared/api/views.ts';
import { formatCompact, formatDecimal, formatFraction, placesOfStep } from '../format/decimal-text.ts';
import { paced } from '../store/frame.ts';
import { useInstrument } from '../store/session.ts';
import { frame } from '../store/terminal.ts';
import { writeData, writeText } from '../ui/write-text.ts';
import type { CandleFeed } from './candle-feed.ts';

export interface LegendHandle {
  /** Shows a bar; null: the newest. */
  show(candle: CandleView | null): void;
  refresh(): void;
}

export function ChartLegend({
  feed,
  isNarrow,
  ref,
}: {
  readonly feed: CandleFeed;
  readonly isNarrow: boolean;
  readonly ref: Ref<LegendHandle>;
}) {
  const element = useRef<HTMLDivElement>(null);
  const hovered = useRef<CandleView | null>(null);
  const places = placesOfStep(useInstrument(feed.instrument)?.tickSize ?? '0.01');
  const paint = useRef((): void => undefined);
  paint.current = () => {
    const fields = element.current?.querySelectorAll<HTMLElement>('[data-field]');
    const candle = hovered.current ?? feed.history.last;
    if (fields === undefined) return;
    const [open, high, low, close, volume] = candle === undefined ? [] : candle.slice(1);
    const price = (value: number | undefined): string =>
      value === undefined ? '—' : formatDecimal(value.toFixed(places), { places });
    const isUp = (close ?? 0) >= (open ?? 0);
    const change = open === undefined || close === undefined || open === 0 ? null : close / open - 1;
    const texts: Record<string, string> = {
      open: price(open),
      high: price(high),
      low: price(low),
      close: price(close),
      change: formatFraction(change),
      volume: formatCompact(volume),
    };
    for (const field of fields) {
      const text = texts[field.dataset['field'] ?? ''] ?? '';
      writeText(field, text);
    }
    if (element.current !== null) writeData(element.current, 'up', String(isUp));
  };
  useImperativeHandle(ref, () => {
    const run = (): void => paint.current();
    const follow = paced(run, 0);
    return {
      show(candle) {
        hovered.current = candle;
        frame.invalidate(run);
      },
      refresh() {
        frame.invalidate(follow);
      },
    };
  }, []);
  useEffect(() => paint.current());
  const fields = isNarrow ? ['close', 'change'] : ['open', 'high', 'low', 'close', 'change', 'volume'];
  const letters: Record<string, string> = {
    open: 'O',
    high: 'H',
    low: 'L',
    close: 'C',
    change: '',
    volume: 'Vol',
  };
  return (
    <div
      ref={element}
      className="group pointer-events-none absolute inset-x-2 top-1.5 z-[3] flex h-4 gap-2 text-xs [contain:strict]"
      data-testid="chart-legend"
    >
      {fields.map((field) => (
        <span key={field} className="num text-2xs text-muted">
          {letters[field]}{' '}
          <span
            data-field={field}
            className={
              field === 'volume' ? '' : 'group-data-[up=false]:text-down group-data-[up=true]:text-up'
            }
          />
        </span>
      ))}
    </div>
  );
}
