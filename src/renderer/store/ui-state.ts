/** What is open in front of the page, and which market the person looks at. */

import { create } from 'zustand';
import { useSession } from './session.ts';
import { useSetting } from './settings.ts';
import { settings } from './terminal.ts';

export interface UiState {
  readonly isPaletteOpen: boolean;
  /** Text the palette starts with. */
  readonly paletteText: string;
  /** The order whose timeline is shown. */
  readonly orderShown: string | null;
  readonly isResumeAsked: boolean;
  /** Price taken from book or chart into the ticket; a new object each time. */
  readonly pickedPrice: { readonly instrument: string; readonly price: string } | null;
}

export const useUi = create<UiState>()(() => ({
  isPaletteOpen: false,
  paletteText: '',
  orderShown: null,
  isResumeAsked: false,
  pickedPrice: null,
}));

/** Opens the palette, with a text already typed if given. */
export function openPalette(paletteText = ''): void {
  useUi.setState({ isPaletteOpen: true, paletteText });
}

/** Shows an order's timeline; null closes it. */
export function showOrder(orderShown: string | null): void {
  useUi.setState({ orderShown });
}

/** Makes a market the one that chart, book, tape and ticket show. */
export function selectInstrument(instrument: string): void {
  settings.set('trade.instrument', instrument);
}

/** The market looked at: the remembered one if it still exists, else the first; null before any is known. */
export function useSelectedInstrument(): string | null {
  const remembered = useSetting('trade.instrument');
  return useSession((session) => {
    if (remembered !== null && session.instruments.has(remembered)) return remembered;
    return session.instrumentList[0]?.id ?? null;
  });
}
