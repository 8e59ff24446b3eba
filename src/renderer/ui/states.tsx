/** The states a pane can be in besides live: empty, loading, failed, too narrow. */

import type { ReactNode } from 'react';
import type { ApiFailure } from '../../shared/api/result.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

/** Nothing there yet, and the one thing to do about it. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  readonly icon?: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div
      className="flex h-full min-h-24 flex-col items-center justify-center gap-1.5 p-4 text-center"
      data-testid="state-empty"
    >
      {icon === undefined ? null : (
        <span className="mb-1 text-line-strong">
          <Icon name={icon} size={26} />
        </span>
      )}
      <p className="font-medium text-text">{title}</p>
      {children === undefined ? null : <p className="max-w-80 text-sm text-muted">{children}</p>}
      {action === undefined ? null : <div className="mt-2">{action}</div>}
    </div>
  );
}

/** What went wrong, why, what to do, and the button to try again. */
export function ErrorState({
  title,
  failure,
  onRetry,
}: {
  readonly title: string;
  readonly failure: ApiFailure;
  readonly onRetry?: () => void;
}) {
  return (
    <div
      className="flex h-full min-h-24 flex-col items-center justify-center gap-1.5 p-4 text-center"
      role="alert"
      data-testid="state-error"
    >
      <span className="text-danger">
        <Icon name="warning" size={22} />
      </span>
      <p className="font-medium">{title}</p>
      <p className="max-w-96 text-sm text-muted">{failure.message}</p>
      {failure.hint === undefined || failure.message.includes(failure.hint) ? null : (
        <p className="max-w-96 text-sm text-muted">{failure.hint}</p>
      )}
      {onRetry === undefined ? null : (
        <Button className="mt-2" icon="refresh" onClick={onRetry} data-testid="state-retry">
          Try again
        </Button>
      )}
    </div>
  );
}

/** Grey rows in the shape of what is coming. */
export function SkeletonRows({ rows = 6 }: { readonly rows?: number }) {
  const widths = ['w-3/4', 'w-5/6', 'w-2/3', 'w-4/5'];
  return (
    <div className="flex flex-col gap-3 p-3" aria-busy="true" role="status" data-testid="state-loading">
      <span className="sr-only">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={row} className={`skeleton h-3 ${widths[row % widths.length]}`} />
      ))}
    </div>
  );
}

/** Says that the pane cannot show its content at this width. */
export function TooNarrow({ what }: { readonly what: string }) {
  return (
    <div
      className="flex h-full items-center justify-center p-2 text-center text-xs text-muted"
      data-testid="state-too-narrow"
    >
      Too narrow for the {what}: widen this pane or drag it elsewhere
    </div>
  );
}

/** Marks what is shown as old, with its age or the reason. */
export function StaleBadge({ text }: { readonly text: string }) {
  return (
    <span
      className="inline-flex items-center gap-1 rounded-sm border border-warn/50 px-1 text-2xs font-medium text-warn"
      data-testid="stale-badge"
    >
      <Icon name="clock" size={10} />
      {text}
    </span>
  );
}
