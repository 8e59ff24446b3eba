/** Pages of the journal for one filter: newest first, older ones on scroll, new ones counted until they are wanted. */

import type { ApiFailure } from '../../shared/api/result.ts';
import type { JournalRowView } from '../../shared/api/views.ts';
import { call } from '../store/terminal.ts';

export interface JournalFilter {
  readonly bot?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly search?: string | undefined;
}

export interface JournalState {
  readonly rows: readonly JournalRowView[];
  readonly isLoading: boolean;
  readonly isComplete: boolean;
  readonly failure: ApiFailure | null;
}

const pageSize = 300;

export class JournalFeed {
  state: JournalState = { rows: [], isLoading: true, isComplete: false, failure: null };
  private readonly filter: JournalFilter;
  private readonly listeners = new Set<() => void>();
  private isAsking = false;

  constructor(filter: JournalFilter) {
    this.filter = filter;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Fetches the newest page and puts what is new in front of what is known. */
  readonly refresh = async (): Promise<void> => {
    const rows = await this.page(undefined);
    if (rows === null) return;
    const newestKnown = this.state.rows[0]?.sequence ?? 0;
    const fresh = rows.filter((row) => row.sequence > newestKnown);
    const joins = newestKnown === 0 || fresh.length < rows.length;
    // Where the page does not reach what is known there is a hole: start again from the newest.
    this.set({
      rows: joins ? [...fresh, ...this.state.rows] : rows,
      isLoading: false,
      failure: null,
      isComplete: joins ? this.state.isComplete || (newestKnown === 0 && rows.length < pageSize) : false,
    });
  };

  /** Fetches the page before the oldest known record. */
  readonly older = async (): Promise<void> => {
    const last = this.state.rows[this.state.rows.length - 1];
    if (last === undefined || this.state.isComplete || last.sequence <= 1) return;
    const rows = await this.page(last.sequence);
    if (rows === null) return;
    this.set({
      rows: [...this.state.rows, ...rows.filter((row) => row.sequence < last.sequence)],
      isLoading: false,
      failure: null,
      isComplete: rows.length < pageSize,
    });
  };

  private async page(beforeSequence: number | undefined): Promise<JournalRowView[] | null> {
    if (this.isAsking) return null;
    this.isAsking = true;
    const { bot, kinds, search } = this.filter;
    const result = await call('journal/list', {
      limit: pageSize,
      ...(beforeSequence === undefined ? {} : { beforeSequence }),
      ...(bot === undefined ? {} : { bot }),
      ...(kinds === undefined || kinds.length === 0 ? {} : { kinds: [...kinds] }),
      ...(search === undefined || search === '' ? {} : { search }),
    });
    this.isAsking = false;
    if (result.ok) return result.value.rows;
    this.set({ ...this.state, isLoading: false, failure: result });
    return null;
  }

  private set(state: JournalState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
