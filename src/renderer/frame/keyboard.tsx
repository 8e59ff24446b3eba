/** Shortcuts that work everywhere. */

import { useEffect } from 'react';
import { openPalette, useUi } from '../store/ui-state.ts';
import { commandsNow, isShortcut } from './commands.ts';

/** Listens for shortcuts while it is mounted; draws nothing. */
export function Keyboard() {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isShortcut(event, 'Ctrl+K')) {
        event.preventDefault();
        if (useUi.getState().isPaletteOpen) useUi.setState({ isPaletteOpen: false });
        else openPalette();
        return;
      }
      for (const command of commandsNow()) {
        if (command.shortcut === undefined || !isShortcut(event, command.shortcut)) continue;
        event.preventDefault();
        command.run();
        return;
      }
    };
    window.addEventListener('keydown', press, { capture: true });
    return () => window.removeEventListener('keydown', press, { capture: true });
  }, []);
  return null;
}
