/** Where a vault passphrase comes from: a prompt, a file descriptor, or standard input. Never argv or environment. */
import { read } from 'node:fs';
import { promisify } from 'node:util';
import { assert } from '../../shared/domain/assert.ts';
import { SecretError, systemErrorCode } from './errors.ts';
import { type HiddenQuestion, promptHidden, type Terminal } from './terminal-prompt.ts';

const readDescriptor = promisify(read);
const retryDelayMs = 20;

/** Shortest new passphrase. An existing vault is opened with any length, so that older ones stay usable. */
export const minNewPassphraseBytes = 8;
export const maxPassphraseBytes = 1024;

/** How a secret reaches the program. */
export type SecretSource =
  | { readonly kind: 'prompt'; readonly terminal: Terminal }
  /** An open file descriptor; 0 is standard input. */
  | { readonly kind: 'descriptor'; readonly descriptor: number };

/** Flags from which a source is chosen. */
export interface SecretSourceFlags {
  /** Value of `--passphrase-fd` (or `--secret-fd`), as typed. */
  readonly descriptor?: string | number | undefined;
  /** Whether the value shall be read from standard input. */
  readonly fromStdin?: boolean | undefined;
  /** Name of the flag, for the error. */
  readonly flag: string;
}

/** Chooses the source: the descriptor, standard input, or else the terminal. Throws when there is none. */
export function chooseSecretSource(flags: SecretSourceFlags, terminal: Terminal | null): SecretSource {
  const { descriptor, fromStdin = false, flag } = flags;
  if (descriptor !== undefined) {
    if (fromStdin) throw badFlag(flag, 'was given together with the standard input flag; give one of them');
    const text = String(descriptor);
    if (!/^\d{1,4}$/.test(text))
      throw badFlag(flag, 'must be the number of an open file descriptor, such as 3');
    if (text === '1' || text === '2') throw badFlag(flag, 'must not be 1 or 2: those are for output');
    return { kind: 'descriptor', descriptor: Number(text) };
  }
  if (fromStdin) return { kind: 'descriptor', descriptor: 0 };
  if (terminal !== null) return { kind: 'prompt', terminal };
  throw new SecretError(
    'passphrase-unavailable',
    'a secret is needed, and there is no terminal to ask at',
    `Give it through a file descriptor, for example: ${flag} 3 3< file-only-you-can-read`,
  );
}

/**
 * Reads a passphrase as bytes. From a descriptor: the first line, leaving the rest unread. At a prompt a new
 * one (`purpose: 'new'`) is asked twice. The caller owns the buffer and wipes it.
 */
export async function readPassphrase(
  source: SecretSource,
  options: { readonly purpose: 'open' | 'new'; readonly question?: string },
): Promise<Buffer> {
  const { purpose, question = purpose === 'new' ? 'New vault passphrase' : 'Vault passphrase' } = options;
  if (source.kind === 'prompt') return askPassphrase(source.terminal, question, purpose);
  const passphrase = await readLine(source.descriptor, maxPassphraseBytes);
  try {
    checkPassphraseLength(passphrase, purpose);
    return passphrase;
  } catch (error) {
    passphrase.fill(0);
    throw error;
  }
}

async function askPassphrase(terminal: Terminal, question: string, purpose: 'open' | 'new'): Promise<Buffer> {
  const first: HiddenQuestion = {
    text: `${question}: `,
    maxBytes: maxPassphraseBytes,
    check: (answer) => checkPassphraseLength(answer, purpose),
  };
  const again: HiddenQuestion = { text: 'The same again: ', maxBytes: maxPassphraseBytes };
  const [passphrase, repeated] = await promptHidden(terminal, purpose === 'new' ? [first, again] : [first]);
  assert(passphrase !== undefined, 'a prompt gives an answer for each question');
  const same = repeated === undefined || repeated.equals(passphrase);
  repeated?.fill(0);
  if (same) return passphrase;
  passphrase.fill(0);
  throw new SecretError(
    'passphrase-mismatch',
    'the two passphrases differ',
    'Start again; nothing was stored.',
  );
}

/** Throws unless the passphrase has an acceptable length for its purpose. */
export function checkPassphraseLength(passphrase: Uint8Array, purpose: 'open' | 'new'): void {
  if (passphrase.length === 0) {
    throw new SecretError('passphrase-empty', 'the passphrase is empty', 'Nothing was read or stored.');
  }
  if (passphrase.length > maxPassphraseBytes) throw tooLong(maxPassphraseBytes);
  if (purpose === 'new' && passphrase.length < minNewPassphraseBytes) {
    throw new SecretError(
      'passphrase-too-short',
      `a new passphrase needs at least ${minNewPassphraseBytes} bytes`,
      'Five random words are easy to remember and hard to guess.',
    );
  }
}

/**
 * The first line of a descriptor, without its line end, at most `maxBytes`. Reads byte by byte, so that what
 * follows (credentials on the same standard input, say) stays in the pipe.
 */
export async function readLine(descriptor: number, maxBytes: number): Promise<Buffer> {
  const line = Buffer.alloc(maxBytes + 2);
  const one = Buffer.alloc(1);
  let length = 0;
  try {
    while ((await readSome(descriptor, one)) === 1 && one[0] !== newline) {
      if (length === line.length) throw tooLong(maxBytes);
      line[length++] = one.readUInt8(0);
    }
    if (length > 0 && line[length - 1] === carriageReturn) length -= 1;
    if (length > maxBytes) throw tooLong(maxBytes);
    return Buffer.from(line.subarray(0, length));
  } finally {
    line.fill(0);
    one.fill(0);
  }
}

/** Everything a descriptor gives, at most `maxBytes`. */
export async function readToEnd(descriptor: number, maxBytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  try {
    while (length < buffer.length) {
      const count = await readSome(descriptor, buffer.subarray(length));
      if (count === 0) return Buffer.from(buffer.subarray(0, length));
      length += count;
    }
    throw tooLong(maxBytes);
  } finally {
    buffer.fill(0);
  }
}

const newline = 0x0a;
const carriageReturn = 0x0d;

async function readSome(descriptor: number, into: Buffer): Promise<number> {
  for (;;) {
    try {
      return (await readDescriptor(descriptor, into, 0, into.length, null)).bytesRead;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'EOF') return 0; // how Windows reports the end of a pipe
      if (code !== 'EAGAIN') throw unreadable(descriptor, code);
      // A pipe in non-blocking mode with nothing in it yet.
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
    }
  }
}

function unreadable(descriptor: number, code: string | undefined): SecretError {
  return new SecretError(
    'passphrase-unavailable',
    `file descriptor ${descriptor} cannot be read (${code ?? 'unknown error'})`,
    `Open it when starting the program, for example: ${descriptor}< file-only-you-can-read`,
  );
}

function tooLong(maxBytes: number): SecretError {
  return new SecretError(
    'passphrase-too-long',
    `the secret is longer than ${maxBytes} bytes`,
    'Is it the right file? Nothing was stored.',
  );
}

function badFlag(flag: string, reason: string): SecretError {
  return new SecretError('bad-input', `${flag} ${reason}`, 'Nothing was read.', flag.replace(/^--/, ''));
}
