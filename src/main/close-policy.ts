/** What closing the window means: end, hide, or ask first when something still trades. */

import { dialog } from 'electron';

export type CloseChoice = 'quit' | 'hide' | 'stay';

export interface CloseFacts {
  /** The person has switched on that the program stays in the tray. */
  readonly closeToTray: boolean;
  readonly hasTray: boolean;
  /** A bot runs or an order rests. */
  readonly isBusy: boolean;
  readonly platform: NodeJS.Platform;
}

/** Decides what to do when the person closes the window; asks only where trading would end unseen. */
export async function chooseAtClose(facts: CloseFacts): Promise<CloseChoice> {
  // On macOS a program stays in the dock without a window; Quit is another command.
  if (facts.platform === 'darwin') return 'hide';
  if (facts.closeToTray && facts.hasTray) return 'hide';
  if (!facts.isBusy) return 'quit';
  const choices: readonly CloseChoice[] = facts.hasTray ? ['stay', 'hide', 'quit'] : ['stay', 'quit'];
  const labels: Readonly<Record<CloseChoice, string>> = {
    stay: 'Cancel',
    hide: 'Keep Running in the Tray',
    quit: 'Quit',
  };
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: 'Sextant',
    message: 'Bots are running or orders are open. Quit Sextant?',
    detail:
      'After quitting nothing is traded or watched. Open orders stay at the venues and are checked at the next start.',
    buttons: choices.map((choice) => labels[choice]),
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return choices[response] ?? 'stay';
}
