/**
 * The event path against the sweep path: kernel, simulated venue and strategy, candle by candle, must make the trades that
 * the compiled rules make over columns, on hundreds of drawn rule sets.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CandleColumns } from '../../src/adapters/compute/candle-columns.ts';
import { runBacktest } from '../../src/app/backtest/run-backtest.ts';
import { type BacktestResult, exitReasons } from '../../src/shared/lab/result.ts';
import { backtestSpec } from '../../src/shared/lab/spec.ts';
import { findStrategy } from '../../src/strategies/registry.ts';
import { pathDifference, ruleParams } from './path-difference.ts';
import { type RandomCase, randomCandles, randomCase } from './random-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-parity-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function candleFile(name: string, columns: CandleColumns): string {
  const path = join(folder, `${name}.csv`);
  const lines = Array.from(columns.openTimeMs, (timeMs, row) =>
    [
      timeMs,
      columns.open[row],
      columns.high[row],
      columns.low[row],
      columns.close[row],
      columns.volume[row],
    ].join(','),
  );
  writeFileSync(path, `timestamp,open,high,low,close,volume\n${lines.join('\n')}\n`);
  return path;
}

async function bothPaths(
  drawn: RandomCase,
  rows: number,
): Promise<{ event: BacktestResult; sweep: BacktestResult }> {
  const { market } = drawn;
  const columns = randomCandles(drawn.seed, rows, market.tickSize, drawn.startTicks);
  const funding = join(folder, `funding-${drawn.seed}.csv`);
  if (drawn.fundingEvery > 0) {
    const lines = ['timestamp,funding_rate'];
    for (let row = drawn.fundingEvery; row < rows; row += drawn.fundingEvery)
      // Every third one inside its candle.
      lines.push(`${(columns.openTimeMs[row] as number) + (row % 3 === 0 ? 7 : 0)},${drawn.fundingRate}`);
    writeFileSync(funding, `${lines.join('\n')}\n`);
  }
  const spec = (path: 'event' | 'sweep') =>
    backtestSpec.parse({
      strategy: 'rules',
      params: ruleParams(drawn, '5m'),
      series: [
        {
          source: { kind: 'file', path: candleFile(`candles-${drawn.seed}`, columns) },
          instrument: market.perpetual ? 'BTC/USDT:USDT' : 'BTC/USDT',
          timeframe: '5m',
          rules: {
            tickSize: String(market.tickSize),
            lotSize: market.lotSize.toFixed(8).replace(/0+$/, ''),
            ...(market.minimumNotional > 0 ? { minimumNotional: String(market.minimumNotional) } : {}),
            ...(market.perpetual
              ? { maintenanceTiers: [{ notionalMax: null, maintenanceRate: market.maintenanceRate }] }
              : {}),
          },
          ...(drawn.fundingEvery > 0 ? { funding: { kind: 'file', path: funding } } : {}),
        },
      ],
      ...(drawn.seed % 3 === 0 ? { fromMs: columns.openTimeMs[100] as number } : {}),
      capital: String(drawn.capital),
      // Nothing rests at the venue to be hit: the sweep path knows no maker fee, and none may be paid.
      makerFee: market.takerFee / 4,
      takerFee: market.takerFee,
      slippage: drawn.slippage,
      fill: drawn.fill,
      intrabar: drawn.intrabar,
      leverage: market.leverage,
      path,
    });
  return {
    event: await runBacktest(spec('event'), { findStrategy }),
    sweep: await runBacktest(spec('sweep'), { findStrategy }),
  };
}

describe('the event path and the sweep path', () => {
  it('make the same trades on 220 drawn rule sets', async () => {
    const seen = new Map<string, number>();
    const differences: string[] = [];
    let trades = 0;
    for (let seed = 1; seed <= 220; seed += 1) {
      const drawn = randomCase(seed);
      const { event, sweep } = await bothPaths(drawn, 420);
      const found = pathDifference(event, sweep);
      if (found !== undefined) {
        const { longEntry, longExit, shortEntry, shortExit, ...levels } = drawn.rules;
        const { rules, ...rest } = drawn;
        differences.push(`seed ${seed}: ${found}\n${JSON.stringify(rest)}\n${JSON.stringify(levels)}`);
      }
      trades += sweep.trades.length;
      for (const code of sweep.trades.exitReason) {
        const reason = exitReasons[code] as string;
        seen.set(reason, (seen.get(reason) ?? 0) + 1);
      }
    }
    expect([differences.length, ...differences.slice(0, 4)]).toEqual([0]);
    expect(trades).toBeGreaterThan(1_500);
    for (const reason of exitReasons)
      if (reason !== 'manual') expect(seen.get(reason) ?? 0, reason).toBeGreaterThan(3);
  });

  it.each([
    ['next-open', 'quote', 'sma', 0.0005, 0],
    ['next-open', 'percent', 'ema', 0.001, 2],
    ['close', 'percent', 'sma', 0, 3],
    ['close', 'quote', 'ema', 0.0005, 0],
  ] as const)(
    'make the same trades of the crossover (%s, %s, %s)',
    async (fill, sizeType, average, slippage, stop) => {
      const seed = 7 + stop;
      const path = candleFile(`cross-${seed}`, randomCandles(seed, 3000, 0.1, 20_000));
      const run = (way: 'event' | 'sweep', more: Record<string, unknown> = {}) =>
        runBacktest(
          backtestSpec.parse({
            strategy: 'ma-cross',
            params: {
              average,
              fastPeriod: 5,
              slowPeriod: 17,
              timeframe: '5m',
              minDistancePercent: '0',
              direction: 'long',
              sizeType,
              orderQuote: '4000',
              orderPercent: '95',
              stopLossPercent: String(stop),
              takeProfitPercent: stop === 0 ? '0' : '4',
              trailingStopPercent: '0',
              ...more,
            },
            series: [
              {
                source: { kind: 'file', path },
                instrument: 'BTC/USDT',
                rules: { tickSize: '0.1', lotSize: '0.0001' },
              },
            ],
            capital: '10000',
            slippage,
            fill,
            path: way,
          }),
          { findStrategy },
        );
      const [event, sweep] = [await run('event'), await run('sweep')];
      expect(sweep.trades.length).toBeGreaterThan(60);
      expect(pathDifference(event, sweep)).toBeUndefined();
      await expect(run('sweep', { trailingStopPercent: '1' })).rejects.toThrow('params.trailingStopPercent');
    },
  );

  it('the sweep path refuses what it does not know, naming the field', async () => {
    const path = candleFile('refused', randomCandles(2, 50, 0.1, 20_000));
    const run = (more: Record<string, unknown>) =>
      runBacktest(
        backtestSpec.parse({
          strategy: 'rules',
          params: { longEntry: 'close > 1' },
          series: [{ source: { kind: 'file', path }, instrument: 'BTC/USDT' }],
          path: 'sweep',
          ...more,
        }),
        { findStrategy },
      );
    await expect(run({ strategy: 'grid', params: {} })).rejects.toThrow('strategy: the sweep path runs');
    await expect(run({ latency: { kind: 'constant', ms: 5 } })).rejects.toThrow('latency:');
    await expect(run({ params: { longEntry: 'close > 1', timeframe: '15m' } })).rejects.toThrow(
      'params.timeframe',
    );
    expect((await run({})).counts.bars).toBe(50);
  });

  it('both say when entries were too small for the market, and count only what the money did not pay for', async () => {
    const crash = { ...randomCandles(2, 50, 0.1, 20_000) };
    for (const name of ['open', 'high', 'low', 'close'] as const)
      crash[name] = crash[name].map((_price, row) => (row < 10 ? 100 : 10));
    const path = candleFile('small', crash);
    const [event, sweep] = await Promise.all(
      (['event', 'sweep'] as const).map((run) =>
        runBacktest(
          backtestSpec.parse({
            strategy: 'rules',
            params: { longEntry: 'close > 1', sizeType: 'percent', orderPercent: '100', stopPercent: '0' },
            series: [
              {
                source: { kind: 'file', path },
                instrument: 'BTC/USDT:USDT',
                rules: { tickSize: '0.1', lotSize: '0.01', minimumNotional: '100' },
              },
            ],
            leverage: 5,
            path: run,
          }),
          { findStrategy },
        ),
      ),
    );
    // Everything is lost at the open of row 10; what is left, five times over, is less than 100.
    expect(event?.counts).toMatchObject({ refusedEntries: 0, liquidations: 1 });
    expect(sweep?.counts).toMatchObject({ refusedEntries: 0, liquidations: 1 });
    const words = expect.arrayContaining([expect.stringMatching(/below the smallest order/)]);
    expect([event, sweep]).toMatchObject([{ warnings: words }, { warnings: words }]);
  });

  it('agree where the tick is coarser than the prices, and count every entry the money does not pay for', async () => {
    // Prices in steps of 0.05: every other one is half a tick.
    const path = candleFile('coarse', randomCandles(11, 1500, 0.05, 2_000));
    const rules = { tickSize: '0.1', lotSize: '0.001' };
    const crossing = 'sma(close, 5) crosses';
    const both = (params: Record<string, unknown>, strategy = 'rules') =>
      Promise.all(
        (['event', 'sweep'] as const).map((run) =>
          runBacktest(
            backtestSpec.parse({
              strategy,
              params,
              series: [{ source: { kind: 'file', path }, instrument: 'BTC/USDT', rules }],
              capital: '1000',
              path: run,
            }),
            { findStrategy },
          ),
        ),
      );
    const params = {
      longEntry: `${crossing} above sma(close, 12)`,
      longExit: `${crossing} below sma(close, 12)`,
      sizeType: 'percent',
      orderPercent: '90',
      stopPercent: '0.5',
    };
    const [event, sweep] = await both(params);
    if (event === undefined || sweep === undefined) throw new TypeError('two runs were asked for');
    expect(pathDifference(event, sweep)).toBeUndefined();
    expect(event.trades.length).toBeGreaterThan(40);
    const [dear, dearSweep] = await both({ ...params, sizeType: 'quote', orderQuote: '3000' });
    expect(dear?.trades.length).toBe(0);
    expect(dear?.counts.refusedEntries).toBeGreaterThan(40);
    expect(dearSweep?.counts.refusedEntries).toBe(dear?.counts.refusedEntries);
    expect(dearSweep?.warnings).toEqual(dear?.warnings);
    await expect(both({}, 'ma-cross')).rejects.toThrow('series.0.rules.tickSize');
  });

  it('agree on a market that allows less leverage than the account', async () => {
    const path = candleFile('leverage', randomCandles(3, 400, 0.1, 20_000));
    const rules = { tickSize: '0.1', lotSize: '0.001', leverageMax: 3 };
    const [event, sweep] = await Promise.all(
      (['event', 'sweep'] as const).map((run) =>
        runBacktest(
          backtestSpec.parse({
            strategy: 'rules',
            params: { longEntry: 'close > 1', sizeType: 'percent', orderPercent: '90', maxBars: 5 },
            series: [{ source: { kind: 'file', path }, instrument: 'BTC/USDT:USDT', rules }],
            leverage: 10,
            path: run,
          }),
          { findStrategy },
        ),
      ),
    );
    expect(event?.trades.length).toBeGreaterThan(30);
    // 90 % of 10,000, three times over, less slippage, fee and reserve of the entry.
    const first = (event?.trades.quantity[0] as number) * (event?.trades.entryPrice[0] as number);
    expect(first).toBeGreaterThan(26_500);
    expect(first).toBeLessThan(27_000);
    const lots = [event, sweep].map((run) =>
      [...(run?.trades.quantity ?? [])].map((one) => Math.round(one * 1000)),
    );
    expect(lots[1]).toEqual(lots[0]);
    expect(sweep?.finalEquity).toBeCloseTo(event?.finalEquity ?? 0, 6);
  });

  describe('on a few candles', () => {
    /** Both paths over flat candles that open at these prices. */
    const both = async (
      name: string,
      opens: readonly number[],
      more: Record<string, unknown>,
      perpetual = false,
    ) => {
      const columns = {
        ...randomCandles(1, opens.length, 1, 1000),
        ...Object.fromEntries(
          ['open', 'high', 'low', 'close'].map((column) => [column, Float64Array.from(opens)]),
        ),
      };
      const source = { kind: 'file', path: candleFile(name, columns) };
      const { rules, ...rest } = more;
      const spec = (path: string) =>
        backtestSpec.parse({
          strategy: 'rules',
          series: [{ source, instrument: perpetual ? 'BTC/USDT:USDT' : 'BTC/USDT', timeframe: '5m', rules }],
          capital: '1000',
          takerFee: 0,
          slippage: 0,
          ...rest,
          path,
        });
      const run = (path: string) => runBacktest(spec(path), { findStrategy });
      return { event: await run('event'), sweep: () => run('sweep'), auto: () => run('auto') };
    };

    it('no entry is sent that the money does not pay for at the close, cheap as the next open may be', async () => {
      // 1,045 at the close of 100; 941 at the open of 90, which 1,000 would have paid for.
      const params = { longEntry: 'close > 99', sizeType: 'quote', orderQuote: '1050', stopPercent: '0' };
      const rules = { tickSize: '1', lotSize: '0.001' };
      const { event, sweep } = await both('dear', [100, 90, 90], { params, rules });
      expect([event.trades.length, event.counts.refusedEntries]).toEqual([0, 1]);
      expect(pathDifference(event, await sweep())).toBeUndefined();
    });

    it('a liquidation at a better price than the market has gained what it would have lost', async () => {
      // 315 at 101 with 1,000 behind them. At the open of 95 the venue closes at 98, where 55 are left: 3 ticks better.
      const params = { longEntry: 'close > 99', sizeType: 'quote', orderQuote: '31532', stopPercent: '0' };
      const rules = { tickSize: '1', lotSize: '1' };
      const more = { params, rules, leverage: 50, slippage: 0.001, fill: 'close' };
      const { event, sweep } = await both('gap', [100, 95, 95], more, true);
      const { trades } = event;
      expect([trades.quantity[0], trades.entryPrice[0], trades.exitPrice[0]]).toEqual([315, 101, 98]);
      expect(trades.slippage[0]).toBe(315 - 3 * 315);
      expect(pathDifference(event, await sweep())).toBeUndefined();
    });

    it('a holding that is worth less than the market takes cannot be sold, and auto takes the path that knows', async () => {
      // Bought at 100 for 500, worth 350 at the exit; sales begin at 400.
      const params = {
        longEntry: 'close == 100',
        longExit: 'close < 80',
        sizeType: 'quote',
        orderQuote: '500',
        stopPercent: '0',
      };
      const rules = { tickSize: '1', lotSize: '0.001', minimumNotional: '400' };
      const { auto, event, sweep } = await both('worthless', [100, 90, 70, 70], {
        params,
        rules,
        fill: 'close',
      });
      expect([event.trades.length, exitReasons[event.trades.exitReason[0] as number]]).toEqual([1, 'open']);
      expect(event.warnings).toEqual([
        '5 BTC are left over: BTC/USDT takes no sale below 400 USDT. Larger entries leave nothing.',
      ]);
      await expect(sweep()).rejects.toThrow(
        'series.0.rules.minimumNotional: trade 1 was worth 350.000 USDT when it was to be sold',
      );
      expect((await auto()).path).toBe('event');
    });
  });

  it('auto takes the sweep path where it knows everything asked for, else the event path, and says which', async () => {
    const path = candleFile('auto', randomCandles(2, 50, 0.1, 20_000));
    const run = (more: Record<string, unknown>, withAudit = false) =>
      runBacktest(
        backtestSpec.parse({
          strategy: 'rules',
          params: { longEntry: 'close > 1' },
          series: [{ source: { kind: 'file', path }, instrument: 'BTC/USDT' }],
          ...more,
        }),
        { findStrategy, withAudit },
      );
    const plain = await run({});
    expect(plain.path).toBe('sweep');
    expect(plain.assumptions[0]).toMatch(/compiled/);
    const delayed = await run({ latency: { kind: 'constant', ms: 5 } });
    expect(delayed.path).toBe('event');
    expect(delayed.assumptions[0]).toMatch(/engine that trades live/);
    expect((await run({ path: 'event' })).path).toBe('event');
    // Audit records are the engine's.
    expect((await run({}, true)).auditHash).toMatch(/^[0-9a-f]{64}$/);
    await expect(run({ path: 'sweep' }, true)).rejects.toThrow(
      'path: only the event path keeps audit records',
    );
  });
});
