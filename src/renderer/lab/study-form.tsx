/** A new study: the run it repeats on the left, what it searches and for what on the right. */

import { useState } from 'react';
import {
  multiObjectiveSamplers,
  namedObjectives,
  type SamplerName,
  type StudySpecInput,
  samplerNames,
} from '../../shared/lab/study.ts';
import { choiceLabel } from '../bots/param-field.tsx';
import { useQuery } from '../store/hooks.ts';
import { goTo } from '../store/route.ts';
import { useSettings } from '../store/settings.ts';
import { settings } from '../store/terminal.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input, Select, Toggle } from '../ui/field.tsx';
import { countText } from './figures.ts';
import { RunLayout } from './run-layout.tsx';
import { combinationsOf, SearchRangeTable } from './search-ranges.tsx';
import { searchedParam } from './searched-param.tsx';
import { Block } from './small-parts.tsx';
import { SpecForm } from './spec-form.tsx';
import {
  choiceProblems,
  draftFor,
  readStudyDraft,
  type StudyChoices,
  type StudyDraft,
  specOfChoices,
} from './study-choices.ts';
import { useRun } from './use-run.ts';
import { useSearch } from './use-search.ts';
import { useSpecValues } from './use-spec-values.ts';

const samplerTexts: Readonly<Record<SamplerName, string>> = {
  tpe: 'TPE: learns where to look (usual)',
  random: 'Random: every trial on its own',
  grid: 'Grid: every combination',
  sobol: 'Sobol: spreads evenly over the space',
  gp: 'Gaussian process: for few, costly trials',
  'cma-es': 'CMA-ES: for many numeric parameters',
  'nsga-ii': 'NSGA-II: several objectives',
  'nsga-iii': 'NSGA-III: three objectives and more',
};

/** `failed` is a job that was begun here and failed: what it found wrong is told at its fields. */
export function StudyForm({ failed }: { readonly failed: string | null }) {
  const [isTried, setTried] = useState(failed !== null);
  const run = useRun(failed);
  const { values, setValues, problems, spec } = useSpecValues(null, run);
  const [draft] = useState(() =>
    draftFor(readStudyDraft(useSettings.getState().settings['lab.study']), values.strategy),
  );
  const search = useSearch(values, run, isTried, draft.ranges);
  const available = useQuery('studies/samplers', {}, ['never']).value?.samplers ?? ['tpe'];
  const [choices, setChoices] = useState(draft.choices);
  const wrongChoices = choiceProblems(choices);
  const isWrong = spec === null || search.spaces === null || Object.keys(wrongChoices).length > 0;
  // At once, as the form of the run: another page must not lose what was typed.
  const remember = (changes: Partial<StudyDraft>): void =>
    settings.set('lab.study', {
      strategy: values.strategy,
      choices,
      ranges: search.ranges,
      ...changes,
    });
  const start = async (): Promise<void> => {
    setTried(true);
    if (spec === null || search.spaces === null || isWrong) return;
    const study: StudySpecInput = { backtest: spec, spaces: search.spaces, ...specOfChoices(choices) };
    const job = await run.start('Study', 'studies/run', { spec: study }, ['lab']);
    if (job !== null) goTo('lab', 'optimise', 'running', job);
  };
  return (
    <RunLayout
      title="New study"
      back={
        <Button variant="ghost" icon="chevronLeft" onClick={() => goTo('lab', 'optimise')}>
          Studies
        </Button>
      }
      actions={
        <Button
          size="lg"
          variant="primary"
          icon="play"
          disabled={isTried && isWrong}
          onClick={() => void start()}
          data-testid="study-run"
        >
          Run study
        </Button>
      }
      form={
        <SpecForm
          values={values}
          onChange={setValues}
          problems={problems}
          isTried={isTried}
          paramAside={searchedParam(search)}
        />
      }
    >
      <div className="flex flex-col gap-3 p-3">
        <Block
          title="What is searched"
          aside={<Combinations count={combinationsOf(search.offer, search.ranges)} />}
        >
          <SearchRangeTable
            offer={search.offer}
            ranges={search.ranges}
            problems={search.problems}
            onChange={(ranges) => {
              search.setRanges(ranges);
              remember({ ranges });
            }}
          />
        </Block>
        <Block title="For what, and how">
          <ChoiceFields
            choices={choices}
            problems={{ ...run.problems, ...wrongChoices }}
            available={available}
            onChange={(next) => {
              setChoices(next);
              run.changed();
              remember({ choices: next });
            }}
          />
        </Block>
      </div>
    </RunLayout>
  );
}

function Combinations({ count }: { readonly count: number | null }) {
  return (
    <span className="num text-xs text-muted">
      {count === null ? 'without end' : `${countText(count)} combinations`}
    </span>
  );
}

function ChoiceFields({
  choices,
  problems,
  available,
  onChange,
}: {
  readonly choices: StudyChoices;
  readonly problems: Readonly<Record<string, string>>;
  readonly available: readonly string[];
  readonly onChange: (choices: StudyChoices) => void;
}) {
  const set = (changes: Partial<StudyChoices>): void => onChange({ ...choices, ...changes });
  const number = (
    name: 'trials' | 'minimumTrades' | 'outOfSample' | 'patience',
    label: string,
    unit: string,
    help: string,
    placeholder = '',
  ) => (
    <Field id={`study-${name}`} label={label} help={help} error={problems[name]}>
      <Input
        id={`study-${name}`}
        isNumber
        unit={unit}
        placeholder={placeholder}
        isWrong={problems[name] !== undefined}
        value={choices[name]}
        onChange={(event) => set({ [name]: event.target.value })}
        data-testid={`study-${name}`}
      />
    </Field>
  );
  const objectiveOptions = namedObjectives.map(({ name }) => ({
    value: name as string,
    label: choiceLabel(name),
  }));
  const meaning =
    namedObjectives.find(({ name }) => name === choices.objective)?.meaning ??
    'A formula over the figures of the report, for example totalReturn / max(0.05, abs(maxDrawdown)).';
  return (
    <div className="grid grid-cols-2 items-start gap-x-3 gap-y-2 p-3">
      <Field id="study-sampler" label="Sampler" error={problems['sampler']}>
        <Select
          id="study-sampler"
          value={choices.sampler}
          onChange={(event) => set({ sampler: event.target.value as SamplerName })}
          options={samplerNames
            .filter((name) => available.includes(name))
            .map((name) => ({ value: name, label: samplerTexts[name] }))}
          data-testid="study-sampler"
        />
      </Field>
      <Field
        id="study-objective"
        label="Objective"
        error={choices.objective === 'custom' ? undefined : problems['objective']}
      >
        <Select
          id="study-objective"
          value={choices.objective}
          onChange={(event) => set({ objective: event.target.value })}
          options={[...objectiveOptions, { value: 'custom', label: 'own formula' }]}
          data-testid="study-objective"
        />
      </Field>
      <p className="col-span-2 text-xs text-muted">{meaning}</p>
      {choices.objective === 'custom' ? (
        <div className="col-span-2">
          <Field id="study-expression" label="Formula, to be made large" error={problems['expression']}>
            <Input
              id="study-expression"
              value={choices.expression}
              onChange={(event) => set({ expression: event.target.value })}
              data-testid="study-expression"
            />
          </Field>
        </div>
      ) : null}
      {multiObjectiveSamplers.has(choices.sampler) ? (
        <Field
          id="study-second"
          label="Second objective"
          help="The best trials are then those that no other beats in both"
        >
          <Select
            id="study-second"
            value={choices.second}
            onChange={(event) => set({ second: event.target.value })}
            options={[{ value: '', label: 'none' }, ...objectiveOptions]}
          />
        </Field>
      ) : null}
      {number('trials', 'Trials', '', 'Settings that are run')}
      {number(
        'minimumTrades',
        'Least trades',
        '',
        'Settings with fewer trades have no score: a few lucky trades prove nothing',
      )}
      {number(
        'outOfSample',
        'Kept back',
        '%',
        'The newest part of the data, which no trial sees; the best are tested on it',
      )}
      {number(
        'patience',
        'Stop after',
        'trials',
        'Ends when so many trials in a row brought nothing better',
        'never',
      )}
      <div className="col-span-2">
        <Toggle
          id="study-prune"
          label="End trials early that lag behind the others (median pruning)"
          checked={choices.prunes}
          onChange={(prunes) => set({ prunes })}
        />
      </div>
    </div>
  );
}
