/** Counts and sums of a run whose bare number is read wrongly: the same words in the console, the page and the Lab. */

import type { MetricValues } from './metric-expression.ts';

/** Gives `532 closed, 1 open`, or `532 closed` where nothing is left open. */
export function tradesWords(values: MetricValues, count: (value: number) => string): string {
  const open = values['openTrades'] ?? 0;
  const closed = `${count((values['trades'] ?? 0) - open)} closed`;
  return open === 0 ? closed : `${closed}, ${count(open)} open`;
}

/** Gives `received 23.10` or `paid 59.77`: beside fees, which are costs when positive, a bare sign says the opposite. */
export function fundingWords(funding: number, money: (amount: number) => string): string {
  if (funding === 0) return money(0);
  return `${funding > 0 ? 'received' : 'paid'} ${money(Math.abs(funding))}`;
}

/** How an edition writes its numbers. */
interface NumberTexts {
  count(value: number): string;
  money(value: number): string;
}

/** Gives the words of a figure that has some, by its id; undefined where its number says it all. */
export function figureWords(id: string, values: MetricValues, texts: NumberTexts): string | undefined {
  const value = values[id];
  if (value === null || value === undefined) return undefined;
  if (id === 'trades') return tradesWords(values, (count) => texts.count(count));
  if (id === 'funding') return fundingWords(value, (amount) => texts.money(amount));
  return undefined;
}
