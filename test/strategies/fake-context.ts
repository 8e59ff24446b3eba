/**
 * A strategy context with a deterministic exchange behind it: a price that walks tick by tick over the resting
 * orders. Limit orders fill when the path reaches them, market orders at the price of the moment. It checks what a
 * kernel and a venue would check, and throws when a strategy breaks it.
 *
 * length: one world of one bot; its orders, money and checks share their state.
 */

import { liveIndicators } from '../../src/adapters/compute/indicator-port.ts';
import {
  type DesiredOrder,
  type GivenWhy,
  liveTerms,
  type SendResult,
  type SingleOrder,
  type StrategyContext,
  type StrategyDefinition,
  type StrategyHandlers,
  type Why,
} from '../../src/engine/strategy/api.ts';
import type { Candle } from '../../src/shared/domain/candle.ts';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { type Instrument, notionalOf, quantityOf } from '../../src/shared/domain/instrument.ts';
import {
  botId,
  clientOrderId,
  epochMs,
  instrumentId,
  priceTicks,
  quantityLots,
  venueId,
  venueOrderId,
} from '../../src/shared/domain/nominal.ts';
import { type Fill, liveOrderStates, type Order, type Side } from '../../src/shared/domain/order.ts';
import type { StopPolicy } from '../../src/shared/events/control.ts';

const decimal = (text: string) => Decimal.parse(text);
const indicators = liveIndicators();

/** Makes an instrument: BTC/USDT, tick 0.01, lot 0.0001, minimum 5 USDT, fee 0.1 % taken in quote, unless told otherwise. */
export function makeInstrument(overrides: Partial<Instrument> = {}): Instrument {
  return {
    id: instrumentId('sim-a', 'BTC/USDT'),
    venue: venueId('sim-a'),
    symbol: 'BTC/USDT',
    kind: 'spot',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
    tickSize: decimal('0.01'),
    lotSize: decimal('0.0001'),
    minimumLots: 1,
    maximumLots: 1_000_000_000,
    minimumNotional: decimal('5'),
    makerFeeRate: decimal('0.001'),
    takerFeeRate: decimal('0.001'),
    feeCurrencyRule: 'quote',
    leverageMax: 1,
    maintenanceMarginRate: Decimal.zero,
    fundingIntervalHours: 0,
    ...overrides,
  };
}

/** The same market as a perpetual settled in USDT. */
export function makePerpetual(overrides: Partial<Instrument> = {}): Instrument {
  return makeInstrument({
    id: instrumentId('sim-a', 'BTC/USDT:USDT'),
    symbol: 'BTC/USDT:USDT',
    kind: 'perpetual',
    makerFeeRate: decimal('0.0002'),
    takerFeeRate: decimal('0.0005'),
    leverageMax: 20,
    maintenanceMarginRate: decimal('0.004'),
    fundingIntervalHours: 8,
    ...overrides,
  });
}

interface MutableOrder extends Order {
  declared: boolean;
}

export interface FakeOptions {
  readonly instrument: Instrument;
  readonly balances: Readonly<Record<string, string>>;
  readonly startTicks: number;
  /** Lots filled at the first touch of an order of this size; the rest fills at the next touch. All by default. */
  readonly firstFillLots?: (lots: number) => number;
  /** Market orders fill this many ticks worse than the price. */
  readonly slippageTicks?: number;
  /** Cancels stay under way until `confirmCancels` is called. */
  readonly slowCancels?: boolean;
  readonly candles?: Readonly<Record<number, readonly Candle[]>>;
}

/** The fake world of one bot. `State` is the strategy's state type. */
export class FakeWorld<Params, State> {
  readonly instrument: Instrument;
  readonly balances = new Map<string, Decimal>();
  /** Orders that may still fill. */
  readonly orders = new Map<string, MutableOrder>();
  readonly fills: { readonly fill: Fill; readonly order: Order }[] = [];
  readonly whys: Why[] = [];
  readonly keeps: (readonly DesiredOrder[])[] = [];
  readonly timers = new Map<string, number>();
  readonly candles: Record<number, Candle[]> = {};
  stopRequest: { readonly reason: string; readonly policy: StopPolicy } | undefined;
  /** True while nothing is known of the price. */
  isPriceless = false;
  /** When set, `send` is refused with this code. */
  denySends: 'DATA_STALE' | 'HALTED' | undefined;
  /** When set, the venue ends market orders this way, without a fill. */
  endMarketOrders: 'EXPIRED' | 'CANCELED' | undefined;
  #unfilledSends = 0;
  /** Legs that were filled completely and may never be placed again. */
  readonly finishedLegs = new Set<string>();
  nowMs = 1_700_000_000_000;
  ticks: number;
  state: State;
  handlers: StrategyHandlers;
  readonly context: StrategyContext<State>;
  readonly #options: FakeOptions;
  readonly #definition: StrategyDefinition<Params, State>;
  #desired: readonly DesiredOrder[] = [];
  #dirty = false;
  #pending: (() => void)[] = [];
  #nextId = 1;
  readonly #filledByLeg = new Map<string, number>();

  constructor(definition: StrategyDefinition<Params, State>, readonlyParams: Params, options: FakeOptions) {
    this.#options = options;
    this.#definition = definition;
    this.instrument = options.instrument;
    this.ticks = options.startTicks;
    for (const [currency, amount] of Object.entries(options.balances))
      this.balances.set(currency, decimal(amount));
    for (const [timeframe, list] of Object.entries(options.candles ?? {}))
      this.candles[Number(timeframe)] = [...list];
    this.state = definition.initialState(readonlyParams);
    this.context = this.#makeContext();
    this.handlers = definition.create(this.context, readonlyParams);
  }

  /** Starts the strategy, as the kernel does after create and after every restart. */
  start(): void {
    this.#call(() => this.handlers.onStart?.());
  }

  /** Throws the handlers away and makes new ones from the state's JSON text; orders stay at the venue. */
  restart(params: Params): void {
    this.state = JSON.parse(JSON.stringify(this.state)) as State;
    this.handlers = this.#definition.create(this.context, params);
    this.start();
  }

  /** Moves the price to `target`, filling every order on the way in the order it is reached. */
  moveTo(target: number): void {
    let fillsTold = -1;
    for (;;) {
      const next = this.#firstReached(target);
      if (next === undefined) {
        if (this.ticks === target && fillsTold === this.fills.length) return;
        fillsTold = this.fills.length;
        // The last quote may make the strategy place orders that fill at once.
        this.ticks = target;
        this.#tellQuote();
        continue;
      }
      const at = next.type === 'stop' ? (next.triggerTicks as number) : (next.priceTicks as number);
      if (this.ticks !== at && (target < this.ticks ? at < this.ticks : at > this.ticks)) {
        this.ticks = at;
        this.#tellQuote();
      }
      // The quote may have made the strategy cancel it.
      const current = this.orders.get(next.clientOrderId);
      if (current === undefined || current.state === 'PENDING_CANCEL') continue;
      if (current.type === 'stop') this.#fillSome(current, this.ticks, 'taker', true);
      else this.#fillSome(current, at, 'maker');
    }
  }

  /** Jumps to a price: orders that were passed fill at their own price, but only after the price is there. */
  gapTo(target: number): void {
    const passed = [...this.orders.values()].filter(
      (order) => this.#isLive(order) && this.#isMarketable(order, target),
    );
    this.ticks = target;
    for (const { clientOrderId: id } of passed) {
      const order = this.orders.get(id);
      if (order === undefined || order.state === 'PENDING_CANCEL') continue;
      this.#fillSome(order, order.priceTicks ?? target, order.type === 'stop' ? 'taker' : 'maker', true);
    }
    this.#tellQuote();
  }

  /** Lets time pass and calls the timers that come due. */
  advance(milliseconds: number): void {
    const end = this.nowMs + milliseconds;
    for (;;) {
      const due = [...this.timers].filter(([, at]) => at <= end).sort((left, right) => left[1] - right[1])[0];
      if (due === undefined) break;
      this.timers.delete(due[0]);
      this.nowMs = Math.max(this.nowMs, due[1]);
      this.#call(() => this.handlers.onTimer?.(due[0]));
    }
    this.nowMs = end;
  }

  /** Closes a candle of a timeframe with this close, flat unless told how high it was. */
  closeBar(timeframeMs: number, close: number, high = close): void {
    this.nowMs += timeframeMs;
    const candle: Candle = {
      openTimeMs: epochMs(this.nowMs - timeframeMs),
      open: close,
      high,
      low: close,
      close,
      volume: 1,
    };
    const list = this.candles[timeframeMs] ?? [];
    this.candles[timeframeMs] = list;
    list.push(candle);
    this.#call(() => this.handlers.onBar?.(timeframeMs, candle));
  }

  /** Proves the cancels that are under way. */
  confirmCancels(): void {
    for (const order of [...this.orders.values()]) {
      if (order.state === 'PENDING_CANCEL') this.#setState(order, 'CANCELED');
    }
    this.#settle();
  }

  /** Fills an order by hand, for example one whose cancel is under way. */
  fillByHand(leg: string, lots: number): void {
    const order = this.live().find((candidate) => candidate.leg === leg) as MutableOrder;
    this.#book(order, order.priceTicks as number, lots, 'maker');
    this.#settle();
  }

  /** Orders that may still fill, by leg. */
  live(): Order[] {
    return [...this.orders.values()].filter((order) => this.#isLive(order));
  }

  liveLegs(): string[] {
    return this.live()
      .map((order) => order.leg)
      .sort();
  }

  balance(currency: string): Decimal {
    return this.balances.get(currency) ?? Decimal.zero;
  }

  /** Sum of money in and out of all fills, in quote currency. */
  cashFlow(): Decimal {
    return Decimal.sum(
      this.fills.map(({ fill }) => {
        const notional = notionalOf(this.instrument, fill.priceTicks, fill.lots);
        const fee = fill.feeCurrency === this.instrument.quote ? decimal(fill.fee) : Decimal.zero;
        return (fill.side === 'buy' ? notional.negated() : notional).minus(fee);
      }),
    );
  }

  lastWhy(): string | undefined {
    return this.whys[this.whys.length - 1]?.code;
  }

  // --- inside -------------------------------------------------------------------------------------------------

  #store(order: MutableOrder): void {
    if (this.#isLive(order)) this.orders.set(order.clientOrderId, order);
    else this.orders.delete(order.clientOrderId);
  }

  #isLive(order: Order): boolean {
    return liveOrderStates.has(order.state);
  }

  #isMarketable(order: Order, ticks: number): boolean {
    if (order.type === 'stop') {
      const trigger = order.triggerTicks as number;
      return order.side === 'sell' ? ticks <= trigger : ticks >= trigger;
    }
    return order.side === 'buy'
      ? ticks <= (order.priceTicks as number)
      : ticks >= (order.priceTicks as number);
  }

  #firstReached(target: number): MutableOrder | undefined {
    const at = (order: Order) => (order.type === 'stop' ? order.triggerTicks : order.priceTicks) as number;
    const reached = [...this.orders.values()].filter(
      (order) =>
        this.#isLive(order) &&
        order.state !== 'PENDING_CANCEL' &&
        (this.#isMarketable(order, target) || this.#isMarketable(order, this.ticks)),
    );
    reached.sort((left, right) => Math.abs(at(left) - this.ticks) - Math.abs(at(right) - this.ticks));
    return reached[0];
  }

  #tellQuote(): void {
    const ticks = priceTicks(this.ticks);
    this.#call(() =>
      this.handlers.onQuote?.({
        bidTicks: ticks,
        askTicks: ticks,
        bidLots: quantityLots(1),
        askLots: quantityLots(1),
        receiveTimeMs: epochMs(this.nowMs),
      }),
    );
  }

  #call(run: () => void): void {
    run();
    this.#settle();
  }

  /** Carries out what the strategy asked for: the declared list first, then market orders. */
  #settle(): void {
    while (this.#dirty || this.#pending.length > 0) {
      if (this.#dirty) {
        this.#dirty = false;
        this.#agree();
      }
      const next = this.#pending.shift();
      next?.();
    }
  }

  #agree(): void {
    const wanted = new Map(this.#desired.map((order) => [order.leg, order]));
    for (const order of this.live() as MutableOrder[]) {
      if (!order.declared) continue;
      const want = wanted.get(order.leg);
      const filled = this.#filledByLeg.get(order.leg) ?? 0;
      const same =
        want !== undefined &&
        want.priceTicks === order.priceTicks &&
        want.triggerTicks === order.triggerTicks &&
        want.side === order.side &&
        want.lots - filled === order.lots - order.filledLots;
      if (same || order.state === 'PENDING_CANCEL') {
        wanted.delete(order.leg);
        continue;
      }
      if (this.#options.slowCancels === true) {
        this.#setState(order, 'PENDING_CANCEL');
        wanted.delete(order.leg);
      } else this.#setState(order, 'CANCELED');
    }
    for (const want of wanted.values()) {
      const rest = want.lots - (this.#filledByLeg.get(want.leg) ?? 0);
      if (rest > 0) this.#place(want, rest, true);
    }
    this.#checkFunds();
  }

  #place(want: DesiredOrder | SingleOrder, lots: number, declared: boolean): MutableOrder {
    if (this.finishedLegs.has(want.leg)) throw new Error(`leg ${want.leg} was finished and is used again`);
    if (!Number.isSafeInteger(lots) || lots <= 0) throw new Error(`lots of ${want.leg} are ${lots}`);
    for (const ticks of [want.priceTicks, want.triggerTicks]) {
      if (ticks !== undefined && (!Number.isSafeInteger(ticks) || ticks <= 0))
        throw new Error(`price of ${want.leg} is ${ticks}`);
    }
    const id = clientOrderId(`o${this.#nextId}`);
    this.#nextId += 1;
    const order: MutableOrder = {
      clientOrderId: id,
      venueOrderId: venueOrderId(`v${id}`),
      bot: botId('b1'),
      leg: want.leg,
      instrument: this.instrument.id,
      side: want.side,
      type: want.type,
      lots: quantityLots(lots),
      priceTicks: want.priceTicks,
      triggerTicks: want.triggerTicks,
      timeInForce: 'gtc',
      postOnly: false,
      reduceOnly: want.reduceOnly ?? false,
      state: 'OPEN',
      filledLots: quantityLots(0),
      filledNotional: '0',
      createdAtMs: epochMs(this.nowMs),
      updatedAtMs: epochMs(this.nowMs),
      declared,
    } as MutableOrder;
    this.orders.set(id, order);
    return order;
  }

  #setState(order: MutableOrder, state: Order['state'], reason?: string): void {
    const next = { ...order, state, reason } as MutableOrder;
    this.#store(next);
    this.#pending.push(() => {
      this.handlers.onOrder?.(next);
      // Execution compares the declared list again whenever an order has changed.
      this.#dirty = true;
    });
  }

  #fillSome(order: MutableOrder, ticks: number, liquidity: Fill['liquidity'], whole = false): void {
    const rest = order.lots - order.filledLots;
    const first = this.#options.firstFillLots?.(order.lots) ?? rest;
    const lots = whole || order.filledLots > 0 ? rest : Math.max(1, Math.min(rest, first));
    this.#book(order, ticks, lots, liquidity);
    this.#settle();
  }

  #book(order: MutableOrder, ticks: number, lots: number, liquidity: Fill['liquidity']): void {
    const { instrument } = this;
    const rate = liquidity === 'maker' ? instrument.makerFeeRate : instrument.takerFeeRate;
    const notional = notionalOf(instrument, ticks, lots);
    const quantity = quantityOf(instrument, lots);
    const inBase =
      instrument.kind === 'spot' && instrument.feeCurrencyRule === 'received' && order.side === 'buy';
    const fee = (inBase ? quantity : notional).times(rate);
    const fill: Fill = {
      instrument: instrument.id,
      clientOrderId: order.clientOrderId,
      venueOrderId: venueOrderId('v'),
      tradeId: `t${this.fills.length + 1}`,
      side: order.side,
      priceTicks: priceTicks(ticks),
      lots: quantityLots(lots),
      fee: fee.toString(),
      feeCurrency: inBase ? instrument.base : instrument.quote,
      liquidity,
      venueTimeMs: epochMs(this.nowMs),
    };
    const sign = order.side === 'buy' ? Decimal.one : Decimal.one.negated();
    this.#credit(instrument.base, quantity.times(sign));
    this.#credit(instrument.quote, notional.times(sign).negated());
    this.#credit(fill.feeCurrency, fee.negated());
    const filledLots = quantityLots(order.filledLots + lots);
    const done = filledLots >= order.lots;
    const after: MutableOrder = {
      ...order,
      filledLots,
      state: done ? 'FILLED' : order.state === 'PENDING_CANCEL' ? 'PENDING_CANCEL' : 'PARTIALLY_FILLED',
    };
    this.#store(after);
    const legFilled = (this.#filledByLeg.get(order.leg) ?? 0) + lots;
    this.#filledByLeg.set(order.leg, legFilled);
    const wanted = this.#desired.find((candidate) => candidate.leg === order.leg);
    if (done && (wanted === undefined || wanted.lots <= legFilled)) this.finishedLegs.add(order.leg);
    this.fills.push({ fill, order: after });
    this.#pending.push(() => this.handlers.onFill?.(fill, after));
    if (done) this.#pending.push(() => this.handlers.onOrder?.(after));
    this.#checkFunds();
  }

  #credit(currency: string, amount: Decimal): void {
    this.balances.set(currency, this.balance(currency).plus(amount));
  }

  /** On spot nothing may be owed: balances and balances less resting orders are never negative. */
  #checkFunds(): void {
    const { instrument } = this;
    if (instrument.kind !== 'spot') return;
    const bound = (side: Side) =>
      this.live().filter(
        (order) => order.side === side && order.state !== 'PENDING_CANCEL' && order.type !== 'market',
      );
    const rate = instrument.makerFeeRate;
    const factor = instrument.feeCurrencyRule === 'quote' ? Decimal.one.plus(rate) : Decimal.one;
    const quoteBound = Decimal.sum(
      bound('buy').map((order) =>
        notionalOf(
          instrument,
          order.priceTicks ?? (order.triggerTicks as number),
          order.lots - order.filledLots,
        ).times(factor),
      ),
    );
    const baseBound = Decimal.sum(
      bound('sell').map((order) => quantityOf(instrument, order.lots - order.filledLots)),
    );
    const quoteFree = this.balance(instrument.quote).minus(quoteBound);
    const baseFree = this.balance(instrument.base).minus(baseBound);
    if (quoteFree.isNegative)
      throw new Error(
        `resting buys need ${quoteBound}, only ${this.balance(instrument.quote)} ${instrument.quote} are there`,
      );
    if (baseFree.isNegative)
      throw new Error(
        `resting sells need ${baseBound}, only ${this.balance(instrument.base)} ${instrument.base} are there`,
      );
  }

  #makeContext(): StrategyContext<State> {
    const world = this;
    return {
      bot: botId('b1'),
      instrument: world.instrument,
      terms: liveTerms,
      watch: () => undefined,
      indicator: (request) =>
        indicators.open(request, world.instrument.id, () => world.candles[request.timeframeMs] ?? []),
      nowMs: () => epochMs(world.nowMs),
      quote: () => {
        if (world.isPriceless) return undefined;
        const ticks = priceTicks(world.ticks);
        return {
          bidTicks: ticks,
          askTicks: ticks,
          bidLots: quantityLots(1),
          askLots: quantityLots(1),
          receiveTimeMs: epochMs(world.nowMs),
        };
      },
      lastTradeTicks: () => (world.isPriceless ? undefined : priceTicks(world.ticks)),
      candles: (timeframeMs) => world.candles[timeframeMs] ?? [],
      position: () => ({ lots: quantityLots(0), averageEntryPrice: undefined }),
      available: (currency) => world.balance(currency),
      balance: (currency) => world.balance(currency),
      openOrders: () => world.live(),
      filledLots: (leg) => quantityLots(world.#filledByLeg.get(leg) ?? 0),
      keep: (orders) => {
        const legs = new Set(orders.map((order) => order.leg));
        if (legs.size !== orders.length) throw new Error('keep names a leg twice');
        world.keeps.push(orders);
        world.#desired = orders;
        world.#dirty = true;
      },
      send: (order): SendResult => {
        if (world.denySends !== undefined)
          return { ok: false, code: world.denySends, message: 'denied by the test' };
        if (order.type !== 'market') throw new Error('the fake venue takes only market orders through send');
        const placed = world.#place(order, order.lots, false);
        world.#pending.push(() => {
          if (world.endMarketOrders !== undefined) {
            world.#unfilledSends += 1;
            world.#setState(placed, world.endMarketOrders);
            return;
          }
          world.#unfilledSends = 0;
          const worse = (world.#options.slippageTicks ?? 0) * (order.side === 'buy' ? 1 : -1);
          world.#fillMarket(placed.clientOrderId, world.ticks + worse);
        });
        return { ok: true, clientOrderId: placed.clientOrderId };
      },
      unfilledSends: () => world.#unfilledSends,
      cancel: (id) => {
        const order = world.orders.get(id);
        if (order !== undefined) world.#setState(order, 'CANCELED');
      },
      setTimer: (name, atMs) => {
        world.timers.set(name, atMs);
      },
      clearTimer: (name) => {
        world.timers.delete(name);
      },
      why: (reason: GivenWhy) => {
        const { text } = reason;
        world.whys.push({ ...reason, text: typeof text === 'string' ? text : text() });
      },
      get state() {
        return world.state;
      },
      setState: (state) => {
        world.state = state;
      },
      requestStop: (reason, policy) => {
        world.stopRequest = { reason, policy };
      },
    };
  }

  #fillMarket(id: Order['clientOrderId'], ticks: number): void {
    const order = this.orders.get(id) as MutableOrder;
    this.#book(order, ticks, order.lots, 'taker');
  }
}
