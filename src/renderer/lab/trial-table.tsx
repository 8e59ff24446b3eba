/** Trials with their settings, what they scored where they were optimised, and what they did on unseen data. */

import { useState } from 'react';
import type { TestedTrialView } from '../../shared/api/lab-views.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { factorText, percentText, toneOf } from './figures.ts';
import { nextSorting, sortTrials, type TrialSorting } from './trial-sorting.ts';

const shown = [
  { id: 'totalReturn', title: 'Return', isRatio: true },
  { id: 'maxDrawdown', title: 'Drawdown', isRatio: true },
  { id: 'sharpe', title: 'Sharpe', isRatio: false },
  { id: 'trades', title: 'Trades', isRatio: false },
] as const;

export function TrialTable({
  rows,
  labelOf,
  onUse,
}: {
  readonly labelOf: (parameter: string) => string;
  readonly rows: readonly TestedTrialView[];
  readonly onUse?: ((row: TestedTrialView) => void) | undefined;
}) {
  const [sorting, setSorting] = useState<TrialSorting | null>(null);
  const names = Object.keys(rows[0]?.row.values ?? {});
  const hasTest = rows.some(({ outOfSample }) => outOfSample !== null);
  if (rows.length === 0) return <p className="p-3 text-sm text-muted">No trial has a score yet.</p>;
  const plain = 'h-6 px-2 text-2xs font-medium text-muted whitespace-nowrap';
  const sorted = sorting === null ? rows : sortTrials(rows, sorting);
  const head = (key: string, title: string, isFirst = false) => {
    const isOn = sorting?.key === key;
    return (
      <th
        key={key}
        aria-sort={!isOn ? 'none' : sorting.isRising ? 'ascending' : 'descending'}
        className={classes(plain, 'text-right', isFirst && 'border-l border-line')}
      >
        <button
          type="button"
          className="hover:text-text"
          onClick={() => setSorting(nextSorting(sorting, key))}
          data-testid={`trial-sort-${key}`}
        >
          {title}
          {isOn ? <span aria-hidden="true"> {sorting.isRising ? '↑' : '↓'}</span> : null}
        </button>
      </th>
    );
  };
  return (
    <div className="overflow-x-auto">
      <table className="num w-full text-xs" data-testid="trial-table">
        <thead>
          {hasTest ? (
            <tr>
              <th colSpan={(onUse === undefined ? 2 : 3) + names.length} />
              <th colSpan={shown.length} className={classes(plain, 'border-l border-line text-center')}>
                Where it was optimised
              </th>
              <th colSpan={shown.length} className={classes(plain, 'border-l border-line text-center')}>
                On unseen data
              </th>
            </tr>
          ) : null}
          <tr>
            {onUse === undefined ? null : <th />}
            {head('trial', 'Trial')}
            {names.map((name) => head(`param.${name}`, labelOf(name)))}
            {head('objective', 'Objective')}
            {shown.map(({ id, title }, index) => head(`seen.${id}`, title, index === 0))}
            {hasTest ? shown.map(({ id, title }, index) => head(`unseen.${id}`, title, index === 0)) : null}
          </tr>
        </thead>
        <tbody>
          {sorted.map((tested) => (
            <tr key={tested.row.number} className="h-7 border-t border-line/60" data-testid="trial-row">
              {onUse === undefined ? null : (
                <td className="px-2 text-left">
                  <Button size="sm" variant="ghost" onClick={() => onUse(tested)}>
                    Backtest
                  </Button>
                </td>
              )}
              <td className="px-2 text-right text-muted">{tested.row.number}</td>
              {names.map((name) => (
                <td key={name} className="px-2 text-right" data-param={name}>
                  {String(tested.row.values[name])}
                </td>
              ))}
              <td className="px-2 text-right font-semibold">
                {tested.row.objectives?.map(factorText).join(' / ') ?? '—'}
              </td>
              <Cells values={tested.row.metrics} />
              {hasTest ? <Cells values={tested.outOfSample} /> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cells({ values }: { readonly values: Readonly<Record<string, number | null>> | null }) {
  return shown.map(({ id, isRatio }, index) => {
    const value = values?.[id] ?? null;
    return (
      <td
        key={id}
        className={classes(
          'px-2 text-right',
          index === 0 && 'border-l border-line',
          id === 'totalReturn' && toneOf(value),
        )}
      >
        {isRatio
          ? percentText(value, id === 'totalReturn', 1)
          : id === 'trades'
            ? (value ?? '—')
            : factorText(value)}
      </td>
    );
  });
}
