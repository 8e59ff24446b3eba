/** Dialogs in front of the page. Esc and the close button leave; a press outside does not lose what was typed. */

import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
  readonly size?: 'sm' | 'md' | 'lg' | 'xl';
  readonly testId: string;
  /** A dialog that must be answered has no close button. */
  readonly isRequired?: boolean;
}

const widths = { sm: 'w-96', md: 'w-[520px]', lg: 'w-[760px]', xl: 'w-[1080px]' };

/** An open dialog: render it only while it is open. */
export function Dialog({
  title,
  onClose,
  children,
  footer,
  size = 'md',
  testId,
  isRequired = false,
}: DialogProps) {
  const stay = (event: Event): void => event.preventDefault();
  return (
    <Radix.Root open onOpenChange={(open) => !open && !isRequired && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-bg/70" />
        <Radix.Content
          aria-describedby={undefined}
          data-testid={testId}
          onPointerDownOutside={stay}
          onInteractOutside={stay}
          className={classes(
            'fixed top-1/2 left-1/2 z-50 flex max-h-[88vh] max-w-[94vw] -translate-x-1/2 -translate-y-1/2 flex-col rounded-lg border border-line-strong bg-overlay shadow-pop outline-none',
            widths[size],
          )}
        >
          <header className="flex h-10 shrink-0 items-center justify-between border-b border-line pr-2 pl-4">
            <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
            {isRequired ? null : (
              <IconButton icon="close" label="Close" onClick={onClose} data-testid={`${testId}-close`} />
            )}
          </header>
          <div className="min-h-0 grow overflow-auto p-4">{children}</div>
          {footer === undefined ? null : (
            <footer className="flex shrink-0 items-center justify-end gap-2 border-t border-line px-4 py-2.5">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
