/**
 * The window of history that the chart holds. The chart library works in proportion to all data it holds, whatever
 * is visible, so it is given only the bars around the view; positions in the whole history are "absolute" here.
 */

export interface BarWindow {
  readonly start: number;
  /** One past the last bar. */
  readonly end: number;
}

/** Bars kept beyond each edge of the view. */
export const windowMargin = 500;
/** The window is cut down only when it has grown past this. */
export const windowMax = 2600;

/** Gives the window for a view of absolute bars `from`..`to` (the view may reach past both ends). */
export function windowAround(from: number, to: number, length: number): BarWindow {
  const start = Math.max(0, Math.min(length, Math.floor(from)) - windowMargin);
  const end = Math.min(length, Math.max(0, Math.ceil(to)) + windowMargin);
  return { start: Math.min(start, length), end: Math.max(end, Math.min(start, length)) };
}

/**
 * Gives the window to move to, or null when the present one still serves. While a person drags, only bars in front
 * may be added: cutting behind the view would move what is under the pointer.
 */
export function nextWindow(
  now: BarWindow,
  from: number,
  to: number,
  length: number,
  isDragging: boolean,
): BarWindow | null {
  const near = windowMargin / 2;
  const needsFront = now.start > 0 && from - now.start < near;
  const needsBack = now.end < length && now.end - to < near;
  const isTooBig = now.end - now.start > windowMax;
  if (!needsFront && !needsBack && !isTooBig) return null;
  const wanted = windowAround(from, to, length);
  if (!isDragging) return wanted.start === now.start && wanted.end === now.end ? null : wanted;
  if (!needsFront && !needsBack) return null;
  return { start: Math.min(now.start, wanted.start), end: Math.max(now.end, wanted.end) };
}
