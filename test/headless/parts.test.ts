/** Reports of bugs, browsers, tables: the parts of the headless host that need no process. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/adapters/logging/logger.ts';
import { findBrowser } from '../../src/headless/host/open-window.ts';
import { writeReport } from '../../src/headless/host/report-file.ts';
import { readRunFlags } from '../../src/headless/host/run-flags.ts';
import { Output } from '../../src/headless/output/output.ts';
import { renderTable } from '../../src/headless/output/table.ts';
import { durationWords } from '../../src/headless/output/words.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('reports', () => {
  test('hold the error with its causes and the log, without secrets, for their owner only', () => {
    const log = createLogger({ dataFolder: null, nowMs: () => 0 });
    log.redactor.register('canarySECRETe8b1d04f');
    log.info('about to fail');
    const cause = new Error('signature over canarySECRETe8b1d04f failed');
    const error = new Error('order not sent', { cause });
    const file = writeReport({
      dataFolder: folder,
      error,
      command: 'run',
      nowMs: Date.UTC(2026, 2, 1),
      log,
    }) as string;
    expect(file).toBe(join(folder, 'reports', 'report-2026-03-01T00-00-00-000Z.json'));
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('canarySECRET');
    const report = JSON.parse(text) as { error: string[]; log: { message: string }[]; version: string };
    expect(report.error[0]).toContain('order not sent');
    expect(report.error[1]).toContain('signature over [redacted] failed');
    expect(report.log.map((line) => line.message)).toEqual(['about to fail']);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('the newest twenty are kept', () => {
    for (let day = 1; day <= 25; day += 1) {
      writeReport({ dataFolder: folder, error: new Error('x'), command: '', nowMs: Date.UTC(2026, 0, day) });
    }
    const names = readdirSync(join(folder, 'reports')).sort();
    expect(names).toHaveLength(20);
    expect(names[0]).toContain('2026-01-06');
  });

  test('a folder that cannot be written to hides nothing: there is just no report', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(
      writeReport({ dataFolder: join(folder, 'file'), error: 'x', command: '', nowMs: 0 }),
    ).toBeUndefined();
  });
});

describe.skipIf(process.platform === 'win32')('browsers', () => {
  const program = (name: string): string => {
    const path = join(folder, name);
    writeFileSync(path, '#!/bin/sh\n');
    chmodSync(path, 0o755);
    return path;
  };
  const find = (environment: Record<string, string>) =>
    findBrowser({ platform: 'linux', environment, profileFolder: '/profile' });

  test('an app window of the first Chromium on the path, with a profile of its own', () => {
    const chrome = program('google-chrome');
    const path = `${join(folder, 'none')}${delimiter}${folder}`;
    const browser = find({ PATH: path, DISPLAY: ':0' });
    expect(browser?.kind).toBe('app-window');
    expect(browser?.program).toBe(chrome);
    expect(browser?.args('http://127.0.0.1:1/?token=x').slice(0, 2)).toEqual([
      '--app=http://127.0.0.1:1/?token=x',
      '--user-data-dir=/profile',
    ]);
    const chromium = program('chromium');
    expect(find({ PATH: path, WAYLAND_DISPLAY: 'w' })?.program).toBe(chromium);
    expect(find({ PATH: '', DISPLAY: ':0', SEXTANT_BROWSER: chrome })?.program).toBe(chrome);
  });

  test('otherwise the default browser; nothing without a display or where none is wanted', () => {
    const opener = program('xdg-open');
    expect(find({ PATH: folder, DISPLAY: ':0' })).toMatchObject({ kind: 'default-browser', program: opener });
    expect(find({ PATH: folder })).toBeUndefined();
    expect(find({ PATH: folder, DISPLAY: ':0', SEXTANT_BROWSER: 'none' })).toBeUndefined();
    expect(find({ PATH: join(folder, 'none'), DISPLAY: ':0' })).toBeUndefined();
  });

  test('a file that cannot be run, or a folder of that name, is no browser', () => {
    writeFileSync(join(folder, 'chromium'), '');
    chmodSync(join(folder, 'chromium'), 0o600);
    mkdirSync(join(folder, 'google-chrome'));
    expect(find({ PATH: folder, DISPLAY: ':0' })).toBeUndefined();
  });
});

describe('output', () => {
  function collect(json: boolean) {
    const said = { stdout: '', stderr: '' };
    const output = new Output({
      json,
      color: false,
      stdout: { write: (text: string) => (said.stdout += text) },
      stderr: { write: (text: string) => (said.stderr += text) },
    });
    return { output, said };
  }

  test('with --json every line of standard output is an object, the last one the result', () => {
    const { output, said } = collect(true);
    output.event('ready', { port: 1 });
    output.text('for people');
    output.talk('talk');
    output.result({ rows: [] }, () => 'table');
    expect(said.stdout).toBe('{"kind":"ready","port":1}\n{"kind":"result","rows":[]}\n');
    expect(said.stderr).toBe('talk\n');
  });

  test('a failure has code, message, field and hint, and nothing it was not given', () => {
    const { output, said } = collect(true);
    output.failure({ ok: false, code: 'bad-input', message: 'm', field: 'f' });
    expect(JSON.parse(said.stdout)).toEqual({ kind: 'error', code: 'bad-input', message: 'm', field: 'f' });
  });

  test('text from outside cannot steer the terminal', () => {
    const table = renderTable(
      [
        { name: '\u001b[2Jgone\u0007', size: 5 },
        { name: 'x', size: 1234 },
      ],
      [
        { title: 'Name', of: (row) => row.name },
        { title: 'Size', right: true, of: (row) => String(row.size) },
      ],
      'none',
    );
    expect(table).toBe('Name       Size\n·[2Jgone·     5\nx          1234');
  });

  test.each([
    [1_000, '1 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [7_260_000, '2 h 1 min'],
    [180_000_000, '2 days 2 h'],
  ])('%i ms are %s', (ms, words) => expect(durationWords(ms)).toBe(words));
});

test('run flags: defaults, and what they override in the configuration', () => {
  expect(readRunFlags({}, { logLevel: undefined })).toEqual({
    demo: false,
    forMs: undefined,
    simulateForMs: undefined,
    speed: 1,
    seed: undefined,
    serve: false,
    overrides: [],
  });
  const flags = readRunFlags(
    { demo: true, for: '90s', simFor: '1h', speed: 'max', seed: '42', port: '0' },
    { logLevel: 'warn' },
  );
  expect(flags).toMatchObject({
    demo: true,
    forMs: 90_000,
    simulateForMs: 3_600_000,
    speed: 'max',
    seed: '42',
  });
  expect(flags.overrides.map(({ path, value }) => [path.join('.'), value])).toEqual([
    ['mode', 'demo'],
    ['api.port', 0],
    ['log.level', 'warn'],
  ]);
});
