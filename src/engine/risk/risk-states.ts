/** Risk states by scope. The strictest scope an order lies in counts; cancels always pass. */

import type { BotId, InstrumentId, VenueId } from '../../shared/domain/nominal.ts';
import type { RiskScope, RiskState } from '../../shared/domain/risk.ts';
import type { RiskStateEntry } from '../kernel/snapshot.ts';

const strictness: Record<RiskState, number> = { ACTIVE: 0, REDUCING: 1, HALTED: 2 };

function keyOf(scope: RiskScope): string {
  switch (scope.kind) {
    case 'all':
      return 'all';
    case 'venue':
      return `venue:${scope.venue}`;
    case 'bot':
      return `bot:${scope.bot}`;
    case 'instrument':
      return `instrument:${scope.instrument}`;
  }
}

export class RiskStates {
  private readonly states = new Map<string, RiskStateEntry>();

  constructor(entries: readonly RiskStateEntry[] = []) {
    for (const entry of entries) this.states.set(keyOf(entry.scope), entry);
  }

  /** Sets the state of a scope; ACTIVE removes the entry. Gives false when nothing changed. */
  set(scope: RiskScope, state: RiskState, reason: string): boolean {
    const key = keyOf(scope);
    if ((this.states.get(key)?.state ?? 'ACTIVE') === state) return false;
    if (state === 'ACTIVE') this.states.delete(key);
    else this.states.set(key, { scope, state, reason });
    return true;
  }

  /** Gives the strictest entry that holds for an order, or undefined when all are ACTIVE. */
  effective(bot: BotId, venue: VenueId, instrument: InstrumentId): RiskStateEntry | undefined {
    let strictest: RiskStateEntry | undefined;
    for (const key of ['all', `venue:${venue}`, `instrument:${instrument}`, `bot:${bot}`]) {
      const entry = this.states.get(key);
      if (
        entry !== undefined &&
        (strictest === undefined || strictness[entry.state] > strictness[strictest.state])
      ) {
        strictest = entry;
      }
    }
    return strictest;
  }

  stateOf(scope: RiskScope): RiskState {
    return this.states.get(keyOf(scope))?.state ?? 'ACTIVE';
  }

  entries(): RiskStateEntry[] {
    return [...this.states.values()];
  }
}

/** Says whether an order of this bot and instrument lies in a scope. */
export function scopeCovers(scope: RiskScope, bot: BotId, venue: VenueId, instrument: InstrumentId): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'venue':
      return scope.venue === venue;
    case 'bot':
      return scope.bot === bot;
    case 'instrument':
      return scope.instrument === instrument;
  }
}
