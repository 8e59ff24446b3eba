/** A parameter that an optimiser searches, in the form of its run: the range stands where a value would be. */

import type { ReactNode } from 'react';
import type { FieldView } from '../../shared/api/views.ts';
import { isSearched, rangeOf } from './search-ranges.tsx';
import type { Search } from './use-search.ts';

/** Gives what stands for a field that is searched; undefined for one that has a value. */
export function searchedParam({ offer, ranges }: Search): (field: FieldView) => ReactNode | undefined {
  return (field) => {
    if (!isSearched(offer, ranges, field)) return undefined;
    const { from, to } = rangeOf(field, ranges);
    return (
      <div key={field.name} className="flex min-w-0 flex-col gap-1" data-testid={`searched-${field.name}`}>
        <span className="truncate text-xs text-muted" title={field.help}>
          {field.label}
        </span>
        <span
          className="num flex h-[26px] items-center justify-end truncate rounded-md border border-dashed border-line-strong px-2 text-xs text-muted"
          title="Searched: its range is on the right"
        >
          {from} to {to}
        </span>
      </div>
    );
  };
}
