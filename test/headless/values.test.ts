/** What may stand after a flag, and what a command line without a command means. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { withCommand } from '../../src/headless/cli/arguments.ts';
import { flagName, requestFlags } from '../../src/headless/cli/request-flags.ts';
import {
  parseDelay,
  parseDuration,
  parseMoney,
  parseNumber,
  parseParams,
  parseScope,
  parseTime,
} from '../../src/headless/cli/values.ts';
import { apiCommands } from '../../src/headless/commands/api-commands.ts';
import { flagsOf, requestOf } from '../../src/headless/commands/run-api-command.ts';
import { contract } from '../../src/shared/api/contract.ts';
import { ApiError } from '../../src/shared/api/result.ts';
import { goodRequest } from '../adapters/http/contract-requests.ts';

describe('durations', () => {
  test.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['0.5s', 500],
  ])('%s', (text, expected) => expect(parseDuration(text, 'for')).toBe(expected));

  test.each([
    '',
    '90',
    's',
    '0s',
    '-5s',
    '1,5h',
    '1e3s',
    'NaNs',
    '10 m',
    '5x',
    '400d',
    '999999999999d',
    '٣s',
    '1m30s',
  ])('%j is refused with the flag', (text) => {
    expect(() => parseDuration(text, 'for')).toThrow(ApiError);
    expect(() => parseDuration(text, 'for')).toThrow(/^for: /);
  });

  test('a delay may be nothing', () => {
    expect([parseDelay('0', 'latency'), parseDelay('0ms', 'latency'), parseDelay('50ms', 'latency')]).toEqual(
      [0, 0, 50],
    );
    expect(() => parseDelay('-1ms', 'latency')).toThrow(ApiError);
  });
});

describe('numbers', () => {
  test.each([
    ['5', 5],
    ['-5', -5],
    ['1.5', 1.5],
    ['007', 7],
  ])('%s', (text, expected) => expect(parseNumber(text, 'limit')).toBe(expected));
  test.each([
    '',
    ' ',
    '1,5',
    '1e400',
    '1e3',
    'NaN',
    'Infinity',
    '0x10',
    '1_000',
    '+1',
    '.5',
    '5.',
    '1'.repeat(16),
  ])('%j is refused', (text) => expect(() => parseNumber(text, 'limit')).toThrow(/^limit: /));
});

describe('times', () => {
  const nowMs = Date.UTC(2026, 2, 1, 12);
  test.each([
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['2026-03-01T10:30', Date.UTC(2026, 2, 1, 10, 30)],
    ['2026-03-01 10:30:05', Date.UTC(2026, 2, 1, 10, 30, 5)],
    ['2026-03-01T10:30Z', Date.UTC(2026, 2, 1, 10, 30)],
    ['2026-03-01T10:30+02:00', Date.UTC(2026, 2, 1, 8, 30)],
    ['1767225600000', 1_767_225_600_000],
    ['2h', Date.UTC(2026, 2, 1, 10)],
  ])('%s', (text, expected) => expect(parseTime(text, 'since', nowMs)).toBe(expected));
  test.each(['', 'yesterday', '01.03.2026', '2026-13-01', '2026-03-01T25:00', '12', '1e12'])(
    '%j is refused',
    (text) => expect(() => parseTime(text, 'since', nowMs)).toThrow(/^since: /),
  );
});

describe('scopes, money, parameters', () => {
  test.each([
    ['all', { kind: 'all' }],
    ['venue:sim-a', { kind: 'venue', venue: 'sim-a' }],
    ['bot:b1', { kind: 'bot', bot: 'b1' }],
    ['instrument:sim-perp:BTC/USDT:USDT', { kind: 'instrument', instrument: 'sim-perp:BTC/USDT:USDT' }],
  ])('scope %s', (text, expected) => expect(parseScope(text, 'scope')).toEqual(expected));
  test.each(['', 'everything', 'bot', 'bot:', 'order:x'])('scope %j is refused', (text) =>
    expect(() => parseScope(text, 'scope')).toThrow(/^scope: /),
  );

  test('money', () => {
    expect(parseMoney('USDT=1000,BTC=0.5', 'allocation')).toEqual({ USDT: '1000', BTC: '0.5' });
    expect(parseMoney('{"USDT":"5"}', 'allocation')).toEqual({ USDT: '5' });
  });
  test.each(['USDT', 'USDT=1,5', 'USDT=-1', 'USDT=1e3', 'USDT=1,USDT=2', '{"USDT": NaN}'])(
    'money %j is refused',
    (text) => expect(() => parseMoney(text, 'allocation')).toThrow(/^allocation/),
  );

  const folder = mkdtempSync(join(tmpdir(), 'sextant-params-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return `@${join(folder, name)}`;
  };

  test('parameters: JSON, a JSON file, a YAML file', async () => {
    const expected = { lower: '58000', levels: 20 };
    expect(await parseParams('{"lower":"58000","levels":20}', 'params')).toEqual(expected);
    expect(await parseParams(file('a.json', '{"lower":"58000","levels":20}'), 'params')).toEqual(expected);
    expect(await parseParams(file('a.yaml', "lower: '58000'\nlevels: 20\n"), 'params')).toEqual(expected);
  });
  test.each([
    ['{"lower": NaN}', 'params.lower'],
    ['{"a": {"b": 1e400}}', 'params.a.b'],
    ['{"lower": 1,5}', 'params'],
    ['[]', 'params'],
    ['null', 'params'],
    ['lower=5', 'params'],
    ['@/nowhere/at/all.json', 'params'],
  ])('parameters %s are refused', async (text, field) => {
    await expect(parseParams(text, 'params')).rejects.toMatchObject({ code: 'bad-input', field });
  });
  test.each([
    ['b.yaml', 'levels: .nan\n', 'params.levels'],
    ['c.yaml', 'a: 1\na: 2\n', 'params'],
    ['d.json', '{"levels": 1e400}', 'params.levels'],
  ])('a parameter file %s with %j is refused', async (name, text, field) => {
    await expect(parseParams(file(name, text), 'params')).rejects.toMatchObject({ code: 'bad-input', field });
  });

  test('property: no text does anything but be read or refused as bad input', async () => {
    const readers = [
      (text: string) => parseDuration(text, 'x'),
      (text: string) => parseNumber(text, 'x'),
      (text: string) => parseTime(text, 'x', 0),
      (text: string) => parseScope(text, 'x'),
      (text: string) => parseMoney(text, 'x'),
    ];
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(...readers), (text, read) => {
        try {
          const value = read(text);
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
          expect((error as ApiError).code).toBe('bad-input');
        }
      }),
    );
  });
});

describe('a command line without a command', () => {
  test.each([
    [[], ['open'], true],
    [['--data', '/x'], ['open', '--data', '/x'], true],
    [['--demo', '--speed', 'max'], ['open', '--demo', '--speed', 'max'], true],
    [['--no-ui'], ['run'], false],
    [['--json', '--no-ui', '--for', '5s'], ['run', '--json', '--for', '5s'], false],
    [['--serve'], ['run', '--serve'], true],
    [['--data', 'status'], ['open', '--data', 'status'], true],
    [['--data', '/x', 'status'], ['--data', '/x', 'status'], false],
    [['bots', 'list'], ['bots', 'list'], false],
    [['--version'], ['--version'], false],
    [['-h'], ['-h'], false],
  ])('%j', (typed, args, isImplicit) => {
    expect(withCommand(typed)).toEqual({ args, isImplicit });
  });
});

describe('commands from the contract', () => {
  test('names of flags', () => {
    expect(['sinceMs', 'limit', 'beforeSequence', 'timeInForce'].map(flagName)).toEqual([
      'since',
      'limit',
      'before-sequence',
      'time-in-force',
    ]);
    expect(requestFlags(contract['orders/list'].request).map((flag) => flag.flags)).toEqual([
      '--bot <bot>',
      '--venue <venue>',
      '--since <time>',
      '--limit <number>',
      '--offset <number>',
      '--state <state>',
    ]);
  });

  const typedValues: Record<string, string | true> = {
    sinceMs: '1767225600000',
    params: '{"lower":"1"}',
    scope: 'all',
    allocation: 'USDT=100',
    limit: '10',
    offset: '0',
    start: true,
    cancel: true,
    flatten: true,
  };

  test.each(apiCommands.map((command) => [command.words, command] as const))(
    '%s: every field of its request can be typed, and makes a request of the contract',
    async (_words, command) => {
      const good = goodRequest(command.method);
      const typed: Record<string, string | true> = {};
      for (const flag of flagsOf(command)) {
        const key = flagName(flag.field).replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
        typed[key] = typedValues[flag.field] ?? String(good[flag.field]);
      }
      const argument = command.argument === undefined ? undefined : String(good[command.argument]);
      const request = await requestOf(command, argument, typed);
      expect(Object.keys(request).sort()).toEqual(Object.keys(good).sort());
      expect(contract[command.method].request.safeParse(request).error).toBeUndefined();
    },
  );
});
