/** `bin/sextant backtest` as a process: result fields, files, exit codes. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { allocateTicks, packTick } from '../../src/adapters/tick-files/tick-columns.ts';
import { DataLibrary } from '../../src/app/data/data-library.ts';
import { tickKinds } from '../../src/shared/domain/tick-kinds.ts';
import { lastLine, sextant } from './sextant.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-backtest-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const candles = join(folder, 'binance_spot_BTCUSDT_1h.csv');
// A triangle wave of 20 hours: averages of 2 and 5 cross twice in each.
const prices = Array.from({ length: 400 }, (_, hour) => 100 + Math.abs((hour % 20) - 10));
writeFileSync(
  candles,
  `timestamp,open,high,low,close,volume\n${prices
    .map((price, hour) =>
      [1_700_006_400_000 + hour * 3_600_000, price, price + 1, price - 1, price, 5].join(','),
    )
    .join('\n')}\n`,
);
const params =
  '{"fastPeriod":2,"slowPeriod":5,"stopLossPercent":"0","sizeType":"percent","orderPercent":"50"}';
const flags = [
  'backtest',
  '--strategy',
  'ma-cross',
  '--params',
  params,
  '--candles',
  candles,
  '--data',
  join(folder, 'd'),
];

async function runSextant(args: readonly string[]) {
  const said = await sextant([...args, '--json']);
  return { code: said.code, result: lastLine(said) };
}

describe('sextant backtest', () => {
  it('tells small money in so many places that costs are not nothing', async () => {
    const said = await sextant([
      ...flags,
      ...['--capital', '0.5', '--instrument', 'ETH/BTC', '--lot-size', '0.0001'],
    ]);
    expect(said.stdout).toMatch(
      /Parameters: +average \w+, fastPeriod 2 bars, .*\(suggested: average, timeframe, /,
    );
    expect(said.stdout).toMatch(/Equity: +0\.500000 → 0\.\d{6} BTC/);
    expect(said.stdout).toMatch(/fees 0\.0\d{5}, slippage 0\.\d{6}, funding 0\.00 BTC/);
  });

  it('tells which way funding went, and which trades are still open', async () => {
    const rates = join(folder, 'rates.csv');
    writeFileSync(rates, `timestamp,funding_rate\n${1_700_006_400_000 + 100 * 3_600_000},0.01\n`);
    const run = (side: string) =>
      sextant([
        ...['backtest', '--strategy', 'dca', '--candles', candles, '--data', join(folder, 'd')],
        ...['--instrument', 'BTC/USDT:USDT', '--funding', rates, '--leverage', '2'],
        ...['--params', `{"direction":"${side}","takeProfitPercent":"50","maxSafetyOrders":0}`],
      ]);
    // A deal that never reaches its target is open at the only payment and at the end.
    const [long, short] = [await run('long'), await run('short')];
    expect(long.stdout).toMatch(/Trades: +0 closed, 1 open \(1 fill, 0 orders refused\)/);
    expect(long.stdout).toMatch(/funding paid \d+\.\d+ USDT/);
    expect(short.stdout).toMatch(/funding received \d+\.\d+ USDT/);
  });

  it('gives the fields of the contract and writes trades and report', async () => {
    const trades = join(folder, 'trades.csv');
    const report = join(folder, 'report.html');
    const run = await runSextant([...flags, '--trades-out', trades, '--report', report]);
    expect(run.code).toBe(0);
    const { result } = run;
    // One crossing up in each period but the first, while averages still warm up.
    expect(result).toMatchObject({ kind: 'result', bars: 400, trades: 20 });
    expect(result['finalEquity']).toMatch(/^\d+(\.\d+)?$/);
    expect(result['metrics']).toHaveProperty('totalReturn');
    expect(result['assumptions']).toContain(
      'A market order sent when a candle has closed fills at the open of the next one.',
    );
    expect(result['params']).toMatchObject([
      { instruments: [0], values: { fastPeriod: 2, orderPercent: '50' } },
    ]);
    expect(result['confidence']).toMatch(/^[A-E]$/);
    expect(result['barsPerSecond']).toBeGreaterThan(0);
    expect(result['wallMs']).toBeGreaterThanOrEqual(0);
    expect(readFileSync(trades, 'utf8').trim().split('\n')).toHaveLength(21);
    expect(readFileSync(report, 'utf8')).toContain('<!doctype html>');
  });

  it('says in front where nothing can be decided, and where much of the time only warms up', async () => {
    const warned = async (slowPeriod: number, ...more: string[]) => {
      const params = `{"fastPeriod":2,"slowPeriod":${slowPeriod}}`;
      const { result } = await runSextant([...flags, '--params', params, ...more]);
      return (result['warnings'] as string[])[0];
    };
    expect(await warned(400)).toBe(
      'BTC/USDT: nothing can be traded: the strategy needs 401 candles of 1h before its first decision, and the data have 400. Shorten its periods, or give more candles.',
    );
    expect(await warned(399)).toMatch(/^BTC\/USDT: the first 400 of 400 candles only warm the strategy up/);
    // 100 of 400 are a quarter: not worth a word.
    expect(await warned(99)).toBeUndefined();
    expect(await warned(100)).toMatch(/the first 101 of 400/);
    expect(await warned(100, '--warmup', '150')).toBeUndefined();
    const all = await runSextant([...flags, '--warmup', '400']);
    expect([all.code, all.result['message'], all.result['hint']]).toEqual([
      2,
      'warmup: 400 candles are to warm up, and there are 400: none is left to trade',
      'Ask for fewer (--warmup, at most 399), or give more candles.',
    ]);
  });

  it('names flags and what there is, where a time, a file or a fee cannot be', async () => {
    const told = async (...more: readonly string[]) => {
      const { code, result } = await runSextant([...flags, ...more]);
      return [code, result['message']];
    };
    expect(await told('--from', '2023-12-01', '--to', '2023-11-20')).toEqual([2, 'to: must be after --from']);
    // 400 hours from 2023-11-15 00:00.
    expect(await told('--from', '2030-01-01')).toEqual([
      2,
      'from: there is no candle in the time asked for; there are candles from 2023-11-15 00:00 to 2023-12-01 15:00 UTC',
    ]);
    expect((await told('--fee-maker=-0.0001'))[1]).toContain('is a rebate, which backtests do not simulate');
    expect((await told('--params', 'fastPeriod=20'))[1]).toContain(`is not JSON; write '{"fastPeriod":20}'`);
    expect((await told('--params', '@nofile.json'))[1]).toContain('"nofile.json" is not there');
  });

  it('says in front what the capital does not pay for', async () => {
    const rules = '{"longEntry":"close > sma(2)","sizeType":"quote","orderQuote":"400"}';
    const poor = [
      ...['backtest', '--strategy', 'rules', '--params', rules, '--candles', candles],
      ...['--capital', '100', '--lot-size', '0.001', '--data', join(folder, 'd')],
    ];
    const { result } = await runSextant(poor);
    expect((result['warnings'] as string[])[0]).toBe(
      'BTC/USDT: the plan needs 400 USDT and has 100: its order cannot be paid. A capital of 400 USDT would do, or sizes of at most 25 % of these.',
    );
    expect((await sextant(poor)).stdout).toMatch(/^Warning: BTC\/USDT: the plan needs 400 USDT/);
  });

  it('refuses goods that no market of the run trades, and names those it does', async () => {
    const strange = await runSextant([...flags, '--holdings', 'DOGE=100']);
    expect([strange.code, strange.result['message'], strange.result['hint']]).toEqual([
      2,
      'holdings: no spot market of this run trades DOGE',
      'There is BTC; money of the quote currency is the capital.',
    ]);
    expect((await runSextant([...flags, '--holdings', 'BTC=0.5'])).code).toBe(0);
    const perpetual = [...flags, '--instrument', 'BTC/USDT:USDT', '--holdings', 'BTC=1'];
    expect((await runSextant(perpetual)).result['hint']).toMatch(/^Only spot markets without margin/);
  });

  it('counts the same orders and fills with an audit as without', async () => {
    const plain = await runSextant([...flags, '--path', 'event']);
    const audited = await runSextant([...flags, '--audit']);
    const countsOf = ({ bars, fills, orders, rejected }: Readonly<Record<string, unknown>>) => ({
      bars,
      fills,
      orders,
      rejected,
    });
    // 20 trades by market orders that fill whole: bought and sold again, but for the last one, still open at the end.
    expect(countsOf(plain.result)).toEqual({ bars: 400, fills: 39, orders: 39, rejected: 0 });
    expect(countsOf(audited.result)).toEqual(countsOf(plain.result));
    expect(audited.result['auditHash']).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [['--fill', 'open'], 'fill'],
    [['--slippage', 'x'], 'slippage'],
    [['--leverage', '0'], 'leverage'],
    [['--params', '{"fastPeriod":9,"slowPeriod":5}'], 'params.fastPeriod'],
    [['--params', '{"fast":9}'], 'params.fast'],
    [['--from', '2030-01-01'], 'from'],
    [['--report', join(folder, 'none', 'r.html')], 'report'],
    [['--report', folder], 'report'],
    [['--report-json', folder], 'report-json'],
    [['--trades-out', folder], 'trades-out'],
  ])('%j is refused and named', async (more, field) => {
    const run = await runSextant([...flags, ...more]);
    expect(run.code).toBe(2);
    expect(run.result).toMatchObject({ kind: 'error', code: 'bad-input', field });
  });

  it('says what is missing, and where to look for what there is', async () => {
    const named = ['backtest', '--candles', candles];
    const none = await runSextant(named);
    expect([none.code, none.result['field']]).toEqual([2, 'strategy']);
    expect(none.result['message']).toBe('strategy: is missing: say which, --strategy NAME');
    expect(none.result['hint']).toContain('bin/sextant strategies list');
    for (const command of [named, ['optimise', '--candles', candles, '--data', join(folder, 'd2')]]) {
      const unknown = await runSextant([...command, '--strategy', 'nothing']);
      expect([unknown.code, unknown.result['hint']]).toEqual([
        4,
        'See what there is with: bin/sextant strategies list',
      ]);
    }
    const nameless = join(folder, 'prices.csv');
    writeFileSync(nameless, readFileSync(candles));
    const market = await runSextant(['backtest', '--strategy', 'ma-cross', '--candles', nameless]);
    expect([market.code, market.result['hint']]).toEqual([2, expect.stringContaining('--instrument')]);
    const key = await runSextant([...flags, '--params', '{"stopLoss":"1"}']);
    expect(key.result['message']).toContain('unknown key "stopLoss"');
    expect(key.result['hint']).toMatch(/^There is .*fastPeriod, slowPeriod.* stopLossPercent/);
  });

  it('runs over stored trades, which data candles also joins', async () => {
    const file = join(folder, 'trades-in.csv');
    // Every quarter of an hour one trade at the price of its hour.
    const rows = prices.flatMap((price, hour) =>
      [0, 1, 2, 3].map((part) => `${1_700_006_400_000 + hour * 3_600_000 + part * 900_000},buy,${price},1`),
    );
    writeFileSync(file, `timestamp,side,price,amount\n${rows.join('\n')}\n`);
    const market = ['--venue', 'own', '--instrument', 'BTC/USDT'];
    const data = ['--data', join(folder, 'd')];
    await runSextant(['data', 'import', '--file', file, ...market, '--kind', 'trades', ...data]);
    const run = [
      'backtest',
      '--strategy',
      'ma-cross',
      '--params',
      params,
      '--timeframe',
      '1h',
      ...market,
      ...data,
    ];
    const { code, result } = await runSextant([...run, '--source', 'trades']);
    expect(code).toBe(0);
    expect(result).toMatchObject({ bars: 400, trades: 20, path: 'event' });
    expect((result['assumptions'] as string[]).join(' ')).toContain('are joined from 1600 stored trades');
    const made = await runSextant(['data', 'candles', ...market, '--timeframe', '1h', ...data]);
    expect(made.result).toMatchObject({ dataKind: 'candles', made: 400, bars: 400, provisional: true });
    const refused = await runSextant([...flags, '--source', 'trades']);
    expect(refused.result).toMatchObject({ code: 'bad-input', field: 'source' });
  });

  it('runs over a stored order book', async () => {
    const data = join(folder, 'books');
    const [startMs, nsPerMs] = [1_700_006_400_000, 1_000_000n];
    // A book and a trade each minute; averages of one and two minutes cross every other one.
    const rows = Array.from({ length: 40 }, (_, minute) => {
      const ask = minute % 4 < 2 ? 101 : 103;
      return [
        [minute, tickKinds.clearAll, 0, 0],
        [minute, tickKinds.bidDepth, ask - 1, 50_000],
        [minute, tickKinds.askDepth, ask, 50_000],
        [minute, tickKinds.buyTrade, ask, 1],
      ] as const;
    }).flat();
    const columns = allocateTicks(rows.length, { mantissa: 1, decimals: 0 }, { mantissa: 1, decimals: 2 });
    for (const [row, [minute, kind, ticks, lots]] of rows.entries()) {
      const timeNs = BigInt(startMs + minute * 60_000 + 1_000) * nsPerMs;
      columns.exchangeNs[row] = timeNs;
      columns.receiveNs[row] = timeNs;
      columns.priceTicks[row] = ticks;
      columns.packed[row] = packTick(kind, BigInt(lots));
    }
    const counts = { lines: 0, skipped: 0, dropped: 0, snapshots: 40, gaps: 0 };
    const library = new DataLibrary(loadNative(), data);
    await library.l2.write({ venue: 'own', symbol: 'BTC/USDT' }, columns, counts);
    const command = ['backtest', '--strategy', 'ma-cross', '--params', '{"fastPeriod":1,"slowPeriod":2}'];
    const market = ['--venue', 'own', '--instrument', 'BTC/USDT', '--timeframe', '1m', '--data', data];
    const { code, result } = await runSextant([...command, ...market, '--source', 'l2', '--latency', '20ms']);
    expect(code).toBe(0);
    expect(result).toMatchObject({ bars: 40, path: 'event' });
    expect(result['trades']).toBeGreaterThan(5);
    expect((result['assumptions'] as string[]).join(' ')).toContain('meet the recorded order book');
    const refused = await runSextant([...command, ...market, '--source', 'l2', '--fill', 'close']);
    expect(refused.result).toMatchObject({ code: 'bad-input', field: 'fill' });
  });

  it('takes interest on margin and mark prices', async () => {
    const margin = await runSextant([...flags, '--borrow', '0.001,0.002', '--leverage', '2']);
    expect(margin.result).toMatchObject({ bars: 400, path: 'event' });
    expect((margin.result['assumptions'] as string[]).join(' ')).toContain(
      'a 24th of 0.001 (goods sold short',
    );
    const marks = join(folder, 'marks.csv');
    const rows = prices.map((price, hour) => [
      1_700_006_400_000 + hour * 3_600_000,
      price,
      price,
      price,
      price,
    ]);
    writeFileSync(marks, ['timestamp,open,high,low,close', ...rows].join('\n'));
    const perpetual = [...flags, '--instrument', 'BTC/USDT:USDT', '--mark'];
    const marked = await runSextant([...perpetual, marks]);
    expect((marked.result['assumptions'] as string[]).join(' ')).toContain(
      'Mark prices of BTC/USDT:USDT are given',
    );
    const refused = await runSextant([...flags, '--mark', marks]);
    expect(refused.result).toMatchObject({ kind: 'error', code: 'bad-input', field: 'mark' });
    expect((await runSextant([...flags, '--borrow', '0.2'])).result).toMatchObject({ code: 'bad-input' });
    const missing = await runSextant([...perpetual, join(folder, 'none.csv')]);
    expect(missing.result).toMatchObject({ kind: 'error', code: 'not-found' });
  });

  it('a file that is not there, one that is damaged, an unknown strategy', async () => {
    const missing = await runSextant([...flags.slice(0, 5), '--candles', join(folder, 'no.csv')]);
    expect([missing.code, missing.result['field']]).toEqual([4, 'candles']);
    const damaged = join(folder, 'damaged_BTCUSDT.csv');
    writeFileSync(damaged, 'timestamp,open,high,low,close,volume\n1700006400000,1,2,3,1,1\n');
    const run = await runSextant([...flags.slice(0, 5), '--candles', damaged]);
    expect(run.code).toBe(2);
    expect(run.result['message']).toContain('line 2');
    const named = await runSextant([...flags.slice(0, 5), '--candles', folder]);
    expect([named.code, named.result['field']]).toEqual([2, 'candles']);
    expect(named.result['message']).toContain('it is a folder');
    expect(named.result['hint']).not.toContain('permissions');
    const unknown = await runSextant(['backtest', '--strategy', 'nothing', '--candles', candles]);
    expect(unknown.code).toBe(4);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
