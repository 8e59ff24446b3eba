/** A figure that moves with the market: written straight into the document once a frame, never through React. */

import { useRef } from 'react';
import { usePaint } from '../store/hooks.ts';
import { isMotionReduced } from '../theme/appearance.ts';
import { writeData, writeText } from './write-text.ts';

export interface LiveTextProps {
  /** Market topic to follow, such as `quote:sim-a:BTC/USDT`. */
  readonly topic: string;
  readonly read: () => string;
  readonly className?: string;
  /** Tints the cell for a moment when the text changes; gives +1, 0 or -1 for the direction. */
  readonly tint?: (before: string, after: string) => -1 | 0 | 1;
  /** Gives a class that depends on the value, such as the colour of a change. */
  readonly tone?: () => string;
  readonly testId?: string;
}

/** A line of its own size, whatever it holds: a change of the text lays out nothing else. */
const fixed = 'num block h-4 [contain:size_layout]';
/** A cell that changed within this time is not tinted again. */
const restMs = 400;

const tintMs = 300;

/**
 * Tints an element for 300 ms in the colour of up or down. Put on and taken off, not faded: a fade would paint the table
 * anew in each of its frames.
 */
function tintElement(element: HTMLElement, direction: -1 | 0 | 1): void {
  if (direction === 0 || isMotionReduced()) return;
  writeData(element, 'tint', direction > 0 ? 'up' : 'down');
  setTimeout(() => writeData(element, 'tint', undefined), tintMs);
}

export function LiveText({ topic, read, className = '', tint, tone, testId }: LiveTextProps) {
  const element = useRef<HTMLSpanElement>(null);
  const changedAtMs = useRef(0);
  usePaint(topic, () => {
    const span = element.current;
    if (span === null) return;
    const after = read();
    const before = span.textContent;
    if (tone !== undefined) {
      const classes = `${fixed} ${className} ${tone()}`;
      if (span.className !== classes) span.className = classes;
    }
    if (after === before) return;
    writeText(span, after);
    if (tint === undefined) return;
    const now = performance.now();
    // A cell that never rests would glow all the time and say nothing: only a change after a pause is tinted.
    if (before !== '' && now - changedAtMs.current > restMs) tintElement(span, tint(before, after));
    changedAtMs.current = now;
  });
  return <span ref={element} className={`${fixed} ${className}`} data-testid={testId} />;
}
