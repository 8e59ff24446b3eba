/** An import in words: what came in, or why nothing did. */

import { countText } from './figures.ts';

/** What went wrong and what to do, in sentences. */
export function failureText(
  error: { readonly message: string; readonly hint?: string | undefined } | null,
): string {
  if (error === null) return '';
  const { message, hint } = error;
  if (hint === undefined || message.includes(hint)) return message;
  return `${message}${/[.!?]$/.test(message) ? '' : '.'} ${hint}`;
}

/** What the job gives, in a sentence. */
export function importWords(result: unknown): string {
  const {
    instrument,
    timeframe,
    bars,
    missing,
    duplicates,
    outlierCount,
    crossed,
    notes: more = [],
  } = result as {
    instrument: string;
    timeframe: string;
    bars: number;
    missing: number;
    duplicates: number;
    outlierCount: number;
    crossed?: number;
    notes?: readonly string[];
  };
  const notes = [
    missing > 0 ? `${countText(missing)} missing` : '',
    duplicates > 0 ? `${countText(duplicates)} duplicates dropped` : '',
    outlierCount > 0 ? `${countText(outlierCount)} conspicuous` : '',
    ...more,
  ].filter(Boolean);
  const clean = crossed === undefined ? ', none missing' : '';
  const name = timeframe === '' ? instrument : `${instrument} ${timeframe}`;
  return `${name}: ${countText(bars)} rows${notes.length === 0 ? clean : ` (${notes.join(', ')})`}.`;
}
