/** The command line by itself: bad input, nothing stored yet, the doctor. None of it changes or makes anything. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint, lastLine, linesOf, newDataFolder, sextant } from './sextant.ts';

const plan = ['plan', '--strategy', 'grid', '--venue', 'sim-a', '--instrument', 'BTC/USDT', '--params'];
const create = [
  'bots',
  'create',
  '--strategy',
  'grid',
  '--venue',
  'sim-a',
  '--instrument',
  'BTC/USDT',
  '--params',
];

/** Arguments, exit code, field. */
const refused: readonly (readonly [readonly string[], number, string | undefined])[] = [
  [['orders', '--limit', '1,5'], 2, 'limit'],
  [['orders', '--limit', '1e400'], 2, 'limit'],
  [['orders', '--limit', 'NaN'], 2, 'limit'],
  [['orders', '--limit', '-1'], 2, 'limit'],
  [['orders', '--limit', '1001'], 2, 'limit'],
  [['orders', '--state', 'half'], 2, 'state'],
  [['orders', '--venue', 'two words'], 2, 'venue'],
  [['fills', '--since', 'yesterday'], 2, 'since'],
  [['orders', '--colour', 'red'], 2, 'colour'],
  [['orders', '--limit'], 2, 'limit'],
  [['orders', 'extra'], 2, undefined],
  [['nonsense'], 2, 'nonsense'],
  [['bots', 'nonsense'], 2, 'nonsense'],
  [['bots'], 2, undefined],
  [['order'], 2, 'order'],
  [['order', 'sx 1'], 2, 'order'],
  [['bots', 'create', '--strategy', 'grid'], 2, 'venue'],
  [[...create, '{"lower": NaN}'], 2, 'params.lower'],
  [[...create, '{"levels": 1e400}'], 2, 'params.levels'],
  [[...create, '{"lower": "1"'], 2, 'params'],
  [[...create, '{"lower": "1,5"}'], 2, 'params.lower'],
  [[...plan, '{"lower": "1,5", "upper": "2"}'], 2, 'params.lower'],
  [[...plan, '{"lower": "-1"}'], 2, 'params.lower'],
  [[...plan, '{"lowr": "1"}'], 2, 'params'],
  [[...plan.map((arg) => (arg === 'grid' ? 'gird' : arg)), '{}'], 4, 'strategy'],
  [['halt', '--scope', 'everything'], 2, 'scope'],
  [['--no-ui', '--for', '90'], 2, 'for'],
  [['--no-ui', '--for', '-5s'], 2, 'for'],
  [['--no-ui', '--sim-for', '1,5h'], 2, 'sim-for'],
  [['--no-ui', '--speed', '1e400'], 2, 'speed'],
  [['--no-ui', '--speed', '0'], 2, 'speed'],
  [['--no-ui', '--port', '99999'], 2, 'port'],
  [['--no-ui', '--port', '-1'], 2, 'port'],
  [['--no-ui', '--seed', 'a b'], 2, 'seed'],
  [['--no-ui', '--config', '/nowhere/at/all.yaml'], 2, 'config'],
  [['--log-level', 'loud', 'status'], 2, 'log-level'],
  [['--color', 'pink', 'status'], 2, 'color'],
  [['replay', '--venue', 'binance'], 2, 'frames'],
  [['replay', '--frames', '/nowhere/at/all.gz', '--venue', 'binance'], 4, 'frames'],
  [['replay', '--frames', '/nowhere', '--venue', 'binance', '--latency', '1,5'], 2, 'latency'],
  [['replay', '--frames', '/nowhere', '--venue', 'Bad Venue'], 2, 'venue'],
  [['keys', 'add', '--venue', 'binance', '--secret-fd', '1'], 3, undefined],
  [['keys', 'remove', 'nothing'], 4, 'key'],
  [['vault', 'unlock'], 4, undefined],
  [['journal', 'verify'], 4, undefined],
  [['bots', 'start', 'b1'], 3, undefined],
  [['halt'], 3, undefined],
];

describe.concurrent('refused', () => {
  test.each(refused)('%j exits %i and names %s', async (args, code, field) => {
    const data = newDataFolder();
    const said = await sextant([...args, '--json', '--data', data]);
    const line = lastLine(said);
    expect(line.kind, said.stderr).toBe('error');
    if (field === 'params') expect(String(line['field'])).toMatch(/^params/);
    else if (field !== undefined) expect(line['field'], JSON.stringify(line)).toBe(field);
    expect(line['message']).toBeTypeOf('string');
    expect(linesOf(said.stdout)).toHaveLength(1);
    expect(said.code).toBe(code);
    expect(existsSync(data)).toBe(false);
  });

  test('parameters that nobody gave are suggested by the market; a field that is missing is said to be', async () => {
    const market = ['--strategy', 'grid', '--venue', 'sim-a', '--instrument', 'BTC/USDT', '--json', '--data'];
    const planned = await sextant(['plan', ...market, newDataFolder()]);
    expect([planned.code, lastLine(planned).kind]).toEqual([0, 'result']);
    // Only that nobody is there to make it is in its way.
    const created = await sextant(['bots', 'create', ...market, newDataFolder()]);
    expect(created.code).toBe(3);
    const nowhere = await sextant(['plan', '--strategy', 'grid', '--json', '--data', newDataFolder()]);
    expect(lastLine(nowhere)).toMatchObject({ field: 'venue', message: 'venue: is missing' });
  });

  test('without --json the words are on standard error and standard output is empty', async () => {
    const said = await sextant(['orders', '--limit', '1,5', '--data', newDataFolder()]);
    expect(said.stdout).toBe('');
    expect(said.stderr).toContain('Error: limit: "1,5" is not a plain number');
    expect(said.code).toBe(2);
  });

  test.each([
    ['unknown key', 'mode: demo\nmood: bad\n', 'mood', /^my\.yaml:2: /],
    ['half-written', 'mode: demo\napi:\n  port: 80', undefined, /^my\.yaml:3: .*half-written/],
    ['1e400', 'api:\n  port: 1e400\n', 'api.port', /^my\.yaml:2: /],
    ['"1,5"', 'api:\n  port: 1,5\n', 'api.port', /^my\.yaml:2: /],
  ])('a host does not start on a configuration with %s', async (_name, text, field, message) => {
    const data = newDataFolder();
    const file = join(dirname(data), 'my.yaml');
    writeFileSync(file, text);
    const said = await sextant(['--no-ui', '--config', file, '--json', '--data', data]);
    const line = lastLine(said);
    expect(said.code).toBe(2);
    expect(line['field']).toBe(field);
    expect(line['message']).toMatch(message);
    expect(existsSync(data)).toBe(false);
  });
});

describe.concurrent('before the first start', () => {
  test.each([
    ['status', 'bots', []],
    ['bots list', 'bots', []],
    ['orders', 'rows', []],
    ['fills', 'rows', []],
    ['positions', 'rows', []],
    ['balances', 'rows', []],
    ['venues list', 'venues', []],
    ['journal tail', 'rows', []],
    ['keys list', 'keys', []],
  ])('%s gives nothing, and makes nothing', async (words, key, expected) => {
    const data = newDataFolder();
    const said = await sextant([...words.split(' '), '--json', '--data', data]);
    const line = lastLine(said);
    expect(said.code).toBe(0);
    expect(line.kind).toBe('result');
    expect(line[key]).toEqual(expected);
    if (words !== 'keys list') expect(line['host']).toBe('none');
    expect(existsSync(data)).toBe(false);
  });

  test('a plan needs no host', async () => {
    const suggestion =
      '{"lower":"58000","upper":"64000","levels":20,"spacing":"arithmetic","mode":"long","investment":"1000","sizeMode":"equal-quote"}';
    const said = await sextant([...plan, suggestion, '--json', '--data', newDataFolder()]);
    const line = lastLine(said);
    expect(said.code, said.stdout).toBe(0);
    for (const key of ['levels', 'funds', 'worstLoss', 'breakEven', 'violations'])
      expect(line).toHaveProperty(key);
    expect((line['levels'] as unknown[]).length).toBeGreaterThan(5);
  });

  test('the doctor finds nothing wrong on a fresh clone, and leaves it as it was', async () => {
    const data = newDataFolder();
    const said = await sextant(['doctor', '--json', '--data', data]);
    const checks = lastLine(said)['checks'] as {
      name: string;
      status: string;
      detail: string;
      fix: string;
    }[];
    expect(checks.filter((check) => check.status === 'fail')).toEqual([]);
    expect(said.code).toBe(0);
    const names = checks.map((check) => check.name);
    for (const name of [
      'node',
      'native',
      'sqlite',
      'data-folder',
      'disk',
      'secrets',
      'clock',
      'port',
      'renderer',
      'browser',
      'electron',
      'cargo',
    ]) {
      expect(names).toContain(name);
    }
    for (const check of checks.filter((known) => known.status !== 'ok')) expect(check.fix).not.toBe('');
    expect(existsSync(data)).toBe(false);
  });

  test('the doctor finds what is wrong: a bad configuration, a data folder that is a file, a damaged journal', async () => {
    const data = newDataFolder();
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'sextant.yaml'), 'mood: bad\n');
    writeFileSync(
      join(data, 'demo.sqlite'),
      'this is no database, and longer than a header of one '.repeat(40),
    );
    const before = fingerprint(data);
    const said = await sextant(['doctor', '--json', '--data', data]);
    const checks = lastLine(said)['checks'] as { name: string; status: string; fix: string }[];
    const failed = checks.filter((check) => check.status === 'fail');
    expect(failed.map((check) => check.name)).toEqual(['config', 'store']);
    expect(failed.every((check) => check.fix !== '')).toBe(true);
    expect(said.code).toBe(3);
    expect(fingerprint(data)).toBe(before);
  });

  test('--version and --help are data, and quick words', async () => {
    const version = await sextant(['--version']);
    expect([version.code, version.stdout]).toEqual([0, '0.1.0\n']);
    const alone = await sextant(['journal']);
    expect([alone.code, alone.stdout]).toEqual([2, '']);
    expect(alone.stderr).toContain('verify, report, tail, export');
    const help = await sextant(['bots', 'create', '--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('--allocation <money>');
    expect(help.stderr).toBe('');
  });
});
