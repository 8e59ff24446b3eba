/** Which parameters an optimiser searches, and over which values. */

import type { FieldView } from '../../shared/api/views.ts';
import type { StudySpecInput } from '../../shared/lab/study.ts';
import { sweepLimits } from '../../shared/lab/sweep-limits.ts';
import { isWholeNamedValue, namedValues } from '../../shared/rules/named-values.ts';
import type { RuleParameter } from '../../shared/rules/rule-set.ts';
import type { RunProblems } from './run-problems.ts';
import type { SpecValues } from './spec-values.ts';

/** One parameter as the form holds it. */
export interface SearchRange {
  readonly isOn: boolean;
  readonly from: string;
  readonly to: string;
  readonly step: string;
}
export type SearchRanges = Readonly<Record<string, SearchRange>>;

const numberFormats: ReadonlySet<FieldView['format']> = new Set([
  'integer',
  'percent',
  'factor',
  'amount',
  'price',
]);

/** Parameters that have numbers to search. */
export function searchable(fields: readonly FieldView[]): readonly FieldView[] {
  return fields.filter(({ format }) => numberFormats.has(format));
}

/** What a form searches over: what the strategy, the values it has, and the path of the run offer. */
export interface SearchOffer {
  readonly fields: readonly FieldView[];
  /** Why the path cannot search a parameter, by its name. */
  readonly limits: Readonly<Record<string, string>>;
}

/** Gives the fields of a strategy with the values that a text among the parameters names, as `$fast`. */
export function searchOffer(
  fields: readonly FieldView[],
  { engine, params, strategy }: Pick<SpecValues, 'engine' | 'params' | 'strategy'>,
): SearchOffer {
  const text = fields.find(({ namesValues }) => namesValues === true);
  const named = text === undefined ? [] : namedValues(params[text.name]);
  return {
    fields: [...named.map((value) => fieldOfNamed(value, text?.label ?? '')), ...fields],
    limits: engine === 'sweep' ? sweepLimits(strategy) : {},
  };
}

function fieldOfNamed(named: RuleParameter, group: string): FieldView {
  const { name, space, value } = named;
  return {
    name: `$${name}`,
    label: `$${name}`,
    group,
    help: `The value of $${name} in the rules, now ${value}`,
    unit: '',
    format: isWholeNamedValue(named) ? 'integer' : 'factor',
    required: false,
    updatable: false,
    advanced: false,
    chartLine: false,
    minimum: null,
    maximum: null,
    options: [],
    space: space === undefined ? null : { from: space.from, to: space.to, step: space.step ?? null },
    showWhen: null,
  };
}

/** Gives the range of a field: what was typed, or what the strategy suggests. */
export function rangeOf(field: FieldView, ranges: SearchRanges): SearchRange {
  const own = ranges[field.name];
  if (own !== undefined) return own;
  const { space } = field;
  return {
    isOn: space !== null,
    from: space === null ? '' : String(space.from),
    to: space === null ? '' : String(space.to),
    step: space === null || space.step === null ? '' : String(space.step),
  };
}

/** Whether a field is searched: chosen, and not left out by the path of the run. */
export function isSearched({ fields, limits }: SearchOffer, ranges: SearchRanges, field: FieldView): boolean {
  return (
    searchable(fields).includes(field) && limits[field.name] === undefined && rangeOf(field, ranges).isOn
  );
}

/** Gives the spaces of a study, or what is wrong: `spaces.<name>` with a range, `spaces` with all of them. */
export function spacesOf(
  offer: SearchOffer,
  ranges: SearchRanges,
): { readonly spaces: NonNullable<StudySpecInput['spaces']> } | { readonly problems: RunProblems } {
  const spaces: NonNullable<StudySpecInput['spaces']> = {};
  const problems: Record<string, string> = {};
  let count = 0;
  for (const field of searchable(offer.fields)) {
    const range = rangeOf(field, ranges);
    if (!isSearched(offer, ranges, field)) {
      spaces[field.name] = false;
      continue;
    }
    const [from, to, step] = [range.from, range.to, range.step].map((text) =>
      text.trim() === '' ? Number.NaN : Number(text),
    ) as [number, number, number];
    const problem =
      !Number.isFinite(from) || !Number.isFinite(to)
        ? 'Give from and to'
        : from > to
          ? 'From lies above to'
          : range.step.trim() !== '' && !(step > 0)
            ? 'The step must be above zero'
            : undefined;
    if (problem !== undefined) problems[`spaces.${field.name}`] = problem;
    count += 1;
    spaces[field.name] = { from, to, ...(step > 0 ? { step } : {}) };
  }
  if (count === 0) problems['spaces'] = 'Choose at least one parameter to search';
  return Object.keys(problems).length === 0 ? { spaces } : { problems };
}

/** Number of combinations; null when one has no steps. */
export function combinationsOf(offer: SearchOffer, ranges: SearchRanges): number | null {
  let all = 1;
  for (const field of searchable(offer.fields)) {
    const range = rangeOf(field, ranges);
    if (!isSearched(offer, ranges, field)) continue;
    const step =
      range.step.trim() === '' ? (field.format === 'integer' ? 1 : Number.NaN) : Number(range.step);
    const count = Math.floor((Number(range.to) - Number(range.from)) / step + 1e-9) + 1;
    if (!Number.isFinite(count)) return null;
    all *= Math.max(1, count);
  }
  return all;
}

export function SearchRangeTable({
  offer: { fields, limits },
  ranges,
  problems,
  onChange,
}: {
  readonly offer: SearchOffer;
  readonly ranges: SearchRanges;
  readonly problems: RunProblems;
  readonly onChange: (ranges: SearchRanges) => void;
}) {
  return (
    <table className="w-full text-sm" data-testid="search-ranges">
      <caption className="px-2 text-left">
        <SpaceProblem name="spaces" problems={problems} />
      </caption>
      <thead className="text-2xs text-muted">
        <tr>
          <th className="h-7 px-2 text-left font-medium">Search</th>
          <th className="w-24 px-2.5 text-right font-medium">From</th>
          <th className="w-24 px-2.5 text-right font-medium">To</th>
          <th className="w-24 px-2.5 text-right font-medium">Step</th>
        </tr>
      </thead>
      <tbody>
        {searchable(fields).map((field) => {
          const limit = limits[field.name];
          const asked = rangeOf(field, ranges);
          const range = limit === undefined ? asked : { ...asked, isOn: false };
          const set = (changes: Partial<SearchRange>): void =>
            onChange({ ...ranges, [field.name]: { ...range, ...changes } });
          const cell = (name: 'from' | 'to' | 'step') => (
            <td className="px-1 py-0.5">
              <input
                aria-label={`${field.label}, ${name}`}
                inputMode="decimal"
                disabled={!range.isOn}
                value={range[name]}
                placeholder={name === 'step' ? 'any' : ''}
                onChange={(event) => set({ [name]: event.target.value })}
                data-testid={`range-${field.name}-${name}`}
                className="num h-[24px] w-full rounded-md border border-line-strong bg-bg px-1.5 text-right text-xs disabled:opacity-40"
              />
            </td>
          );
          return (
            <tr key={field.name} className="border-t border-line/60">
              <td className="px-2">
                <label className="flex items-center gap-2" title={field.help}>
                  <input
                    type="checkbox"
                    checked={range.isOn}
                    disabled={limit !== undefined}
                    onChange={(event) => set({ isOn: event.target.checked })}
                    data-testid={`range-${field.name}`}
                    className="accent-accent"
                  />
                  {field.unit === '' ? field.label : `${field.label}, ${field.unit}`}
                </label>
                <SpaceProblem name={`spaces.${field.name}`} problems={problems} />
                {limit === undefined ? null : (
                  <p className="pb-1 pl-5 text-2xs text-muted" data-testid={`range-${field.name}-limit`}>
                    Stays as it is: {limit}
                  </p>
                )}
              </td>
              {cell('from')}
              {cell('to')}
              {cell('step')}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function SpaceProblem({ name, problems }: { readonly name: string; readonly problems: RunProblems }) {
  const problem = problems[name];
  if (problem === undefined) return null;
  return (
    <p role="alert" className="py-1 text-xs text-danger" data-testid={`${name}-error`}>
      {problem}
    </p>
  );
}
