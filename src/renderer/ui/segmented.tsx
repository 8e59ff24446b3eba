/** One of a few, all visible: tabs of a pane, sides, intervals. */

import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode; readonly title?: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly testId: string;
  readonly look?: 'box' | 'bare' | 'underline';
}

const looks = {
  box: {
    list: 'rounded-md border border-line-strong bg-bg p-px',
    item: 'rounded-sm grow',
    on: 'bg-line text-text',
    off: 'text-muted hover:text-text',
  },
  bare: {
    list: 'gap-px',
    item: 'rounded-sm',
    on: 'bg-line text-text',
    off: 'text-muted hover:text-text hover:bg-line/60',
  },
  underline: {
    list: 'gap-1 self-stretch',
    item: 'border-b-2 h-full',
    on: 'border-accent text-text',
    off: 'border-transparent text-muted hover:text-text',
  },
};

/** Arrow keys move between the choices; only the chosen one is in the tab order. */
export function Segmented<Value extends string>({
  label,
  options,
  value,
  onChange,
  testId,
  look = 'box',
}: SegmentedProps<Value>) {
  const style = looks[look];
  const move = (step: number, list: HTMLElement): void => {
    const at = options.findIndex((option) => option.value === value);
    const next = options[(at + step + options.length) % options.length];
    if (next === undefined) return;
    onChange(next.value);
    list.querySelector<HTMLElement>(`[data-value="${CSS.escape(next.value)}"]`)?.focus();
  };
  return (
    <div
      role="tablist"
      aria-label={label}
      className={classes('flex items-stretch', style.list)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
        event.preventDefault();
        move(event.key === 'ArrowRight' ? 1 : -1, event.currentTarget);
      }}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="tab"
          aria-selected={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          title={option.title}
          data-value={option.value}
          data-testid={`${testId}-${option.value}`}
          onClick={() => onChange(option.value)}
          className={classes(
            'min-h-[22px] px-2 text-xs font-medium whitespace-nowrap',
            style.item,
            option.value === value ? style.on : style.off,
          )}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
