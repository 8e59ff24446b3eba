/** One parameter of a strategy as a form control. */

import type { FieldView } from '../../shared/api/views.ts';
import { Field, Input, Select, TextArea, Toggle } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { Segmented } from '../ui/segmented.tsx';
import type { FormValue } from './form-values.ts';
import { IndicatorHelp } from './indicator-help.tsx';

export interface ParamFieldProps {
  readonly field: FieldView;
  readonly value: FormValue;
  readonly onChange: (value: FormValue) => void;
  readonly error: string | undefined;
  readonly warning: string | undefined;
  /** False where a running bot cannot take the change. */
  readonly isEditable: boolean;
  readonly isChanged: boolean;
  readonly quote: string;
  readonly base: string;
  /** What an empty field stands for; `off` by default. */
  readonly emptyText?: string | undefined;
  /** Puts the line on the chart, for an empty field that can be drawn. */
  readonly onPlaceLine?: (() => void) | undefined;
}

/** Gives a choice as words: `long-and-short` is "Long and short". */
export function choiceLabel(option: string): string {
  const words = option.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Gives the unit as it is shown: the currency for `quote` and `base`. */
export function unitText(unit: string, quote: string, base: string): string {
  return unit === 'quote' ? quote : unit === 'base' ? base : unit;
}

function boundsText(field: FieldView): string {
  if (field.minimum !== null && field.maximum !== null) return `${field.minimum} to ${field.maximum}`;
  if (field.minimum !== null) return `from ${field.minimum}`;
  return field.maximum !== null ? `to ${field.maximum}` : '';
}

export function ParamField({
  field,
  value,
  onChange,
  error,
  warning,
  isEditable,
  isChanged,
  quote,
  base,
  emptyText,
  onPlaceLine,
}: ParamFieldProps) {
  const id = `param-${field.name}`;
  const help = [
    field.help,
    boundsText(field) === '' ? '' : `Allowed: ${boundsText(field)}`,
    isEditable ? '' : 'Cannot be changed while the bot exists: clone it instead',
  ]
    .filter(Boolean)
    .join('\n');
  const label = (
    <>
      {field.label}
      {isChanged ? (
        <span className="ml-1 text-accent" title="Changed" role="img" aria-label="changed">
          ●
        </span>
      ) : null}
    </>
  );
  if (field.format === 'switch') {
    return (
      <div className="col-span-2">
        <Toggle
          id={id}
          testId={id}
          label={label}
          checked={value === true}
          disabled={!isEditable}
          onChange={onChange}
          help={help}
        />
        {error === undefined ? null : <p className="text-xs text-danger">{error}</p>}
      </div>
    );
  }
  const text = typeof value === 'string' ? value : '';
  const aside =
    onPlaceLine !== undefined && text === '' ? (
      <button
        type="button"
        onClick={onPlaceLine}
        aria-label={`Place ${field.label} on the chart`}
        title="Place on the chart"
        className="-my-0.5 text-accent hover:text-text"
        data-testid={`place-${field.name}`}
      >
        <Icon name="target" size={12} />
      </button>
    ) : undefined;
  if (field.format === 'choice' && field.options.length <= 3 && field.required && isEditable) {
    return (
      <div className="col-span-2 flex flex-col gap-1">
        <span className="text-xs text-muted" title={help}>
          {label}
        </span>
        <Segmented
          label={field.label}
          testId={id}
          value={text}
          onChange={onChange}
          options={field.options.map((option) => ({ value: option, label: choiceLabel(option) }))}
        />
        {error === undefined ? null : <p className="text-xs text-danger">{error}</p>}
      </div>
    );
  }
  if (field.format === 'text') {
    const add = (call: string): void => onChange(text.trim() === '' ? call : `${text.trimEnd()} ${call}`);
    return (
      <div className="col-span-2">
        <Field
          id={id}
          label={label}
          help={help}
          error={error}
          warning={warning}
          aside={field.textKind === 'rule' && isEditable ? <IndicatorHelp onChoose={add} /> : undefined}
        >
          <TextArea
            id={id}
            value={text}
            disabled={!isEditable}
            isWrong={error !== undefined}
            title={help}
            placeholder={emptyText ?? 'none'}
            onChange={(event) => onChange(event.target.value)}
            data-testid={id}
          />
        </Field>
      </div>
    );
  }
  return (
    <Field id={id} label={label} help={help} error={error} warning={warning} aside={aside}>
      {field.format === 'choice' ? (
        <Select
          id={id}
          value={text}
          disabled={!isEditable}
          onChange={(event) => onChange(event.target.value)}
          options={[
            ...(field.required ? [] : [{ value: '', label: emptyText ?? 'none' }]),
            ...field.options.map((option) => ({ value: option, label: choiceLabel(option) })),
          ]}
          data-testid={id}
        />
      ) : (
        <Input
          id={id}
          isNumber
          unit={unitText(field.unit, quote, base)}
          value={text}
          disabled={!isEditable}
          isWrong={error !== undefined}
          title={help}
          placeholder={field.required ? boundsText(field) : (emptyText ?? 'off')}
          onChange={(event) => onChange(event.target.value)}
          data-testid={id}
        />
      )}
    </Field>
  );
}
