/** A small pane that opens from a button. */

import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface PopoverProps {
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  readonly testId: string;
  readonly label: string;
  readonly onOpen?: () => void;
}

export function Popover({ trigger, children, testId, label, onOpen }: PopoverProps) {
  return (
    <Radix.Root onOpenChange={(open) => open && onOpen?.()}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          data-testid={testId}
          className="z-50 max-h-[70vh] overflow-auto rounded-md border border-line-strong bg-overlay shadow-pop outline-none"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
