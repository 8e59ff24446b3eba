/** The catalogue of indicators: what each is, where its formula comes from, and how it looks over a stored series. */

import { useState } from 'react';
import type { IndicatorView } from '../../shared/api/research-contract.ts';
import { useQuery } from '../store/hooks.ts';
import { Input } from '../ui/field.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { searchIndicators } from './explore-choices.ts';
import { IndicatorRunView } from './indicator-run.tsx';
import { Block } from './small-parts.tsx';

export function IndicatorsPane() {
  const { value, failure, retry } = useQuery('indicators/list', {}, ['never']);
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState('RSI');
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={12} />;
    return <ErrorState title="The indicators could not be read" failure={failure} onRetry={retry} />;
  }
  const found = searchIndicators(value.indicators, search);
  const indicator = value.indicators.find(({ id }) => id === chosen) ?? value.indicators[0];
  return (
    <div className="flex h-full">
      <div className="flex w-[280px] shrink-0 flex-col border-r border-line">
        <div className="border-b border-line p-2">
          <Input
            aria-label="Search indicators"
            placeholder={`Search ${value.indicators.length} indicators`}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            data-testid="indicators-search"
          />
        </div>
        <ul className="min-h-0 grow overflow-y-auto" data-testid="indicators-list">
          {found.map(({ group, id, title }) => (
            <li key={id}>
              <button
                type="button"
                aria-current={id === indicator?.id}
                onClick={() => setChosen(id)}
                className="flex w-full flex-col border-b border-line/60 px-3 py-1.5 text-left hover:bg-raised aria-[current=true]:bg-raised"
                data-testid={`indicators-${id}`}
              >
                <span className="flex justify-between gap-2">
                  <span className="num text-xs font-semibold">{id}</span>
                  <span className="text-2xs text-muted">{group}</span>
                </span>
                <span className="truncate text-xs text-muted">{title}</span>
              </button>
            </li>
          ))}
          {found.length === 0 ? <li className="p-3 text-sm text-muted">No indicator is called so.</li> : null}
        </ul>
      </div>
      {indicator === undefined ? null : (
        <div className="flex min-w-0 grow flex-col gap-3 overflow-y-auto bg-bg p-3">
          <About indicator={indicator} />
          <IndicatorRunView key={indicator.id} indicator={indicator} />
        </div>
      )}
    </div>
  );
}

function About({ indicator }: { readonly indicator: IndicatorView }) {
  const { aliases, formula, inputs, outputs, source, title, warmUpBars } = indicator;
  const rows: readonly (readonly [string, string])[] = [
    ['Formula', formula],
    ['Source', source],
    ['Reads', inputs.join(', ')],
    ['Gives', outputs.join(', ')],
    ['Warm-up', warmUpBars === 0 ? 'none' : `${warmUpBars} bars with the usual parameters`],
    ...(aliases.length === 0 ? [] : [['Also called', aliases.join(', ')] as const]),
  ];
  return (
    <Block title={`${indicator.id}: ${title}`} testId="indicator-about">
      <dl className="grid grid-cols-[90px_1fr] gap-x-3 gap-y-1 p-3 text-sm">
        {rows.map(([name, text]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 break-words">{text}</dd>
          </div>
        ))}
      </dl>
    </Block>
  );
}
