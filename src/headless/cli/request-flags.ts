/** Flags from a method's request schema: the kebab-case of each field, read by the kind of its value. */

import { z } from 'zod';
import { badFlag, parseMoney, parseNumber, parseParams, parseScope, parseTime } from './values.ts';

/** One flag of a command. */
export interface RequestFlag {
  /** Field of the request. */
  readonly field: string;
  /** `--dry-run`, `--limit <number>` … as commander wants it. */
  readonly flags: string;
  readonly help: string;
  /** Reads the text typed; a switch gets `true`. */
  readonly read: (typed: string | true) => unknown;
}

/** Gives the name of a flag: units of time stay inside the program. */
export function flagName(field: string): string {
  return field.replace(/Ms$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function innermost(schema: z.ZodType): { schema: z.ZodType; isRequired: boolean } {
  let current = schema;
  let isRequired = true;
  while (
    current instanceof z.ZodOptional ||
    current instanceof z.ZodDefault ||
    current instanceof z.ZodNullable
  ) {
    isRequired = false;
    current = current.unwrap() as z.ZodType;
  }
  return { schema: current, isRequired };
}

/** Fields whose JSON shape has a shorter spelling on the command line. */
const shortSpellings: Readonly<
  Record<string, { value: string; help: string; read: (text: string, field: string) => unknown }>
> = {
  params: { value: 'json', help: 'parameters as JSON, or @file.json, @file.yaml', read: parseParams },
  scope: { value: 'scope', help: 'all, venue:ID, bot:ID or instrument:VENUE:SYMBOL', read: parseScope },
  allocation: { value: 'money', help: 'money of its own, such as USDT=1000', read: parseMoney },
};

/** What a field means, where its name and the options do not say it all. */
const helpOf: Readonly<Record<string, string>> = {
  strategy: 'strategy, see: strategies list',
  venue: 'venue id such as sim-a',
  instrument: 'symbol such as BTC/USDT',
  bot: 'bot id such as b1',
  name: 'a name of your own',
  start: 'starts it at once',
  token: 'for scripts: the same token is carried out at most once in 24 hours',
  limit: 'how many rows',
  offset: 'how many rows to leave out first',
  cancel: 'cancels the open orders of the scope',
  flatten: 'cancels orders and closes positions at the market price',
  reason: 'why, for the journal',
};

function flagOf(field: string, whole: z.ZodType, hasDefault: boolean): RequestFlag {
  const { schema, isRequired: isWanted } = innermost(whole);
  const isRequired = isWanted && !hasDefault;
  const name = flagName(field);
  const note = isRequired ? ' (required)' : '';
  const known = Object.hasOwn(helpOf, field) ? (helpOf[field] ?? '') : '';
  const short = Object.hasOwn(shortSpellings, field) ? shortSpellings[field] : undefined;
  const withText = (value: string, help: string, read: (text: string) => unknown): RequestFlag => ({
    field,
    flags: `--${name} <${value}>`,
    help: `${help}${note}`,
    read: (typed) => read(String(typed)),
  });
  if (short !== undefined) return withText(short.value, short.help, (text) => short.read(text, field));
  if (schema instanceof z.ZodBoolean) {
    return { field, flags: `--${name}`, help: known, read: () => true };
  }
  if (schema instanceof z.ZodNumber) {
    return field.endsWith('Ms')
      ? withText('time', 'a date, epoch ms, or how long ago (2h)', (text) =>
          parseTime(text, name, Date.now()),
        )
      : withText('number', known, (text) => parseNumber(text, field));
  }
  if (schema instanceof z.ZodEnum) {
    const options = schema.options.map(String);
    return withText(name, options.join(', '), (text) => {
      if (!options.includes(text)) throw badFlag(field, text, `is not one of ${options.join(', ')}`);
      return text;
    });
  }
  if (schema instanceof z.ZodArray) return withText('list', 'separated by commas', (text) => text.split(','));
  return withText(field.toLowerCase(), known, (text) => text);
}

/** Gives the flags of a request schema, without the fields given in another way; those with a default may be left out. */
export function requestFlags(
  schema: z.ZodType,
  omitted: readonly string[] = [],
  withDefault: readonly string[] = [],
): RequestFlag[] {
  if (!(schema instanceof z.ZodObject)) throw new TypeError('a request is one object schema');
  return Object.entries(schema.shape as Record<string, z.ZodType>)
    .filter(([field]) => !omitted.includes(field))
    .map(([field, inner]) => flagOf(field, inner, withDefault.includes(field)));
}
