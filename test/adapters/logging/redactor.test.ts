import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/adapters/logging/redactor.ts';

const secret = 'NhqPtmdSJY+KjVHjA7/PZj4Mge3R5YNiP1e3==';
const bytes = Buffer.from(secret);

function redactorOf(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const each of secrets) redactor.register(each);
  return redactor;
}

describe('every spelling goes', () => {
  const basic = Buffer.from(`user:${secret}`).toString('base64');
  const cases: [string, string, string][] = [
    ['as it is', `key=${secret};`, 'key=[redacted];'],
    ['alone', secret, '[redacted]'],
    ['twice', `${secret} and ${secret}`, '[redacted] and [redacted]'],
    ['cut at the end', `key ${secret.slice(0, 20)}…`, 'key [redacted]…'],
    ['cut at the start', `…${secret.slice(-20)} end`, '…[redacted] end'],
    ['the middle only', `<${secret.slice(8, 24)}>`, '<[redacted]>'],
    ['URL-encoded', `?k=${encodeURIComponent(secret)}&`, '?k=[redacted]&'],
    ['URL-encoded, lower case', encodeURIComponent(secret).replaceAll('%2F', '%2f'), '[redacted]'],
    ['URL-encoded twice', encodeURIComponent(encodeURIComponent(secret)), '[redacted]'],
    ['form-encoded', `${new URLSearchParams({ k: secret })}`, 'k=[redacted]'],
    ['base64', `b ${bytes.toString('base64')} b`, 'b [redacted] b'],
    ['base64, URL alphabet', bytes.toString('base64url'), '[redacted]'],
    ['hex', `0x${bytes.toString('hex')}`, '0x[redacted]'],
    ['hex, upper case', bytes.toString('hex').toUpperCase(), '[redacted]'],
    ['hex of what it decodes to', Buffer.from(secret, 'base64').toString('hex'), '[redacted]'],
  ];
  test.each(cases)('%s', (_name, input, expected) => {
    expect(redactorOf(secret).redact(input)).toBe(expected);
  });

  test('inside the base64 of a larger text (basic authorization)', () => {
    const redacted = redactorOf(secret).redact(`Basic ${basic}`);
    expect(redacted).toMatch(/^Basic .{6,9}\[redacted\].{0,3}$/);
    expect(Buffer.from(redacted.replace('[redacted]', ''), 'base64').toString()).not.toContain(
      secret.slice(2, 12),
    );
  });

  test('with characters that JSON escapes', () => {
    const quoted = 'pass"word\\with\nline end é';
    const redactor = redactorOf(quoted);
    const inJson = JSON.stringify({ a: quoted });
    expect(redactor.redact(inJson)).toBe('{"a":"[redacted]"}');
    expect(redactor.redact(JSON.stringify(inJson))).toBe('"{\\"a\\":\\"[redacted]\\"}"');
  });

  test('a PEM key: whole, by lines, without line ends; its header stays, since others have it too', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const body = pem.split('\n')[1] ?? '';
    const redactor = redactorOf(pem);
    expect(redactor.redact(pem)).toBe('-----BEGIN PRIVATE KEY-----\n[redacted]\n-----END PRIVATE KEY-----\n');
    expect(redactor.redact(`line ${body}`)).toBe('line [redacted]');
    const der = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('hex');
    expect(redactor.redact(der)).toBe('[redacted]');
    expect(redactor.redact('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
  });
});

describe('nothing else goes', () => {
  test.each([
    ['a text without it', 'order 123456 filled at 64123.45 on binance'],
    ['less than a fragment', `it starts with ${secret.slice(0, 11)}`],
    ['an empty text', ''],
    ['zeros', '0.00000000000000000'],
  ])('%s', (_name, input) => {
    expect(redactorOf(secret, '000000000000000000000000').redact(input)).toBe(input);
  });

  test('a redactor that knows nothing, and one that was given nothing', () => {
    expect(new Redactor().redact('text')).toBe('text');
    expect(redactorOf('').redact('text')).toBe('text');
  });

  test('a very short secret goes only where it stands alone', () => {
    const redactor = redactorOf('1234');
    expect(redactor.redact('1234')).toBe('[redacted]');
    expect(redactor.redact(' 1234\n')).toBe('[redacted]');
    expect(redactor.redact('price 1234.5')).toBe('price 1234.5');
  });

  test('a secret of 6 to 11 characters goes inside text, as a whole', () => {
    const redactor = redactorOf('hunter22');
    expect(redactor.redact('login hunter22!')).toBe('login [redacted]!');
    expect(redactor.redact('login hunter2')).toBe('login hunter2');
  });

  test('a run of one character as secret goes only as a whole', () => {
    const redactor = redactorOf('a'.repeat(30));
    expect(redactor.redact(`x${'a'.repeat(30)}x`)).toBe('x[redacted]x');
    expect(redactor.redact('aaaaaaaaaaaaaaaaaaaa')).toBe('aaaaaaaaaaaaaaaaaaaa');
  });
});

test('property: wherever a secret is put into whatever text, none of its fragments is left', () => {
  const anyText = fc.string({ unit: 'grapheme', maxLength: 40 });
  const anySecret = fc.string({ unit: 'grapheme-ascii', minLength: 16, maxLength: 80 }).filter((own) => {
    return new Set(own.trim()).size >= 8 && own.trim().length >= 16;
  });
  const spelled = (own: string): string[] => [
    own,
    encodeURIComponent(own),
    Buffer.from(own).toString('base64'),
    Buffer.from(own).toString('hex'),
    JSON.stringify(own),
  ];
  fc.assert(
    fc.property(anyText, anySecret, anyText, fc.nat(4), (before, own, after, spelling) => {
      const form = spelled(own)[spelling] ?? own;
      const redacted = redactorOf(own).redact(`${before}|${form}|${after}`);
      expect(redacted).toContain('[redacted]');
      expect(redacted.includes(form)).toBe(false);
      // What is around it is not touched.
      expect(redacted.startsWith(`${before}|`)).toBe(true);
      expect(redacted.endsWith(`|${after}`)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

/** Which 12-character pieces of the secret are on the heap of a process that registered and then forgot or kept it. */
async function piecesOnHeap(mode: 'forget' | 'keep'): Promise<readonly string[]> {
  const child = join(import.meta.dirname, 'redactor-heap-child.ts');
  const running = spawn(process.execPath, [child, mode], { stdio: ['pipe', 'pipe', 'inherit'] });
  running.stdin.end(`${secret}\n`);
  const [heap, code] = await Promise.all([
    text(running.stdout),
    new Promise((resolve) => running.once('close', resolve)),
  ]);
  expect(code).toBe(0);
  const shifted = [1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(4),
  );
  const base64 = [bytes.toString('base64'), ...shifted];
  const forms = [
    secret,
    encodeURIComponent(secret),
    ...base64,
    ...base64.map(encodeURIComponent),
    bytes.toString('hex'),
  ];
  const pieces = forms.flatMap((form) =>
    Array.from({ length: Math.floor(form.length / 12) }, (_, i) => form.slice(i * 12, i * 12 + 12)),
  );
  return pieces.filter((piece) => heap.includes(piece));
}

test('the redactor keeps no secret in memory, in no spelling', async () => {
  expect(await piecesOnHeap('forget')).toEqual([]);
});

test('check of the check: a secret that is kept is found in the same way', async () => {
  expect(await piecesOnHeap('keep')).toContain(secret.slice(0, 12));
});

test('text that holds none of ten keys passes as it is', () => {
  const redactor = new Redactor();
  for (let i = 0; i < 10; i++)
    redactor.register(`${i}vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A`);
  const line =
    '{"level":"info","venue":"binance","orderId":"grid-0123456789abcdef","price":"64123.45"}'.repeat(3);
  expect(redactor.redact(line)).toBe(line);
});
