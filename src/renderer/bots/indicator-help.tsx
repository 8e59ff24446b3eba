/** The indicators a rule may name, to look up and to put into it. */

import { useState } from 'react';
import { Input } from '../ui/field.tsx';
import { Popover } from '../ui/popover.tsx';
import { callableIndicators, findCalls, indicatorCall, usesText } from './indicator-calls.ts';

/** Rows drawn at a time: more is a search away. */
const shownMost = 60;

export function IndicatorHelp({ onChoose }: { readonly onChoose: (call: string) => void }) {
  const [search, setSearch] = useState('');
  const found = findCalls(callableIndicators, search);
  return (
    <Popover
      label="Indicators for rules"
      testId="indicator-help"
      trigger={
        <button
          type="button"
          className="-my-0.5 text-accent hover:text-text"
          data-testid="indicator-help-open"
        >
          Indicators
        </button>
      }
    >
      <div className="flex w-80 flex-col">
        <div className="sticky top-0 border-b border-line bg-overlay p-2">
          <Input
            aria-label="Search indicators"
            placeholder={`Search ${callableIndicators.length} indicators`}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            data-testid="indicator-search"
          />
        </div>
        <ul>
          {found.slice(0, shownMost).map((indicator) => (
            <li key={indicator.id}>
              <button
                type="button"
                onClick={() => onChoose(indicatorCall(indicator))}
                className="flex w-full flex-col gap-0.5 px-3 py-1.5 text-left hover:bg-raised"
                data-testid={`indicator-${indicator.id}`}
              >
                <span className="num text-xs">{indicatorCall(indicator)}</span>
                <span className="text-2xs text-muted">{usesText(indicator)}</span>
              </button>
            </li>
          ))}
        </ul>
        <p className="border-t border-line px-3 py-2 text-xs text-muted">
          {found.length === 0
            ? 'No indicator is called so.'
            : found.length > shownMost
              ? `${found.length - shownMost} more: search for them.`
              : 'A click puts it into the rule. Prices: open, high, low, close, volume.'}
        </p>
      </div>
    </Popover>
  );
}
