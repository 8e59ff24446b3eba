/** Small things the Lab shows in several places. */

import type { ReactNode } from 'react';
import { classes } from '../ui/classes.ts';

const gradeTones: Readonly<Record<string, string>> = {
  A: 'border-up text-up',
  B: 'border-up text-up',
  C: 'border-warn text-warn',
  D: 'border-warn text-warn',
  E: 'border-danger text-danger',
};

/** How well a run supports that its strategy earns, as a letter. */
export function Grade({ grade, large = false }: { readonly grade: string; readonly large?: boolean }) {
  return (
    <span
      className={classes(
        'inline-flex items-center justify-center rounded-md border font-semibold',
        large ? 'size-9 text-xl' : 'size-[18px] text-xs',
        gradeTones[grade],
      )}
      title={`Evidence of a profit: ${grade} (A best; without a profit always E)`}
      data-testid="grade"
    >
      {grade}
    </span>
  );
}

/** A line without axes, coloured by whether it ends above its start. */
export function MiniLine({ values }: { readonly values: readonly number[] }) {
  if (values.length < 2) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const range = high - low || 1;
  const points = values.map(
    (value, index) => `${(index * 80) / (values.length - 1)},${16 - ((value - low) / range) * 14}`,
  );
  const isUp = (values.at(-1) ?? 0) >= (values[0] ?? 0);
  return (
    <svg width="80" height="18" aria-hidden="true" className={isUp ? 'text-up' : 'text-down'}>
      <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth="1.2" />
    </svg>
  );
}

/** A headline figure. */
export function Figure({
  label,
  value,
  tone = '',
  title,
}: {
  readonly label: string;
  readonly value: string;
  readonly tone?: string;
  readonly title?: string | undefined;
}) {
  return (
    <div className="min-w-0" title={title}>
      <div className="truncate text-xs text-muted">{label}</div>
      <div className={classes('num truncate text-lg font-semibold', tone)}>{value}</div>
    </div>
  );
}

/** A titled block of a report. */
export function Block({
  title,
  aside,
  children,
  testId,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly testId?: string;
}) {
  return (
    <section className="rounded-lg border border-line bg-surface" data-testid={testId}>
      <header className="flex h-8 items-center gap-2 border-b border-line px-3">
        <h2 className="text-sm font-semibold">{title}</h2>
        <span className="grow" />
        {aside}
      </header>
      {children}
    </section>
  );
}

const verdictTones = {
  good: 'border-up text-up',
  bad: 'border-danger text-danger',
  neutral: 'border-line text-muted',
} as const;

/** What a check says: a word and its reasons in sentences. */
export function Verdict({
  title,
  tone,
  reasons,
  testId,
}: {
  readonly title: string;
  readonly tone: keyof typeof verdictTones;
  readonly reasons: readonly string[];
  readonly testId: string;
}) {
  return (
    <div
      className="flex shrink-0 items-start gap-3 rounded-lg border border-line bg-surface p-3 text-sm"
      data-testid={testId}
    >
      <span
        className={classes(
          'rounded-md border px-2 py-0.5 font-semibold whitespace-nowrap',
          verdictTones[tone],
        )}
      >
        {title}
      </span>
      <div className="flex flex-col gap-1 pt-0.5">
        {reasons.map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
      </div>
    </div>
  );
}
