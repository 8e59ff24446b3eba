/** The kinds of records in groups a person would filter by. */

import type { AuditKind } from '../../shared/events/audit.ts';

export interface KindGroup {
  readonly id: string;
  readonly label: string;
  readonly kinds: readonly AuditKind[];
}

export const kindGroups: readonly KindGroup[] = [
  {
    id: 'orders',
    label: 'Orders',
    kinds: ['order-intent', 'order-state', 'cancel-requested', 'order-denied'],
  },
  { id: 'fills', label: 'Fills', kinds: ['fill', 'external-fill', 'funding'] },
  { id: 'bots', label: 'Bots', kinds: ['bot-created', 'bot-edited', 'bot-removed', 'bot-state'] },
  { id: 'why', label: 'Decisions', kinds: ['bot-why'] },
  { id: 'ledger', label: 'Ledger', kinds: ['ledger'] },
  { id: 'risk', label: 'Risk', kinds: ['risk-state', 'risk-limits', 'order-denied'] },
  { id: 'venues', label: 'Venues', kinds: ['venue-connection', 'book', 'reconciled'] },
  { id: 'faults', label: 'Faults', kinds: ['fault', 'identity-failed', 'order-denied'] },
  { id: 'runs', label: 'Runs', kinds: ['run-started', 'run-stopped'] },
];

/** Gives the kinds of the chosen groups; none chosen means all kinds. */
export function kindsOfGroups(ids: readonly string[]): string[] {
  return [...new Set(kindGroups.filter((group) => ids.includes(group.id)).flatMap((group) => group.kinds))];
}

/** Gives the colour class of a kind. */
export function kindTone(kind: string): string {
  if (kind === 'fill' || kind === 'funding') return 'text-up';
  if (kind === 'fault' || kind === 'identity-failed') return 'text-danger';
  if (kind === 'order-denied' || kind === 'external-fill' || kind.startsWith('risk-')) return 'text-warn';
  if (kind.startsWith('order-')) return 'text-accent';
  return 'text-muted';
}
