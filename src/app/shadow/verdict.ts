/** The outcome of a shadow backtest in sentences. */

import { moneyPlaces } from '../../shared/lab/money-places.ts';
import { type ShadowPair, type ShadowPart, type ShadowResult, shadowParts } from '../../shared/lab/shadow.ts';

/** Fewer matched trades than this say little about slippage. */
const pairsForJudgement = 10;

const partWords: Readonly<Record<ShadowPart, string>> = {
  timing: 'decisions at other prices',
  slippage: 'slippage against the modelled one',
  fees: 'fees',
  funding: 'funding',
  size: 'another size',
};

/** Gives the sentences, the most important first. */
export function verdictOf({
  extra,
  missed,
  pairs,
  quote,
  totals,
}: Pick<ShadowResult, 'extra' | 'missed' | 'pairs' | 'quote' | 'totals'>): string[] {
  if (pairs.length + missed.length + extra.length === 0) {
    return ['Neither the run nor the backtest traded in this time.'];
  }
  const difference = Number(totals.difference);
  const { backtest, parts, run } = totals;
  const amounts = [backtest, run, totals.missed, totals.extra, ...shadowParts.map((part) => parts[part])];
  // A profit in bitcoin is small money and no rounding.
  const digits = moneyPlaces([difference, ...amounts.map(Number)]);
  const money = (value: number): string => value.toFixed(digits);
  const compared =
    Math.abs(difference) < shownFrom(digits)
      ? 'the same'
      : `the run did ${money(Math.abs(difference))} ${quote} ${difference < 0 ? 'worse' : 'better'}`;
  return [
    `The run's profit is ${money(Number(run))} ${quote}, the backtest's ${money(Number(backtest))} ${quote}: ${compared}.`,
    matchWords(pairs.length, missed.length, extra.length),
    ...causeWords(totals, quote, digits),
    ...slippageWords(pairs),
    ...reasonWords('missed', missed),
    ...reasonWords('did alone', extra),
  ];
}

function matchWords(matched: number, missed: number, extra: number): string {
  const total = matched + missed;
  const whole = missed === 0 && extra === 0;
  if (whole && matched === 1) return 'The one trade of the backtest and that of the run match.';
  if (whole) return `All ${count(matched, 'trade')} of the backtest and of the run match.`;
  return `${matched} of the backtest's ${count(total, 'trade')} match; the run missed ${missed} and made ${extra} the backtest does not have.`;
}

/** Less is rounding, and would be shown as nothing. */
const shownFrom = (digits: number): number => 0.5 * 10 ** -digits;

function causeWords(totals: ShadowResult['totals'], quote: string, digits: number): string[] {
  const causes = [
    ...shadowParts.map((part) => ({ words: partWords[part], value: Number(totals.parts[part]) })),
    { words: 'missed trades', value: Number(totals.missed) },
    { words: 'extra trades', value: Number(totals.extra) },
  ]
    .filter(({ value }) => Math.abs(value) >= shownFrom(digits))
    .sort((left, right) => Math.abs(right.value) - Math.abs(left.value));
  if (causes.length === 0) return [];
  const list = causes.map(({ words, value }) => `${words} ${signed(value, digits)}`).join(', ');
  return [`The difference in ${quote}, largest cause first: ${list}.`];
}

function slippageWords(pairs: readonly ShadowPair[]): string[] {
  if (pairs.length === 0) return [];
  const rate = (side: 'run' | 'backtest'): number => {
    let lost = 0;
    let traded = 0;
    for (const pair of pairs) {
      const { entryPrice, exitPrice, isOpen, quantity, slippage } = pair[side];
      lost += slippage;
      traded += quantity * (entryPrice + (isOpen ? 0 : exitPrice));
    }
    return traded === 0 ? 0 : lost / traded;
  };
  const few =
    pairs.length < pairsForJudgement
      ? ` ${pairs.length} matched ${pairs.length === 1 ? 'trade is' : 'trades are'} too few to call that a rule.`
      : '';
  return [
    `Against the prices they were decided at, the run's orders lost ${percent(rate('run'))}, the backtest's ${percent(rate('backtest'))}.${few}`,
  ];
}

function reasonWords(verb: string, trips: ShadowResult['missed']): string[] {
  const counts = new Map<string, { count: number; text: string }>();
  for (const { reason } of trips) {
    const known = counts.get(reason.code);
    if (known === undefined) counts.set(reason.code, { count: 1, text: reason.text });
    else known.count += 1;
  }
  return [...counts.values()]
    .sort((left, right) => right.count - left.count)
    .map(
      ({ count: number, text }) =>
        `Of what the run ${verb}, ${count(number, 'trade')}: ${text}${number > 1 ? ' (the first)' : ''}.`,
    );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function signed(value: number, digits: number): string {
  return `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(digits)}`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(3)} %`;
}
