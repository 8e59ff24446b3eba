/** The configuration: what is refused, with which field and line; and that a cut file never counts. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigKeeper, lastGoodConfigFile } from '../../../src/adapters/config/config-keeper.ts';
import { chooseDataFolder, defaultDataFolder } from '../../../src/adapters/config/data-folder.ts';
import { configVariables, overridesFromEnvironment } from '../../../src/adapters/config/environment.ts';
import { loadConfig } from '../../../src/adapters/config/load-config.ts';
import { ApiError } from '../../../src/shared/api/result.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-config-'));
  file = join(folder, 'my.yaml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sources = (more: object = {}) => ({ file, dataFolder: folder, environment: {}, flags: [], ...more });

function refusal(work: () => unknown): ApiError {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const whole = `# my terminal
mode: paper
venues:
  - id: kraken
    exchange: kraken
    instruments: [BTC/USDT, ETH/USDT]
    latencyMs: 80
bots:
  - name: Range
    strategy: grid
    venue: kraken
    instrument: BTC/USDT
    params:
      lower: '58000'
      upper: '64000'
      levels: 20
api:
  port: 8080
  requestsPerTenSecondsMax: 300
log:
  level: debug
  keepDays: 30
`;

describe('a good file', () => {
  test('is read whole, with the defaults of what it leaves out', () => {
    writeFileSync(file, whole);
    const { config, file: read } = loadConfig(sources());
    expect(read).toBe(file);
    expect(config.mode).toBe('paper');
    expect(config.venues[0]).toMatchObject({ id: 'kraken', latencyMs: 80, paperBalances: { USDT: '10000' } });
    expect(config.bots[0]?.params).toEqual({ lower: '58000', upper: '64000', levels: 20 });
    expect(config.api).toEqual({ port: 8080, requestsPerTenSecondsMax: 300 });
    expect(config.demo).toEqual({ awayMinutesMax: 60 });
  });

  test('flags win over the environment, which wins over the file', () => {
    writeFileSync(file, whole);
    const environment = { SEXTANT_API_PORT: '7001', SEXTANT_LOG_LEVEL: 'warn' };
    const flags = [{ path: ['api', 'port'], value: 7002, place: '--port' }] as const;
    const { config } = loadConfig(sources({ environment, flags }));
    expect(config.api.port).toBe(7002);
    expect(config.api.requestsPerTenSecondsMax).toBe(300);
    expect(config.log).toEqual({ level: 'warn', keepDays: 30 });
  });

  test('is found in the data folder when nobody names one', () => {
    writeFileSync(join(folder, 'sextant.yaml'), 'log:\n  keepDays: 3\n');
    expect(loadConfig(sources({ file: undefined })).config.log.keepDays).toBe(3);
    expect(
      loadConfig(sources({ file: undefined, dataFolder: join(folder, 'new') })).config.log.keepDays,
    ).toBe(14);
  });

  test('may be JSON, whose brackets show that it is whole', () => {
    writeFileSync(file, '{"api": {"port": 8080}}');
    expect(loadConfig(sources()).config.api.port).toBe(8080);
  });
});

describe('a bad file is refused with field, line and reason', () => {
  test.each([
    ['unknown key', 'mode: demo\nmood: paper\n', 'mood', 2, 'unknown key'],
    ['unknown key deep inside', 'api:\n  port: 1\n  prot: 2\n', 'api.prot', 3, 'unknown key'],
    [
      'unknown key of a list item',
      'venues:\n  - id: a\n    exchange: b2\n    instruments: [X/Y]\n    x: 1\n',
      'venues.0.x',
      5,
      'unknown key',
    ],
    ['a text where a number belongs', 'api:\n  port: eighty\n', 'api.port', 2, 'must be a number'],
    ['a number with a comma', 'api:\n  port: 1,5\n', 'api.port', 2, 'must be a number'],
    ['a quoted number', 'api:\n  port: "80"\n', 'api.port', 2, 'must be a number'],
    ['not a number', 'api:\n  port: .nan\n', 'api.port', 2, 'not a finite number'],
    [
      'too large to be one',
      'demo:\n  awayMinutesMax: 1e400\n',
      'demo.awayMinutesMax',
      2,
      'not a finite number',
    ],
    [
      'infinite, in parameters',
      'bots:\n  - name: x\n    params:\n      levels: -.inf\n',
      'bots.0.params.levels',
      4,
      'not a finite number',
    ],
    ['negative', 'log:\n  keepDays: -1\n', 'log.keepDays', 2, 'must be at least 1, not -1'],
    [
      'above the range',
      'log:\n  keepDays: 1000000000\n',
      'log.keepDays',
      2,
      'must be at most 365, not 1000000000',
    ],
    ['a part of a whole number', 'api:\n  port: 80.5\n', 'api.port', 2, 'must be a whole number'],
    ['an unknown choice', 'mode: live\n', 'mode', 1, 'demo'],
    [
      'money with a comma',
      `venues:\n  - id: a\n    exchange: b2\n    instruments: [X/Y]\n    paperBalances:\n      USDT: "1,5"\n`,
      'venues.0.paperBalances.USDT',
      6,
      'plain decimal',
    ],
    [
      'money as a number',
      `venues:\n  - id: a\n    exchange: b2\n    instruments: [X/Y]\n    paperBalances:\n      USDT: 15\n`,
      'venues.0.paperBalances.USDT',
      6,
      'must be text in quotes',
    ],
    ['a key twice', 'mode: demo\napi:\n  port: 1\n  port: 2\n', undefined, 4, 'unique'],
    [
      'a venue twice',
      'venues:\n  - { id: a, exchange: b2, instruments: [X/Y] }\n  - { id: a, exchange: b2, instruments: [X/Y] }\n',
      'venues.1.id',
      3,
      'used twice',
    ],
    ['no mapping at all', 'just words\n', undefined, 1, 'keys with values'],
    ['broken YAML', 'api: {port: 1\nlog: [\n', undefined, undefined, ''],
    ['a tab as indentation', 'api:\n\tport: 1\n', undefined, undefined, ''],
    ['an alias', 'log: &x\n  keepDays: 3\nextra: *x\n', undefined, 3, 'alias'],
    ['an unknown tag', 'mode: !!js/function "x"\n', undefined, 1, 'tag'],
    ['cut within the last line', 'api:\n  port: 80', undefined, 2, 'half-written'],
    ['nothing', '', undefined, 1, 'half-written'],
  ])('%s', (_name, text, field, line, reason) => {
    writeFileSync(file, text);
    const error = refusal(() => loadConfig(sources()));
    expect(error.code).toBe('bad-input');
    expect(error.field).toBe(field);
    expect(error.message).toMatch(
      line === undefined ? /^my\.yaml:\d+: / : new RegExp(`^my\\.yaml:${line}: `),
    );
    expect(error.message).toContain(reason);
  });

  test('a file that is missing, a folder, too large or not UTF-8', () => {
    expect(refusal(() => loadConfig(sources()))).toMatchObject({ code: 'bad-input', field: 'config' });
    mkdirSync(file);
    expect(refusal(() => loadConfig(sources())).field).toBe('config');
    rmSync(file, { recursive: true });
    writeFileSync(file, `# ${'x'.repeat(1024 * 1024)}\n`);
    expect(refusal(() => loadConfig(sources())).message).toContain('larger than 1048576 bytes');
    writeFileSync(file, Buffer.from([0x6d, 0x3a, 0xff, 0xfe, 0x0a]));
    expect(refusal(() => loadConfig(sources())).message).toContain('not UTF-8');
  });

  test('a mistake in the file is told although a flag overrides it', () => {
    writeFileSync(file, 'api:\n  port: -1\n');
    const flags = [{ path: ['api', 'port'], value: 8080, place: '--port' }] as const;
    expect(refusal(() => loadConfig(sources({ flags }))).message).toMatch(/^my\.yaml:2: api\.port: /);
  });

  test('a nesting bomb does not take the program down', () => {
    writeFileSync(file, `bots: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`);
    expect(refusal(() => loadConfig(sources())).code).toBe('bad-input');
  });
});

describe('environment', () => {
  test.each([
    ['1,5', 'api.port'],
    ['1e400', 'api.port'],
    ['NaN', 'api.port'],
    ['', 'api.port'],
    ['0x10', 'api.port'],
  ])('SEXTANT_API_PORT=%s is refused', (text, field) => {
    const error = refusal(() => overridesFromEnvironment({ SEXTANT_API_PORT: text }));
    expect(error).toMatchObject({ code: 'bad-input', field });
    expect(error.message).toContain('SEXTANT_API_PORT');
  });

  test.each(Object.entries(configVariables))('%s sets a field there is', (name, { path, kind }) => {
    const value =
      kind === 'number'
        ? '15'
        : { mode: 'paper', level: 'warn', defaultInstrument: 'sim-a:BTC/USDT' }[path.at(-1) ?? ''];
    const { config } = loadConfig(sources({ file: undefined, environment: { [name]: value } }));
    const found = path.reduce<unknown>((inner, part) => (inner as Record<string, unknown>)[part], config);
    expect(String(found)).toBe(value);
  });

  test('a value out of range names the variable', () => {
    const environment = { SEXTANT_API_PORT: '-1' };
    expect(refusal(() => loadConfig(sources({ file: undefined, environment }))).message).toMatch(
      /^SEXTANT_API_PORT: api\.port: /,
    );
  });

  test('an unknown name is told, other programs’ names are not', () => {
    const { warnings } = loadConfig(
      sources({ file: undefined, environment: { SEXTANT_API_PROT: '1', PATH: '/x' } }),
    );
    expect(warnings).toEqual(['the environment variable SEXTANT_API_PROT means nothing to Sextant']);
  });
});

describe('a cut file', () => {
  test('at every byte: the file before stays in force, whole, and nothing throws anything else', () => {
    writeFileSync(file, whole);
    const keeper = ConfigKeeper.open(sources());
    keeper.confirm(1);
    const before = keeper.config;
    const kept = readFileSync(lastGoodConfigFile(folder), 'utf8');
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(file, whole.slice(0, length));
      const error = refusal(() => keeper.reload(2));
      expect(error.code, `cut at ${length}`).toBe('bad-input');
      expect(error.message, `cut at ${length}`).toMatch(/^my\.yaml:\d+: /);
      expect(keeper.config).toBe(before);
      // A start is refused the same way.
      expect(refusal(() => ConfigKeeper.open(sources())).code).toBe('bad-input');
    }
    expect(readFileSync(lastGoodConfigFile(folder), 'utf8')).toBe(kept);
  });

  test('at the first start, where no copy tells, a cut inside a line is still noticed', () => {
    for (let length = 0; length < whole.length; length += 1) {
      const cut = whole.slice(0, length);
      if (cut.endsWith('\n')) continue;
      writeFileSync(file, cut);
      expect(refusal(() => loadConfig(sources())).code, `cut at ${length}`).toBe('bad-input');
    }
  });

  test('removing the end on purpose takes a comment line', () => {
    writeFileSync(file, whole);
    const keeper = ConfigKeeper.open(sources());
    keeper.confirm(1);
    const shorter = whole.slice(0, whole.indexOf('log:'));
    writeFileSync(file, shorter);
    expect(refusal(() => keeper.reload(2)).hint).toContain('comment line');
    writeFileSync(file, `${shorter}# no log settings\n`);
    expect(keeper.reload(3).changed).toEqual(['log.level', 'log.keepDays']);
  });
});

describe('reload', () => {
  test('tells what changed and keeps the new file as the last good one, for its owner only', () => {
    writeFileSync(file, whole);
    const keeper = ConfigKeeper.open(sources());
    keeper.confirm(1);
    writeFileSync(
      file,
      whole.replace('keepDays: 30', 'keepDays: 31').replace('latencyMs: 80', 'latencyMs: 90'),
    );
    const { changed, config } = keeper.reload(2);
    expect(changed).toEqual(['venues', 'log.keepDays']);
    expect(config.log.keepDays).toBe(31);
    expect(keeper.config).toBe(config);
    expect(readFileSync(lastGoodConfigFile(folder), 'utf8')).toContain('keepDays: 31');
    if (process.platform !== 'win32') expect(statSync(lastGoodConfigFile(folder)).mode & 0o777).toBe(0o600);
  });

  test('a damaged copy of the last good file is no obstacle', () => {
    writeFileSync(file, whole);
    writeFileSync(lastGoodConfigFile(folder), '{"file": "');
    expect(ConfigKeeper.open(sources()).config.mode).toBe('paper');
  });
});

test.each([
  ['linux', {}, '/people/u/.local/share/sextant'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/sextant'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/people/u/.local/share/sextant'],
  ['darwin', {}, '/people/u/Library/Application Support/Sextant'],
] as const)('the data folder on %s with %o', (platform, environment, expected) => {
  const surroundings = { platform, environment, homeFolder: '/people/u' };
  expect(defaultDataFolder(surroundings)).toBe(expected);
  expect(chooseDataFolder('/x', { ...surroundings, environment: { SEXTANT_DATA: '/y' } })).toBe('/x');
  expect(chooseDataFolder(undefined, { ...surroundings, environment: { SEXTANT_DATA: '/y' } })).toBe('/y');
});
