/** Time stamps of data files in any of their usual forms, to milliseconds since 1970. */

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, or ISO text (UTC when it names no zone). */
export const timestampUnits = ['s', 'ms', 'us', 'ns', 'iso'] as const;
export type TimestampUnit = (typeof timestampUnits)[number];

const digitsOfUnit: readonly (readonly [TimestampUnit, number, number])[] = [
  ['s', 9, 10],
  ['ms', 12, 13],
  ['us', 15, 16],
  ['ns', 18, 19],
];
const isoPattern = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Tells the unit by the number of digits before the point; undefined when it is no time at all. */
export function detectTimestampUnit(text: string): TimestampUnit | undefined {
  if (isoPattern.test(text)) return 'iso';
  const digits = /^(\d+)(?:\.\d*)?$/.exec(text)?.[1]?.length;
  if (digits === undefined) return undefined;
  return digitsOfUnit.find(([, fewest, most]) => digits >= fewest && digits <= most)?.[0];
}

/** Gives milliseconds since 1970, undefined when the text is no time in that unit. */
export function parseTimestampText(text: string, unit: TimestampUnit): number | undefined {
  if (unit === 'iso') {
    const match = isoPattern.exec(text);
    if (match === null) return undefined;
    const withTime = text.length > 10 ? text.replace(' ', 'T') : `${text}T00:00`;
    const parsed = Date.parse(match[1] === undefined ? `${withTime}Z` : withTime);
    return Number.isNaN(parsed) ? undefined : parsed;
  }
  if (unit === 's') return /^\d{1,12}(\.\d{1,9})?$/.test(text) ? Math.round(Number(text) * 1_000) : undefined;
  if (!/^\d{1,20}(\.0*)?$/.test(text)) return undefined;
  const digits = text.split('.')[0] as string;
  if (unit === 'ms') return Number(digits);
  return Number(digits.slice(0, unit === 'us' ? -3 : -6));
}

/** Gives milliseconds since 1970 for a value of a typed file (Parquet): Date, bigint or number. */
export function parseTimestampValue(value: unknown, unit: TimestampUnit | undefined): number | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime();
  if (typeof value === 'number' || typeof value === 'bigint') {
    const text = String(value);
    const found = unit ?? detectTimestampUnit(text);
    return found === undefined ? undefined : parseTimestampText(text, found);
  }
  if (typeof value === 'string') {
    const found = unit ?? detectTimestampUnit(value);
    return found === undefined ? undefined : parseTimestampText(value, found);
  }
  return undefined;
}
