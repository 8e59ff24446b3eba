/** Every kind of audit record as one line in words. */

import { ensureNever } from '../../shared/domain/assert.ts';
import type { OrderState } from '../../shared/domain/order.ts';
import type { RiskScope } from '../../shared/domain/risk.ts';
import type { AuditBody, BotState, LedgerCause, LedgerLeg } from '../../shared/events/audit.ts';
import { fillWords, type RulesLookup, requestWords, symbolOf } from './order-words.ts';

const stateWords: Record<OrderState, string> = {
  PENDING_CREATE: 'is on its way to the venue',
  OPEN: 'is open at the venue',
  PARTIALLY_FILLED: 'is partly filled',
  FILLED: 'is filled',
  PENDING_CANCEL: 'is being cancelled',
  CANCELED: 'is cancelled',
  REJECTED: 'was rejected',
  EXPIRED: 'has expired',
  UNKNOWN: 'is UNKNOWN: the venue may or may not have it, it counts in full until proven',
};

const botWords: Record<BotState, string> = {
  CREATED: 'is ready to start',
  RUNNING: 'is running',
  PAUSED: 'is paused',
  STOPPING: 'is stopping',
  STOPPED: 'has stopped',
  FAILED: 'has FAILED',
};

const causeWords: Record<LedgerCause, string> = {
  opening: 'Account opened',
  allocation: 'Money moved between accounts',
  fill: 'Fill booked',
  fee: 'Fee booked',
  'realised-pnl': 'Realised profit or loss booked',
  funding: 'Funding booked',
  adjust: 'ADJUST: the venue differs and its amount was taken over',
};

/** Adds `: reason` where there is one. */
function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Gives where a risk state holds, in words. */
export function scopeWords(scope: RiskScope): string {
  switch (scope.kind) {
    case 'all':
      return 'everything';
    case 'venue':
      return `venue ${scope.venue}`;
    case 'bot':
      return `bot ${scope.bot}`;
    case 'instrument':
      return scope.instrument;
    default:
      return ensureNever(scope, 'risk scope');
  }
}

/** Gives what an order's state means, to follow "The order". */
export function orderStateWords(state: OrderState): string {
  return stateWords[state];
}

function legWords(legs: readonly LedgerLeg[]): string {
  return legs
    .filter(
      (leg) => leg.account === 'main' || leg.account.startsWith('main:') || leg.account.startsWith('bot:'),
    )
    .map((leg) => `${leg.account} ${leg.amount.startsWith('-') ? '' : '+'}${leg.amount} ${leg.currency}`)
    .join(', ');
}

/** Gives one line that says what a record means. Instruments without stored rules are told in ticks and lots. */
export function describeAudit(body: AuditBody, rulesOf: RulesLookup): string {
  switch (body.kind) {
    case 'run-started':
      return `Started in ${body.mode} mode, version ${body.version}${body.seed === null ? '' : `, seed ${body.seed}`}`;
    case 'run-stopped':
      return `Stopped${because(body.reason)}`;
    case 'bot-created':
      return `Bot ${body.definition.id} "${body.definition.name}" created: ${body.definition.strategy} on ${body.definition.instrument}`;
    case 'bot-edited':
      return `Bot ${body.definition.id} "${body.definition.name}" edited`;
    case 'bot-removed':
      return `Bot ${body.bot} removed`;
    case 'bot-state':
      return `Bot ${body.bot} ${botWords[body.state]}${because(body.reason)}`;
    case 'bot-why':
      return `Bot ${body.bot}: ${body.text} (${body.code})`;
    case 'order-intent':
      return `Order ${body.order.clientOrderId} intended by ${body.order.bot}: ${requestWords(body.order, rulesOf(body.order.instrument))} on ${body.order.instrument}`;
    case 'order-denied':
      return `Risk denied an order of ${body.bot} (${body.leg}) on ${body.instrument}: ${body.message} (${body.code})`;
    case 'order-state':
      return `Order ${body.clientOrderId} ${stateWords[body.to]}${because(body.reason)}`;
    case 'cancel-requested':
      return `Cancel of order ${body.clientOrderId} asked${because(body.reason)}`;
    case 'fill':
      return `Bot ${body.bot} ${fillWords(body.fill, rulesOf(body.fill.instrument))} on ${body.fill.instrument}${body.reconciled ? ', found by reconciling' : ''}`;
    case 'external-fill':
      return `An order that is not ours ${fillWords(body.fill, rulesOf(body.fill.instrument))} on ${body.fill.instrument}`;
    case 'ledger':
      return `${causeWords[body.cause]} (${body.reference})${because(legWords(body.legs))}`;
    case 'funding':
      return `Funding of ${body.amount} ${body.currency} for ${symbolOf(body.instrument)} at ${body.venue}${body.bot === null ? '' : `, bot ${body.bot}`}`;
    case 'risk-state':
      return `Risk: ${scopeWords(body.scope)} is ${body.state}${because(body.reason)}`;
    case 'risk-limits':
      return `Risk limits changed: at most ${body.limits.orderNotionalMax} an order, ${body.limits.botExposureMax} a bot, ${body.limits.totalExposureMax} in all`;
    case 'venue-connection':
      return `Venue ${body.venue} is ${body.state}${because(body.message)}`;
    case 'book':
      return `Book of ${body.instrument} is ${body.state}${because(body.message)}`;
    case 'reconciled':
      return `Reconciled with ${body.venue}: ${plural(body.ordersChecked, 'order')} compared, ${plural(body.fillsFound, 'fill')} found, ${plural(body.ordersClosed, 'order')} closed${because(body.drift.join('; '))}`;
    case 'identity-failed':
      return `IDENTITY FAILED ${body.name}: ${body.message}`;
    case 'fault':
      return `Fault in ${body.where}: ${body.message}`;
    default:
      return ensureNever(body, 'audit record');
  }
}
