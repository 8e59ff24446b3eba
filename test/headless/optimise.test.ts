/** The Lab's commands as processes: studies that are stored, stopped and gone on with, walk-forward, checks. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { patienceMs } from '../patience.ts';
import { fingerprint, type Line, lastLine, newDataFolder, sextant, start } from './sextant.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-optimise-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Waves of two lengths: a crossover trades, now with profit, now without. */
function candleFile(name: string, bars: number): string {
  const path = join(folder, name);
  const close = (bar: number) => 100 + 8 * Math.sin(bar / 23) + 3 * Math.sin(bar / 5.1);
  const rows = Array.from({ length: bars }, (_none, bar) => {
    const [open, end] = [close(bar - 1), close(bar)];
    const prices = [open, Math.max(open, end) + 0.2, Math.min(open, end) - 0.2, end];
    return [1_704_067_200_000 + bar * 3_600_000, ...prices.map((price) => price.toFixed(2)), 10].join(',');
  });
  writeFileSync(path, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
  return path;
}

const candles = candleFile('binance_spot_BTCUSDT_1h.csv', 1200);
const params = { average: 'sma', stopLossPercent: '0', sizeType: 'percent', orderPercent: '50' };
const run = ['--strategy', 'ma-cross', '--params', JSON.stringify(params), '--candles', candles];
const space = { fastPeriod: { from: 2, to: 6 }, slowPeriod: { from: 8, to: 30, step: 2 } };
const search = [...run, '--spaces', JSON.stringify(space), '--only', 'fastPeriod,slowPeriod'];
const small = [...search, '--sampler', 'random', '--batch', '4', '--minimum-trades', '1', '--seed', '7'];

async function inData(data: string, ...args: string[]) {
  const said = await sextant([...args, '--data', data, '--json']);
  return { code: said.code, line: lastLine(said), stderr: said.stderr };
}

interface Best {
  readonly number: number;
  readonly values: { readonly fastPeriod: number; readonly slowPeriod: number };
  readonly objectives: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly outOfSample: Readonly<Record<string, number>>;
}
const bestOf = (line: Line) => line['best'] as Best[];

describe('sextant optimise', () => {
  const data = newDataFolder();

  it('stores a study whose figures a backtest of the same stretch gives', async () => {
    const { code, line } = await inData(data, 'optimise', ...small, '--trials', '12');
    expect(code).toBe(0);
    expect(line).toMatchObject({ kind: 'result', study: 'st-1', trials: 12, complete: 12, end: 'trials' });
    const best = bestOf(line);
    const scores = best.map(({ objectives }) => objectives[0] as number);
    expect(scores).toEqual([...scores].sort((left, right) => right - left));
    const [first] = best as [Best];
    expect([2, 3, 4, 5, 6]).toContain(first.values.fastPeriod);
    expect(first.values.slowPeriod % 2).toBe(0);
    // The oldest three quarters of 1,200 hours are searched, the rest is kept back.
    const split = String(1_704_067_200_000 + 900 * 3_600_000);
    const again = ['backtest', ...run.with(3, JSON.stringify({ ...params, ...first.values }))];
    const train = await inData(data, ...again, '--to', split);
    expect((train.line['metrics'] as Record<string, number>)['sharpe']).toBe(
      // The result line of a backtest has twelve digits.
      Number((first.objectives[0] as number).toPrecision(12)),
    );
    const test = await inData(data, ...again, '--from', split);
    const { totalReturn } = test.line['metrics'] as Record<string, number>;
    expect(totalReturn).toBe(Number((first.outOfSample['totalReturn'] as number).toPrecision(12)));
  });

  it('says which searched parameters keep the trials from the sweep path', async () => {
    const other = newDataFolder();
    const few = ['--trials', '2', '--sampler', 'random', '--minimum-trades', '0'];
    const trailing = ['optimise', ...run, '--only', 'fastPeriod,trailingStopPercent', ...few];
    const slow = await inData(other, ...trailing);
    expect(slow.stderr).toContain('because trailingStopPercent is searched: --path sweep leaves it out');
    const fast = await inData(other, 'optimise', ...run, '--only', 'fastPeriod', ...few);
    expect(fast.stderr).not.toContain('event path');
    // Where the sweep path is out of the question, nothing would help.
    const never = await inData(other, ...trailing, '--latency', '50ms');
    expect([never.code, never.stderr.includes('sweep')]).toEqual([0, false]);
  });

  it('lists and shows it, and runs its neighbours', async () => {
    const listed = await inData(data, 'studies', 'list');
    expect(listed.line).toMatchObject({ total: 1, studies: [{ id: 'st-1', trials: 12, end: 'trials' }] });
    const shown = await inData(data, 'studies', 'show', 'st-1');
    expect(shown.line).toMatchObject({ study: 'st-1', trials: 12, spec: { seed: 7, sampler: 'random' } });
    const [best] = bestOf(shown.line) as [Best];
    const near = await inData(data, 'sensitivity', '--study', 'st-1', '--reach', '1');
    expect(near.line).toMatchObject({ study: 'st-1', trial: best.number, base: best.objectives[0] });
    const words = await sextant(['studies', 'show', 'st-1', '--data', data]);
    expect(words.stdout).toContain(`fastPeriod=${best.values.fastPeriod}`);
    expect((await inData(data, 'studies', 'show', 'st-9')).code).toBe(4);
  });

  it('stopped by Ctrl-C it says how to go on, and gives the trials it would have given', async () => {
    const long = candleFile('binance_spot_ETHUSDT_1h.csv', 6000);
    const args = [...small.with(5, long), '--trials', '60'];
    const whole = await inData(newDataFolder(), 'optimise', ...args);
    const other = newDataFolder();
    const running = start(['optimise', ...args, '--data', other, '--json']);
    const log = join(other, 'lab', 'studies', 'st-1', 'trials.jsonl');
    // The first batch of four is on disk; the others are still to come.
    await vi.waitUntil(() => existsSync(log) && readFileSync(log, 'utf8').includes('\n'), {
      timeout: patienceMs,
      interval: 10,
    });
    running.child.kill('SIGINT');
    const stopped = await running.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('bin/sextant optimise --resume st-1');
    const at = lastLine(stopped);
    expect(at).toMatchObject({ study: 'st-1', end: 'cancelled' });
    expect(at['trials']).toBeLessThan(60);
    const resumed = await inData(other, 'optimise', '--resume', 'st-1');
    expect(resumed.code).toBe(0);
    expect(resumed.line).toEqual(whole.line);
  });

  it('says why trials have no score', async () => {
    const { code, line } = await inData(
      data,
      'optimise',
      ...small,
      '--trials',
      '4',
      '--minimum-trades',
      '900',
    );
    expect(code).toBe(0);
    expect(line).toMatchObject({ trials: 4, complete: 0, best: [] });
    const reasons = line['withoutScore'] as { readonly message: string; readonly trials: number }[];
    expect(reasons.reduce((sum, { trials }) => sum + trials, 0)).toBe(4);
    expect(reasons[0]?.message).toMatch(/^has \d+ trades; 900 are asked for$/);
  });

  it('takes a formula of the user, and ends trials that lag behind', async () => {
    const args = [
      '--trials',
      '20',
      '--expression',
      'totalReturn',
      '--pruner',
      'median',
      '--goal',
      'minimise',
    ];
    const { line } = await inData(data, 'optimise', ...small, ...args);
    expect(line['pruned']).toBeGreaterThan(0);
    expect((line['complete'] as number) + (line['pruned'] as number)).toBe(20);
    const [first] = bestOf(line) as [Best];
    expect(first.objectives[0]).toBe(
      Math.min(...bestOf(line).map(({ metrics }) => metrics['totalReturn'] ?? 0)),
    );
  });
});

it('takes the name a figure has in the report as objective', async () => {
  const limits = ['--trials', '4', '--objective', 'maxDrawdown'];
  const { code, line } = await inData(newDataFolder(), 'optimise', ...small, ...limits);
  expect(code).toBe(0);
  const [first] = bestOf(line) as [Best];
  expect(first.objectives).toEqual([first.metrics['maxDrawdown']]);
});

describe('refused before anything runs or is stored', () => {
  it.each([
    [
      'a parameter there is not',
      ['--spaces', '{"speed":{"from":1,"to":2}}'],
      'spaces.speed',
      /no parameter "speed"/,
    ],
    [
      'a range the strategy does not take',
      ['--spaces', '{"fastPeriod":{"from":-3,"to":9}}'],
      'spaces.fastPeriod',
      /smallest allowed/,
    ],
    ['a range without an end', ['--spaces', '{"fastPeriod":{"from":3}}'], 'spaces.fastPeriod', /./],
    ['a fixed parameter out of bounds', ['--params', '{"fastPeriod":0}'], 'params.fastPeriod', /./],
    ['a sampler nobody knows', ['--sampler', 'dice'], 'sampler', /tpe/],
    [
      'an objective nobody knows',
      ['--objective', 'sharpy'],
      'objective',
      /"sharpy" is not one of sharpe, sortino, calmar, max-drawdown, profit,/,
    ],
    ['a formula of unknown figures', ['--expression', 'sharpe * luck'], 'objective', /luck/],
    ['a goal without a formula', ['--goal', 'minimise'], 'goal', /--expression/],
    ['no trials', ['--trials', '0'], 'trials', /./],
    ['a part that is none', ['--out-of-sample', '0.9'], 'out-of-sample', /./],
    ['new flags for an old study', ['--resume', 'st-1'], 'strategy', /begun with/],
    ['candles that are not there', ['--candles', 'nowhere.csv'], 'candles', /nowhere\.csv/],
  ])('%s', async (_name, flags, field, message) => {
    const data = newDataFolder();
    const { code, line } = await inData(data, 'optimise', ...run, ...flags);
    expect(line).toMatchObject({ kind: 'error', field, message: expect.stringMatching(message) });
    expect(code).toBe(field === 'candles' ? 4 : 2);
    expect(fingerprint(data)).toBe('absent');
  });

  it('a study there is not', async () => {
    const { code } = await inData(newDataFolder(), 'optimise', '--resume', 'st-3');
    expect(code).toBe(4);
  });
});

describe('checks', () => {
  it('walkforward trades windows that follow one another', async () => {
    const flags = ['--trials', '6', '--windows', '3', '--train-to-test', '2'];
    const { code, line } = await inData(newDataFolder(), 'walkforward', ...small, ...flags);
    expect(code).toBe(0);
    // 1,200 hours: two parts to begin with and three traded ones of 240 hours.
    const windows = line['windows'] as Readonly<Record<string, number>>[];
    expect(windows).toHaveLength(3);
    windows.forEach((window, index) => {
      const testFromMs = 1_704_067_200_000 + (480 + index * 240) * 3_600_000;
      expect(window).toMatchObject({ testFromMs, testToMs: testFromMs + 240 * 3_600_000 });
      expect(window['trainFromMs']).toBe(testFromMs - 480 * 3_600_000);
    });
    expect(line).toHaveProperty('efficiency');
    expect(line['metrics']).toHaveProperty('totalReturn');
  });

  it('what is checked is known to the grade of the next backtest of the same settings', async () => {
    const data = newDataFolder();
    interface Check {
      readonly id: string;
      readonly outcome: string;
      readonly finding: string;
    }
    const graded = async (...more: string[]) => {
      const { line } = await inData(data, 'backtest', ...run, ...more);
      const checks = line['confidenceChecks'] as Check[];
      return (id: string) => checks.find((check) => check.id === id);
    };
    const open = (await graded())('monte-carlo');
    expect(open?.outcome).toBe('not-done');
    expect(existsSync(data)).toBe(false);
    const shuffled = await inData(data, 'montecarlo', ...run, '--runs', '500');
    const noise = await inData(
      data,
      'montecarlo',
      ...run,
      '--method',
      'noise',
      '--runs',
      '12',
      '--noise',
      '0.2',
    );
    const entries = await inData(data, 'montecarlo', ...run, '--method', 'random-entries', '--runs', '400');
    for (const { code } of [shuffled, noise, entries]) expect(code).toBe(0);
    expect(noise.line).toMatchObject({ kind: 'result', method: 'noise', runs: 12, noise: 0.2 });
    // So few trades tell nothing, and a person is shown no p-value of them.
    expect(entries.line).toMatchObject({ method: 'random-entries', runs: 400, verdict: 'too-few-trades' });
    expect(entries.line['trades']).toBeLessThan(30);
    const entryFlags = ['--method', 'random-entries', '--runs', '400', '--data', data];
    const said = (await sextant(['montecarlo', ...run, ...entryFlags])).stdout;
    expect(said).toContain('too few to tell knowledge from luck');
    expect(said).not.toContain('p-value');
    const flags = ['--method', 'noise', '--runs', '12', '--noise', '0.2', '--data', data];
    const words = (await sextant(['montecarlo', ...run, ...flags])).stdout;
    expect(words).toMatch(/^Return( +-?\d+\.\d %){6}$/m);
    expect(words).toMatch(/^Trades( +\d+){6}$/m);
    expect((await inData(data, 'bias', ...run, '--cuts', '3')).code).toBe(0);
    const now = await graded();
    const percent = (share: unknown, digits: number) => `${(Number(share) * 100).toFixed(digits)} %`;
    expect(now('bias')?.outcome).toBe('passed');
    expect(now('monte-carlo')?.finding).toContain(percent(shuffled.line['drawdownRank'], 0));
    expect(now('noise')?.finding).toContain(percent(noise.line['lossShare'], 0));
    expect(now('random-entries')?.finding).toBe(
      `It was compared with random entries, but ${entries.line['trades']} closed trades are too few to tell.`,
    );
    expect(now('out-of-sample')?.outcome).toBe('not-done');
    // Other settings know nothing of it.
    const other = JSON.stringify({ ...params, fastPeriod: 7 });
    expect((await graded('--params', other))('bias')?.outcome).toBe('not-done');
  });

  it('the best settings of a study are known to have been tested, and how many there were', async () => {
    const data = newDataFolder();
    const [first] = bestOf((await inData(data, 'optimise', ...small, '--trials', '8')).line) as [Best];
    const chosen = JSON.stringify({ ...params, ...first.values });
    const { line } = await inData(data, 'backtest', ...run, '--params', chosen);
    const checks = line['confidenceChecks'] as { readonly id: string; readonly finding: string }[];
    expect(checks.find(({ id }) => id === 'out-of-sample')?.finding).toMatch(/^25 % of the data .*\(st-1\)/);
    expect(line['metrics']).toMatchObject({ trials: 8 });
  });

  it('bias finds nothing in a strategy that only looks back', async () => {
    const { code, line } = await inData(newDataFolder(), 'bias', ...run, '--cuts', '4');
    expect(code).toBe(0);
    expect(line).toMatchObject({ kind: 'result', cuts: 4, lookahead: [] });
    expect(line['trades']).toBeGreaterThan(5);
    expect(line['recursion']).toHaveLength(3);
    expect(line['verdict']).toContain(
      'No sign of lookahead: every decision is the same on data that ends behind it.',
    );
    const refused = await inData(newDataFolder(), 'bias', ...run, '--cuts', '0');
    expect([refused.code, refused.line['field']]).toEqual([2, 'cuts']);
  });
});
