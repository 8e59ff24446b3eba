/** One line a trial through the values of all its parameters, coloured by the objective: where good settings agree. */

import { useMemo } from 'react';
import type { TrialRow } from '../../shared/lab/study.ts';

const width = 1000;
const height = 200;
const margin = { top: 24, bottom: 24, side: 60 };
/** Lines drawn at most; more are a blot. */
const linesMaximum = 150;

interface Axis {
  readonly name: string;
  readonly x: number;
  readonly low: string;
  readonly high: string;
  readonly y: (value: string | number | boolean) => number;
}

/** Gives the axes of the parameters over the values that were tried. */
export function parallelAxes(trials: readonly TrialRow[], parameters: readonly string[]): Axis[] {
  const gap = (width - 2 * margin.side) / Math.max(1, parameters.length - 1);
  return parameters.map((name, index) => {
    const values = trials.map(({ values: all }) => all[name] ?? '');
    const x = margin.side + index * gap;
    const span = height - margin.top - margin.bottom;
    if (values.every((value) => typeof value === 'number')) {
      const [low, high] = [Math.min(...(values as number[])), Math.max(...(values as number[]))];
      const range = high - low || 1;
      return {
        name,
        x,
        low: String(low),
        high: String(high),
        y: (value) => height - margin.bottom - ((Number(value) - low) / range) * span,
      };
    }
    const options = [...new Set(values.map(String))].sort();
    return {
      name,
      x,
      low: options[0] ?? '',
      high: options.at(-1) ?? '',
      y: (value) =>
        height - margin.bottom - (options.indexOf(String(value)) / Math.max(1, options.length - 1)) * span,
    };
  });
}

export function ParallelCoordinates({
  trials,
  parameters,
  labelOf,
  isMaximised,
}: {
  readonly labelOf: (parameter: string) => string;
  readonly trials: readonly TrialRow[];
  readonly parameters: readonly string[];
  readonly isMaximised: boolean;
}) {
  const { axes, lines } = useMemo(() => {
    const ranked = [...trials].sort(
      (left, right) => ((right.objectives?.[0] ?? 0) - (left.objectives?.[0] ?? 0)) * (isMaximised ? 1 : -1),
    );
    const best = ranked.slice(0, Math.max(5, Math.min(linesMaximum, Math.ceil(ranked.length / 10))));
    return { axes: parallelAxes(trials, parameters), lines: best.reverse() };
  }, [trials, parameters, isMaximised]);
  if (lines.length === 0) return <p className="p-3 text-sm text-muted">No trial has a score.</p>;
  return (
    <>
      <p className="px-3 pt-2 text-xs text-muted">
        {lines.length < trials.length
          ? `The ${lines.length} best of ${trials.length} trials with a score`
          : `All ${trials.length} trials with a score`}
        ; the thick line is the best.
      </p>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        className="h-52 w-full"
        role="img"
        aria-label="Settings of the best trials"
        data-testid="parallel-coordinates"
      >
        {lines.map((trial, index) => (
          <polyline
            key={trial.number}
            fill="none"
            stroke="var(--accent)"
            strokeOpacity={0.15 + (0.75 * index) / lines.length}
            strokeWidth={index === lines.length - 1 ? 2.5 : 1}
            points={axes.map(({ name, x, y }) => `${x},${y(trial.values[name] ?? '')}`).join(' ')}
          />
        ))}
        {axes.map(({ name, x, low, high }) => (
          <g key={name} fill="var(--muted)" fontSize="11" textAnchor="middle">
            <line x1={x} x2={x} y1={margin.top} y2={height - margin.bottom} stroke="var(--line-strong)" />
            <text x={x} y={12} fill="var(--text)">
              {labelOf(name)}
            </text>
            <text x={x} y={margin.top - 1} fontSize="9">
              {high}
            </text>
            <text x={x} y={height - 10} fontSize="9">
              {low}
            </text>
          </g>
        ))}
      </svg>
    </>
  );
}
