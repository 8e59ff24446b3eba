/** Orders: what can be asked of a venue and in which state the answer is. */

import type {
  BotId,
  ClientOrderId,
  EpochMs,
  InstrumentId,
  PriceTicks,
  QuantityLots,
  VenueOrderId,
} from './nominal.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'market' | 'limit' | 'stop' | 'stop-limit';
/** Good till cancelled, immediate or cancel, fill or kill. Post-only is a flag of a limit order. */
export type TimeInForce = 'gtc' | 'ioc' | 'fok';

export const orderStates = [
  'PENDING_CREATE',
  'OPEN',
  'PARTIALLY_FILLED',
  'FILLED',
  'PENDING_CANCEL',
  'CANCELED',
  'REJECTED',
  'EXPIRED',
  'UNKNOWN',
] as const;
export type OrderState = (typeof orderStates)[number];

/** States in which the venue may still fill the order; UNKNOWN counts at its full size. */
export const liveOrderStates: ReadonlySet<OrderState> = new Set<OrderState>([
  'PENDING_CREATE',
  'OPEN',
  'PARTIALLY_FILLED',
  'PENDING_CANCEL',
  'UNKNOWN',
]);

/** What somebody wants done; it becomes an order once risk has let it pass. */
export interface OrderRequest {
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly type: OrderType;
  readonly lots: QuantityLots;
  /** Limit price of limit and stop-limit orders. */
  readonly priceTicks?: PriceTicks | undefined;
  /** Trigger price of stop and stop-limit orders. */
  readonly triggerTicks?: PriceTicks | undefined;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
}

/** Who asked: the declared list, a single send, a person, or the closing of a position when a bot stops. */
export type OrderOrigin = 'keep' | 'send' | 'manual' | 'close';

/** What an order that closes a position is for; lists of trades name it. */
export type OrderPurpose = 'signal' | 'stop' | 'target' | 'trailing' | 'roi' | 'time';

/** An order as the engine knows it. `filledLots` and `filledNotional` are sums of unique fills only. */
export interface Order extends OrderRequest {
  readonly clientOrderId: ClientOrderId;
  readonly bot: BotId;
  /** The strategy's name for the purpose of the order; fills of one leg are counted together. */
  readonly leg: string;
  readonly purpose?: OrderPurpose | undefined;
  readonly origin: OrderOrigin;
  readonly state: OrderState;
  readonly venueOrderId?: VenueOrderId | undefined;
  readonly filledLots: QuantityLots;
  /** Exact sum of price times quantity over the fills, in quote currency, as a decimal text. */
  readonly filledNotional: string;
  readonly createdAtMs: EpochMs;
  readonly updatedAtMs: EpochMs;
  /** Why the order is in its state, when the venue or risk said so. */
  readonly reason?: string | undefined;
}

/** One execution as the venue reports it. Unique by (venue, instrument, trade id, leg of the trade). */
export interface Fill {
  readonly instrument: InstrumentId;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId;
  readonly tradeId: string;
  readonly side: Side;
  readonly priceTicks: PriceTicks;
  readonly lots: QuantityLots;
  /** Exact decimal text; negative for a rebate. */
  readonly fee: string;
  readonly feeCurrency: string;
  readonly liquidity: 'maker' | 'taker';
  readonly venueTimeMs: EpochMs;
  /** Set where the venue itself closed a position it no longer carries. */
  readonly liquidation?: true | undefined;
}

/** Gives the other side. */
export function oppositeSide(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy';
}

/** Gives +1 for a buy, -1 for a sell. */
export function sideSign(side: Side): 1 | -1 {
  return side === 'buy' ? 1 : -1;
}
