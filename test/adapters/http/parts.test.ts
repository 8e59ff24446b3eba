/** Strict JSON, tokens, budgets and the host file by themselves. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Access } from '../../../src/adapters/http/access.ts';
import {
  findRunningHost,
  readHostFile,
  removeHostFile,
  writeHostFile,
} from '../../../src/adapters/http/host-file.ts';
import { RequestBudget } from '../../../src/adapters/http/request-budget.ts';
import { parseStrictJson } from '../../../src/adapters/http/strict-json.ts';
import { ApiError } from '../../../src/shared/api/result.ts';

describe('strict JSON', () => {
  test.each([
    ['{"speed": NaN}', 'speed', 'value NaN'],
    ['{"a": [1, {"b": Infinity}]}', 'a.1.b', 'value Infinity'],
    ['{"a": 1e400}', 'a', 'finite'],
    ['{"a": {"b": [-1e999]}}', 'a.b.0', 'finite'],
    ['{"a": 1,5}', undefined, 'key in double quotes'],
    ['{"a": 01}', 'a', 'value 01'],
    ['{"a": .5}', 'a', 'value .5'],
    ['{"a": +5}', 'a', 'value +5'],
    ["{'a': 5}", undefined, 'double quotes'],
    ['{"a": "x}', 'a', 'not closed'],
    ['{"a": "\n"}', 'a', 'not closed or not valid'],
    ['{"a": tru}', 'a', 'value tru'],
    ['{"a": }', 'a', 'value }'],
    ['{"a" 1}', 'a', 'colon'],
    ['{"a": 1', undefined, 'comma or }'],
    ['[1, 2', undefined, 'comma or ]'],
    ['', undefined, 'ends too early'],
    ['{} {}', undefined, 'more text'],
    ['{"__proto__": {"x": 1}}', '__proto__', 'unknown key'],
    ['{"a": {"__proto__": 1}}', 'a.__proto__', 'unknown key'],
  ])('refuses %s', (text, field, reason) => {
    const work = () => parseStrictJson(text);
    expect(work).toThrow(ApiError);
    expect(work).toThrow(reason);
    try {
      work();
    } catch (error) {
      expect((error as ApiError).code).toBe('bad-input');
      expect((error as ApiError).field).toBe(field);
    }
  });

  test('puts a prefix before the field', () => {
    expect(() => parseStrictJson('{"lower": NaN}', ['params'])).toThrow(/^params\.lower: /);
  });

  test('depth: 32 levels pass, 33 do not, a hundred thousand do not take the program down', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(() => parseStrictJson(nested(32))).not.toThrow();
    expect(() => parseStrictJson(nested(33))).toThrow('32 deep');
    expect(() => parseStrictJson(nested(100_000))).toThrow('32 deep');
    expect(() => parseStrictJson('['.repeat(100_000))).toThrow('32 deep');
  });

  test('property: whatever JSON.stringify writes is read back as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('property: any text is read or refused as bad input; nothing else happens', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '"a"',
      '1',
      '-',
      'e9',
      '.',
      'true',
      'NaN',
      '\\',
      'u0041',
      ' ',
      '\n',
      '\u0000',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => {
        const text = parts.join('');
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        try {
          parseStrictJson(text);
          expect(isJson).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
          expect((error as ApiError).code).toBe('bad-input');
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('access', () => {
  test('what is kept of a token is not the token', () => {
    const access = new Access(() => 0);
    const token = access.issueToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(JSON.stringify(access)).not.toContain(token);
    expect(access.byToken(token)?.id).toMatch(/^token-[0-9a-f]{8}$/);
    expect(access.bySession(token)).toBeUndefined();
    expect(access.redeem(token)).toBeUndefined();
  });

  test('old browser tokens go when there are too many, sessions too', () => {
    const access = new Access(() => 0);
    const tokens = Array.from({ length: 17 }, () => access.issueBrowserToken());
    expect(access.redeem(tokens[0] as string)).toBeUndefined();
    const session = access.redeem(tokens[1] as string) as string;
    expect(access.bySession(session)?.scopes.has('trade')).toBe(true);
    for (let count = 0; count < 32; count += 1) access.redeem(access.issueBrowserToken());
    expect(access.bySession(session)).toBeUndefined();
  });

  test('a session has the rights of the address it came from', () => {
    const access = new Access(() => 0);
    const session = access.redeem(access.issueBrowserToken(new Set(['read']))) as string;
    expect([...(access.bySession(session)?.scopes ?? [])]).toEqual(['read']);
  });
});

describe('request budget', () => {
  test('a full bucket, then one request each tenth of a second at a hundred in ten seconds', () => {
    let nowMs = 0;
    const budget = new RequestBudget(100, () => nowMs);
    for (let count = 0; count < 100; count += 1) expect(budget.take('a')).toBe(0);
    expect(budget.take('a')).toBe(100);
    expect(budget.take('b')).toBe(0);
    nowMs = 99;
    expect(budget.take('a')).toBe(1);
    nowMs = 100;
    expect(budget.take('a')).toBe(0);
    expect(budget.take('a')).toBe(100);
  });

  test('property: in no ten seconds does a client get more than twice its limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }), (pauses) => {
        let nowMs = 0;
        const budget = new RequestBudget(20, () => nowMs);
        const taken: number[] = [];
        for (const pause of pauses) {
          nowMs += pause;
          if (budget.take('a') === 0) taken.push(nowMs);
        }
        for (const start of taken) {
          expect(taken.filter((time) => time >= start && time < start + 10_000).length).toBeLessThanOrEqual(
            40,
          );
        }
      }),
    );
  });
});

describe('host file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sextant-host-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const host = { pid: process.pid, address: 'http://127.0.0.1:4000', port: 4000, token: 'A'.repeat(43) };

  test('is for its owner only and found while the process lives', () => {
    writeHostFile(folder, host);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'host.json')).mode & 0o777).toBe(0o600);
    expect(findRunningHost(folder)).toEqual(host);
    removeHostFile(folder, 1);
    expect(readHostFile(folder)).toEqual(host);
    removeHostFile(folder, process.pid);
    expect(readHostFile(folder)).toBeUndefined();
  });

  test('of a process that is gone is no host', () => {
    writeHostFile(folder, { ...host, pid: 2 ** 22 - 3 });
    expect(findRunningHost(folder)).toBeUndefined();
  });

  test.each([
    ['cut at any byte', (text: string) => text.slice(0, text.length / 2)],
    ['with an address elsewhere', (text: string) => text.replace('127.0.0.1', '10.0.0.1')],
    [
      'with another name as address',
      (text: string) => text.replace('127.0.0.1:4000', '127.0.0.1:4000@evil.test'),
    ],
    ['with a broken token', (text: string) => text.replace('AAAA', 'A\\nX')],
  ])('%s is none', (_name, spoil) => {
    writeHostFile(folder, host);
    const path = join(folder, 'host.json');
    writeFileSync(path, spoil(readFileSync(path, 'utf8')));
    expect(findRunningHost(folder)).toBeUndefined();
  });
});
