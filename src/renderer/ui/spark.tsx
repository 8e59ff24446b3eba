/** A small line without axes: how something went, at a glance. One SVG path: no canvas, so no layer of its own. */

import { memo } from 'react';

/** Gives the SVG path of values over a box of 100 by 20, the lowest at the bottom; empty for fewer than two. */
export function sparkPath(values: readonly number[]): string {
  if (values.length < 2) return '';
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const span = high - low || 1;
  const points = values.map((value, at) => {
    const x = (at / (values.length - 1)) * 100;
    const y = 1.5 + (1 - (value - low) / span) * 17;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}

export interface SparkProps {
  readonly values: readonly number[];
  readonly className?: string;
  readonly label: string;
}

/** In the up or down colour by the last value against the first. */
export const Spark = memo(function Spark({ values, className = 'h-5 w-16', label }: SparkProps) {
  const path = sparkPath(values);
  const isUp = (values[values.length - 1] ?? 0) >= (values[0] ?? 0);
  return (
    <svg
      viewBox="0 0 100 20"
      preserveAspectRatio="none"
      className={`${className} ${isUp ? 'text-up' : 'text-down'}`}
      role="img"
      aria-label={label}
    >
      {path === '' ? null : (
        <>
          <path d={`${path}L100 20L0 20Z`} fill="currentColor" opacity="0.1" />
          <path
            d={path}
            fill="none"
            stroke="currentColor"
            strokeWidth="1.2"
            vectorEffect="non-scaling-stroke"
          />
        </>
      )}
    </svg>
  );
});
