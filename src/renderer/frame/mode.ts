/** What each mode is called, and whose money it moves. */

import type { ModeView } from '../../shared/api/views.ts';

export const modeTexts: Record<ModeView, { badge: string; wallet: string; meaning: string }> = {
  demo: {
    badge: 'DEMO',
    wallet: 'Demo wallet',
    meaning: 'Simulated venues and simulated money. Nothing leaves this machine.',
  },
  paper: {
    badge: 'PAPER',
    wallet: 'Paper wallet',
    meaning: 'Live prices, simulated money. No order reaches a venue.',
  },
  live: { badge: 'LIVE', wallet: 'Live account', meaning: 'Real venues and real money.' },
  replay: { badge: 'REPLAY', wallet: 'Replay wallet', meaning: 'Recorded prices, simulated money.' },
};
