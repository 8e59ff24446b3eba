/** The plan beside the form, with what keeps it from being made and, for an edit, what it changes. */

import { useMemo } from 'react';
import type { ApiFailure } from '../../shared/api/result.ts';
import type { FieldView, InstrumentView, PlanView } from '../../shared/api/views.ts';
import { useQuery } from '../store/hooks.ts';
import { SkeletonRows } from '../ui/states.tsx';
import type { ParamChange } from './form-values.ts';
import { PlanPanel } from './plan-panel.tsx';

export interface SetupPlanProps {
  readonly plan: PlanView | null;
  readonly failure: ApiFailure | null;
  readonly problem: { readonly name: string; readonly message: string } | null;
  readonly fields: readonly FieldView[];
  readonly refused: { readonly message: string } | null;
  /** What an edit changes; null when a new bot is set up. */
  readonly changes: readonly ParamChange[] | null;
  readonly instrument: InstrumentView;
  readonly isBehind: boolean;
}

export function SetupPlan({
  plan,
  failure,
  problem,
  fields,
  refused,
  changes,
  instrument,
  isBehind,
}: SetupPlanProps) {
  const balances = useQuery('balances/list', { venue: instrument.venue }, ['balances']).value?.rows;
  const available = useMemo(
    () =>
      Object.fromEntries(
        (balances ?? []).filter((row) => row.owner === 'main').map((row) => [row.currency, row.available]),
      ),
    [balances],
  );
  const label =
    problem === null ? '' : (fields.find((field) => field.name === problem.name)?.label ?? problem.name);
  return (
    <div>
      {changes === null ? null : <Changes changes={changes} />}
      {problem === null ? null : (
        <p
          className="mx-3 mt-3 rounded-sm border border-danger/60 bg-danger/10 px-2 py-1 text-xs text-danger"
          role="alert"
          data-testid="plan-blocked"
        >
          {label}: {sentence(problem.message)} The plan below is the last one that could be made.
        </p>
      )}
      {failure === null ? null : (
        <p
          className="mx-3 mt-3 rounded-sm border border-danger/60 bg-danger/10 px-2 py-1 text-xs text-danger"
          role="alert"
          data-testid="plan-failed"
        >
          {failure.message} {failure.hint ?? ''}
        </p>
      )}
      {refused === null ? null : (
        <p
          className="mx-3 mt-3 rounded-sm border border-danger/60 bg-danger/10 px-2 py-1 text-xs text-danger"
          role="alert"
          data-testid="edit-refused"
        >
          Refused: {refused.message} Nothing was changed.
        </p>
      )}
      {plan === null ? (
        failure === null && problem === null ? (
          <SkeletonRows rows={8} />
        ) : null
      ) : (
        <PlanPanel plan={plan} instrument={instrument} available={available} isBehind={isBehind} />
      )}
    </div>
  );
}

/** The diff of an edit. */
function Changes({ changes }: { readonly changes: readonly ParamChange[] }) {
  return (
    <section className="border-b border-line p-3" data-testid="edit-changes">
      <h3 className="mb-1 text-xs font-semibold">
        {changes.length === 0 ? 'Nothing changed yet' : 'Changes, and the plan after them'}
      </h3>
      {changes.map(({ field, before, after }) => (
        <div
          key={field.name}
          className="flex items-baseline justify-between gap-2 py-0.5 text-xs"
          data-testid={`change-${field.name}`}
        >
          <span className="text-muted">{field.label}</span>
          <span className="num">
            <span className="text-down line-through">{before}</span> →{' '}
            <span className="text-up">{after}</span>
          </span>
        </div>
      ))}
      {changes.length === 0 ? (
        <p className="text-xs text-muted">
          Fields that a running bot can take may be edited or dragged on the chart; open orders follow.
        </p>
      ) : null}
    </section>
  );
}

/** A message may end with a question already. */
function sentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`;
}
