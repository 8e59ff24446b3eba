/** Values that so many of the runs stay below, a figure a row; beside them what the original had. */

import type { Percentiles } from './monte-carlo-result.ts';
import { Block } from './small-parts.tsx';

export interface ShareRow {
  readonly title: string;
  /** What the run on the real prices had; left out where the table has no such column. */
  readonly original?: number | null;
  readonly values: Percentiles | null;
  readonly text: (value: number) => string;
}

const places = ['p5', 'p25', 'p50', 'p75', 'p95'] as const;

export function ShareTable({ title, rows }: { readonly title: string; readonly rows: readonly ShareRow[] }) {
  const hasOriginal = rows.some(({ original }) => original !== undefined);
  const titles = ['', ...(hasOriginal ? ['Original'] : []), '5 %', '25 %', '50 %', '75 %', '95 %'];
  return (
    <Block title={title} testId="share-table">
      <table className="num w-full text-xs">
        <thead className="text-2xs text-muted">
          <tr>
            {titles.map((head) => (
              <th key={head} className="h-6 px-3 text-right font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ original, text, title: name, values }) => (
            <tr key={name} className="h-7 border-t border-line/60">
              <td className="px-3 text-left">{name}</td>
              {hasOriginal ? (
                <td className="px-3 text-right font-semibold">
                  {original === null || original === undefined ? '—' : text(original)}
                </td>
              ) : null}
              {places.map((place) => (
                <td key={place} className="px-3 text-right">
                  {values === null ? '—' : text(values[place])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}
