/** What the frame shows and React may know: status once a second, the link, notices. Slow things only. */

import { create } from 'zustand';
import type { ApiFailure } from '../../shared/api/result.ts';
import type { InstrumentView, StatusView } from '../../shared/api/views.ts';
import type { LinkState } from './live-feed.ts';

export interface SessionState {
  readonly link: LinkState;
  readonly status: StatusView | null;
  /** Why the first snapshot could not be fetched. */
  readonly startFailure: ApiFailure | null;
  readonly instruments: ReadonlyMap<string, InstrumentView>;
  /** Instruments in the order the host lists them. */
  readonly instrumentList: readonly InstrumentView[];
}

/** The session, written only by the terminal's wiring. */
export const useSession = create<SessionState>()(() => ({
  link: 'connecting',
  status: null,
  startFailure: null,
  instruments: new Map(),
  instrumentList: [],
}));

/** Gives an instrument with its venue rules, or undefined when it is not known. */
export function useInstrument(id: string | null): InstrumentView | undefined {
  return useSession((session) => (id === null ? undefined : session.instruments.get(id)));
}
