/**
 * The interface strategies are written against. A strategy is a function of the small context it is handed:
 * it reads the market, declares orders with `keep`, sends single ones with `send`, and says why.
 * The same code runs in backtest, paper and live trading.
 */

import type { z } from 'zod';
import type { Candle } from '../../shared/domain/candle.ts';
import type { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { BotId, ClientOrderId, EpochMs, PriceTicks, QuantityLots } from '../../shared/domain/nominal.ts';
import type { Fill, Order, OrderPurpose, OrderType, Side, TimeInForce } from '../../shared/domain/order.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { NeededMoney, RiskCode } from '../../shared/domain/risk.ts';
import type { StopPolicy } from '../../shared/events/control.ts';
import type { QuoteEvent, TradeEvent } from '../../shared/events/market.ts';

/** Best bid and ask with their sizes. */
export type Quote = Pick<QuoteEvent, 'bidTicks' | 'bidLots' | 'askTicks' | 'askLots' | 'receiveTimeMs'>;

/** What a strategy wants to be told. */
export interface Subscription {
  /** Timeframes whose closed candles are delivered to `onBar`, in milliseconds. */
  readonly timeframesMs: readonly number[];
  /** Closed candles of each timeframe that should be there before the strategy starts deciding. */
  readonly warmupBars: number;
  /** Closed candles of the longest timeframe before which no entry can be decided at all; 0 when left out. */
  readonly decisionBars?: number | undefined;
  readonly quotes: boolean;
  readonly trades: boolean;
}

/** An order the strategy wants to rest now. The leg names its purpose; `lots` is the whole size of the leg. */
export interface DesiredOrder {
  readonly leg: string;
  readonly side: Side;
  readonly type: Exclude<OrderType, 'market'>;
  readonly lots: QuantityLots;
  readonly priceTicks?: PriceTicks | undefined;
  readonly triggerTicks?: PriceTicks | undefined;
  readonly postOnly?: boolean | undefined;
  readonly reduceOnly?: boolean | undefined;
  /** Why it closes a position, for lists of trades. */
  readonly purpose?: OrderPurpose | undefined;
}

/** A single order to be sent once, for example a market entry. */
export interface SingleOrder {
  readonly leg: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly lots: QuantityLots;
  readonly priceTicks?: PriceTicks | undefined;
  readonly triggerTicks?: PriceTicks | undefined;
  readonly timeInForce?: TimeInForce | undefined;
  readonly postOnly?: boolean | undefined;
  readonly reduceOnly?: boolean | undefined;
  /** Why it closes a position, for lists of trades. */
  readonly purpose?: OrderPurpose | undefined;
}

export type SendResult =
  | { readonly ok: true; readonly clientOrderId: ClientOrderId }
  | {
      readonly ok: false;
      readonly code: RiskCode;
      readonly message: string;
      /** What the order needs where that is what is missing. */
      readonly need?: NeededMoney | undefined;
      /** Our own order it would trade with, where that is the reason. */
      readonly crossing?: ClientOrderId | undefined;
    };

/** The bot's position in its instrument. Spot: what its virtual account holds of the base currency. */
export interface PositionView {
  /** Signed lots: positive is long. */
  readonly lots: QuantityLots;
  /** Exact average entry price in quote currency; undefined when flat. */
  readonly averageEntryPrice: Decimal | undefined;
}

/** A coded reason with words: what the bot last decided or what blocks it. */
export interface Why {
  /** Upper snake case, for example WAITING_FOR_TRIGGER, ALL_LEVELS_RESTING, COOLDOWN. */
  readonly code: string;
  readonly text: string;
  /** When the strategy will look again, if it knows. */
  readonly nextCheckMs?: EpochMs | undefined;
}

/**
 * A reason as a strategy gives it. Words that cost more than the decision may be a function: it is called when somebody
 * reads them, with whatever it then sees.
 */
export type GivenWhy = Omit<Why, 'text'> & { readonly text: string | (() => string) };

/** What holds for the account a strategy trades with: set by its owner (live) or by the backtest. */
export interface TradingTerms {
  /** Leverage of perpetuals, a whole number from 1: money needed is the notional over it. */
  readonly leverage: number;
  /** Share of the money an entry keeps back, because its price may be worse than the one it was sized at. */
  readonly priceReserve: number;
  /** Fraction a taking order is expected to lose against the quote: known in a backtest, zero live. */
  readonly slippage: number;
}

/** Terms of live and paper trading. */
export const liveTerms: TradingTerms = { leverage: 1, priceReserve: 0.005, slippage: 0 };

/** Prices at which a strategy wants to be asked, see `StrategyContext.watch`. */
export type WatchedPrices = readonly PriceTicks[] | 'every-price';

/** A column of a candle. */
export type CandleColumn = 'open' | 'high' | 'low' | 'close' | 'volume';

/** An indicator of the catalogue with its parameters; those left out have their default. */
export interface IndicatorSource {
  /** Name in the catalogue, upper or lower case. */
  readonly id: string;
  readonly params: Readonly<Record<string, number>>;
  /** What it reads, one for each of its inputs; its own candle columns when left out. */
  readonly inputs?: readonly (CandleColumn | IndicatorOutput)[] | undefined;
}

/** One output of an indicator, as the input of another. */
export interface IndicatorOutput {
  readonly indicator: IndicatorSource;
  readonly output: string;
}

/** An indicator over the closed candles of one timeframe of the bot's instrument. */
export interface IndicatorRequest extends IndicatorSource {
  readonly timeframeMs: number;
}

/** Values of an indicator. They are the same bits in a backtest and live, as long as both have seen the same candles. */
export interface IndicatorReader {
  /**
   * The value of an output on the newest closed candle, or `barsAgo` before it; NaN while warming up, where a candle has
   * no value, and further back than is known.
   */
  value(output: string, barsAgo?: number): number;
}

/** What a running strategy may see and do. All calls are synchronous and take effect in this event. */
export interface StrategyContext<State> {
  readonly bot: BotId;
  readonly instrument: Instrument;
  readonly terms: TradingTerms;
  /** The kernel's time: event time, never the wall clock. */
  nowMs(): EpochMs;
  /** Latest quote, or undefined while the market is not known or its book is invalid. */
  quote(): Quote | undefined;
  /** Last traded price, or undefined before the first trade. */
  lastTradeTicks(): PriceTicks | undefined;
  /** Closed candles of a subscribed timeframe, oldest first; at most a few thousand are kept. */
  candles(timeframeMs: number): readonly Candle[];
  /** Opens an indicator. Throws a `RangeError` when there is none of this name or with these parameters. */
  indicator(request: IndicatorRequest): IndicatorReader;
  position(): PositionView;
  /** Amount of a currency in the bot's virtual account, not reserved by its open orders. */
  available(currency: string): Decimal;
  /** Whole amount of a currency in the bot's virtual account. */
  balance(currency: string): Decimal;
  /** Orders of this bot that may still fill. */
  openOrders(): readonly Order[];
  /** Unique fills of a leg so far, in lots, over all orders of that leg. */
  filledLots(leg: string): QuantityLots;
  /**
   * Declares the complete list of orders that should rest now. Execution places, keeps and cancels until the
   * actual orders agree; an order whose price and size agree keeps its place in the queue.
   */
  keep(orders: readonly DesiredOrder[]): void;
  /** Sends one order now. Legs sent this way are not touched by `keep`. */
  send(order: SingleOrder): SendResult;
  /**
   * How many orders of `send` in a row the venue ended without a fill, none of which anybody asked it to cancel: whoever
   * sends the next one should wait the longer, see `retryDelayMs`.
   */
  unfilledSends(): number;
  /** Cancels one order of this bot. */
  cancel(clientOrderId: ClientOrderId): void;
  /**
   * Says at which prices `onQuote` matters until the next call: a backtest on candles then stops the price exactly
   * there and leaves out everything between. A strategy that never calls this hears every price. Live trading ignores
   * it: quotes come as the venue sends them.
   */
  watch(prices: WatchedPrices): void;
  /** Calls `onTimer(name)` once at or after `atMs`; setting the same name again moves it. */
  setTimer(name: string, atMs: EpochMs): void;
  clearTimer(name: string): void;
  /** Says what was decided or what blocks; shown to the user and kept in the journal when the code changes. */
  why(reason: GivenWhy): void;
  /** The one serialisable object that survives a restart. Replace it through `setState`; do not mutate it. */
  readonly state: State;
  setState(state: State): void;
  /** Asks the kernel to stop this bot (stop-loss hit, target reached …). */
  requestStop(reason: string, policy: StopPolicy): void;
}

/** What the kernel calls. Market state is already updated when a handler runs. */
export interface StrategyHandlers {
  /** Called at start and after every restart, with `state` restored; re-declare `keep` here. */
  onStart?(): void;
  /** A candle of a subscribed timeframe closed. */
  onBar?(timeframeMs: number, candle: Candle): void;
  onQuote?(quote: Quote): void;
  onTrade?(trade: TradeEvent): void;
  /** An order of this bot changed its state. */
  onOrder?(order: Order): void;
  /** A unique fill was booked; portfolio and `filledLots` already contain it. */
  onFill?(fill: Fill, order: Order): void;
  onTimer?(name: string): void;
  /** The bot's parameters were edited while running; the handlers already hold the new ones. */
  onStop?(): void;
}

/** What a plan is made from: no running market is needed, only a price and the rules. */
export interface PlanMarket {
  readonly instrument: Instrument;
  /** The price the plan starts from, exact, in quote currency. */
  readonly referencePrice: Decimal;
  /** Recent closed candles, oldest first, where known (for volatility figures). */
  readonly candles: readonly Candle[];
  /** Money the bot has or is to get, decimal texts by currency; needed by sizes in percent of it. */
  readonly allocation?: Readonly<Record<string, string>> | undefined;
  /** Leverage the orders are paid with; 1 when left out. */
  readonly leverage?: number | undefined;
}

/** Everything Sextant knows about a strategy. `Params` is the parsed output of the schema. */
export interface StrategyDefinition<Params, State> {
  /** Stable id, kebab-case: `grid`, `dca`, `ma-cross`. */
  readonly id: string;
  readonly family: string;
  readonly title: string;
  readonly summary: string;
  readonly goodFor: string;
  readonly risk: string;
  /** One schema: validation, form, command line, optimiser space, documentation. See params.ts for its metadata. */
  readonly params: z.ZodType<Params>;
  /** Whether the strategy can trade a given instrument; a text says why not. */
  readonly supports: (instrument: Instrument) => true | string;
  /** False where sizes never go beyond the bot's own money, so that leverage makes none larger; true when left out. */
  readonly usesLeverage?: boolean | undefined;
  /** Sensible parameters for a market, for the form's first view. */
  readonly suggest: (market: PlanMarket) => Params;
  readonly subscribe: (params: Params) => Subscription;
  readonly plan: (params: Params, market: PlanMarket) => Plan;
  readonly initialState: (params: Params) => State;
  /** Makes the handlers for one run; called again with the same state after a restart and after an edit. */
  readonly create: (context: StrategyContext<State>, params: Params) => StrategyHandlers;
}

/** A strategy whose parameter and state types are not known to the caller. */
// biome-ignore lint/suspicious/noExplicitAny: a registry holds strategies of different parameter types
export type AnyStrategy = StrategyDefinition<any, any>;

/** Gives the definition back; makes the compiler infer its types in one place. */
export function defineStrategy<Params, State>(
  definition: StrategyDefinition<Params, State>,
): StrategyDefinition<Params, State> {
  return definition;
}
