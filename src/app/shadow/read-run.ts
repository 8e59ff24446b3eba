/** What the journal knows of one bot: its definitions, states, orders and fills, in the order they happened. */

import type { JournalQueries } from '../../adapters/store/queries.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { Fill, Order } from '../../shared/domain/order.ts';
import type { RiskScope, RiskState } from '../../shared/domain/risk.ts';
import type { AuditBody, AuditKind, BotState } from '../../shared/events/audit.ts';
import type { BotDefinition } from '../../shared/events/control.ts';

interface At {
  readonly timeMs: number;
}

export interface RunOrder {
  readonly order: Order;
  readonly timeMs: number;
  /** Newest state the journal has, with its reason. */
  state: string;
  reason: string;
  filled: boolean;
}

/** The life of one bot as the journal tells it. Lists are in time order. */
export interface BotRun {
  /** As it was created, then after each edit. */
  readonly definitions: readonly (At & { readonly definition: BotDefinition })[];
  readonly states: readonly (At & { readonly state: BotState; readonly reason: string })[];
  /** Starts and stops of the host. A crash leaves no stop. */
  readonly hosts: readonly (At & { readonly isOn: boolean; readonly reason: string })[];
  readonly risks: readonly (At & {
    readonly scope: RiskScope;
    readonly state: RiskState;
    readonly reason: string;
  })[];
  readonly denials: readonly (At & {
    readonly leg: string;
    readonly code: string;
    readonly message: string;
  })[];
  readonly whys: readonly (At & { readonly code: string; readonly text: string })[];
  readonly orders: readonly RunOrder[];
  readonly fills: readonly {
    readonly fill: Fill;
    readonly order: RunOrder | undefined;
    readonly reconciled: boolean;
  }[];
  readonly funding: readonly (At & { readonly amount: number })[];
}

/** Records of the whole installation that say why a bot did not trade. */
const commonKinds: readonly AuditKind[] = ['run-started', 'run-stopped', 'risk-state'];
const pageRows = 2_000;

/** Reads the life of a bot. Throws `not-found` where the journal does not know it. */
export function readRun(queries: Pick<JournalQueries, 'journal'>, bot: string): BotRun {
  const run = {
    definitions: [] as (At & { definition: BotDefinition })[],
    states: [] as BotRun['states'][number][],
    hosts: [] as BotRun['hosts'][number][],
    risks: [] as BotRun['risks'][number][],
    denials: [] as BotRun['denials'][number][],
    whys: [] as BotRun['whys'][number][],
    orders: [] as RunOrder[],
    fills: [] as BotRun['fills'][number][],
    funding: [] as BotRun['funding'][number][],
  };
  const orders = new Map<string, RunOrder>();
  const take = (timeMs: number, body: AuditBody): void => {
    switch (body.kind) {
      case 'bot-created':
      case 'bot-edited':
        run.definitions.push({ timeMs, definition: body.definition });
        break;
      case 'bot-state':
        run.states.push({ timeMs, state: body.state, reason: body.reason });
        break;
      case 'run-started':
        run.hosts.push({ timeMs, isOn: true, reason: '' });
        break;
      case 'run-stopped':
        run.hosts.push({ timeMs, isOn: false, reason: body.reason });
        break;
      case 'risk-state':
        run.risks.push({ timeMs, scope: body.scope, state: body.state, reason: body.reason });
        break;
      case 'order-denied':
        run.denials.push({ timeMs, leg: body.leg, code: body.code, message: body.message });
        break;
      case 'bot-why':
        run.whys.push({ timeMs, code: body.code, text: body.text });
        break;
      case 'order-intent': {
        const order = { order: body.order, timeMs, state: body.order.state, reason: '', filled: false };
        orders.set(body.order.clientOrderId, order);
        run.orders.push(order);
        break;
      }
      case 'order-state': {
        const order = orders.get(body.clientOrderId);
        if (order === undefined) break;
        order.state = body.to;
        order.reason = body.reason;
        break;
      }
      case 'fill': {
        const order = orders.get(body.fill.clientOrderId);
        if (order !== undefined) order.filled = true;
        run.fills.push({ fill: body.fill, order, reconciled: body.reconciled });
        break;
      }
      case 'funding':
        run.funding.push({ timeMs, amount: Number(body.amount) });
        break;
      default:
    }
  };
  for (const { timeMs, body } of recordsOf(queries, bot)) take(timeMs, body);
  if (run.definitions.length === 0) {
    throw new ApiError('not-found', `bot: the journal does not know a bot ${bot}`, {
      field: 'bot',
      hint: 'List them with: bin/sextant bots list',
    });
  }
  run.fills.sort((left, right) => left.fill.venueTimeMs - right.fill.venueTimeMs);
  return run;
}

/** Gives the bot's records and the common ones, oldest first, each once. */
function recordsOf(
  queries: Pick<JournalQueries, 'journal'>,
  bot: string,
): { timeMs: number; body: AuditBody }[] {
  const found = new Map<number, { timeMs: number; body: AuditBody }>();
  const collect = (filter: { bot: string } | { kinds: readonly string[] }): void => {
    let beforeSequence: number | undefined;
    for (;;) {
      const { rows } = queries.journal({ ...filter, limit: pageRows, beforeSequence });
      for (const { body, sequence, timeMs } of rows) found.set(sequence, { timeMs, body: body as AuditBody });
      const last = rows.at(-1);
      if (rows.length < pageRows || last === undefined) return;
      beforeSequence = last.sequence;
    }
  };
  collect({ bot });
  collect({ kinds: commonKinds });
  return [...found].sort(([left], [right]) => left - right).map(([, record]) => record);
}
