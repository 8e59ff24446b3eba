/** The running grid against a simulated market, worked by hand. */

import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { grid } from '../../src/strategies/grid/grid.ts';
import type { GridParams } from '../../src/strategies/grid/params.ts';
import type { GridState } from '../../src/strategies/grid/state.ts';
import { FakeWorld, makeInstrument, makePerpetual } from './fake-context.ts';

const decimal = (text: string) => Decimal.parse(text);

function params(overrides: Partial<GridParams> = {}): GridParams {
  return grid.params.parse({
    lower: '90',
    upper: '110',
    levels: 4,
    spacing: 'arithmetic',
    mode: 'long',
    investment: '1000',
    sizeMode: 'equal-base',
    maxOpenOrders: 100,
    slippagePercent: '0',
    trailingUp: false,
    trailingDown: false,
    ...overrides,
  });
}

function world(values: GridParams, options: Partial<ConstructorParameters<typeof FakeWorld>[2]> = {}) {
  return new FakeWorld<GridParams, GridState>(grid, values, {
    instrument: makeInstrument(),
    balances: { USDT: values.investment },
    startTicks: 10_000,
    ...options,
  });
}

describe('running, long on spot with the fee in quote', () => {
  it('buys at the start, then rests exactly the orders of the plan', () => {
    const values = params();
    const bot = world(values);
    bot.start();
    const plan = grid.plan(values, {
      instrument: makeInstrument(),
      referencePrice: decimal('100'),
      candles: [],
    });
    expect(bot.fills.map(({ order }) => order.leg)).toEqual(['initial-buy']);
    expect(bot.liveLegs()).toEqual(plan.levels.slice(1).map((level) => level.key));
    expect(bot.lastWhy()).toBe('ALL_LEVELS_RESTING');
  });

  it('one cycle earns the step less two fees', () => {
    const bot = world(params());
    bot.start();
    bot.moveTo(9_500);
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-sell-1', 'L03-sell-1', 'L04-sell-1']);
    bot.moveTo(10_000);
    // 2.5948 * (100 * 0.999 - 95 * 1.001) = 2.5948 * 4.805 = 12.468014.
    expect(bot.state.gridProfit).toBe('12.468014');
    expect(bot.state.completedCycles).toBe(1);
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-2', 'L03-sell-1', 'L04-sell-1']);
  });

  it('selling what was bought at the start is counted apart', () => {
    const bot = world(params());
    bot.start();
    bot.moveTo(11_000);
    // 2.5948 * (105 + 110) * 0.999 - 5.1896 * 100 * 1.001 = 557.324118 - 519.47896 = 37.845158... by the fills.
    expect(bot.state.initialProfit).toBe(bot.cashFlow().toString());
    expect(bot.state.initialProfit).toBe('37.845158');
    expect(bot.state.gridProfit).toBe('0');
    expect(bot.lastWhy()).toBe('PRICE_ABOVE_RANGE');
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-buy-2', 'L04-buy-2']);
  });

  it('a partly filled order stays; the opposite order comes only when it is complete', () => {
    const bot = world(params(), { firstFillLots: () => 1000 });
    bot.start();
    const before = bot.keeps.length;
    bot.ticks = 9_500;
    bot.fillByHand('L02-buy-1', 1000);
    expect(bot.keeps.length).toBe(before);
    expect(bot.liveLegs()).toContain('L02-buy-1');
    bot.fillByHand('L02-buy-1', 24_948);
    expect(bot.liveLegs()).toContain('L02-sell-1');
  });

  it('stops at the stop-loss and asks to close the position', () => {
    const bot = world(params({ stopLossPrice: '80' }));
    bot.start();
    bot.moveTo(8_001);
    expect(bot.stopRequest).toBeUndefined();
    bot.moveTo(8_000);
    expect(bot.stopRequest?.policy).toBe('cancel-and-close-position');
    expect(bot.lastWhy()).toBe('STOP_LOSS_REACHED');
    expect(bot.liveLegs()).toEqual([]);
  });

  it('stops at the take-profit', () => {
    const bot = world(params({ takeProfitPrice: '120' }));
    bot.start();
    bot.moveTo(12_000);
    expect(bot.lastWhy()).toBe('TAKE_PROFIT_REACHED');
    expect(bot.stopRequest?.policy).toBe('cancel-and-close-position');
  });

  it('waits for the trigger from above and starts there', () => {
    const values = params({ triggerPrice: '97' });
    const bot = world(values);
    bot.start();
    expect(bot.lastWhy()).toBe('WAITING_FOR_TRIGGER');
    bot.moveTo(12_000);
    expect(bot.live()).toEqual([]);
    bot.moveTo(9_700);
    const plan = grid.plan(values, {
      instrument: makeInstrument(),
      referencePrice: decimal('100'),
      candles: [],
    });
    expect(plan.levels.every((level) => !level.restsNow)).toBe(true);
    expect(bot.liveLegs()).toEqual(plan.levels.slice(1).map((level) => level.key));
  });

  it('tries a refused purchase again later and says when', () => {
    const bot = world(params());
    bot.denySends = 'DATA_STALE';
    bot.start();
    expect(bot.whys.at(-1)).toMatchObject({ code: 'INITIAL_BUY_DENIED', nextCheckMs: bot.nowMs + 10_000 });
    bot.denySends = undefined;
    bot.advance(10_000);
    expect(bot.liveLegs().length).toBe(4);
  });

  it('sends a purchase that the venue ends without a fill ever less often', () => {
    const bot = world(params());
    bot.endMarketOrders = 'EXPIRED';
    bot.start();
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const waitMs = (bot.whys.at(-1)?.nextCheckMs ?? 0) - bot.nowMs;
      waits.push(waitMs / 1000);
      bot.advance(waitMs);
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 600, 600]);
    expect(bot.lastWhy()).toBe('INITIAL_BUY_DENIED');
    expect(bot.whys.at(-1)?.text).toContain('EXPIRED');
    bot.endMarketOrders = undefined;
    bot.advance(600_000);
    expect(bot.liveLegs().length).toBe(4);
  });

  it('waits for the money of its purchase, ever longer, and says what is missing', () => {
    const values = params();
    const bot = world(values, { balances: { USDT: '100' } });
    bot.start();
    expect(bot.lastWhy()).toBe('FUNDS_SHORT');
    expect(bot.whys.at(-1)?.text).toContain('100 are free');
    const waits: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const waitMs = (bot.whys.at(-1)?.nextCheckMs ?? 0) - bot.nowMs;
      waits.push(waitMs / 1000);
      bot.advance(waitMs);
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600]);
    expect(bot.fills).toEqual([]);
  });

  it('a purchase dearer than its reserve makes the buys smaller, never the investment larger', () => {
    // Fills at 101 instead of 100: 5.1896 * 101 * 1.001 = 524.673..., 5.19... more than set aside.
    const bot = world(params(), { slippageTicks: 100 });
    bot.start();
    expect(
      bot
        .live()
        .filter((order) => order.side === 'buy')
        .every((order) => order.lots < 25_948),
    ).toBe(true);
    bot.moveTo(9_000);
    expect(bot.balance('USDT').isNegative).toBe(false);
  });

  it('keeps half of the places for each side', () => {
    const bot = world(params({ levels: 20, investment: '5000', maxOpenOrders: 2 }));
    bot.start();
    expect(bot.liveLegs()).toEqual(['L10-buy-1', 'L11-sell-1']);
    bot.moveTo(10_100);
    // The sell at 101 filled: its buy at 100 and the sell at 102.
    expect(bot.liveLegs()).toEqual(['L11-buy-2', 'L12-sell-1']);
  });

  it('keeps only the nearest orders when there is a limit, and follows the price', () => {
    const values = params({ levels: 20, investment: '5000', maxOpenOrders: 4 });
    const bot = world(values);
    bot.start();
    // Levels are 90, 91 ... 110. At 100 the nearest four are the buys at 99 and 98 and the sells at 101 and 102.
    expect(bot.liveLegs()).toEqual(['L09-buy-1', 'L10-buy-1', 'L11-sell-1', 'L12-sell-1']);
    expect(bot.lastWhy()).toBe('NEAREST_LEVELS_RESTING');
    bot.moveTo(10_450);
    // 101, 102, 103, 104 were sold; nearest to 104.5: buys at 103 and 102, sells at 105 and 106.
    expect(bot.liveLegs()).toEqual(['L13-buy-2', 'L14-buy-2', 'L15-sell-1', 'L16-sell-1']);
  });
});

describe('running with the fee in base', () => {
  it('sells whole lots of what is left and carries the rest of a lot', () => {
    const instrument = makeInstrument({ feeCurrencyRule: 'received' });
    const bot = world(params(), { instrument });
    bot.start();
    bot.moveTo(9_500);
    // Bought 2.5974, fee 0.0025974, left 2.5948026: 25948 lots are sold, 0.0000026 stays.
    expect(bot.live().find((order) => order.leg === 'L02-sell-1')?.lots).toBe(25_948);
    bot.moveTo(10_000);
    expect(bot.state.intervals[1]?.held).toBe('0.0000026');
    expect(bot.live().find((order) => order.leg === 'L02-buy-2')?.lots).toBe(25_974);
  });
});

describe('running neutral', () => {
  it('on spot it sells base it was given and waits where there is none', () => {
    // 2.5961 for the first sell and nothing for the second.
    const bot = world(params({ mode: 'neutral' }), { balances: { USDT: '1000', BTC: '2.5961' } });
    bot.start();
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-sell-1']);
    expect(bot.lastWhy()).toBe('BASE_MISSING');
    bot.moveTo(10_760);
    // Above the middle (107.5) of the waiting interval its buy at 105 is placed.
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-buy-2', 'L04-buy-1']);
  });

  it('on a perpetual it goes short above and buys back one level lower', () => {
    const bot = world(params({ mode: 'neutral' }), { instrument: makePerpetual() });
    bot.start();
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-sell-1', 'L04-sell-1']);
    bot.moveTo(10_500);
    expect(bot.balance('BTC').toString()).toBe('-2.4378');
    expect(bot.live().find((order) => order.leg === 'L03-buy-1')).toMatchObject({
      lots: 24_378,
      reduceOnly: true,
    });
    bot.moveTo(10_000);
    // 2.4378 * (105 * 0.9998 - 100 * 1.0002) = 2.4378 * 4.959 = 12.0890502.
    expect(bot.state.gridProfit).toBe('12.0890502');
    expect(bot.state.completedCycles).toBe(1);
    expect(bot.liveLegs()).toContain('L03-sell-2');
  });
});

describe('trailing', () => {
  it('up: moves the lowest interval to the top, within the limit', () => {
    const bot = world(params({ trailingUp: true, trailingUpLimit: '120' }));
    bot.start();
    bot.moveTo(11_499);
    expect(bot.liveLegs()).toEqual(['L01-buy-1', 'L02-buy-1', 'L03-buy-2', 'L04-buy-2']);
    bot.moveTo(11_500);
    expect(bot.liveLegs()).toEqual(['L02-buy-1', 'L03-buy-2', 'L04-buy-2', 'L05-buy-3']);
    expect(bot.live().find((order) => order.leg === 'L05-buy-3')?.priceTicks).toBe(11_000);
    expect(bot.whys.map((why) => why.code)).toContain('RANGE_SHIFTED');
    // The money of the lowest interval buys less at 110: 2.5948 * 90 * 1.001 / (110 * 1.001) = 2.123018 -> 2.1230.
    expect(bot.live().find((order) => order.leg === 'L05-buy-3')?.lots).toBe(21_230);
    bot.moveTo(13_000);
    // The upper price is 120 now; 125 would be above the limit.
    expect(bot.liveLegs()).toEqual(['L03-buy-2', 'L04-buy-2', 'L05-buy-3', 'L06-buy-4']);
  });

  it('down: offers what the highest interval holds at the former lower price, at a loss', () => {
    const bot = world(params({ trailingDown: true, trailingDownLimit: '80' }));
    bot.start();
    bot.moveTo(8_500);
    expect(bot.liveLegs()).toEqual(['D01-sell-2', 'L01-sell-1', 'L02-sell-1', 'L03-sell-1']);
    expect(bot.live().find((order) => order.leg === 'D01-sell-2')?.priceTicks).toBe(9_000);
    bot.moveTo(9_000);
    // Bought at 100 at the start: 2.5948 * (90 * 0.999 - 100 * 1.001) = 2.5948 * -10.19 = -26.441012.
    expect(bot.state.initialProfit).toBe('-26.441012');
  });

  it('up: nothing moves before the venue has proven the cancel, and a fill in between wins', () => {
    const bot = world(params({ trailingUp: true, trailingUpLimit: '120' }), { slowCancels: true });
    bot.start();
    bot.moveTo(11_500);
    expect(bot.state.moving).toBe('up');
    expect(bot.state.intervals.map((interval) => interval.index)).toEqual([0, 1, 2, 3]);
    bot.fillByHand('L01-buy-1', 25_948);
    bot.confirmCancels();
    expect(bot.state.moving).toBeNull();
    expect(bot.state.intervals.map((interval) => interval.index)).toEqual([0, 1, 2, 3]);
    expect(bot.state.intervals[0]).toMatchObject({ side: 'sell', held: '2.5948' });
  });

  it('up: moves once the cancel is proven', () => {
    const bot = world(params({ trailingUp: true, trailingUpLimit: '120' }), { slowCancels: true });
    bot.start();
    bot.moveTo(11_500);
    bot.confirmCancels();
    expect(bot.state.intervals.map((interval) => interval.index)).toEqual([1, 2, 3, 4]);
  });

  it('never uses a leg name twice when the range moves up and down again', () => {
    const bot = world(
      params({
        trailingUp: true,
        trailingUpLimit: '150',
        trailingDown: true,
        trailingDownLimit: '60',
        investment: '5000',
      }),
    );
    bot.start();
    // The fake venue throws when a finished leg is placed again.
    for (const ticks of [13_000, 8_000, 14_000, 7_000, 12_000, 9_000, 15_000]) bot.moveTo(ticks);
    expect(bot.state.completedCycles).toBeGreaterThan(10);
  });
});

describe('restart', () => {
  it.each([
    ['at rest', 10_000],
    ['after buys', 9_000],
    ['after sells', 11_000],
    ['outside the range', 12_500],
  ])('%s: the JSON of the state gives the identical list', (_name, ticks) => {
    const values = params({ levels: 20, investment: '5000', maxOpenOrders: 7 });
    const bot = world(values);
    bot.start();
    for (const step of [9_720, 10_310, 9_930, ticks]) bot.moveTo(step);
    const before = bot.keeps.at(-1);
    const legs = bot.liveLegs();
    bot.restart(values);
    expect(bot.keeps.at(-1)).toEqual(before);
    expect(bot.liveLegs()).toEqual(legs);
  });

  it('a purchase under way is neither repeated nor forgotten', () => {
    const values = params();
    const bot = world(values);
    bot.denySends = 'DATA_STALE';
    bot.start();
    bot.restart(values);
    expect(bot.state.phase).toBe('buying');
    bot.denySends = undefined;
    bot.restart(values);
    expect(bot.fills.map(({ order }) => order.leg)).toEqual(['initial-buy']);
    bot.restart(values);
    expect(bot.fills.length).toBe(1);
  });
});
