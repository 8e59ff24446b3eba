// length: the dictionary of all that the API shows; kept together so that shapes can be compared.
/** What the API shows: the shapes of bots, orders, fills, balances, plans and states. Decimals are texts. */

import { z } from 'zod';
import { orderStates } from '../domain/order.ts';
import { botStates } from '../events/audit.ts';
import { decimalText, moneyByCurrency, timeMs } from './primitives.ts';

export const modeView = z.enum(['demo', 'paper', 'live', 'replay']);
export type ModeView = z.infer<typeof modeView>;

export const connectionView = z.enum(['connecting', 'connected', 'stale', 'disconnected']);

export const venueView = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['simulated', 'ccxt', 'replay']),
  state: connectionView,
  message: z.string(),
  /** Round trip of the last request or answer, null when not measured. */
  latencyMs: z.number().nullable(),
  /** Age of the newest market data of this venue, null before the first. */
  dataAgeMs: z.number().nullable(),
  instruments: z.number().int(),
});
export type VenueView = z.infer<typeof venueView>;

export const instrumentView = z.object({
  id: z.string(),
  venue: z.string(),
  symbol: z.string(),
  kind: z.enum(['spot', 'perpetual']),
  base: z.string(),
  quote: z.string(),
  settle: z.string(),
  tickSize: decimalText,
  lotSize: decimalText,
  minimumQuantity: decimalText,
  minimumNotional: decimalText,
  makerFeeRate: decimalText,
  takerFeeRate: decimalText,
  leverageMax: z.number(),
});
export type InstrumentView = z.infer<typeof instrumentView>;

export const quoteView = z.object({
  instrument: z.string(),
  bid: decimalText.nullable(),
  ask: decimalText.nullable(),
  last: decimalText.nullable(),
  /** Change of the last price over 24 hours as a fraction, null when unknown. */
  change24h: z.number().nullable(),
  volume24h: z.number().nullable(),
  timeMs: timeMs.nullable(),
  /** False when the book is gapped, crossed or not yet known. */
  bookValid: z.boolean(),
});
export type QuoteView = z.infer<typeof quoteView>;

export const candleView = z.tuple([timeMs, z.number(), z.number(), z.number(), z.number(), z.number()]);
/** [openTimeMs, open, high, low, close, volume] */
export type CandleView = z.infer<typeof candleView>;

export const bookView = z.object({
  instrument: z.string(),
  valid: z.boolean(),
  reason: z.string(),
  timeMs,
  /** [price, quantity], best first. */
  bids: z.array(z.tuple([decimalText, decimalText])),
  asks: z.array(z.tuple([decimalText, decimalText])),
});
export type BookView = z.infer<typeof bookView>;

export const tradeView = z.object({
  tradeId: z.string(),
  timeMs,
  price: decimalText,
  quantity: decimalText,
  aggressor: z.enum(['buy', 'sell']),
});
export type TradeView = z.infer<typeof tradeView>;

export const whyView = z.object({
  code: z.string(),
  text: z.string(),
  nextCheckMs: timeMs.nullable(),
  atMs: timeMs,
});

export const pnlView = z.object({
  currency: z.string(),
  realised: decimalText,
  unrealised: decimalText,
  fees: decimalText,
  funding: decimalText,
  /** realised + unrealised − fees + funding */
  total: decimalText,
});
export type PnlView = z.infer<typeof pnlView>;

export const botView = z.object({
  id: z.string(),
  name: z.string(),
  strategy: z.string(),
  strategyTitle: z.string(),
  venue: z.string(),
  instrument: z.string(),
  symbol: z.string(),
  state: z.enum(botStates),
  stateReason: z.string(),
  why: whyView.nullable(),
  params: z.record(z.string(), z.unknown()),
  allocation: moneyByCurrency,
  balances: moneyByCurrency,
  pnl: pnlView,
  /** Value of the bot's virtual account in the quote or settle currency; null while no price is known. */
  equity: decimalText.nullable(),
  position: z.object({ quantity: decimalText, averageEntryPrice: decimalText.nullable() }),
  openOrders: z.number().int(),
  fills: z.number().int(),
  createdAtMs: timeMs,
  startedAtMs: timeMs.nullable(),
});
export type BotView = z.infer<typeof botView>;

export const orderView = z.object({
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  bot: z.string(),
  leg: z.string(),
  venue: z.string(),
  instrument: z.string(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  type: z.enum(['market', 'limit', 'stop', 'stop-limit']),
  timeInForce: z.enum(['gtc', 'ioc', 'fok']),
  postOnly: z.boolean(),
  reduceOnly: z.boolean(),
  price: decimalText.nullable(),
  triggerPrice: decimalText.nullable(),
  quantity: decimalText,
  filled: decimalText,
  averagePrice: decimalText.nullable(),
  state: z.enum(orderStates),
  reason: z.string(),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
});
export type OrderView = z.infer<typeof orderView>;

/** One step of an order's life, in the order it happened. */
export const orderStepView = z.object({
  sequence: z.number().int(),
  timeMs,
  /** intent, risk, sent, state change, fill … in words. */
  step: z.string(),
  state: z.enum(orderStates).nullable(),
  detail: z.string(),
});
export type OrderStepView = z.infer<typeof orderStepView>;

export const fillView = z.object({
  venue: z.string(),
  instrument: z.string(),
  symbol: z.string(),
  tradeId: z.string(),
  clientOrderId: z.string(),
  bot: z.string(),
  leg: z.string(),
  side: z.enum(['buy', 'sell']),
  price: decimalText,
  quantity: decimalText,
  notional: decimalText,
  fee: decimalText,
  feeCurrency: z.string(),
  liquidity: z.enum(['maker', 'taker']),
  realised: decimalText,
  reconciled: z.boolean(),
  timeMs,
});
export type FillView = z.infer<typeof fillView>;

export const positionView = z.object({
  bot: z.string(),
  venue: z.string(),
  instrument: z.string(),
  symbol: z.string(),
  quantity: decimalText,
  averageEntryPrice: decimalText.nullable(),
  markPrice: decimalText.nullable(),
  unrealised: decimalText.nullable(),
  realised: decimalText,
  currency: z.string(),
});
export type PositionRowView = z.infer<typeof positionView>;

export const balanceView = z.object({
  venue: z.string(),
  currency: z.string(),
  /** Who owns it: `main` or a bot id. */
  owner: z.string(),
  total: decimalText,
  reserved: decimalText,
  available: decimalText,
});
export type BalanceRowView = z.infer<typeof balanceView>;

export const riskScopeView = z.union([
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('venue'), venue: z.string().max(41) }),
  z.strictObject({ kind: z.literal('bot'), bot: z.string().max(41) }),
  z.strictObject({ kind: z.literal('instrument'), instrument: z.string().max(120) }),
]);

export const riskLimitsView = z.strictObject({
  orderNotionalMax: decimalText,
  botExposureMax: decimalText,
  totalExposureMax: decimalText,
  openOrdersPerBotMax: z.number().int().min(1).max(10_000),
  openOrdersTotalMax: z.number().int().min(1).max(100_000),
  priceBand: decimalText,
  dataAgeMsMax: z.number().int().min(100).max(3_600_000),
  ordersPerTenSecondsMax: z.number().int().min(1).max(10_000),
});

export const riskView = z.object({
  /** The state at scope `all`. */
  state: z.enum(['ACTIVE', 'REDUCING', 'HALTED']),
  scopes: z.array(
    z.object({ scope: riskScopeView, state: z.enum(['ACTIVE', 'REDUCING', 'HALTED']), reason: z.string() }),
  ),
  limits: riskLimitsView,
  /** Worst-case exposure per quote currency now. */
  exposure: moneyByCurrency,
  openOrders: z.number().int(),
});
export type RiskView = z.infer<typeof riskView>;

export const statusView = z.object({
  host: z.enum(['running', 'none']),
  version: z.string(),
  mode: modeView,
  /** Kernel time; simulated time in demo and replay. */
  timeMs,
  /** How fast simulated time runs; 1 for real time. */
  speed: z.number(),
  simulated: z.boolean(),
  uptimeMs: z.number(),
  venues: z.array(venueView),
  bots: z.array(botView),
  risk: riskView,
  equity: moneyByCurrency,
  startEquity: moneyByCurrency,
  dayPnl: moneyByCurrency,
  identities: z.object({ checked: z.number().int(), failed: z.number().int() }),
  auditSequence: z.number().int(),
  marketEvents: z.number().int(),
  eventsPerSecond: z.number(),
  memoryMb: z.number(),
  /** Set when the terminal has something to tell about the time it was off. */
  awayReport: z.boolean(),
});
export type StatusView = z.infer<typeof statusView>;

/** One parameter as the form draws it; derived from the strategy's schema. */
export const fieldView = z.object({
  name: z.string(),
  label: z.string(),
  group: z.string(),
  help: z.string(),
  unit: z.string(),
  format: z.enum(['price', 'amount', 'percent', 'factor', 'integer', 'choice', 'switch', 'text']),
  required: z.boolean(),
  updatable: z.boolean(),
  advanced: z.boolean(),
  chartLine: z.boolean(),
  minimum: z.string().nullable(),
  maximum: z.string().nullable(),
  options: z.array(z.string()),
  /** Range an optimiser searches unless told otherwise; null when the strategy names none. */
  space: z.object({ from: z.number(), to: z.number(), step: z.number().nullable() }).nullable(),
  /** What a text is written in: `rule` is a rule over prices and indicators (docs/rules.md). */
  textKind: z.enum(['rule']).optional(),
  /** A text that names values an optimiser may search, as `$name`. */
  namesValues: z.boolean().optional(),
  showWhen: z.object({ field: z.string(), in: z.array(z.union([z.string(), z.boolean()])) }).nullable(),
});
export type FieldView = z.infer<typeof fieldView>;

export const strategyView = z.object({
  id: z.string(),
  family: z.string(),
  title: z.string(),
  summary: z.string(),
  goodFor: z.string(),
  risk: z.string(),
  fields: z.array(fieldView),
});
export type StrategyView = z.infer<typeof strategyView>;

const planLevelView = z.object({
  key: z.string(),
  side: z.enum(['buy', 'sell']),
  type: z.enum(['market', 'limit', 'stop', 'stop-limit']),
  role: z.string(),
  price: z.string(),
  quantity: z.string(),
  notional: z.string(),
  funds: z.string(),
  fundsCurrency: z.string(),
  netProfitRate: z.string().optional(),
  restsNow: z.boolean(),
});
export const planView = z.object({
  summary: z.string(),
  referencePrice: z.string(),
  levels: z.array(planLevelView),
  funds: z.array(z.object({ currency: z.string(), amount: z.string() })),
  worstLoss: z.object({ amount: z.string(), currency: z.string(), scenario: z.string() }).nullable(),
  breakEven: z.string().nullable(),
  liquidationPrice: z.string().nullable(),
  lines: z.array(
    z.object({
      price: z.string(),
      label: z.string(),
      role: z.enum(['trigger', 'stop', 'take-profit', 'average', 'break-even', 'range', 'liquidation']),
    }),
  ),
  figures: z.array(
    z.object({ key: z.string(), label: z.string(), value: z.string(), unit: z.string(), help: z.string() }),
  ),
  violations: z.array(
    z.object({
      code: z.string(),
      field: z.string().optional(),
      message: z.string(),
      severity: z.enum(['error', 'warning']),
    }),
  ),
});
export type PlanView = z.infer<typeof planView>;

/** A planned order beside what is really there, with a reason where it is missing. */
export const ladderRowView = z.object({
  key: z.string(),
  side: z.enum(['buy', 'sell']),
  plannedPrice: decimalText,
  plannedQuantity: decimalText,
  actual: orderView.nullable(),
  /** Why the order is not there; empty when it is. */
  missingReason: z.string(),
});
export type LadderRowView = z.infer<typeof ladderRowView>;

export const auditRecordView = z.object({
  version: z.number().int(),
  sequence: z.number().int(),
  timeMs,
  marketEvents: z.number().int(),
  marketDigest: z.string(),
  body: z.looseObject({ kind: z.string() }),
  previousHash: z.string(),
  hash: z.string(),
});

export const journalRowView = z.object({
  sequence: z.number().int(),
  timeMs,
  kind: z.string(),
  bot: z.string().nullable(),
  /** One line in words. */
  text: z.string(),
  hash: z.string(),
  body: z.looseObject({ kind: z.string() }),
});
export type JournalRowView = z.infer<typeof journalRowView>;

export const verifyView = z.object({
  records: z.number().int(),
  /** `ok`, or what broke and at which record. */
  chain: z.string(),
  duplicates: z.number().int(),
  lostFills: z.number().int(),
  identities: z.object({ checked: z.number().int(), failed: z.number().int() }),
  lastHash: z.string(),
  problems: z.array(z.string()),
});
export type VerifyView = z.infer<typeof verifyView>;

export const awayReportView = z.object({
  /** Kernel time of the last record before the stop, and of the start after it; null on the first start. */
  fromMs: timeMs.nullable(),
  toMs: timeMs,
  offlineMs: z.number(),
  /** True when the last run ended without a clean stop. */
  crashed: z.boolean(),
  fillsFound: z.array(fillView),
  ordersClosed: z.array(orderView),
  ordersAdopted: z.number().int(),
  drift: z.array(z.string()),
  /** Equity before and after, by currency. */
  equityBefore: moneyByCurrency,
  equityAfter: moneyByCurrency,
  lines: z.array(z.string()),
});
export type AwayReportView = z.infer<typeof awayReportView>;

export const keyView = z.object({
  id: z.string(),
  venue: z.string(),
  label: z.string(),
  permissions: z.string(),
  fingerprint: z.string(),
  createdAtMs: timeMs,
});
export type KeyView = z.infer<typeof keyView>;

export const equityPointView = z.tuple([timeMs, z.record(z.string(), z.string())]);
