/** The form of a run on the left, what it is good for or how far it is on the right. */

import type { ReactNode } from 'react';

export function RunLayout({
  title,
  back,
  form,
  actions,
  children,
}: {
  readonly title: string | null;
  readonly back: ReactNode;
  readonly form: ReactNode;
  readonly actions: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-3">
        {back}
        {title === null ? null : <h2 className="font-semibold">{title}</h2>}
        <span className="grow" />
        {actions}
      </div>
      <div className="flex min-h-0 grow">
        <div className="w-[340px] shrink-0 overflow-y-auto border-r border-line">{form}</div>
        <div className="min-w-0 grow overflow-y-auto bg-bg">{children}</div>
      </div>
    </div>
  );
}
