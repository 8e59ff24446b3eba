/** Every command of the palette, with its shortcut; the keyboard handler runs the same list. */

import { goTo } from '../store/route.ts';
import { useSession } from '../store/session.ts';
import { useSettings } from '../store/settings.ts';
import { settings } from '../store/terminal.ts';
import { openPalette } from '../store/ui-state.ts';
import type { IconName } from '../ui/icon.tsx';
import { askResume, cancelAllOrders, haltAll, reduceAll, setSpeed } from './actions.ts';

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Go to' | 'Trading' | 'Bots' | 'Look' | 'Demo';
  readonly icon: IconName;
  /** As shown and as matched: `Ctrl+Shift+H`, `Alt+1`. On a Mac, Ctrl also means Cmd. */
  readonly shortcut?: string;
  readonly run: () => void;
}

function toggleTheme(): void {
  const { appearance } = useSettings.getState().settings;
  settings.set('appearance', { ...appearance, theme: appearance.theme === 'light' ? 'dark' : 'light' });
}

function toggleDensity(): void {
  const { appearance } = useSettings.getState().settings;
  settings.set('appearance', {
    ...appearance,
    density: appearance.density === 'compact' ? 'normal' : 'compact',
  });
}

const always: readonly Command[] = [
  {
    id: 'go-trade',
    title: 'Trade',
    group: 'Go to',
    icon: 'trade',
    shortcut: 'Alt+1',
    run: () => goTo('trade'),
  },
  { id: 'go-bots', title: 'Bots', group: 'Go to', icon: 'bots', shortcut: 'Alt+2', run: () => goTo('bots') },
  { id: 'go-lab', title: 'Lab', group: 'Go to', icon: 'lab', shortcut: 'Alt+3', run: () => goTo('lab') },
  {
    id: 'go-backtest',
    title: 'New backtest',
    group: 'Go to',
    icon: 'lab',
    run: () => goTo('lab', 'backtests', 'new'),
  },
  {
    id: 'go-journal',
    title: 'Journal',
    group: 'Go to',
    icon: 'journal',
    shortcut: 'Alt+4',
    run: () => goTo('journal'),
  },
  {
    id: 'go-settings',
    title: 'Settings',
    group: 'Go to',
    icon: 'settings',
    shortcut: 'Alt+5',
    run: () => goTo('settings'),
  },
  {
    id: 'symbol',
    title: 'Find a market',
    group: 'Go to',
    icon: 'search',
    shortcut: 'Ctrl+P',
    run: () => openPalette('market '),
  },
  {
    id: 'bot-new',
    title: 'New bot',
    group: 'Bots',
    icon: 'plus',
    shortcut: 'Alt+N',
    run: () => goTo('bots', 'new'),
  },
  {
    id: 'halt',
    title: 'HALT everything',
    group: 'Trading',
    icon: 'halt',
    shortcut: 'Ctrl+Shift+H',
    run: () => void haltAll(),
  },
  {
    id: 'reduce',
    title: 'Reduce only: no new exposure',
    group: 'Trading',
    icon: 'halt',
    run: () => void reduceAll(),
  },
  { id: 'resume', title: 'Resume trading (asks)', group: 'Trading', icon: 'play', run: askResume },
  {
    id: 'cancel-all',
    title: 'Cancel all open orders',
    group: 'Trading',
    icon: 'close',
    run: () => void cancelAllOrders(),
  },
  {
    id: 'theme',
    title: 'Switch between dark and light',
    group: 'Look',
    icon: 'layout',
    shortcut: 'Alt+T',
    run: toggleTheme,
  },
  {
    id: 'density',
    title: 'Switch between normal and compact rows',
    group: 'Look',
    icon: 'layout',
    run: toggleDensity,
  },
  {
    id: 'verify',
    title: 'Verify the journal',
    group: 'Go to',
    icon: 'check',
    run: () => goTo('journal', 'verify'),
  },
];

const speeds = [1, 10, 50, 200];

/** Gives the commands that make sense now. */
export function commandsNow(): readonly Command[] {
  const status = useSession.getState().status;
  if (status === null || !status.simulated || status.mode !== 'demo') return always;
  const demo: Command[] = speeds.map((speed) => ({
    id: `speed-${speed}`,
    title: `Run simulated time at ${speed}×`,
    group: 'Demo',
    icon: 'clock',
    run: () => void setSpeed(speed),
  }));
  return [...always, ...demo];
}

/** True when a key press is the shortcut. */
export function isShortcut(event: KeyboardEvent, shortcut: string): boolean {
  const parts = shortcut.split('+');
  const key = parts[parts.length - 1] ?? '';
  const wantsControl = parts.includes('Ctrl');
  if (wantsControl !== (event.ctrlKey || event.metaKey)) return false;
  if (parts.includes('Shift') !== event.shiftKey || parts.includes('Alt') !== event.altKey) return false;
  // With Alt some layouts give another character: the key's place decides.
  return (
    event.key.toLowerCase() === key.toLowerCase() ||
    event.code === `Key${key}` ||
    event.code === `Digit${key}`
  );
}
