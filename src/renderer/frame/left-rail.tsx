/** The rail: one icon a page, the label on hover. */

import { Tooltip } from 'radix-ui';
import { goTo, type Page, useRoute } from '../store/route.ts';
import { classes } from '../ui/classes.ts';
import { Icon, type IconName } from '../ui/icon.tsx';

const entries: readonly { page: Page; label: string; icon: IconName; shortcut: string }[] = [
  { page: 'trade', label: 'Trade', icon: 'trade', shortcut: 'Alt+1' },
  { page: 'bots', label: 'Bots', icon: 'bots', shortcut: 'Alt+2' },
  { page: 'lab', label: 'Lab', icon: 'lab', shortcut: 'Alt+3' },
  { page: 'journal', label: 'Journal', icon: 'journal', shortcut: 'Alt+4' },
  { page: 'settings', label: 'Settings', icon: 'settings', shortcut: 'Alt+5' },
];

export function LeftRail() {
  const { page } = useRoute();
  return (
    <nav
      aria-label="Pages"
      className="flex w-12 shrink-0 flex-col items-center gap-1 border-r border-line bg-surface py-1.5"
    >
      <Tooltip.Provider delayDuration={150}>
        {entries.map((entry) => (
          <Tooltip.Root key={entry.page}>
            <Tooltip.Trigger asChild>
              <button
                type="button"
                aria-label={entry.label}
                aria-current={entry.page === page ? 'page' : undefined}
                onClick={() => goTo(entry.page)}
                data-testid={`rail-${entry.page}`}
                className={classes(
                  'relative flex size-9 items-center justify-center rounded-lg',
                  entry.page === page
                    ? 'bg-line text-text before:absolute before:-left-1.5 before:h-5 before:w-0.5 before:rounded-full before:bg-accent'
                    : 'text-muted hover:bg-raised hover:text-text',
                )}
              >
                <Icon name={entry.icon} size={18} />
              </button>
            </Tooltip.Trigger>
            <Tooltip.Portal>
              <Tooltip.Content
                side="right"
                sideOffset={6}
                className="z-50 flex items-center gap-2 rounded-md border border-line-strong bg-overlay px-2 py-1 text-sm shadow-pop"
              >
                {entry.label}
                <span className="text-2xs text-muted">{entry.shortcut}</span>
              </Tooltip.Content>
            </Tooltip.Portal>
          </Tooltip.Root>
        ))}
      </Tooltip.Provider>
    </nav>
  );
}
