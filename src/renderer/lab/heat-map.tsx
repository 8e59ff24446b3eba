/** Two parameters against the best objective seen for each pair of their values. */

import { useMemo, useState } from 'react';
import type { TrialRow } from '../../shared/lab/study.ts';
import { Select } from '../ui/field.tsx';
import { factorText } from './figures.ts';

/** Values of a parameter are put into at most this many columns or rows. */
const cellsMaximum = 16;

export interface HeatCells {
  readonly across: readonly string[];
  readonly down: readonly string[];
  /** By row, then column; null where nothing was tried. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** Gives the places of values in order: each its own, or ranges of equal width where there are too many. */
function places(values: readonly (string | number | boolean)[]): {
  readonly labels: string[];
  readonly placeOf: (value: string | number | boolean) => number;
} {
  const distinct = [...new Set(values)];
  const numeric = distinct.every((value) => typeof value === 'number');
  if (numeric) distinct.sort((left, right) => Number(left) - Number(right));
  if (!numeric || distinct.length <= cellsMaximum) {
    return { labels: distinct.map(String), placeOf: (value) => distinct.indexOf(value) };
  }
  const low = Number(distinct[0]);
  const width = (Number(distinct.at(-1)) - low) / cellsMaximum || 1;
  return {
    labels: Array.from({ length: cellsMaximum }, (_none, index) =>
      String(Number((low + (index + 0.5) * width).toPrecision(3))),
    ),
    placeOf: (value) => Math.min(cellsMaximum - 1, Math.floor((Number(value) - low) / width)),
  };
}

/** Gives the map of two parameters over trials with a score. */
export function heatCells(
  trials: readonly TrialRow[],
  acrossName: string,
  downName: string,
  isMaximised: boolean,
): HeatCells {
  const across = places(trials.map(({ values }) => values[acrossName] ?? ''));
  const down = places(trials.map(({ values }) => values[downName] ?? ''));
  const cells = down.labels.map(() => across.labels.map((): number | null => null));
  for (const { values, objectives } of trials) {
    const value = objectives?.[0];
    if (value === undefined) continue;
    const row = cells[down.placeOf(values[downName] ?? '')] as (number | null)[];
    const column = across.placeOf(values[acrossName] ?? '');
    const before = row[column] ?? null;
    row[column] = before === null ? value : isMaximised ? Math.max(before, value) : Math.min(before, value);
  }
  return { across: across.labels, down: down.labels, values: cells };
}

export function HeatMap({
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
  const [across, setAcross] = useState(parameters[0] ?? '');
  const [down, setDown] = useState(parameters[1] ?? parameters[0] ?? '');
  const cells = useMemo(
    () => heatCells(trials, across, down, isMaximised),
    [trials, across, down, isMaximised],
  );
  if (parameters.length < 2)
    return <p className="p-3 text-sm text-muted">One parameter only: nothing to map.</p>;
  const options = parameters.map((name) => ({ value: name, label: labelOf(name) }));
  return (
    <div className="flex flex-col gap-2 p-3">
      <div className="flex items-center gap-2 text-xs text-muted">
        <span className="w-40">
          <Select
            aria-label="Across"
            value={across}
            onChange={(event) => setAcross(event.target.value)}
            options={options}
          />
        </span>
        by
        <span className="w-40">
          <Select
            aria-label="Down"
            value={down}
            onChange={(event) => setDown(event.target.value)}
            options={options}
          />
        </span>
      </div>
      <HeatGrid cells={cells} isMaximised={isMaximised} across={labelOf(across)} down={labelOf(down)} />
    </div>
  );
}

/** The coloured cells, the best ones strongest. */
export function HeatGrid({
  cells,
  isMaximised,
  across,
  down,
}: {
  readonly cells: HeatCells;
  readonly isMaximised: boolean;
  readonly across: string;
  readonly down: string;
}) {
  const known = cells.values.flat().filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const colour = (value: number | null): string => {
    if (value === null) return 'transparent';
    const share = high === low ? 1 : (value - low) / (high - low);
    return `color-mix(in srgb, var(--accent) ${Math.round((isMaximised ? share : 1 - share) * 90) + 5}%, var(--surface))`;
  };
  return (
    <div className="overflow-x-auto" data-testid="heat-map">
      <table className="num border-separate border-spacing-px text-2xs" aria-label={`${down} by ${across}`}>
        <tbody>
          {cells.values.map((row, at) => (
            <tr key={cells.down[at]}>
              <th className="pr-1.5 text-right font-normal text-muted">{cells.down[at]}</th>
              {row.map((value, column) => (
                <td
                  key={cells.across[column]}
                  className="h-[18px] w-9 min-w-6 rounded-sm"
                  style={{ background: colour(value) }}
                  title={`${across} ${cells.across[column]}, ${down} ${cells.down[at]}: ${value === null ? 'not tried' : factorText(value)}`}
                />
              ))}
            </tr>
          ))}
          <tr>
            <th />
            {cells.across.map((label) => (
              <th key={label} className="pt-0.5 text-center font-normal text-muted">
                {label}
              </th>
            ))}
          </tr>
        </tbody>
      </table>
      <p className="mt-1 text-xs text-muted">
        Across: {across}. Down: {down}. Faintest to strongest: {factorText(isMaximised ? low : high)} to{' '}
        {factorText(isMaximised ? high : low)}
      </p>
    </div>
  );
}
