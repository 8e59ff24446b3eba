/**
 * The API contract: every method with its scope, request and response. The HTTP routes, the Electron bridge, the
 * in-process client and the command line are derived from this one object; a method missing on one side does not
 * compile. Requests are parsed on the trusted side, every time.
 */

import { z } from 'zod';
import { orderStates } from '../domain/order.ts';
import { labMethods } from './lab-contract.ts';
import { method } from './method.ts';
import {
  botText,
  decimalText,
  idempotencyToken,
  idText,
  instrumentText,
  listLimit,
  moneyByCurrency,
  nameText,
  positiveDecimalText,
  timeframeText,
  timeMs,
  venueText,
} from './primitives.ts';
import { researchMethods } from './research-contract.ts';
import {
  auditRecordView,
  awayReportView,
  balanceView,
  bookView,
  botView,
  candleView,
  equityPointView,
  fillView,
  instrumentView,
  journalRowView,
  keyView,
  ladderRowView,
  orderStepView,
  orderView,
  planView,
  positionView,
  quoteView,
  riskLimitsView,
  riskScopeView,
  riskView,
  statusView,
  strategyView,
  tradeView,
  venueView,
  verifyView,
} from './views.ts';

export type { Method, Scope } from './method.ts';

const nothing = z.strictObject({});
const done = z.object({});
const page = {
  bot: botText.optional(),
  venue: venueText.optional(),
  sinceMs: timeMs.optional(),
  limit: listLimit.default(200),
  offset: z.number().int().min(0).max(10_000_000).default(0),
};
const rows = <Row extends z.ZodType>(row: Row) => z.object({ rows: z.array(row), total: z.number().int() });
const params = z.record(z.string().max(60), z.unknown());
const strategyTarget = { strategy: idText, venue: venueText, instrument: z.string().min(1).max(60) };
const stopPolicy = z.enum(['cancel-orders', 'cancel-and-close-position', 'leave-orders']);
const orderRequest = {
  instrument: instrumentText,
  side: z.enum(['buy', 'sell']),
  type: z.enum(['market', 'limit', 'stop', 'stop-limit']),
  quantity: positiveDecimalText,
  price: positiveDecimalText.optional(),
  triggerPrice: positiveDecimalText.optional(),
  timeInForce: z.enum(['gtc', 'ioc', 'fok']).default('gtc'),
  postOnly: z.boolean().default(false),
  reduceOnly: z.boolean().default(false),
};

export const contract = {
  'system/status': method('read', 'Host, mode, venues, bots, risk state and ages', nothing, statusView),
  'system/stop': method('admin', 'Stops the host cleanly', nothing, done),
  'system/set-speed': method(
    'admin',
    'Sets how fast simulated time runs (demo only)',
    z.strictObject({ speed: z.number().min(0.1).max(1000) }),
    done,
  ),
  'system/log': method(
    'read',
    'The newest log lines',
    z.strictObject({
      limit: listLimit.default(200),
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    }),
    z.object({ lines: z.array(z.object({ timeMs, level: z.string(), message: z.string() })) }),
  ),

  'venues/list': method(
    'read',
    'Venues with their connection',
    nothing,
    z.object({ venues: z.array(venueView) }),
  ),
  'instruments/list': method(
    'read',
    'Instruments with the venue rules',
    z.strictObject({ venue: venueText.optional() }),
    z.object({ instruments: z.array(instrumentView) }),
  ),
  'market/quotes': method(
    'read',
    'Latest quotes of all instruments',
    nothing,
    z.object({ quotes: z.array(quoteView) }),
  ),
  'market/candles': method(
    'read',
    'Candles before a time, oldest first',
    z.strictObject({
      instrument: instrumentText,
      timeframe: timeframeText,
      beforeMs: timeMs.optional(),
      limit: z.number().int().min(1).max(5000).default(500),
    }),
    z.object({ candles: z.array(candleView), complete: z.boolean() }),
  ),
  'market/book': method(
    'read',
    'Order book, best levels first',
    z.strictObject({ instrument: instrumentText, depth: z.number().int().min(1).max(200).default(20) }),
    bookView,
  ),
  'market/trades': method(
    'read',
    'Newest trades of the tape, newest first',
    z.strictObject({ instrument: instrumentText, limit: listLimit.default(100) }),
    z.object({ trades: z.array(tradeView) }),
  ),

  'strategies/list': method(
    'read',
    'Strategies with their parameters',
    nothing,
    z.object({ strategies: z.array(strategyView) }),
  ),
  'strategies/suggest': method(
    'read',
    'Sensible parameters for a market',
    z.strictObject(strategyTarget),
    z.object({ params }),
  ),
  'strategies/plan': method(
    'read',
    'What a strategy would do, without creating anything',
    z.strictObject({ ...strategyTarget, params, bot: botText.optional() }),
    planView,
  ),

  'bots/list': method('read', 'All bots', nothing, z.object({ bots: z.array(botView) })),
  'bots/show': method(
    'read',
    'One bot with its planned and actual orders',
    z.strictObject({ bot: botText }),
    z.object({ bot: botView, plan: planView.nullable(), ladder: z.array(ladderRowView) }),
  ),
  'bots/create': method(
    'trade',
    'Creates a bot with its own virtual account',
    z.strictObject({
      ...strategyTarget,
      params,
      name: nameText.optional(),
      allocation: moneyByCurrency.optional(),
      start: z.boolean().default(false),
      token: idempotencyToken.optional(),
    }),
    z.object({
      bot: botView,
      /** Parameters that were given and do not count beside the others; left out where there are none. */
      warnings: z.array(z.string()).optional(),
    }),
  ),
  'bots/start': method('trade', 'Starts a bot', z.strictObject({ bot: botText }), z.object({ bot: botView })),
  'bots/pause': method(
    'trade',
    'Pauses a bot: its orders stay, no new ones are placed',
    z.strictObject({ bot: botText }),
    z.object({ bot: botView }),
  ),
  'bots/resume': method(
    'trade',
    'Resumes a paused bot',
    z.strictObject({ bot: botText }),
    z.object({ bot: botView }),
  ),
  'bots/stop': method(
    'trade',
    'Stops a bot and cancels its orders',
    z.strictObject({ bot: botText, policy: stopPolicy.default('cancel-orders') }),
    z.object({ bot: botView }),
  ),
  'bots/edit': method(
    'trade',
    'Changes updatable parameters of a bot; open orders follow',
    z.strictObject({ bot: botText, params: params.optional(), name: nameText.optional() }),
    z.object({ bot: botView }),
  ),
  'bots/remove': method(
    'trade',
    'Removes a stopped bot and returns its money to the main account',
    z.strictObject({ bot: botText }),
    done,
  ),

  'orders/list': method(
    'read',
    'Orders, newest first',
    z.strictObject({ ...page, state: z.enum(['open', 'closed', 'all']).default('all') }),
    rows(orderView),
  ),
  'orders/show': method(
    'read',
    "One order's timeline",
    z.strictObject({ order: idText }),
    z.object({ order: orderView, states: z.array(orderStepView), fills: z.array(fillView) }),
  ),
  'orders/preview': method(
    'read',
    'Cost, fee and slippage of an order before it is sent',
    z.strictObject(orderRequest),
    z.object({
      notional: decimalText,
      fee: decimalText,
      feeCurrency: z.string(),
      averagePrice: decimalText.nullable(),
      slippageRate: decimalText.nullable(),
      funds: decimalText,
      fundsCurrency: z.string(),
      available: decimalText,
      verdict: z.string(),
      denied: z.boolean(),
    }),
  ),
  'orders/place': method(
    'trade',
    'Places one order by hand',
    z.strictObject({ ...orderRequest, token: idempotencyToken }),
    z.object({ order: orderView }),
  ),
  'orders/cancel': method(
    'trade',
    'Cancels one order',
    z.strictObject({ order: idText }),
    z.object({ order: orderView }),
  ),
  'orders/resolve-unknown': method(
    'trade',
    'Declares that an unknown order was never placed, after a look at the venue',
    z.strictObject({ order: idText, note: z.string().trim().min(3).max(200) }),
    z.object({ order: orderView }),
  ),
  'orders/cancel-all': method(
    'trade',
    'Cancels all orders of a scope',
    z.strictObject({ scope: riskScopeView.default({ kind: 'all' }) }),
    z.object({ requested: z.number().int() }),
  ),

  'fills/list': method('read', 'Fills, newest first', z.strictObject(page), rows(fillView)),
  'positions/list': method(
    'read',
    'Positions by bot',
    z.strictObject({ bot: botText.optional(), venue: venueText.optional() }),
    rows(positionView),
  ),
  'balances/list': method(
    'read',
    'Balances by owner',
    z.strictObject({ bot: botText.optional(), venue: venueText.optional() }),
    rows(balanceView),
  ),
  'equity/history': method(
    'read',
    'Equity over time by currency',
    z.strictObject({ bot: botText.optional(), limit: z.number().int().min(1).max(5000).default(1000) }),
    z.object({ points: z.array(equityPointView) }),
  ),

  'risk/show': method('read', 'Risk states, limits and exposure', nothing, riskView),
  'risk/halt': method(
    'trade',
    'Halts a scope; optionally cancels its orders and closes its positions',
    z.strictObject({
      scope: riskScopeView.default({ kind: 'all' }),
      state: z.enum(['REDUCING', 'HALTED']).default('HALTED'),
      cancel: z.boolean().default(false),
      flatten: z.boolean().default(false),
      reason: z.string().max(200).default('halted by hand'),
    }),
    riskView,
  ),
  'risk/resume': method(
    'trade',
    'Makes a scope active again',
    z.strictObject({ scope: riskScopeView.default({ kind: 'all' }) }),
    riskView,
  ),
  'risk/set-limits': method(
    'admin',
    'Sets the risk limits',
    z.strictObject({ limits: riskLimitsView }),
    riskView,
  ),

  'journal/list': method(
    'read',
    'Audit records, newest first',
    z.strictObject({
      limit: listLimit.default(200),
      beforeSequence: z.number().int().min(1).optional(),
      kinds: z.array(z.string().max(40)).max(40).optional(),
      bot: botText.optional(),
      search: z.string().max(100).optional(),
    }),
    rows(journalRowView),
  ),
  'journal/records': method(
    'read',
    'Whole audit records from a number on, oldest first',
    z.strictObject({ fromSequence: z.number().int().min(1), limit: listLimit.default(500) }),
    z.object({ records: z.array(auditRecordView) }),
  ),
  'journal/verify': method('read', 'Checks hash chain, identities and fills', nothing, verifyView),
  'journal/report': method('read', 'What happened while the terminal was off', nothing, awayReportView),
  'journal/dismiss-report': method('read', 'Marks the away report as read', nothing, done),

  'settings/get': method(
    'read',
    'Remembered settings of the terminal (appearance, layouts)',
    nothing,
    z.object({ settings: z.record(z.string().max(60), z.unknown()) }),
  ),
  'settings/set': method(
    'admin',
    'Remembers one setting',
    z.strictObject({
      key: z
        .string()
        .min(1)
        .max(60)
        .regex(/^[a-z][a-zA-Z0-9.-]*$/),
      value: z.unknown(),
    }),
    done,
  ),
  'settings/about': method(
    'read',
    'Version, folders and disclaimer',
    nothing,
    z.object({
      version: z.string(),
      nodeVersion: z.string(),
      dataFolder: z.string(),
      nativeVersion: z.string(),
      disclaimer: z.string(),
    }),
  ),

  'keys/list': method(
    'read',
    'Stored exchange keys, without secrets',
    nothing,
    z.object({ store: z.string(), keys: z.array(keyView) }),
  ),
  'keys/remove': method('admin', 'Removes a stored key', z.strictObject({ key: idText }), done),

  ...labMethods,
  ...researchMethods,
} as const;

export type Contract = typeof contract;
export type MethodName = keyof Contract;
/** What a caller may send: defaults may be left out. */
export type RequestOf<Name extends MethodName> = z.input<Contract[Name]['request']>;
/** What a handler receives: parsed, defaults filled in. */
export type ParsedRequestOf<Name extends MethodName> = z.output<Contract[Name]['request']>;
export type ResponseOf<Name extends MethodName> = z.output<Contract[Name]['response']>;

export const methodNames = Object.keys(contract) as MethodName[];
/** The order states a filter may name. */
export const knownOrderStates = orderStates;
