/** The crossover: signals on exact averages, entries, native stop, exits, restart. */

import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { maCross } from '../../src/strategies/ma-cross/ma-cross.ts';
import type { MaCrossParams } from '../../src/strategies/ma-cross/params.ts';
import { CrossSignal, emptySignal } from '../../src/strategies/ma-cross/signal.ts';
import type { MaCrossState } from '../../src/strategies/ma-cross/state.ts';
import { FakeWorld, makeInstrument, makePerpetual } from './fake-context.ts';

const decimal = (text: string) => Decimal.parse(text);
const minute = 60_000;

function params(overrides: Partial<MaCrossParams> = {}): MaCrossParams {
  return maCross.params.parse({
    average: 'sma',
    fastPeriod: 2,
    slowPeriod: 3,
    timeframe: '1m',
    minDistancePercent: '0',
    direction: 'long',
    sizeType: 'quote',
    orderQuote: '100',
    orderPercent: '50',
    stopLossPercent: '0',
    takeProfitPercent: '0',
    trailingStopPercent: '0',
    ...overrides,
  });
}

function world(values: MaCrossParams, options: Partial<ConstructorParameters<typeof FakeWorld>[2]> = {}) {
  return new FakeWorld<MaCrossParams, MaCrossState>(maCross, values, {
    instrument: makeInstrument(),
    balances: { USDT: '1000' },
    startTicks: 10_000,
    ...options,
  });
}

type Bot = ReturnType<typeof world>;

/** Moves the price to each close and closes a candle there. */
function bars(bot: Bot, closes: readonly number[]): void {
  for (const close of closes) {
    bot.moveTo(Math.round(close * 100));
    bot.closeBar(minute, close);
  }
}

/** Falls, then rises: the fast average crosses above the slow one with the last of these. */
const crossUp = [102, 101, 100, 103];

function crossings(closes: readonly number[], overrides: Partial<MaCrossParams> = {}): number[] {
  const signal = new CrossSignal(makeInstrument(), params(overrides));
  return closes.map((close, index) =>
    signal.push({
      openTimeMs: (index * minute) as never,
      open: close,
      high: close,
      low: close,
      close,
      volume: 1,
    }),
  );
}

describe('signal', () => {
  it('the first side is no crossing, later changes are', () => {
    // Fast 2, slow 3. 102 101 100: fast 100.5 < slow 101. 103: 101.5 > 101.33 up. 104: up. 99: 101.5 < 102 down.
    expect(crossings([102, 101, 100, 103, 104, 99])).toEqual([0, 0, 0, 1, 0, -1]);
  });

  it('an exact tie holds the side from before', () => {
    // 1 5 3: fast 4 above 3. 2: 2.5 below 3.33. 4: 3 and 3, a tie. 4: 4 above 3.33.
    expect(crossings([1, 5, 3, 2, 4, 4])).toEqual([0, 0, 0, -1, 0, 1]);
    // Tick sizes that doubles cannot hold: the same in hundredths.
    expect(crossings([0.01, 0.05, 0.03, 0.02, 0.04, 0.04])).toEqual([0, 0, 0, -1, 0, 1]);
  });

  it('the whipsaw filter waits until the averages are far enough apart', () => {
    // After 103 fast is 101.5, slow 101.333: 0.16 % apart. After 104: 103.5 and 102.333, 1.14 % apart.
    expect(crossings([102, 101, 100, 103, 104], { minDistancePercent: '1' })).toEqual([0, 0, 0, 0, 0]);
    expect(crossings([110, 104, 100, 103, 109], { minDistancePercent: '1' })).toEqual([0, 0, 0, 0, 1]);
  });

  it.each(['sma', 'ema'] as const)('%s: goes on after a snapshot as if nothing had happened', (average) => {
    const closes = [102, 101, 100, 103, 104, 99, 98, 103, 107, 101, 95, 99, 108];
    const candles = closes.map((close, index) => ({
      openTimeMs: (index * minute) as never,
      open: close,
      high: close,
      low: close,
      close,
      volume: 1,
    }));
    for (let cut = 0; cut < closes.length; cut += 1) {
      const whole = new CrossSignal(makeInstrument(), params({ average }));
      for (const candle of candles) whole.push(candle);
      const first = new CrossSignal(makeInstrument(), params({ average }));
      for (const candle of candles.slice(0, cut)) first.push(candle);
      const second = new CrossSignal(makeInstrument(), params({ average }));
      second.resume(JSON.parse(JSON.stringify(first.snapshot())), candles, minute);
      expect(second.snapshot()).toEqual(whole.snapshot());
      expect(second.values).toEqual(whole.values);
    }
  });

  it('candles missing in between make it start anew without deciding twice', () => {
    const candle = (index: number, close: number) => ({
      openTimeMs: (index * minute) as never,
      open: close,
      high: close,
      low: close,
      close,
      volume: 1,
    });
    const signal = new CrossSignal(makeInstrument(), params());
    const snapshot = { ...emptySignal, side: -1 as const, openTimeMs: 3 * minute };
    expect(
      signal.resume(snapshot, [candle(1, 100), candle(2, 100), candle(3, 100), candle(9, 101)], minute),
    ).toBe(1);
    expect(signal.side).toBe(1);
  });
});

describe('parameters', () => {
  it('the fast period must be smaller', () => {
    const result = maCross.params.safeParse({ ...params(), fastPeriod: 3 });
    expect(result.error?.issues[0]?.path).toEqual(['fastPeriod']);
  });
});

describe('plan', () => {
  const market = { instrument: makeInstrument(), referencePrice: decimal('100'), candles: [] };

  it('entry, stop and what being wrong costs', () => {
    const plan = maCross.plan(params({ stopLossPercent: '5', takeProfitPercent: '10' }), market);
    expect(plan.levels.map((level) => [level.key, level.type, level.price])).toEqual([
      ['T1-entry', 'market', '100.00'],
      ['T1-stop', 'stop', '95.00'],
      ['T1-exit-1', 'market', '110.00'],
    ]);
    // 100.1 - 95 * 0.999 = 5.195, shown rounded up.
    expect(plan.worstLoss?.amount).toBe('5.2');
    // 100 * 1.001 / 0.999 = 100.2002...
    expect(plan.breakEven).toBe('100.21');
    // 100 * 1.001 / 0.995 = 100.60301507...
    expect(plan.funds).toEqual([{ currency: 'USDT', amount: '100.60301508' }]);
    expect(plan.violations).toEqual([]);
  });

  it('long-short on spot is refused at the field', () => {
    expect(
      maCross.plan(params({ direction: 'long-short', stopLossPercent: '5' }), market).violations,
    ).toMatchObject([{ code: 'SHORT_NEEDS_PERPETUAL', field: 'direction', severity: 'error' }]);
  });

  it('percent sizes show amounts only when the allocation is known', () => {
    const values = params({ sizeType: 'percent', orderPercent: '50' });
    expect(maCross.plan(values, market).violations).toMatchObject([
      { code: 'ALLOCATION_UNKNOWN', severity: 'warning' },
    ]);
    const known: Parameters<typeof maCross.plan>[1] & { allocation: Record<string, string> } = {
      ...market,
      allocation: { USDT: '1000' },
    };
    expect(maCross.plan(values, known).levels[0]).toMatchObject({ quantity: '5' });
  });

  it.each([
    ['an entry below the minimum', { orderQuote: '4' }, 'MIN_NOTIONAL', 'orderQuote'],
    [
      'a take-profit below the fees',
      { takeProfitPercent: '0.2' },
      'TAKE_PROFIT_BELOW_FEES',
      'takeProfitPercent',
    ],
  ])('%s names its field', (_name, change, code, field) => {
    expect(maCross.plan(params(change), market).violations).toMatchObject([{ code, field }]);
  });
});

describe('running', () => {
  it('enters on the crossing, exits on the opposite one', () => {
    const bot = world(params());
    bot.start();
    expect(bot.lastWhy()).toBe('WARMING_UP');
    bars(bot, crossUp);
    // 100 / 103 = 0.970873 -> 0.9708.
    expect(bot.balance('BTC').toString()).toBe('0.9708');
    expect(bot.lastWhy()).toBe('POSITION_OPEN');
    bars(bot, [104, 99]);
    expect(bot.balance('BTC').isZero).toBe(true);
    // 0.9708 * (99 * 0.999 - 103 * 1.001) = 0.9708 * -7.002... = -4.0792... by the fills.
    expect(bot.state.lastTrade).toEqual({ trade: 1, reason: 'signal', profit: bot.cashFlow().toString() });
    expect(bot.state.profit).toBe('-4.0793016');
    expect(bot.whys.at(-1)).toMatchObject({ code: 'WAITING_FOR_CROSS' });
  });

  it('rests a stop order at the venue and ends flat when it triggers', () => {
    const bot = world(params({ stopLossPercent: '5' }));
    bot.start();
    bars(bot, crossUp);
    // 103 * 0.95 = 97.85.
    expect(bot.live()).toMatchObject([
      { leg: 'T1-stop', type: 'stop', triggerTicks: 9_785, lots: 9_708, side: 'sell' },
    ]);
    bot.moveTo(9_785);
    expect(bot.state.phase).toBe('flat');
    expect(bot.state.lastTrade?.reason).toBe('stop');
    bars(bot, [97, 96]);
    expect(bot.state.trades).toBe(1);
  });

  it('closes at market itself when the stop order does not rest', () => {
    const bot = world(params({ stopLossPercent: '5' }));
    bot.start();
    bars(bot, crossUp);
    for (const order of bot.live()) bot.orders.delete(order.clientOrderId);
    bot.gapTo(9_700);
    expect(bot.state.lastTrade?.reason).toBe('stop');
    expect(bot.balance('BTC').isZero).toBe(true);
  });

  it('the trailing stop follows in steps and never goes back', () => {
    const bot = world(params({ trailingStopPercent: '2' }));
    bot.start();
    bars(bot, crossUp);
    const trigger = () => bot.live()[0]?.triggerTicks;
    // 103 * 0.98 = 100.94.
    expect(trigger()).toBe(10_094);
    bot.moveTo(10_500);
    // 105 * 0.98 = 102.90.
    expect(trigger()).toBe(10_290);
    bot.moveTo(10_505);
    expect(trigger()).toBe(10_290);
    bot.moveTo(10_400);
    expect(trigger()).toBe(10_290);
    bot.moveTo(10_290);
    expect(bot.state.lastTrade?.reason).toBe('stop');
  });

  it('takes profit at market after the stop order is proven cancelled', () => {
    const bot = world(params({ stopLossPercent: '5', takeProfitPercent: '3' }), { slowCancels: true });
    bot.start();
    bars(bot, crossUp);
    // 103 * 1.03 = 106.09.
    bot.moveTo(10_608);
    expect(bot.state.phase).toBe('open');
    bot.moveTo(10_609);
    expect(bot.state.phase).toBe('closing');
    expect(bot.balance('BTC').isZero).toBe(false);
    bot.confirmCancels();
    expect(bot.balance('BTC').isZero).toBe(true);
    expect(bot.state.lastTrade?.reason).toBe('take-profit');
  });

  it('long-short turns around on a perpetual, one position at a time', () => {
    const bot = world(params({ direction: 'long-short' }), { instrument: makePerpetual() });
    bot.start();
    bars(bot, [...crossUp, 104, 99]);
    expect(bot.fills.map(({ order }) => [order.leg, order.side])).toEqual([
      ['T1-entry', 'buy'],
      ['T1-exit-1', 'sell'],
      ['T2-entry', 'sell'],
    ]);
    // 100 / 99 = 1.010101 -> 1.0101 short.
    expect(bot.balance('BTC').toString()).toBe('-1.0101');
    bars(bot, [98, 110]);
    expect(bot.state.trade).toBe(3);
    expect(bot.balance('BTC').isPositive).toBe(true);
  });

  it('a fixed size becomes smaller when losses have eaten into the money', () => {
    const bot = world(params(), { balances: { USDT: '90' } });
    bot.start();
    bars(bot, crossUp);
    // 90 * 0.995 / 1.001 = 89.4605; / 103 = 0.868548 -> 0.8685.
    expect(bot.balance('BTC').toString()).toBe('0.8685');
  });

  it('a closing order that is refused is tried again under the same name', () => {
    const bot = world(params());
    bot.start();
    bars(bot, crossUp);
    bot.denySends = 'DATA_STALE';
    bars(bot, [104, 99]);
    expect(bot.lastWhy()).toBe('CLOSE_DENIED');
    bot.advance(60_000);
    bot.denySends = undefined;
    expect(bot.fills.at(-1)?.order.leg).toBe('T1-entry');
    // What could not be sent is tried every second; while trading is halted, every ten.
    bot.advance(1_000);
    expect(bot.fills.at(-1)?.order.leg).toBe('T1-exit-1');
  });

  it('a closing order waits a second for a price, and ten while trading is halted', () => {
    const bot = world(params());
    bot.start();
    bars(bot, [...crossUp, 104]);
    bot.isPriceless = true;
    bars(bot, [99]);
    expect(bot.lastWhy()).toBe('WAITING_FOR_PRICE');
    bot.isPriceless = false;
    bot.denySends = 'HALTED';
    bot.advance(1_000);
    expect(bot.lastWhy()).toBe('CLOSE_DENIED');
    bot.denySends = undefined;
    bot.advance(9_999);
    expect(bot.fills.at(-1)?.order.leg).toBe('T1-entry');
    bot.advance(1);
    expect(bot.fills.at(-1)?.order.leg).toBe('T1-exit-1');
  });

  it('half of its money is half of its money', () => {
    const bot = world(params({ sizeType: 'percent' }));
    bot.start();
    bars(bot, crossUp);
    // 500 / 103 = 4.854368 -> 4.8543.
    expect(bot.balance('BTC').toString()).toBe('4.8543');
  });

  it('all of its money leaves room for the fee and a worse price', () => {
    const bot = world(params({ sizeType: 'percent', orderPercent: '100' }), { slippageTicks: 30 });
    bot.start();
    bars(bot, crossUp);
    expect(bot.balance('USDT').isNegative).toBe(false);
    expect(bot.balance('USDT').compare(decimal('5'))).toBe(-1);
  });

  it('a signal that cannot be traded before the next candle is dropped', () => {
    const bot = world(params());
    bot.start();
    bars(bot, crossUp.slice(0, 3));
    bot.denySends = 'DATA_STALE';
    bars(bot, crossUp.slice(3));
    expect(bot.whys.at(-1)).toMatchObject({ code: 'ENTRY_DENIED', nextCheckMs: bot.nowMs + 10_000 });
    bot.advance(minute);
    expect(bot.whys.map((why) => why.code)).toContain('SIGNAL_DROPPED');
    bot.denySends = undefined;
    bot.advance(minute);
    expect(bot.fills).toEqual([]);
  });

  it('a signal that could not be traded at once is traded within the candle', () => {
    const bot = world(params());
    bot.start();
    bars(bot, crossUp.slice(0, 3));
    bot.denySends = 'DATA_STALE';
    bars(bot, crossUp.slice(3));
    bot.denySends = undefined;
    bot.advance(10_000);
    expect(bot.state.phase).toBe('open');
  });
});

describe('restart', () => {
  it('with a position: the identical stop order, no second entry', () => {
    const values = params({ stopLossPercent: '5', trailingStopPercent: '3' });
    const bot = world(values);
    bot.start();
    bars(bot, [...crossUp, 105, 104.9]);
    const before = bot.keeps.at(-1);
    bot.restart(values);
    expect(bot.keeps.at(-1)).toEqual(before);
    expect(bot.live().length).toBe(1);
    expect(bot.fills.length).toBe(1);
  });

  it('a crossing missed while off closes the position but opens none', () => {
    const values = params();
    const bot = world(values);
    bot.start();
    bars(bot, [...crossUp, 104]);
    // Two candles close unheard; the first of them crosses down.
    const list = bot.candles[minute] ?? [];
    for (const close of [99, 95]) {
      bot.nowMs += minute;
      list.push({
        openTimeMs: (bot.nowMs - minute) as never,
        open: close,
        high: close,
        low: close,
        close,
        volume: 1,
      });
    }
    bot.ticks = 9_500;
    bot.restart(values);
    expect(bot.balance('BTC').isZero).toBe(true);
    expect(bot.state.lastTrade?.reason).toBe('signal');
    expect(bot.fills.length).toBe(2);
  });
});
