/** A log record as a line for people. */
import type { LogLevel, LogRecord, PlainValue } from './log-port.ts';

const escapePrefix = '\u001b[';
const colors: Record<LogLevel, string> = { debug: '2m', info: '36m', warn: '33m', error: '31m' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: a log must not be able to drive the terminal
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** `12:34:56.789 WARN  message  key=value`, in UTC, error stacks below; ends in a line end. */
export function prettyLine(record: LogRecord, useColor: boolean): string {
  const time = new Date(record.timeMs).toISOString().slice(11, 23);
  const level = record.level.toUpperCase().padEnd(5);
  const paint = (text: string, color: string): string =>
    useColor ? `${escapePrefix}${color}${text}${escapePrefix}0m` : text;
  const stacks: string[] = [];
  const fields = Object.entries(record.fields).map(([name, value]) => {
    collectStacks(value, stacks);
    return `${paint(`${visible(name)}=`, '2m')}${shown(value)}`;
  });
  const head = `${paint(time, '2m')} ${paint(level, colors[record.level])} ${visible(record.message)}`;
  const below = stacks.flatMap((stack) => stack.split('\n')).map((line) => `    ${visible(line)}\n`);
  return `${[head, ...fields].join('  ')}\n${below.join('')}`;
}

function shown(value: PlainValue): string {
  if (typeof value === 'string')
    return /[\s"=]/.test(value) || value === '' ? visible(JSON.stringify(value)) : visible(value);
  if (isError(value)) return visible(`${String(value['type'])}: ${String(value['message'])}`);
  return visible(JSON.stringify(value));
}

function collectStacks(value: PlainValue, stacks: string[]): void {
  if (!isError(value)) return;
  if (typeof value['stack'] === 'string') stacks.push(value['stack']);
  if (value['cause'] !== undefined) collectStacks(value['cause'], stacks);
}

function isError(value: PlainValue): value is { readonly [key: string]: PlainValue } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    'type' in value &&
    'stack' in value
  );
}

/** Control and direction characters as `\u001b`, so that text from outside cannot forge or hide lines. */
function visible(text: string): string {
  return text.replaceAll(controlCharacters, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
