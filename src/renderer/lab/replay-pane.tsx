/** Market makers that are built in, over a stored order book: every combination of the values typed, the best first. */

import { useState } from 'react';
import type { DataSeriesView } from '../../shared/api/data-views.ts';
import { unitText } from '../bots/param-field.tsx';
import { currenciesOf } from '../format/symbol-text.ts';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input, Select } from '../ui/field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { countText } from './figures.ts';
import {
  firstReplayChoices,
  type ReplayChoices,
  type ReplayStrategy,
  replayFieldNames,
  replayFields,
  replayRequestOf,
} from './replay-choices.ts';
import { ReplayResult } from './replay-result.tsx';
import { problemElsewhere } from './run-problems.ts';
import { useRun } from './use-run.ts';

export function ReplayPane() {
  const { value, failure, retry } = useQuery('data/list', {}, ['data']);
  if (value === null) {
    if (failure === null) return <SkeletonRows rows={10} />;
    return <ErrorState title="The stored data could not be read" failure={failure} onRetry={retry} />;
  }
  const books = value.series.filter(({ dataKind, problem }) => dataKind === 'l2' && problem === null);
  if (books.length > 0) return <Replay books={books} />;
  return (
    <EmptyState
      icon="search"
      title="No order book is stored"
      action={<Button onClick={() => goTo('lab', 'data')}>Import an order book</Button>}
    >
      A replay lets market makers quote in a recorded book, thousands of settings a day of data.
    </EmptyState>
  );
}

const keyOf = ({ instrument, venue }: DataSeriesView): string => `${venue} ${instrument}`;

function Replay({ books }: { readonly books: readonly DataSeriesView[] }) {
  const [key, setKey] = useState(keyOf(books[0] as DataSeriesView));
  const [choices, setTyped] = useState(() => firstReplayChoices('grid'));
  const run = useRun();
  const setChoices = (next: ReplayChoices): void => {
    setTyped(next);
    run.changed();
  };
  const book = books.find((series) => keyOf(series) === key) ?? (books[0] as DataSeriesView);
  const made = replayRequestOf(choices);
  const told = Object.fromEntries(
    Object.entries(run.problems).map(([name, problem]) => [name.replace(/^params\./, ''), problem]),
  );
  const problems = { ...told, ...('problems' in made ? made.problems : {}) };
  const bookError = problemElsewhere(told, replayFieldNames(choices.strategy));
  const start = (): void => {
    if (!('request' in made)) return;
    const { instrument, venue } = book;
    void run.start('Replay', 'recordings/replay', { venue, instrument, ...made.request });
  };
  return (
    <div className="flex h-full">
      <div
        className="flex w-[300px] shrink-0 flex-col gap-3 overflow-y-auto border-r border-line p-3"
        data-testid="replay-form"
      >
        <Field id="replay-book" label="Order book" error={bookError}>
          <Select
            id="replay-book"
            value={keyOf(book)}
            onChange={(event) => {
              setKey(event.target.value);
              run.changed();
            }}
            options={books.map((series) => ({
              value: keyOf(series),
              label: `${series.instrument} (${series.venue})`,
            }))}
            data-testid="replay-book"
          />
        </Field>
        <Segmented<ReplayStrategy>
          label="Market maker"
          testId="replay-strategy"
          value={choices.strategy}
          onChange={(strategy) =>
            setChoices({ ...choices, strategy, params: firstReplayChoices(strategy).params })
          }
          options={[
            { value: 'grid', label: 'Grid' },
            { value: 'quoter', label: 'Quoter' },
          ]}
        />
        <p className="text-xs text-muted">
          Several numbers, such as 5, 10, 20, are all tried with one another.
        </p>
        <Fields
          choices={choices}
          onChange={setChoices}
          problems={problems}
          currencies={currenciesOf(book.instrument)}
        />
        <Button
          variant="primary"
          icon="play"
          disabled={!('request' in made)}
          onClick={start}
          data-testid="replay-run"
        >
          {'request' in made ? runText(made.combinations) : 'Replay'}
        </Button>
      </div>
      <div className="min-w-0 grow bg-bg">
        {run.job === null ? (
          <EmptyState icon="search" title="What would quoting have earned?">
            Orders queue behind what was displayed, messages take their time, fees count. Own orders move
            nobody.
          </EmptyState>
        ) : (
          <ReplayResult job={run.job} key={run.job} onRetry={run.close} />
        )}
      </div>
    </div>
  );
}

function runText(combinations: number): string {
  return combinations === 1 ? 'Replay 1 setting' : `Replay ${countText(combinations)} settings`;
}

function Fields({
  choices,
  onChange,
  problems,
  currencies: { base, quote },
}: {
  readonly currencies: { readonly base: string; readonly quote: string };
  readonly choices: ReplayChoices;
  readonly onChange: (choices: ReplayChoices) => void;
  readonly problems: Readonly<Record<string, string>>;
}) {
  const field = (
    name: string,
    label: string,
    unit: string,
    help: string,
    value: string,
    set: (value: string) => void,
    placeholder = '',
  ) => (
    <Field key={name} id={`replay-${name}`} label={label} help={help} error={problems[name]}>
      <Input
        id={`replay-${name}`}
        isNumber
        unit={unitText(unit, quote, base)}
        value={value}
        placeholder={placeholder}
        isWrong={problems[name] !== undefined}
        onChange={(event) => set(event.target.value)}
        data-testid={`replay-${name}`}
      />
    </Field>
  );
  const own = (
    name: 'stepMs' | 'latencyMs' | 'makerFee' | 'takerFee' | 'lowestPrice' | 'highestPrice',
    label: string,
    unit: string,
    help: string,
    placeholder = '',
  ) =>
    field(
      name,
      label,
      unit,
      help,
      choices[name],
      (value) => onChange({ ...choices, [name]: value }),
      placeholder,
    );
  return (
    <>
      <div className="grid grid-cols-2 items-start gap-x-2.5 gap-y-2">
        {replayFields[choices.strategy].map(({ help, label, name, unit }) =>
          field(name, label, unit, help, choices.params[name] ?? '', (value) =>
            onChange({ ...choices, params: { ...choices.params, [name]: value } }),
          ),
        )}
      </div>
      <div className="grid grid-cols-2 items-start gap-x-2.5 gap-y-2">
        {own('stepMs', 'Decides every', 'ms', 'Time between two decisions')}
        {own('latencyMs', 'Messages take', 'ms', 'Orders to the exchange, and answers back')}
        {own('makerFee', 'Maker fee', '%', 'Below zero for a rebate')}
        {own('takerFee', 'Taker fee', '%', 'Of orders that take')}
        {own('lowestPrice', 'Lowest price', 'quote', 'Leaves out far-off orders; both or none', 'all')}
        {own('highestPrice', 'Highest price', 'quote', 'Leaves out far-off orders; both or none', 'all')}
      </div>
      <Field
        id="replay-queue"
        label="Cancels in the queue"
        help="Who cancelled is not recorded: from behind more often, from behind only, or by logarithms of both sizes"
      >
        <Select
          id="replay-queue"
          value={choices.queue}
          onChange={(event) => onChange({ ...choices, queue: event.target.value as ReplayChoices['queue'] })}
          options={[
            { value: 'power', label: 'Mostly behind us (square)' },
            { value: 'risk-averse', label: 'Only behind us' },
            { value: 'logarithm', label: 'Logarithmic' },
          ]}
        />
      </Field>
    </>
  );
}
