/** Small worlds for the store's tests: instruments, chained records, a data folder that is removed again. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BotSnapshot, Checkpoint, KernelCore } from '../../../src/engine/kernel/snapshot.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import type { Instrument } from '../../../src/shared/domain/instrument.ts';
import {
  botId,
  clientOrderId,
  epochMs,
  instrumentId,
  priceTicks,
  quantityLots,
  venueId,
  venueOrderId,
} from '../../../src/shared/domain/nominal.ts';
import type { Fill, Order, OrderState, Side } from '../../../src/shared/domain/order.ts';
import { defaultRiskLimits } from '../../../src/shared/domain/risk.ts';
import {
  type AuditBody,
  type AuditRecord,
  auditHashInput,
  auditVersion,
  genesisHash,
  type LedgerLeg,
} from '../../../src/shared/events/audit.ts';

export const simA = venueId('sim-a');
export const btc = instrumentId('sim-a', 'BTC/USDT');
export const bot1 = botId('b1');

/** Tick 0.01 USDT, lot 0.001 BTC: 6,150,000 ticks are 61,500 USDT, 20 lots are 0.02 BTC. */
export function instrumentOf(changes: Partial<Instrument> = {}): Instrument {
  return {
    id: btc,
    venue: simA,
    symbol: 'BTC/USDT',
    kind: 'spot',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
    tickSize: Decimal.parse('0.01'),
    lotSize: Decimal.parse('0.001'),
    minimumLots: 1,
    maximumLots: 1_000_000,
    minimumNotional: Decimal.parse('10'),
    makerFeeRate: Decimal.parse('0.001'),
    takerFeeRate: Decimal.parse('0.001'),
    feeCurrencyRule: 'quote',
    leverageMax: 1,
    maintenanceMarginRate: Decimal.zero,
    fundingIntervalHours: 0,
    ...changes,
  };
}

/** A data folder of its own, removed when the test ends. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

export function coreAt(timeMs: number): KernelCore {
  return {
    timeMs: epochMs(timeMs),
    nextOrderNumber: 1,
    nextReportNumber: 1,
    riskStates: [],
    riskLimits: defaultRiskLimits,
    manualPositions: [],
    identitiesChecked: 0,
    identitiesFailed: 0,
  };
}

/** Makes checkpoints that continue one chain, one millisecond of kernel time per record. */
export class Chain {
  sequence: number;
  hash: string;
  timeMs: number;

  constructor(
    start: { sequence: number; hash: string; timeMs: number } = {
      sequence: 0,
      hash: genesisHash,
      timeMs: 1_000_000,
    },
  ) {
    this.sequence = start.sequence;
    this.hash = start.hash;
    this.timeMs = start.timeMs;
  }

  record(body: AuditBody): AuditRecord {
    this.timeMs += 1;
    const draft = {
      version: auditVersion,
      sequence: this.sequence + 1,
      timeMs: epochMs(this.timeMs),
      marketEvents: 3,
      marketDigest: 'abc',
      body,
      previousHash: this.hash,
    };
    const record = { ...draft, hash: hash(auditHashInput(draft)) };
    this.sequence = record.sequence;
    this.hash = record.hash;
    return record;
  }

  checkpoint(bodies: readonly AuditBody[], bots: readonly BotSnapshot[] = []): Checkpoint {
    const records = bodies.map((body) => this.record(body));
    return { records, bots, removedBots: [], core: coreAt(this.timeMs) };
  }
}

/** A limit buy of 0.02 BTC at 61,500 USDT, on its way. */
export function orderOf(id: string, changes: Partial<Order> = {}): Order {
  return {
    clientOrderId: clientOrderId(id),
    bot: bot1,
    leg: 'level-1',
    origin: 'keep',
    instrument: btc,
    side: 'buy',
    type: 'limit',
    lots: quantityLots(20),
    priceTicks: priceTicks(6_150_000),
    timeInForce: 'gtc',
    postOnly: true,
    reduceOnly: false,
    state: 'PENDING_CREATE',
    filledLots: quantityLots(0),
    filledNotional: '0',
    createdAtMs: epochMs(1_000_000),
    updatedAtMs: epochMs(1_000_000),
    ...changes,
  };
}

export function intent(id: string, changes: Partial<Order> = {}): AuditBody {
  return { kind: 'order-intent', order: orderOf(id, changes) };
}

export function stateChange(
  id: string,
  from: OrderState,
  to: OrderState,
  reason = '',
  venueId?: string,
): AuditBody {
  return {
    kind: 'order-state',
    clientOrderId: clientOrderId(id),
    bot: bot1,
    from,
    to,
    reason,
    ...(venueId === undefined ? {} : { venueOrderId: venueOrderId(venueId) }),
  };
}

export function fillOf(id: string, tradeId: string, lots: number, changes: Partial<Fill> = {}): Fill {
  return {
    instrument: btc,
    clientOrderId: clientOrderId(id),
    venueOrderId: venueOrderId(`v-${id}`),
    tradeId,
    side: 'buy',
    priceTicks: priceTicks(6_150_000),
    lots: quantityLots(lots),
    fee: '0.5',
    feeCurrency: 'USDT',
    liquidity: 'maker',
    venueTimeMs: epochMs(1_000_000),
    ...changes,
  };
}

/** A fill record; `filledLots` and `filledNotional` are the sums of the order after it. */
export function fillBody(
  fill: Fill,
  filledLots: number,
  filledNotional: string,
  changes: Partial<Extract<AuditBody, { kind: 'fill' }>> = {},
): AuditBody {
  return {
    kind: 'fill',
    venue: simA,
    bot: bot1,
    fill,
    leg: 'level-1',
    filledLots: quantityLots(filledLots),
    filledNotional,
    realised: '0',
    reconciled: false,
    ...changes,
  };
}

export function leg(account: string, currency: string, amount: string): LedgerLeg {
  return { account, venue: simA, currency, amount };
}

/** The ledger entry of a fill of `lots` at 61,500 USDT with a fee of 0.5 USDT. */
export function fillEntry(reference: string, lots: number, side: Side = 'buy'): AuditBody {
  const quantity = Decimal.parse('0.001').timesInteger(side === 'buy' ? lots : -lots);
  const money = quantity.times(Decimal.parse('61500'));
  return {
    kind: 'ledger',
    cause: 'fill',
    reference,
    legs: [
      leg('market', 'BTC', quantity.negated().toString()),
      leg('bot:b1', 'BTC', quantity.toString()),
      leg('market', 'USDT', money.toString()),
      leg('bot:b1', 'USDT', money.negated().toString()),
      leg('bot:b1', 'USDT', '-0.5'),
      leg('fees', 'USDT', '0.5'),
    ],
  };
}

/** The money a bot starts with: 10,000 USDT by way of the main account. */
export const openingEntries: readonly AuditBody[] = [
  {
    kind: 'ledger',
    cause: 'opening',
    reference: 'opening:sim-a',
    legs: [leg('external', 'USDT', '-100000'), leg('main', 'USDT', '100000')],
  },
  {
    kind: 'ledger',
    cause: 'allocation',
    reference: 'bot:b1',
    legs: [leg('main', 'USDT', '-10000'), leg('bot:b1', 'USDT', '10000')],
  },
];

export const definition = {
  id: bot1,
  name: 'Grid one',
  strategy: 'grid',
  instrument: btc,
  params: { lower: '60000' },
  allocation: { USDT: '10000' },
};

export function botSnapshot(lots: number): BotSnapshot {
  return {
    definition,
    state: 'RUNNING',
    stateReason: '',
    stopPolicy: null,
    strategyState: { levels: [1, 2] },
    legs: { 'level-1': lots },
    timers: [],
    why: null,
    position: { instrument: btc, lots, cost: '0', realised: '0', fees: '0', funding: '0' },
    stake: { money: '10000', baseCost: '0' },
    fillCount: 1,
    createdAtMs: epochMs(1_000_000),
    startedAtMs: null,
  };
}

/** A sound little history: one bot, two orders, two fills; 0.02 BTC held, 8,769 USDT left. */
export function soundHistory(chain: Chain): Checkpoint[] {
  return [
    chain.checkpoint(
      [
        { kind: 'run-started', mode: 'demo', version: '0.1.0', seed: '7' },
        ...openingEntries,
        { kind: 'bot-created', definition },
        { kind: 'bot-state', bot: bot1, state: 'RUNNING', reason: 'started by hand' },
      ],
      [botSnapshot(0)],
    ),
    chain.checkpoint([intent('x-1'), intent('x-2', { lots: quantityLots(30) })]),
    chain.checkpoint([stateChange('x-1', 'PENDING_CREATE', 'OPEN', 'accepted', 'v-x-1')]),
    chain.checkpoint(
      [
        fillEntry('x-1/t1', 5),
        fillBody(fillOf('x-1', 't1', 5), 5, '307.5'),
        stateChange('x-1', 'OPEN', 'PARTIALLY_FILLED'),
      ],
      [botSnapshot(5)],
    ),
    chain.checkpoint(
      [
        fillEntry('x-1/t2', 15),
        fillBody(fillOf('x-1', 't2', 15), 20, '1230'),
        stateChange('x-1', 'PARTIALLY_FILLED', 'FILLED'),
        stateChange('x-2', 'PENDING_CREATE', 'UNKNOWN', 'no answer in time'),
      ],
      [botSnapshot(20)],
    ),
  ];
}
