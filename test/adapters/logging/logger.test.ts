import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LogRecord } from '../../../src/adapters/logging/log-port.ts';
import { createLogger, type Logger, type LoggerOptions } from '../../../src/adapters/logging/logger.ts';
import { allCanaries, allFiles, canary, leaksIn } from '../secrets/support.ts';

const noonMs = Date.UTC(2026, 10, 21, 12, 0, 0, 250);

interface Opened {
  readonly logger: Logger;
  readonly dataFolder: string;
  readonly printed: () => string;
}

async function open(options: Partial<LoggerOptions> = {}): Promise<Opened> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sextant-log-'));
  let printed = '';
  const write = (text: string): void => {
    printed += text;
  };
  const logger = createLogger({
    dataFolder,
    nowMs: () => noonMs,
    print: { write, color: false },
    ...options,
  });
  onTestFinished(async () => {
    logger.close();
    await rm(dataFolder, { recursive: true, force: true });
  });
  return { logger, dataFolder, printed: () => printed };
}

async function lines(dataFolder: string, name = 'sextant-20261121.log'): Promise<unknown[]> {
  const text = await readFile(join(dataFolder, 'logs', name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('where records go', () => {
  test('one JSON line in the file, one line for people, one record for the interface', async () => {
    const { logger, dataFolder, printed } = await open();
    logger.info('order sent', { venue: 'binance', note: 'two words', price: 1.5 });
    logger.flush();
    const fields = { venue: 'binance', note: 'two words', price: 1.5 };
    expect(await lines(dataFolder)).toEqual([
      { level: 'info', time: noonMs, sequence: 1, fields, msg: 'order sent' },
    ]);
    expect(printed()).toBe('12:00:00.250 INFO  order sent  venue=binance  note="two words"  price=1.5\n');
    expect(logger.recent()).toEqual([
      { sequence: 1, timeMs: noonMs, level: 'info', message: 'order sent', fields },
    ]);
  });

  test('levels: below the threshold nothing happens; it can be changed; printing has its own', async () => {
    let printed = '';
    const write = (text: string): void => {
      printed += text;
    };
    const { logger } = await open({ level: 'warn', print: { write, color: false, level: 'error' } });
    logger.info('dropped');
    logger.warn('kept');
    logger.setLevel('debug');
    logger.debug('kept too');
    logger.error('kept and printed');
    expect(logger.recent().map((record) => record.message)).toEqual(['kept', 'kept too', 'kept and printed']);
    expect(logger.recent(10, 'warn').map((record) => record.message)).toEqual(['kept', 'kept and printed']);
    expect(logger.recent(1, 'debug').map((record) => record.message)).toEqual(['kept and printed']);
    expect(printed).toBe('12:00:00.250 ERROR kept and printed\n');
  });

  test('a child adds its fields, and those of its parents', async () => {
    const { logger } = await open();
    logger.child({ bot: 'b1', venue: 'x' }).child({ venue: 'y' }).warn('late', { ageMs: 5 });
    expect(logger.recent()[0]?.fields).toEqual({ bot: 'b1', venue: 'y', ageMs: 5 });
  });

  test('listeners hear records until they stop; one that throws is removed and named', async () => {
    const { logger } = await open();
    const heard: LogRecord[] = [];
    const stop = logger.onRecord((record) => heard.push(record));
    logger.onRecord(() => {
      throw new Error('listener broke');
    });
    logger.info('one');
    logger.info('two');
    stop();
    logger.info('three');
    expect(heard.map((record) => record.message).sort()).toEqual([
      'a log listener failed and was removed',
      'one',
      'two',
    ]);
    expect(logger.recent().map((record) => record.message)).toEqual([
      'one',
      'a log listener failed and was removed',
      'two',
      'three',
    ]);
  });

  test('an error is on disk at once', async () => {
    const { logger, dataFolder } = await open();
    logger.info('before');
    logger.error('broken', { error: new Error('disk') });
    expect(await lines(dataFolder)).toHaveLength(2);
  });

  test('an error prints its stack below, and text from outside cannot forge lines or colours', async () => {
    const { logger, printed } = await open();
    logger.error('failed\u001b[2J\n12:00:00.000 INFO  all is well', { error: new TypeError('bad') });
    const [head, ...stack] = printed().trimEnd().split('\n');
    expect(head).toBe(
      '12:00:00.250 ERROR failed\\u001b[2J\\u000a12:00:00.000 INFO  all is well  error=TypeError: bad',
    );
    expect(stack[0]).toBe('    TypeError: bad');
    expect(stack[1]).toMatch(/^ {8}at .*logger\.test\.ts/);
  });
});

describe('the canary', () => {
  /** Ways in which careless code could log a credential. */
  const careless: [string, (logger: Logger) => void][] = [
    ['in the message', (logger) => logger.info(`using ${canary.secret}`)],
    ['as a field', (logger) => logger.info('x', { value: canary.secret })],
    ['the whole credentials', (logger) => logger.info('x', { credentials: canary })],
    ['in a list of lists', (logger) => logger.warn('x', { a: [[canary.apiKey, [canary.password]]] })],
    ['in an error', (logger) => logger.error('x', { error: new Error(`401 for ${canary.apiKey}`) })],
    ['as a thrown text', (logger) => logger.error('x', { error: canary.secret })],
    [
      'in a request',
      (logger) => logger.debug('x', { url: `https://v.test/?k=${encodeURIComponent(canary.password)}` }),
    ],
    ['in JSON text', (logger) => logger.debug('x', { body: JSON.stringify(JSON.stringify(canary)) })],
    [
      'as basic authorization',
      (logger) => logger.debug('x', { h: btoa(`${canary.apiKey}:${canary.secret}`) }),
    ],
    ['as hex', (logger) => logger.debug('x', { dump: Buffer.from(canary.secret).toString('hex') })],
    ['as bytes', (logger) => logger.debug('x', { bytes: Buffer.from(canary.secret) })],
    ['by a child', (logger) => logger.child({ uid: canary.uid }).info('x')],
    ['cut', (logger) => logger.info(canary.secret.slice(0, -10))],
  ];

  test('reaches neither file, terminal, ring nor listener, however it is logged', async () => {
    const { logger, dataFolder, printed } = await open({ level: 'debug' });
    const heard: LogRecord[] = [];
    logger.onRecord((record) => heard.push(record));
    logger.redactor.registerCredentials(canary);
    for (const [, log] of careless) log(logger);
    logger.flush();
    const everything = [printed(), JSON.stringify(logger.recent()), JSON.stringify(heard)];
    for (const file of await allFiles(dataFolder)) everything.push(file.content.toString('utf8'));
    expect(everything).toHaveLength(4);
    for (const text of everything) {
      expect(text.match(/\[redacted\]|\[\d+ bytes\]/g)?.length).toBeGreaterThanOrEqual(careless.length);
      expect(leaksIn(text, allCanaries)).toEqual([]);
      expect(text).not.toContain('CANARY');
    }
    expect(heard).toHaveLength(careless.length);
  });

  // Bytes are hidden even when nothing is known about them; everything else needs the redactor.
  const visible = careless.filter(([name]) => name !== 'as bytes');
  test.each(visible)('check of the check: unregistered, it is seen %s', async (_name, log) => {
    const { logger, printed } = await open({ level: 'debug' });
    log(logger);
    const text = `${printed()} ${JSON.stringify(logger.recent())}`;
    const parts = [...allCanaries, canary.secret.slice(0, -10)];
    expect(leaksIn(text, parts)).not.toEqual([]);
  });

  test('a secret that only forms from two fields side by side makes the record go', async () => {
    const { logger, printed } = await open();
    logger.redactor.register('abc":"defgh');
    logger.info('x', { abc: 'defgh' });
    expect(printed()).toBe('12:00:00.250 INFO  a record was left out: it held a secret\n');
  });
});

describe('files', () => {
  test.skipIf(process.platform === 'win32')('are for the owner only', async () => {
    const { logger, dataFolder } = await open();
    logger.info('x');
    logger.flush();
    expect((await stat(join(dataFolder, 'logs'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataFolder, 'logs', 'sextant-20261121.log'))).mode & 0o777).toBe(0o600);
  });

  test('a new day begins a new file; a full file is followed by a part', async () => {
    let nowMs = noonMs;
    const { logger, dataFolder } = await open({ nowMs: () => nowMs, rotation: { maxFileBytes: 400 } });
    const write = (message: string): void => {
      logger.info(message);
      logger.flush();
    };
    for (const message of ['a', 'b', 'c']) write(message.repeat(120));
    nowMs += 86_400_000;
    write('next day');
    const names = (await readdir(join(dataFolder, 'logs'))).sort();
    expect(names).toEqual(['sextant-20261121.1.log', 'sextant-20261121.log', 'sextant-20261122.log']);
    expect(await lines(dataFolder)).toHaveLength(2);
    expect(await lines(dataFolder, 'sextant-20261121.1.log')).toHaveLength(1);
    expect(await lines(dataFolder, 'sextant-20261122.log')).toMatchObject([{ msg: 'next day' }]);
  });

  test('a second run on the same day goes on in the last part', async () => {
    const first = await open();
    first.logger.info('run 1');
    first.logger.close();
    const second = createLogger({ dataFolder: first.dataFolder, nowMs: () => noonMs });
    second.info('run 2');
    second.close();
    expect(await lines(first.dataFolder)).toMatchObject([{ msg: 'run 1' }, { msg: 'run 2' }]);
  });

  test('what is kept is bounded by days and by size; foreign files are left alone', async () => {
    let nowMs = noonMs;
    const rotation = { maxFileBytes: 200, maxTotalBytes: 1000, maxDays: 3 };
    const { logger, dataFolder } = await open({ nowMs: () => nowMs, rotation });
    const folder = join(dataFolder, 'logs');
    logger.info('start');
    logger.flush();
    await writeFile(join(folder, 'notes.txt'), 'mine');
    for (let day = 0; day < 6; day++) {
      for (let i = 0; i < 3; i++) {
        logger.info('m'.repeat(100));
        logger.flush();
      }
      nowMs += 86_400_000;
    }
    const names = (await readdir(folder)).sort();
    expect(names).toContain('notes.txt');
    const logs = names.filter((name) => name.endsWith('.log'));
    const total = (await Promise.all(logs.map((name) => stat(join(folder, name))))).reduce(
      (sum, s) => sum + s.size,
      0,
    );
    expect(total).toBeLessThanOrEqual(1000 + 200);
    expect(logs.at(-1)).toMatch(/^sextant-20261126/);
    expect(logs.every((name) => name >= 'sextant-20261123')).toBe(true);
  });

  test('a folder that cannot be written: the program goes on, the loss is counted and named, and it recovers', async () => {
    let nowMs = noonMs;
    const { logger, dataFolder, printed } = await open({ nowMs: () => nowMs });
    const folder = join(dataFolder, 'logs');
    await writeFile(folder, 'a file where the folder should be');
    logger.info('lost');
    logger.flush();
    logger.info('lost too');
    logger.flush();
    expect(logger.health()).toEqual({
      path: null,
      droppedLines: 2,
      problem: expect.stringMatching(/^E(EXIST|NOTDIR)$/),
    });
    expect(printed().match(/lost/g)).toHaveLength(2);
    await rm(folder);
    nowMs += 5000;
    logger.info('back');
    logger.flush();
    expect(await lines(dataFolder)).toMatchObject([{ msg: 'back' }]);
    expect(logger.health()).toMatchObject({ droppedLines: 2, problem: null });
  });

  test('no data folder, no file', async () => {
    const { logger, dataFolder } = await open({ dataFolder: null });
    logger.error('x');
    expect(logger.health()).toBeNull();
    expect(await readdir(dataFolder)).toEqual([]);
  });
});

test('the ring keeps the last records, by count and by size', async () => {
  const { logger } = await open({ dataFolder: null, recentRecords: 50 });
  for (let i = 0; i < 500; i++) logger.info(`m${i}`);
  const kept = logger.recent(1000);
  expect([kept.length, kept[0]?.message, kept.at(-1)?.message]).toEqual([50, 'm450', 'm499']);
  expect(kept.map((record) => record.sequence)).toEqual(Array.from({ length: 50 }, (_, i) => 451 + i));
  const { logger: big } = await open({ dataFolder: null });
  for (let i = 0; i < 800; i++) big.info('x'.repeat(8000));
  const total = big.recent(2000).reduce((sum, record) => sum + record.message.length, 0);
  expect(total).toBeGreaterThan(3_000_000);
  expect(total).toBeLessThanOrEqual(4 * 1024 * 1024);
});
