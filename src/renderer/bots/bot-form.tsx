/** The parameter form of a strategy, made from the fields the host describes. */

import { useState } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import type { FieldView, InstrumentView, PlanView } from '../../shared/api/views.ts';
import { Icon } from '../ui/icon.tsx';
import { changesBetween, type FormValues, fieldGroups, isShown } from './form-values.ts';
import { ParamField } from './param-field.tsx';

export interface BotFormProps {
  readonly fields: readonly FieldView[];
  readonly form: UseFormReturn<FormValues>;
  readonly values: FormValues;
  /** What the form is compared with for its changed-marks. */
  readonly reference: FormValues;
  readonly violations: ReadonlyMap<string, PlanView['violations'][number]>;
  /** What the host said of one field when it refused the whole. */
  readonly refused: { readonly name: string; readonly message: string } | null;
  readonly instrument: InstrumentView;
  /** True for a running bot: only updatable fields can be edited. */
  readonly isEdit: boolean;
  readonly onPlaceLine: (field: FieldView) => void;
}

export function BotForm({
  fields,
  form,
  values,
  reference,
  violations,
  refused,
  instrument,
  isEdit,
  onPlaceLine,
}: BotFormProps) {
  const changed = new Set(changesBetween(fields, reference, values).map((change) => change.field.name));
  const { errors } = form.formState;
  const draw = (field: FieldView) => {
    if (!isShown(field, values)) return null;
    const violation = violations.get(field.name);
    const local = errors[field.name]?.message;
    const error =
      typeof local === 'string'
        ? local
        : refused?.name === field.name
          ? refused.message
          : violation?.severity === 'error'
            ? violation.message
            : undefined;
    return (
      <ParamField
        key={field.name}
        field={field}
        value={values[field.name] ?? ''}
        onChange={(value) => form.setValue(field.name, value, { shouldValidate: true, shouldDirty: true })}
        error={error}
        warning={violation?.severity === 'warning' ? violation.message : undefined}
        isEditable={!isEdit || field.updatable}
        isChanged={changed.has(field.name)}
        quote={instrument.quote}
        base={instrument.base}
        onPlaceLine={
          field.chartLine && field.format === 'price' && (!isEdit || field.updatable)
            ? () => onPlaceLine(field)
            : undefined
        }
      />
    );
  };
  const basic = fields.filter((field) => !field.advanced);
  const advanced = fields.filter((field) => field.advanced);
  return (
    <form
      className="flex flex-col gap-4 p-3"
      data-testid="bot-form"
      onSubmit={(event) => event.preventDefault()}
    >
      {fieldGroups(basic).map(({ group, fields: list }) => (
        <fieldset key={group} className="min-w-0">
          <legend className="mb-1.5 text-xs font-semibold">{group}</legend>
          <div className="grid grid-cols-2 items-start gap-x-2.5 gap-y-2">{list.map(draw)}</div>
        </fieldset>
      ))}
      {advanced.length === 0 ? null : (
        <Advanced
          count={advanced.filter((field) => changed.has(field.name)).length}
          hasProblem={advanced.some(
            (field) =>
              errors[field.name] !== undefined ||
              violations.get(field.name)?.severity === 'error' ||
              refused?.name === field.name,
          )}
        >
          {fieldGroups(advanced).map(({ group, fields: list }) => (
            <fieldset key={group} className="min-w-0">
              <legend className="mb-1.5 text-xs font-semibold">{group}</legend>
              <div className="grid grid-cols-2 items-start gap-x-2.5 gap-y-2">{list.map(draw)}</div>
            </fieldset>
          ))}
        </Advanced>
      )}
    </form>
  );
}

/** Hidden until asked for; opened by itself when something in it is wrong. */
function Advanced({
  count,
  hasProblem,
  children,
}: {
  readonly count: number;
  readonly hasProblem: boolean;
  readonly children: React.ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  const isShownNow = isOpen || hasProblem;
  return (
    <div className="border-t border-line pt-2">
      <button
        type="button"
        aria-expanded={isShownNow}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full items-center gap-1.5 py-1 text-xs font-semibold"
        data-testid="form-advanced"
      >
        <Icon name={isShownNow ? 'chevronDown' : 'chevronRight'} size={12} />
        Advanced
        {count > 0 ? <span className="text-accent">{count} changed</span> : null}
      </button>
      {isShownNow ? <div className="mt-2 flex flex-col gap-4">{children}</div> : null}
    </div>
  );
}
