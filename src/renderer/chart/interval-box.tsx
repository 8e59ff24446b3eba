/** Type-to-set interval: digits over the chart open a small box; Enter sets it, Esc leaves it. */

import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Timeframe } from '../../shared/domain/candle.ts';
import { timeframeOfText } from './timeframe-text.ts';

export function IntervalBox({
  root,
  onTimeframe,
}: {
  readonly root: RefObject<HTMLElement | null>;
  readonly onTimeframe: (timeframe: Timeframe) => void;
}) {
  const [text, setText] = useState('');
  const isOver = useRef(false);
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    const enter = (): void => {
      isOver.current = true;
    };
    const leave = (): void => {
      isOver.current = false;
    };
    const key = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement | null;
      const isTyping = target !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (!isOver.current || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!/^\d$/.test(event.key)) return;
      // The box takes the keyboard while this key is still on its way: it must not be written twice.
      event.preventDefault();
      setText((known) => `${known}${event.key}`.slice(0, 4));
    };
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointerleave', leave);
    window.addEventListener('keydown', key);
    return () => {
      element.removeEventListener('pointerenter', enter);
      element.removeEventListener('pointerleave', leave);
      window.removeEventListener('keydown', key);
    };
  }, [root]);
  if (text === '') return null;
  const found = timeframeOfText(text);
  return (
    <div
      className="absolute top-1/3 left-1/2 z-20 w-56 -translate-x-1/2 rounded-md border border-line-strong bg-overlay p-3 shadow-pop"
      data-testid="interval-box"
    >
      <label className="text-xs text-muted" htmlFor="interval-box-input">
        Interval (15, 4h, 1d)
      </label>
      <input
        id="interval-box-input"
        // biome-ignore lint/a11y/noAutofocus: the person is typing into it already
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => setText('')}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
          if (event.key !== 'Enter' || found === null) return;
          onTimeframe(found);
          setText('');
        }}
        className="num mt-1 h-7 w-full rounded-md border border-line-strong bg-bg px-2 text-base"
      />
      <p className="mt-1 text-2xs text-muted">{found === null ? 'No such interval' : `Enter: ${found}`}</p>
    </div>
  );
}
