/**
 * Audit records: everything that happened, numbered and hash-chained. The journal stores them, the screens are
 * replicas of them, a replay is proven by the hash of the last one. A record is immutable once written.
 * The version says how to read `body`; a reader refuses a version it does not know.
 */

import type {
  BotId,
  ClientOrderId,
  EpochMs,
  InstrumentId,
  QuantityLots,
  VenueId,
  VenueOrderId,
} from '../domain/nominal.ts';
import type { Fill, Order, OrderState } from '../domain/order.ts';
import type { RiskCode, RiskLimits, RiskScope, RiskState } from '../domain/risk.ts';
import type { BotDefinition, StopPolicy } from './control.ts';
import type { ConnectionState } from './venue.ts';

export const auditVersion = 1;

export const botStates = ['CREATED', 'RUNNING', 'PAUSED', 'STOPPING', 'STOPPED', 'FAILED'] as const;
export type BotState = (typeof botStates)[number];

/** One leg of a ledger entry: the amount is exact decimal text; legs of an entry sum to zero per currency. */
export interface LedgerLeg {
  /** `bot:b1`, `main:sim-a`, `market:sim-a`, `fees:sim-a`, `funding:sim-a`, `external:sim-a`, `adjust:sim-a`. */
  readonly account: string;
  readonly venue: VenueId;
  readonly currency: string;
  readonly amount: string;
}

export type LedgerCause = 'opening' | 'allocation' | 'fill' | 'fee' | 'realised-pnl' | 'funding' | 'adjust';

export type AuditBody =
  | {
      readonly kind: 'run-started';
      readonly mode: string;
      readonly version: string;
      readonly seed: string | null;
    }
  | { readonly kind: 'run-stopped'; readonly reason: string }
  | { readonly kind: 'bot-created'; readonly definition: BotDefinition }
  | { readonly kind: 'bot-edited'; readonly definition: BotDefinition }
  | { readonly kind: 'bot-removed'; readonly bot: BotId }
  | {
      readonly kind: 'bot-state';
      readonly bot: BotId;
      readonly state: BotState;
      readonly reason: string;
      readonly policy?: StopPolicy | undefined;
    }
  | {
      readonly kind: 'bot-why';
      readonly bot: BotId;
      readonly code: string;
      readonly text: string;
      readonly nextCheckMs?: EpochMs | undefined;
    }
  /** The intent: the order as it will be sent. Durable before a byte leaves. */
  | { readonly kind: 'order-intent'; readonly order: Order }
  | {
      readonly kind: 'order-denied';
      readonly bot: BotId;
      readonly leg: string;
      readonly instrument: InstrumentId;
      readonly code: RiskCode;
      readonly message: string;
    }
  | {
      readonly kind: 'order-state';
      readonly clientOrderId: ClientOrderId;
      readonly bot: BotId;
      readonly from: OrderState;
      readonly to: OrderState;
      readonly reason: string;
      readonly venueOrderId?: VenueOrderId | undefined;
    }
  | {
      readonly kind: 'cancel-requested';
      readonly clientOrderId: ClientOrderId;
      readonly bot: BotId;
      readonly reason: string;
    }
  /** A unique fill, booked: cumulative sums of its order after it. */
  | {
      readonly kind: 'fill';
      readonly venue: VenueId;
      readonly bot: BotId;
      readonly fill: Fill;
      readonly leg: string;
      readonly filledLots: QuantityLots;
      readonly filledNotional: string;
      /** Realised profit of this fill in the quote or settle currency, before fees, exact decimal text. */
      readonly realised: string;
      /** True when the fill was found by reconciling, not streamed. */
      readonly reconciled: boolean;
    }
  /** A fill of an order that is not ours (another program, or the venue's liquidation). */
  | { readonly kind: 'external-fill'; readonly venue: VenueId; readonly fill: Fill }
  | {
      readonly kind: 'ledger';
      readonly cause: LedgerCause;
      readonly reference: string;
      readonly legs: readonly LedgerLeg[];
    }
  | {
      readonly kind: 'funding';
      readonly venue: VenueId;
      readonly bot: BotId | null;
      readonly instrument: InstrumentId;
      readonly paymentId: string;
      readonly amount: string;
      readonly currency: string;
    }
  | {
      readonly kind: 'risk-state';
      readonly scope: RiskScope;
      readonly state: RiskState;
      readonly reason: string;
    }
  | { readonly kind: 'risk-limits'; readonly limits: RiskLimits }
  | {
      readonly kind: 'venue-connection';
      readonly venue: VenueId;
      readonly state: ConnectionState;
      readonly message: string;
    }
  | {
      readonly kind: 'book';
      readonly instrument: InstrumentId;
      readonly state: 'valid' | 'gap' | 'crossed' | 'waiting';
      readonly message: string;
    }
  | {
      readonly kind: 'reconciled';
      readonly venue: VenueId;
      readonly ordersChecked: number;
      readonly fillsFound: number;
      readonly ordersClosed: number;
      readonly drift: readonly string[];
    }
  | { readonly kind: 'identity-failed'; readonly name: string; readonly message: string }
  | { readonly kind: 'fault'; readonly where: string; readonly message: string };

export type AuditKind = AuditBody['kind'];

/** One link of the chain. `hash` covers every other field, `previousHash` included. */
export interface AuditRecord {
  readonly version: number;
  /** 1, 2, 3 … without a hole, over the life of the data folder. */
  readonly sequence: number;
  /** Kernel time. */
  readonly timeMs: EpochMs;
  /** Market events since the last record, and a rolling digest over all of them: the chain commits to the inputs. */
  readonly marketEvents: number;
  readonly marketDigest: string;
  readonly body: AuditBody;
  readonly previousHash: string;
  readonly hash: string;
}

/** The hash before the first record. */
export const genesisHash = '0'.repeat(64);

/** Gives the text a record's hash is taken over. */
export function auditHashInput(record: Omit<AuditRecord, 'hash'>): string {
  return `${record.previousHash}\n${record.version}|${record.sequence}|${record.timeMs}|${record.marketEvents}|${record.marketDigest}\n${JSON.stringify(record.body)}`;
}
