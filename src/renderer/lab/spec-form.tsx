/** What every run of the Lab begins with: strategy and its parameters, data, money and the conventions of filling. */

import type { ReactNode } from 'react';
import type { FieldView, StrategyView } from '../../shared/api/views.ts';
import type { FillConvention, IntrabarPolicy } from '../../shared/lab/spec.ts';
import { fieldGroups, isShown } from '../bots/form-values.ts';
import { ParamField } from '../bots/param-field.tsx';
import { currenciesOf } from '../format/symbol-text.ts';
import { useQuery } from '../store/hooks.ts';
import { Field, Input, Select } from '../ui/field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import type { RunProblems } from './run-problems.ts';
import { SourceFields } from './source-fields.tsx';
import { isBook, marketOf, type SpecValues } from './spec-values.ts';

export interface SpecFormProps {
  readonly values: SpecValues;
  readonly onChange: (values: SpecValues) => void;
  readonly problems: RunProblems;
  /** Problems of empty required fields are told only after the first try. */
  readonly isTried: boolean;
  /** Shown instead of the value of a parameter, for example its range in an optimiser. */
  readonly paramAside?: ((field: FieldView) => ReactNode) | undefined;
}

const fillTexts: Readonly<Record<FillConvention, string>> = {
  'next-open': 'At the next open',
  close: 'At the same close',
};
const intrabarTexts: Readonly<Record<IntrabarPolicy, string>> = {
  'adverse-first': 'Against the position first',
  'by-direction': 'By the candle’s direction',
  'open-low-high-close': 'Low, then high',
  'open-high-low-close': 'High, then low',
};

/** The strategies as the host describes them; empty while they load. */
export function useStrategies(): readonly StrategyView[] {
  return useQuery('strategies/list', {}, ['never']).value?.strategies ?? [];
}

export function SpecForm({ values, onChange, problems, isTried, paramAside }: SpecFormProps) {
  const strategies = useStrategies();
  const strategy = strategies.find(({ id }) => id === values.strategy);
  const set = (changes: Partial<SpecValues>): void => onChange({ ...values, ...changes });
  const { base, quote } = currenciesOf(marketOf(values));
  const onBook = isBook(values);
  const problem = (name: string): string | undefined =>
    isTried || (name !== 'path' && name !== 'stored') ? problems[name] : undefined;
  const text = (
    name: 'capital' | 'makerFee' | 'takerFee' | 'slippage' | 'leverage' | 'latency',
    label: string,
    unit: string,
    help: string,
    placeholder = '',
  ) => (
    <Field id={`lab-${name}`} label={label} help={help} error={problem(name)}>
      <Input
        id={`lab-${name}`}
        isNumber
        unit={unit}
        value={values[name]}
        placeholder={placeholder}
        isWrong={problem(name) !== undefined}
        onChange={(event) => set({ [name]: event.target.value })}
        data-testid={`lab-${name}`}
      />
    </Field>
  );
  return (
    <div className="flex flex-col gap-4 p-3" data-testid="spec-form">
      <fieldset className="min-w-0">
        <legend className="mb-1.5 text-xs font-semibold">Strategy</legend>
        <Field id="lab-strategy" label="What trades" error={problem('strategy')}>
          <Select
            id="lab-strategy"
            value={values.strategy}
            onChange={(event) => set({ strategy: event.target.value, params: {}, study: '' })}
            options={strategies.map(({ id, title }) => ({ value: id, label: title }))}
            data-testid="lab-strategy"
          />
        </Field>
        {strategy === undefined ? null : <p className="mt-1 text-xs text-muted">{strategy.summary}</p>}
      </fieldset>
      <SourceFields values={values} set={set} problem={problem} />
      {fieldGroups(strategy?.fields ?? []).map(({ group, fields }) => (
        <fieldset key={group} className="min-w-0">
          <legend className="mb-1.5 text-xs font-semibold">{group}</legend>
          <div className="grid grid-cols-2 items-start gap-x-2.5 gap-y-2">
            {fields
              .filter((field) => isShown(field, values.params))
              .map(
                (field) =>
                  paramAside?.(field) ?? (
                    <ParamField
                      key={field.name}
                      field={field.format === 'switch' ? field : { ...field, required: false }}
                      value={values.params[field.name] ?? (field.format === 'switch' ? false : '')}
                      onChange={(value) => set({ params: { ...values.params, [field.name]: value } })}
                      error={problems[`params.${field.name}`]}
                      warning={undefined}
                      isEditable
                      isChanged={false}
                      emptyText="suggested"
                      quote={quote}
                      base={base}
                    />
                  ),
              )}
          </div>
        </fieldset>
      ))}
      <fieldset className="min-w-0">
        <legend className="mb-1.5 text-xs font-semibold">Money and costs</legend>
        <div className="grid grid-cols-2 items-start gap-x-2.5 gap-y-2">
          {text('capital', 'Starting money', quote, 'What the account holds when trading begins')}
          {text('leverage', 'Leverage', '×', 'For perpetuals and margin; 1 on spot')}
          {text('makerFee', 'Maker fee', '%', 'Fee of resting orders that are filled', 'usual')}
          {text('takerFee', 'Taker fee', '%', 'Fee of orders that take from the book', 'usual')}
          {onBook
            ? null
            : text(
                'slippage',
                'Slippage',
                '%',
                'What a market or stop order loses against the price it aims at',
              )}
        </div>
      </fieldset>
      <fieldset className="flex min-w-0 flex-col gap-2">
        <legend className="mb-1.5 text-xs font-semibold">Conventions</legend>
        {text(
          'latency',
          'Orders and answers take',
          'ms',
          'Each way. One number, or median, sigma, maximum of a log-normal delay, or a file of measured ones (timestamp,latency)',
          'no time',
        )}
        {onBook ? (
          <p className="text-xs text-muted" data-testid="lab-book-note">
            Orders meet the recorded book: a resting one waits behind all that is displayed at its price until
            trades and cancels have cleared the queue, a taking one walks the levels. Own orders move nobody.
            Slippage is what the book makes it.
          </p>
        ) : (
          <CandleConventions values={values} set={set} problem={problem} />
        )}
        {!onBook && (values.strategy === 'rules' || values.strategy === 'ma-cross') ? (
          <Field
            id="lab-engine"
            label="Run by"
            help="Both give the same trades. Engine: the very code that trades live. Compiled: rules over columns, many times faster. Fastest: compiled where it can be."
            error={problem('engine')}
          >
            <Segmented<SpecValues['engine']>
              label="Run by"
              testId="lab-engine"
              value={values.engine}
              onChange={(engine) => set({ engine })}
              options={[
                { value: 'auto', label: 'Fastest' },
                { value: 'event', label: 'Engine' },
                { value: 'sweep', label: 'Compiled' },
              ]}
            />
          </Field>
        ) : null}
      </fieldset>
    </div>
  );
}

/** How orders meet candles, which say neither what came first inside them nor who stood before an order. */
function CandleConventions({
  values,
  set,
  problem,
}: {
  readonly values: SpecValues;
  readonly set: (changes: Partial<SpecValues>) => void;
  readonly problem: (name: string) => string | undefined;
}) {
  return (
    <>
      <Field
        id="lab-fill"
        label="Market orders fill"
        help="A rule is decided when a candle has closed. Next open: the order fills at the open of the following candle, as it could live. Same close: at the close that decided, as vectorbt and backtesting.py do."
        error={problem('fill')}
      >
        <Segmented<FillConvention>
          label="Market orders fill"
          testId="lab-fill"
          value={values.fill}
          onChange={(fill) => set({ fill })}
          options={(['next-open', 'close'] as const).map((value) => ({ value, label: fillTexts[value] }))}
        />
      </Field>
      <Field
        id="lab-intrabar"
        label="Inside a candle the price goes"
        help="A candle does not tell whether its high or its low came first. Against the position first is the careful choice: a stop is reached before a target."
        error={problem('intrabar')}
      >
        <Select
          id="lab-intrabar"
          value={values.intrabar}
          onChange={(event) => set({ intrabar: event.target.value as IntrabarPolicy })}
          options={Object.entries(intrabarTexts).map(([value, label]) => ({ value, label }))}
          data-testid="lab-intrabar"
        />
      </Field>
    </>
  );
}
