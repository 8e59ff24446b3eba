/** Asks for a secret at a terminal without showing what is typed. */
import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { SecretError } from './errors.ts';

/** The part of a terminal that prompting needs. */
export interface Terminal {
  readonly input: TerminalInput;
  /** Where the question goes; standard error, since standard output is for data. */
  readonly output: { write(text: string): unknown };
}

/** A terminal's keyboard: what `tty.ReadStream` offers. */
export interface TerminalInput {
  setRawMode(raw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'end' | 'close', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
  unshift(chunk: Buffer): void;
}

/** One question and the limits of its answer. */
export interface HiddenQuestion {
  readonly text: string;
  readonly maxBytes: number;
  /** Lets a pasted PEM block span lines: from a `-----BEGIN` line to its `-----END` line. */
  readonly allowPem?: boolean;
  /** Sees the answer before the next question is asked; what it throws ends the questions. */
  readonly check?: (answer: Buffer) => void;
}

/** The terminal of this process, also when standard input is a pipe; null when there is none. */
export function openTerminal(): Terminal | null {
  const output = process.stderr;
  if (process.stdin.isTTY) return { input: process.stdin, output };
  if (process.platform === 'win32') return null;
  try {
    return { input: new ReadStream(openSync('/dev/tty', 'r')), output };
  } catch {
    return null; // no controlling terminal: a service, a container
  }
}

/**
 * Asks the questions one after the other and gives the bytes typed, without line ends. Echo is off from before
 * the first question until after the last answer, so that nothing typed ahead is shown. The caller owns and
 * wipes the buffers. Throws `passphrase-interrupted` on Ctrl-C and when the terminal goes away.
 */
export async function promptHidden(
  terminal: Terminal,
  questions: readonly HiddenQuestion[],
): Promise<readonly Buffer[]> {
  const { input, output } = terminal;
  const answers: Buffer[] = [];
  input.setRawMode(true);
  try {
    for (const question of questions) {
      output.write(question.text);
      const answer = await readHidden(input, question).finally(() => output.write('\n'));
      answers.push(answer);
      question.check?.(answer);
    }
    return answers;
  } catch (error) {
    for (const answer of answers) answer.fill(0);
    throw error;
  } finally {
    input.setRawMode(false);
  }
}

function readHidden(input: TerminalInput, question: HiddenQuestion): Promise<Buffer> {
  const line = new HiddenLine(question);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();

  const onData = (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length; at++) {
      const outcome = line.take(chunk.readUInt8(at));
      if (outcome === 'more') continue;
      const rest = Buffer.from(chunk.subarray(at + 1));
      stopListening();
      // Pasted lines answer the questions that follow.
      if (rest.length > 0) input.unshift(rest);
      if (outcome === 'interrupted') reject(interrupted());
      else if (line.overflowed) reject(tooLong(question.maxBytes));
      else resolve(line.bytes());
      break;
    }
    chunk.fill(0);
  };
  const onEnd = (): void => {
    stopListening();
    reject(interrupted());
  };
  function stopListening(): void {
    input.off('data', onData);
    input.off('end', onEnd);
    input.off('close', onEnd);
    input.pause();
  }

  input.on('data', onData);
  input.on('end', onEnd);
  input.on('close', onEnd);
  input.resume();
  return promise.finally(() => line.wipe());
}

const key = {
  ctrlC: 0x03,
  ctrlD: 0x04,
  backspace: 0x08,
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  ctrlU: 0x15,
  escape: 0x1b,
  delete: 0x7f,
} as const;

/** Line editing in one fixed buffer: nothing typed is ever in a string. */
class HiddenLine {
  readonly #buffer: Buffer;
  readonly #allowPem: boolean;
  #length = 0;
  #escape: 'none' | 'started' | 'sequence' = 'none';
  #lastWasReturn = false;
  overflowed = false;

  constructor({ maxBytes, allowPem = false }: HiddenQuestion) {
    this.#buffer = Buffer.alloc(maxBytes);
    this.#allowPem = allowPem;
  }

  take(byte: number): 'more' | 'done' | 'interrupted' {
    if (this.#skipEscape(byte)) return 'more';
    const afterReturn = this.#lastWasReturn;
    this.#lastWasReturn = byte === key.carriageReturn;
    switch (byte) {
      case key.ctrlC:
        return 'interrupted';
      case key.ctrlD:
        return this.#length === 0 ? 'interrupted' : 'done';
      case key.lineFeed:
      case key.carriageReturn:
        if (byte === key.lineFeed && afterReturn) return 'more'; // the second half of CR LF inside a PEM
        if (!this.#insidePem()) return 'done';
        this.#append(key.lineFeed);
        return 'more';
      case key.backspace:
      case key.delete:
        this.#eraseCharacter();
        return 'more';
      case key.ctrlU:
        this.wipe();
        return 'more';
      default:
        if (byte >= 0x20) this.#append(byte);
        return 'more';
    }
  }

  bytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  wipe(): void {
    this.#buffer.fill(0);
    this.#length = 0;
    this.overflowed = false;
  }

  #append(byte: number): void {
    if (this.#length === this.#buffer.length) this.overflowed = true;
    else this.#buffer[this.#length++] = byte;
  }

  /** Steps back over the continuation bytes of UTF-8, to the start of the character. */
  #eraseCharacter(): void {
    while (this.#length > 0) {
      const erased = this.#buffer[--this.#length] as number;
      this.#buffer[this.#length] = 0;
      if ((erased & 0xc0) !== 0x80) return;
    }
  }

  /** Arrow keys, bracketed-paste marks and the like: ESC [ … final byte, or ESC and one character. */
  #skipEscape(byte: number): boolean {
    if (this.#escape === 'none') {
      if (byte !== key.escape) return false;
      this.#escape = 'started';
    } else if (this.#escape === 'started') {
      this.#escape = byte === 0x5b || byte === 0x4f ? 'sequence' : 'none';
    } else if (byte >= 0x40 && byte <= 0x7e) {
      this.#escape = 'none';
    }
    return true;
  }

  #insidePem(): boolean {
    if (!this.#allowPem || this.overflowed) return false;
    const typed = this.#buffer.subarray(0, this.#length);
    if (typed.indexOf('-----BEGIN') !== 0) return false;
    const lastLine = typed.subarray(typed.lastIndexOf(key.lineFeed) + 1);
    return lastLine.indexOf('-----END') !== 0;
  }
}

function tooLong(maxBytes: number): SecretError {
  return new SecretError('passphrase-too-long', `the answer is longer than ${maxBytes} bytes`, 'Try again.');
}

function interrupted(): SecretError {
  return new SecretError('passphrase-interrupted', 'stopped at the prompt', 'Nothing was stored.');
}
