import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readCredentials } from '../../../src/adapters/secrets/credentials-source.ts';
import { isSecretError } from '../../../src/adapters/secrets/errors.ts';
import {
  chooseSecretSource,
  readPassphrase,
  type SecretSource,
} from '../../../src/adapters/secrets/passphrase-source.ts';
import {
  promptHidden,
  type Terminal,
  type TerminalInput,
} from '../../../src/adapters/secrets/terminal-prompt.ts';
import { ensureDefined } from '../../../src/shared/domain/assert.ts';
import { allCanaries, canary, canaryPassphrase, leaksIn, secretErrorOf, temporaryFolder } from './support.ts';

/** A keyboard that holds typed bytes until someone listens, as a paused stream does. */
class FakeKeyboard extends EventEmitter implements TerminalInput {
  readonly rawModes: boolean[] = [];
  #pending: Buffer[] = [];
  #flowing = false;

  type(text: string | Buffer): void {
    this.#pending.push(Buffer.from(text));
    this.#flush();
  }
  setRawMode(raw: boolean): void {
    this.rawModes.push(raw);
  }
  resume(): void {
    this.#flowing = true;
    this.#flush();
  }
  pause(): void {
    this.#flowing = false;
  }
  unshift(chunk: Buffer): void {
    this.#pending.unshift(chunk);
  }
  #flush(): void {
    while (this.#flowing && this.#pending.length > 0) this.emit('data', this.#pending.shift());
  }
}

function fakeTerminal(): { terminal: Terminal; keyboard: FakeKeyboard; shown: () => string } {
  const keyboard = new FakeKeyboard();
  let shown = '';
  const output = {
    write: (text: string) => {
      shown += text;
    },
  };
  return { terminal: { input: keyboard, output }, keyboard, shown: () => shown };
}

async function ask(terminal: Terminal): Promise<Buffer> {
  const [answer] = await promptHidden(terminal, [{ text: 'Q: ', maxBytes: 100 }]);
  return ensureDefined(answer, 'the answer');
}

async function descriptorWith(content: string | Buffer): Promise<SecretSource & { kind: 'descriptor' }> {
  const path = join(await temporaryFolder(), 'input');
  await writeFile(path, content);
  const descriptor = openSync(path, 'r');
  onTestFinished(() => closeSync(descriptor));
  return { kind: 'descriptor', descriptor };
}

describe('typing', () => {
  const cases: [string, string, string][] = [
    ['plain', 'secret words\r', 'secret words'],
    ['line feed ends it too', 'secret\n', 'secret'],
    ['backspace', 'secrex\u007ft\r', 'secret'],
    ['backspace over one umlaut', 'ä\u007fok\r', 'ok'],
    ['backspace on nothing', '\u007f\u007fok\r', 'ok'],
    ['Ctrl-U starts over', 'wrong\u0015right\r', 'right'],
    ['arrow keys do nothing', 'ab\u001b[D\u001b[1;5Cc\u001bOPd\r', 'abcd'],
    ['bracketed paste', '\u001b[200~pasted\u001b[201~\r', 'pasted'],
    ['Ctrl-D ends what was begun', 'abc\u0004', 'abc'],
    ['tab and other control characters are left out', 'a\tb\u0001c\r', 'abc'],
    ['UTF-8', 'pässwörd🔑\r', 'pässwörd🔑'],
  ];
  test.each(cases)('%s', async (_name, typed, expected) => {
    const { terminal, keyboard, shown } = fakeTerminal();
    const answer = ask(terminal);
    for (const byte of Buffer.from(typed)) keyboard.type(Buffer.from([byte]));
    expect((await answer).toString('utf8')).toBe(expected);
    expect(shown()).toBe('Q: \n');
    expect(keyboard.rawModes).toEqual([true, false]);
    expect(keyboard.eventNames()).toEqual([]);
  });

  test.each([
    ['Ctrl-C', 'abc\u0003'],
    ['Ctrl-D on an empty line', '\u0004'],
  ])('%s stops, and the terminal is as before', async (_name, typed) => {
    const { terminal, keyboard } = fakeTerminal();
    keyboard.type(typed);
    const error = await secretErrorOf(ask(terminal));
    expect([error.code, error.category]).toEqual(['passphrase-interrupted', 'interrupted']);
    expect(keyboard.rawModes).toEqual([true, false]);
  });

  test('the terminal going away stops', async () => {
    const { terminal, keyboard } = fakeTerminal();
    const answer = ask(terminal);
    keyboard.emit('close');
    expect((await secretErrorOf(answer)).code).toBe('passphrase-interrupted');
  });

  test('too long is refused, not cut', async () => {
    const { terminal, keyboard } = fakeTerminal();
    keyboard.type(`${'x'.repeat(101)}\r`);
    expect((await secretErrorOf(ask(terminal))).code).toBe('passphrase-too-long');
  });

  test('pasted lines answer the questions that follow', async () => {
    const { terminal, keyboard, shown } = fakeTerminal();
    keyboard.type('first answer\rsecond answer\r');
    const questions = ['1: ', '2: '].map((text) => ({ text, maxBytes: 99 }));
    const answers = (await promptHidden(terminal, questions)).map((answer) => answer.toString());
    // Echo stays off in between.
    expect(keyboard.rawModes).toEqual([true, false]);
    expect(answers).toEqual(['first answer', 'second answer']);
    expect(leaksIn(shown(), ['first answer', 'second answer'])).toEqual([]);
  });
});

describe('a new passphrase at the prompt', () => {
  async function enter(typed: string): Promise<string> {
    const { terminal, keyboard } = fakeTerminal();
    keyboard.type(typed);
    const passphrase = await readPassphrase({ kind: 'prompt', terminal }, { purpose: 'new' });
    return passphrase.toString('utf8');
  }
  test('is asked twice', async () =>
    expect(await enter('correct horse\rcorrect horse\r')).toBe('correct horse'));
  test.each([
    ['two that differ', 'correct horse\rcorrect hörse\r', 'passphrase-mismatch'],
    ['a short one', 'horse\r', 'passphrase-too-short'],
    ['an empty one', '\r', 'passphrase-empty'],
  ])('%s is refused', async (_name, typed, code) => {
    expect((await secretErrorOf(enter(typed))).code).toBe(code);
  });
});

describe('a passphrase from a descriptor', () => {
  test.each<[string, string | Buffer, string]>([
    ['one line', 'correct horse\n', 'correct horse'],
    ['no line end', 'correct horse', 'correct horse'],
    ['CR LF', 'correct horse\r\n', 'correct horse'],
    ['only the first line', 'correct horse\n{"apiKey":"x"}\n', 'correct horse'],
    ['spaces are part of it', '  correct horse  \n', '  correct horse  '],
    ['as long as allowed', `${'x'.repeat(1024)}\n`, 'x'.repeat(1024)],
    ['as long as allowed, CR LF', `${'x'.repeat(1024)}\r\n`, 'x'.repeat(1024)],
  ])('%s', async (_name, content, expected) => {
    const passphrase = await readPassphrase(await descriptorWith(content), { purpose: 'new' });
    expect(passphrase.toString('utf8')).toBe(expected);
  });

  test.each([
    ['empty', '', 'passphrase-empty'],
    ['an empty line', '\nsecret\n', 'passphrase-empty'],
    ['one byte too long', 'x'.repeat(1025), 'passphrase-too-long'],
    ['endless', 'x'.repeat(100_000), 'passphrase-too-long'],
    ['short', 'horse\n', 'passphrase-too-short'],
  ])('refused: %s', async (_name, content, code) => {
    expect(
      (await secretErrorOf(readPassphrase(await descriptorWith(content), { purpose: 'new' }))).code,
    ).toBe(code);
  });

  test('a short one opens what exists', async () => {
    const passphrase = await readPassphrase(await descriptorWith('horse\n'), { purpose: 'open' });
    expect(passphrase.toString()).toBe('horse');
  });

  test('a closed descriptor says how to open it', async () => {
    const error = await secretErrorOf(
      readPassphrase({ kind: 'descriptor', descriptor: 987 }, { purpose: 'open' }),
    );
    expect([error.code, error.hint]).toEqual(['passphrase-unavailable', expect.stringContaining('987<')]);
  });

  test('the rest of the stream is left for the credentials', async () => {
    const source = await descriptorWith(`${canaryPassphrase}\n${JSON.stringify(canary)}`);
    expect((await readPassphrase(source, { purpose: 'open' })).toString()).toBe(canaryPassphrase);
    expect(await readCredentials(source)).toEqual(canary);
  });
});

describe('choosing the source', () => {
  const { terminal } = fakeTerminal();
  const flag = '--passphrase-fd';
  test('a descriptor, standard input, or the terminal', () => {
    expect(chooseSecretSource({ flag, descriptor: '3' }, terminal)).toEqual({
      kind: 'descriptor',
      descriptor: 3,
    });
    expect(chooseSecretSource({ flag, fromStdin: true }, terminal)).toEqual({
      kind: 'descriptor',
      descriptor: 0,
    });
    expect(chooseSecretSource({ flag }, terminal).kind).toBe('prompt');
  });
  test.each([
    ['no terminal and no flag', {}, 'passphrase-unavailable'],
    ['text', { descriptor: 'three' }, 'bad-input'],
    ['negative', { descriptor: '-1' }, 'bad-input'],
    ['a fraction', { descriptor: 1.5 }, 'bad-input'],
    ['1e400', { descriptor: '1e400' }, 'bad-input'],
    ['standard output', { descriptor: '1' }, 'bad-input'],
    ['both', { descriptor: '3', fromStdin: true }, 'bad-input'],
  ])('refused: %s', (_name, flags, code) => {
    expect(() => chooseSecretSource({ flag, ...flags }, null)).toThrow(expect.objectContaining({ code }));
  });
});

describe('credentials', () => {
  test('at the prompt: the asked fields, hidden, spaces around them dropped', async () => {
    const { terminal, keyboard, shown } = fakeTerminal();
    keyboard.type(` ${canary.apiKey} \r${canary.secret}\r${canary.password}\r`);
    const read = await readCredentials({ kind: 'prompt', terminal }, ['apiKey', 'secret', 'password']);
    expect(read).toEqual({ apiKey: canary.apiKey, secret: canary.secret, password: canary.password });
    expect(shown()).toBe('API key: \nAPI secret: \nAPI passphrase: \n');
  });

  test('a pasted PEM block is one secret', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\nabc=\n-----END PRIVATE KEY-----';
    for (const lineEnd of ['\r', '\n', '\r\n']) {
      const { terminal, keyboard } = fakeTerminal();
      keyboard.type(`key\r${pem.replaceAll('\n', lineEnd)}${lineEnd}`);
      expect(await readCredentials({ kind: 'prompt', terminal })).toEqual({ apiKey: 'key', secret: pem });
    }
  });

  test.each([
    ['no JSON', `${canary.secret}`, undefined],
    ['cut JSON', `{"apiKey":"${canary.apiKey}","secret":"${canary.secret}`, undefined],
    ['a list', `["${canary.secret}"]`, undefined],
    ['an unknown member', `{"${canary.secret}":1}`, undefined],
    ['a number', `{"apiKey":5,"secret":"${canary.secret}"}`, 'apiKey'],
    ['no secret', `{"apiKey":"${canary.apiKey}"}`, 'secret'],
    ['a line end in the key', `{"apiKey":"${canary.apiKey}\\n","secret":"x"}`, 'apiKey'],
  ])('refused without quoting the input: %s', async (_name, content, field) => {
    const error = await secretErrorOf(readCredentials(await descriptorWith(content)));
    expect([error.code, error.field]).toEqual(['bad-input', field]);
    expect(leaksIn(`${error.message} ${error.hint} ${error.stack}`, allCanaries)).toEqual([]);
    expect(isSecretError(error)).toBe(true);
  });
});

const hasScript = process.platform === 'linux' && spawnSync('which', ['script']).status === 0;
if (!hasScript)
  process.stderr.write('pseudo-terminal test skipped: it needs the program "script" on Linux\n');

test.skipIf(!hasScript)('a real pseudo-terminal shows the questions and not one typed letter', async () => {
  const command = `${process.execPath} ${join(import.meta.dirname, 'prompt-child.ts')}`;
  const session = spawn('script', ['-qefc', command, '/dev/null'], { stdio: 'pipe' });
  let screen = '';
  const answers = [canaryPassphrase, canaryPassphrase];
  session.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    // Each question is answered when it is seen, as a person would.
    const questions = screen.match(/(passphrase|again): /g)?.length ?? 0;
    while (answers.length > 0 && questions > 2 - answers.length) session.stdin.write(`${answers.shift()}\r`);
  });
  const code = await new Promise((resolve) => session.once('close', resolve));
  expect(code).toBe(0);
  expect(screen).toContain(`got ${canaryPassphrase.length} bytes by prompt`);
  expect(leaksIn(screen, [canaryPassphrase])).toEqual([]);
});
