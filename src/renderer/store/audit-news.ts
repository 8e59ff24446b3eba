/** What an audit record means for the page: which answers grow old, and whether the person should hear of it. */

import type { RiskScope, RiskState } from '../../shared/domain/risk.ts';
import type { AuditBody, AuditRecord } from '../../shared/events/audit.ts';
import type { NoticeLevel } from './notices.ts';
import type { Topic } from './query-cache.ts';

const topicsByKind: Record<AuditBody['kind'], readonly Topic[]> = {
  'run-started': [],
  'run-stopped': [],
  'bot-created': ['bots', 'balances'],
  'bot-edited': ['bots', 'orders'],
  'bot-removed': ['bots', 'balances'],
  'bot-state': ['bots', 'orders'],
  'bot-why': ['bots'],
  'order-intent': ['orders', 'bots', 'balances'],
  'order-denied': ['bots'],
  'order-state': ['orders', 'bots', 'balances'],
  'cancel-requested': ['orders'],
  fill: ['fills', 'orders', 'positions', 'balances', 'bots', 'equity'],
  'external-fill': ['fills', 'balances', 'positions'],
  ledger: ['balances'],
  funding: ['balances', 'equity'],
  'risk-state': ['risk'],
  'risk-limits': ['risk'],
  'venue-connection': [],
  book: [],
  reconciled: ['orders', 'fills', 'balances', 'positions'],
  'identity-failed': [],
  fault: [],
};

/** Gives the topics that records touch. Kinds of a newer host touch only the journal. */
export function topicsOf(records: readonly AuditRecord[]): Set<Topic> {
  const topics = new Set<Topic>();
  if (records.length > 0) topics.add('journal');
  for (const { body } of records) for (const topic of topicsByKind[body.kind] ?? []) topics.add(topic);
  return topics;
}

export interface NewsText {
  readonly level: NoticeLevel;
  readonly title: string;
  readonly detail: string;
  readonly toast: boolean;
}

const riskMeanings: Record<RiskState, string> = {
  ACTIVE: 'Orders may be sent within the limits.',
  REDUCING: 'Only orders that make exposure smaller pass.',
  HALTED: 'Nothing new is sent. Resting orders stay unless they were cancelled too; cancels always pass.',
};

function scopeText(scope: RiskScope): string {
  if (scope.kind === 'all') return 'All trading';
  if (scope.kind === 'bot') return `Bot ${scope.bot}`;
  return scope.kind === 'venue' ? `Venue ${scope.venue}` : scope.instrument;
}

/** Gives what to tell the person of a record, or null when the tables say enough. */
export function newsOf(body: AuditBody): NewsText | null {
  switch (body.kind) {
    case 'order-denied':
      return {
        level: 'warning',
        title: `Order refused: ${body.code}`,
        detail: `${body.bot} · ${body.message}`,
        toast: false,
      };
    case 'order-state':
      if (body.to === 'REJECTED') {
        return {
          level: 'warning',
          title: 'The venue refused an order',
          detail: `${body.bot} · ${body.reason}`,
          toast: true,
        };
      }
      if (body.to === 'UNKNOWN') {
        const detail = `${body.bot} · ${body.reason}. It counts as fully exposed until the venue proves otherwise.`;
        return { level: 'warning', title: 'Order outcome unknown', detail, toast: true };
      }
      return null;
    case 'bot-state':
      if (body.state === 'FAILED')
        return { level: 'error', title: `Bot ${body.bot} failed`, detail: body.reason, toast: true };
      return {
        level: 'info',
        title: `Bot ${body.bot}: ${body.state.toLowerCase()}`,
        detail: body.reason,
        toast: false,
      };
    case 'risk-state':
      return {
        level: body.state === 'ACTIVE' ? 'info' : 'warning',
        title: `${scopeText(body.scope)}: ${body.state}`,
        detail: `${body.reason}. ${riskMeanings[body.state]}`,
        toast: true,
      };
    case 'venue-connection':
      if (body.state === 'connected')
        return { level: 'info', title: `${body.venue} connected`, detail: body.message, toast: false };
      return {
        level: 'warning',
        title: `${body.venue} ${body.state}`,
        detail: body.message,
        toast: body.state !== 'connecting',
      };
    case 'external-fill':
      return {
        level: 'warning',
        title: 'A fill that is not ours',
        detail: `${body.venue} · ${body.fill.tradeId}`,
        toast: true,
      };
    case 'identity-failed':
      return {
        level: 'error',
        title: `Books do not balance: ${body.name}`,
        detail: body.message,
        toast: true,
      };
    case 'fault':
      return { level: 'error', title: `Fault in ${body.where}`, detail: body.message, toast: true };
    default:
      return null;
  }
}
