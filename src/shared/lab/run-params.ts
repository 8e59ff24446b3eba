/** The parameters a backtest ran with, whole: those that were given and those the strategy suggested for the market. */

import { z } from 'zod';

/** What the traded series ran with; one entry for all series that have the same. */
export const seriesParamsView = z.object({
  /** Indexes into the instruments of the result. */
  instruments: z.array(z.number().int()),
  /** The value of every parameter by its name, as a specification takes it. */
  values: z.record(z.string(), z.unknown()),
  /** Names of those that nobody gave: the strategy's suggestion for the market, its default, or the timeframe of the data. */
  suggested: z.array(z.string()),
  /** How the strategy's form calls the parameters that have a use beside the others, in its order. */
  fields: z.array(z.object({ name: z.string(), label: z.string(), unit: z.string() })),
});
export type SeriesParams = z.output<typeof seriesParamsView>;

/** A market as far as a parameter's text needs it. */
interface Market {
  readonly symbol: string;
  readonly quote: string;
}

/** A parameter as a report shows it. */
export interface ShownParam {
  readonly name: string;
  readonly label: string;
  /** The value with its unit. */
  readonly text: string;
  readonly suggested: boolean;
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === '') return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The unit as the market has it: money is in its quote currency. */
function unitText(unit: string, [first, ...others]: readonly Market[]): string {
  if (unit === 'base') return first?.symbol.split('/')[0] ?? unit;
  if (unit !== 'quote') return unit;
  return first === undefined || others.some(({ quote }) => quote !== first.quote) ? unit : first.quote;
}

/** Gives the parameters that have a use, in the order of the strategy's form. */
export function shownParams(
  { fields, instruments, suggested, values }: SeriesParams,
  markets: readonly Market[],
): ShownParam[] {
  const own = instruments.flatMap((index) => markets[index] ?? []);
  return fields.map(({ name, label, unit }) => {
    const words = unit === '' || values[name] === '' ? [] : [unitText(unit, own)];
    return {
      name,
      label,
      text: [valueText(values[name]), ...words].join(' '),
      suggested: suggested.includes(name),
    };
  });
}

/** Names the markets of an entry. */
export function marketsOf({ instruments }: SeriesParams, markets: readonly Market[]): string {
  return instruments.map((index) => markets[index]?.symbol ?? '').join(', ');
}

/** Gives the parameters in one line; with several entries it begins with their markets. */
export function paramsLine(params: SeriesParams, markets: readonly Market[]): string {
  const shown = shownParams(params, markets);
  const suggested = shown.filter((param) => param.suggested).map(({ name }) => name);
  const where = params.instruments.length < markets.length ? `${marketsOf(params, markets)}: ` : '';
  const list = shown.map(({ name, text }) => `${name} ${text}`).join(', ');
  const whose =
    suggested.length === 0
      ? ''
      : ` (suggested: ${suggested.length === shown.length ? 'all' : suggested.join(', ')})`;
  return `${where}${list}${whose}`;
}
