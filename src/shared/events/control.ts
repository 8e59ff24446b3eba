/** Control commands: what a person or the host asks of the kernel. They pass through the same queue as prices. */

import type { Instrument } from '../domain/instrument.ts';
import type { BotId, ClientOrderId, EpochMs, VenueId } from '../domain/nominal.ts';
import type { OrderRequest } from '../domain/order.ts';
import type { RiskLimits, RiskScope, RiskState } from '../domain/risk.ts';

/** How a bot leaves the market when it is stopped. */
export type StopPolicy = 'cancel-orders' | 'cancel-and-close-position' | 'leave-orders';

/** What makes a bot: everything needed to run it again after a restart. */
export interface BotDefinition {
  readonly id: BotId;
  readonly name: string;
  readonly strategy: string;
  readonly instrument: Instrument['id'];
  /** Parsed parameters of the strategy, as its schema gives them. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Money set aside for the bot in its own virtual account, decimal texts by currency. */
  readonly allocation: Readonly<Record<string, string>>;
}

export type ControlCommand =
  | { readonly kind: 'create-bot'; readonly definition: BotDefinition }
  | { readonly kind: 'start-bot'; readonly bot: BotId }
  | { readonly kind: 'pause-bot'; readonly bot: BotId }
  | { readonly kind: 'resume-bot'; readonly bot: BotId }
  | { readonly kind: 'stop-bot'; readonly bot: BotId; readonly policy: StopPolicy }
  | {
      readonly kind: 'edit-bot';
      readonly bot: BotId;
      readonly params: Readonly<Record<string, unknown>>;
      readonly name?: string | undefined;
    }
  | { readonly kind: 'remove-bot'; readonly bot: BotId }
  | {
      readonly kind: 'place-order';
      readonly bot: BotId;
      readonly request: OrderRequest;
    }
  | { readonly kind: 'cancel-order'; readonly clientOrderId: ClientOrderId }
  | { readonly kind: 'cancel-all'; readonly scope: RiskScope }
  | {
      readonly kind: 'set-risk-state';
      readonly scope: RiskScope;
      readonly state: RiskState;
      readonly reason: string;
    }
  | { readonly kind: 'set-risk-limits'; readonly limits: RiskLimits }
  | { readonly kind: 'flatten'; readonly scope: RiskScope }
  | { readonly kind: 'reconcile'; readonly venue: VenueId }
  | {
      readonly kind: 'resolve-unknown';
      readonly clientOrderId: ClientOrderId;
      readonly note: string;
    };

/** A control command with the kernel time it was given at. */
export interface ControlEvent {
  readonly kind: 'control';
  readonly command: ControlCommand;
  readonly timeMs: EpochMs;
}
