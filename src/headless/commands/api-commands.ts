/**
 * The commands that are one call of the contract each: words, method, arguments and how people see the answer. Flags
 * and their checks come from the method's request schema.
 */

import type { MethodName, RequestOf, ResponseOf } from '../../shared/api/contract.ts';
import * as human from './human-views.ts';
import * as lab from './lab-views.ts';

/** One command; `Name` ties the answer's type to the method. */
export interface ApiCommand<Name extends MethodName = MethodName> {
  /** `bots create` */
  readonly words: string;
  readonly method: Name;
  /** Request field given as an argument without a flag. */
  readonly argument?: string | undefined;
  /** Fields that are set here and get no flag. */
  readonly fixed?: Readonly<Record<string, unknown>> | undefined;
  /** Values of fields whose flag was not given, where the method itself wants one. */
  readonly defaults?: Readonly<Record<string, unknown>> | undefined;
  /** Fields nobody sets from the command line. */
  readonly omitted?: readonly string[] | undefined;
  /** The answer as the result line's members; by default as it is. */
  readonly result?: ((value: ResponseOf<Name>) => object) | undefined;
  readonly human: (value: ResponseOf<Name>) => string;
  /** Question to be confirmed before the call, or undefined. */
  readonly question?: ((request: RequestOf<Name>) => string | undefined) | undefined;
  readonly exitCode?: ((value: ResponseOf<Name>) => number) | undefined;
}

function command<Name extends MethodName>(definition: ApiCommand<Name>): ApiCommand {
  // The table holds commands of every method; each was checked against its own here.
  return definition as unknown as ApiCommand;
}

/** Stored data is damaged. */
const damagedExitCode = 6;

export const apiCommands: readonly ApiCommand[] = [
  command({ words: 'status', method: 'system/status', human: human.statusFacts }),
  command({ words: 'venues list', method: 'venues/list', human: ({ venues }) => human.venueTable(venues) }),
  command({
    words: 'instruments list',
    method: 'instruments/list',
    human: ({ instruments }) => human.instrumentTable(instruments),
  }),
  command({
    words: 'strategies list',
    method: 'strategies/list',
    human: ({ strategies }) => human.strategyTable(strategies),
  }),
  command({
    words: 'plan',
    method: 'strategies/plan',
    defaults: { params: {} },
    result: (plan) => plan,
    human: human.planText,
  }),

  command({ words: 'bots list', method: 'bots/list', human: ({ bots }) => human.botTable(bots) }),
  command({
    words: 'bots show',
    method: 'bots/show',
    argument: 'bot',
    human: ({ bot }) => human.botFacts(bot),
  }),
  command({
    words: 'bots create',
    method: 'bots/create',
    defaults: { params: {} },
    human: ({ bot, warnings = [] }) =>
      [...warnings.map((warning) => `Warning: ${warning}`), human.botFacts(bot)].join('\n'),
  }),
  command({
    words: 'bots start',
    method: 'bots/start',
    argument: 'bot',
    human: ({ bot }) => human.botFacts(bot),
  }),
  command({
    words: 'bots stop',
    method: 'bots/stop',
    argument: 'bot',
    human: ({ bot }) => human.botFacts(bot),
    question: ({ bot, policy }) =>
      policy === 'cancel-and-close-position'
        ? `Stop ${bot} and close its position at the market price?`
        : undefined,
  }),
  command({
    words: 'bots pause',
    method: 'bots/pause',
    argument: 'bot',
    human: ({ bot }) => human.botFacts(bot),
  }),
  command({
    words: 'bots resume',
    method: 'bots/resume',
    argument: 'bot',
    human: ({ bot }) => human.botFacts(bot),
  }),
  command({
    words: 'bots edit',
    method: 'bots/edit',
    argument: 'bot',
    human: ({ bot }) => human.botFacts(bot),
  }),
  command({ words: 'bots remove', method: 'bots/remove', argument: 'bot', human: () => 'Removed.' }),

  command({ words: 'orders', method: 'orders/list', human: human.orderTable }),
  command({
    words: 'order',
    method: 'orders/show',
    argument: 'order',
    human: ({ order, states }) => human.orderTimeline(order, states),
  }),
  command({
    words: 'cancel',
    method: 'orders/cancel',
    argument: 'order',
    human: ({ order }) => `Order ${order.clientOrderId} is ${order.state}.`,
  }),
  command({
    words: 'resolve',
    method: 'orders/resolve-unknown',
    argument: 'order',
    human: ({ order }) => `Order ${order.clientOrderId} is ${order.state}: ${order.reason}`,
    question: ({ order }) =>
      `Declare that ${order} was never placed? Look at the venue first: an order that exists there could fill unseen until the next comparison.`,
  }),
  command({ words: 'fills', method: 'fills/list', human: human.fillTable }),
  command({ words: 'positions', method: 'positions/list', human: human.positionTable }),
  command({ words: 'balances', method: 'balances/list', human: human.balanceTable }),

  command({
    words: 'halt',
    method: 'risk/halt',
    result: (risk) => ({ risk }),
    human: human.riskText,
    question: ({ flatten }) =>
      flatten === true ? 'Close all positions of this scope at the market price?' : undefined,
  }),
  command({ words: 'resume', method: 'risk/resume', result: (risk) => ({ risk }), human: human.riskText }),

  command({
    words: 'journal verify',
    method: 'journal/verify',
    human: human.verifyText,
    exitCode: (verdict) => (human.isSound(verdict) ? 0 : damagedExitCode),
  }),
  command({
    words: 'journal report',
    method: 'journal/report',
    human: ({ lines }) => (lines.length === 0 ? 'Nothing happened while you were away.' : lines.join('\n')),
  }),

  command({ words: 'jobs list', method: 'jobs/list', human: ({ jobs }) => lab.jobTable(jobs) }),
  command({
    words: 'jobs show',
    method: 'jobs/show',
    argument: 'job',
    human: ({ job }) => lab.jobFacts(job),
  }),
  command({
    words: 'jobs cancel',
    method: 'jobs/cancel',
    argument: 'job',
    human: ({ job }) => lab.jobFacts(job),
  }),
];
