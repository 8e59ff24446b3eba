/** Menus that drop from a button. */

import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icon.tsx';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly isDanger?: boolean;
  readonly isChecked?: boolean;
  readonly isDisabled?: boolean;
  readonly onSelect: () => void;
}

/** A button's menu; `trigger` is the button. */
export function Menu({
  trigger,
  items,
  testId,
}: {
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
  readonly testId: string;
}) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={4}
          collisionPadding={6}
          data-testid={testId}
          className="z-50 min-w-40 rounded-md border border-line-strong bg-overlay p-1 shadow-pop"
        >
          {items.map((item) => (
            <Radix.Item
              key={item.id}
              disabled={item.isDisabled ?? false}
              onSelect={item.onSelect}
              data-testid={`${testId}-${item.id}`}
              className={classes(
                'flex h-7 items-center gap-2 rounded-sm px-2 text-sm outline-none data-[disabled]:opacity-40 data-[highlighted]:bg-line',
                item.isDanger === true && 'text-danger',
              )}
            >
              <span className="inline-flex w-3.5">
                {item.isChecked === true ? (
                  <Icon name="check" />
                ) : item.icon === undefined ? null : (
                  <Icon name={item.icon} />
                )}
              </span>
              {item.label}
            </Radix.Item>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
