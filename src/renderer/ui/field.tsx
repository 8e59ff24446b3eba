/** Form controls: a label, the control, its unit, help and what is wrong with it. */

import type {
  InputHTMLAttributes,
  ReactNode,
  Ref,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from 'react';
import { classes } from './classes.ts';

const box =
  'h-[26px] w-full rounded-md border bg-bg px-2 text-sm text-text placeholder:text-muted/70 hover:border-muted/60 focus-visible:outline-1 disabled:opacity-50';

export interface FieldProps {
  readonly id: string;
  readonly label: ReactNode;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
  readonly warning?: string | undefined;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** The frame around a control: its label above, what is wrong below. The control's id must be `id`. */
export function Field({ id, label, help, error, warning, aside, children }: FieldProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="truncate text-xs text-muted" title={help}>
          {label}
        </label>
        {aside === undefined ? null : <span className="shrink-0 text-2xs text-muted">{aside}</span>}
      </div>
      {children}
      {error !== undefined && error !== '' ? (
        <p id={`${id}-error`} role="alert" className="text-xs text-danger" data-testid={`${id}-error`}>
          {error}
        </p>
      ) : warning !== undefined && warning !== '' ? (
        <p className="text-xs text-warn" data-testid={`${id}-warning`}>
          {warning}
        </p>
      ) : null}
    </div>
  );
}

export interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly unit?: string | undefined;
  readonly isNumber?: boolean;
  readonly isWrong?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

export interface TextAreaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  readonly isWrong?: boolean;
}

/** Text of several lines in the typewriter face; it grows with what is typed, where the browser can. */
export function TextArea({ isWrong = false, ...rest }: TextAreaProps) {
  return (
    <textarea
      rows={2}
      spellCheck={false}
      autoComplete="off"
      aria-invalid={isWrong}
      className={classes(
        'num whitespace-pre-wrap field-sizing-content max-h-40 min-h-11 w-full resize-y rounded-md border bg-bg px-2 py-1 text-xs text-text placeholder:text-muted/70 hover:border-muted/60 focus-visible:outline-1 disabled:opacity-50',
        isWrong ? 'border-danger' : 'border-line-strong',
      )}
      {...rest}
    />
  );
}

/** One line of text or a number, with its unit inside the box. */
export function Input({ unit, isNumber = false, isWrong = false, className, ...rest }: InputProps) {
  const hasUnit = unit !== undefined && unit !== '';
  return (
    <span className="relative block">
      <input
        type="text"
        autoComplete="off"
        spellCheck={false}
        inputMode={isNumber ? 'decimal' : 'text'}
        aria-invalid={isWrong}
        aria-describedby={isWrong && rest.id !== undefined ? `${rest.id}-error` : undefined}
        {...rest}
        className={classes(
          box,
          isWrong ? 'border-danger' : 'border-line-strong',
          isNumber && 'num text-right',
          hasUnit && 'pr-12',
          className,
        )}
      />
      {hasUnit ? (
        <span className="pointer-events-none absolute top-1/2 right-2 max-w-11 -translate-y-1/2 truncate text-2xs text-muted">
          {unit}
        </span>
      ) : null}
    </span>
  );
}

export interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement> {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly ref?: Ref<HTMLSelectElement>;
}

/** A choice; the browser's own list, so that it works with every keyboard and reader. */
export function Select({ options, className, ...rest }: SelectProps) {
  return (
    <select {...rest} className={classes(box, 'border-line-strong pr-1', className)}>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

/** Yes or no, with its label beside it. */
export function Toggle({
  id,
  label,
  checked,
  onChange,
  disabled = false,
  help,
  testId,
}: {
  readonly id: string;
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly help?: string | undefined;
  readonly testId?: string;
}) {
  return (
    <label htmlFor={id} className="flex min-h-[26px] items-center gap-2 text-sm" title={help}>
      <button
        type="button"
        id={id}
        role="switch"
        aria-checked={checked}
        disabled={disabled}
        data-testid={testId ?? id}
        onClick={() => onChange(!checked)}
        className={classes(
          'relative h-4 w-7 shrink-0 rounded-full border transition-colors duration-75',
          checked ? 'border-accent-strong bg-accent-strong' : 'border-line-strong bg-bg',
        )}
      >
        <span
          className={classes(
            'absolute top-1/2 size-2.5 -translate-y-1/2 rounded-full transition-[left] duration-75',
            checked ? 'left-[14px] bg-on-accent' : 'left-0.5 bg-muted',
          )}
        />
      </button>
      <span className="min-w-0">{label}</span>
    </label>
  );
}
