/** The form of a backtest: texts as typed on one side, the specification on the other, and what is wrong with a field. */

import { z } from 'zod';
import type { FieldView } from '../../shared/api/views.ts';
import { decimalTextOf } from '../../shared/lab/search-space.ts';
import {
  type BacktestSpec,
  type BacktestSpecInput,
  type BorrowSpec,
  backtestPaths,
  type FundingSpec,
  fillConventions,
  intrabarPolicies,
  type MarksSpec,
} from '../../shared/lab/spec.ts';
import { type FormValues, fieldProblem, isShown, paramsOfValues } from '../bots/form-values.ts';
import { parseDecimalInput } from '../format/parse-input.ts';
import { latencyOf, latencyProblem, latencyText } from './latency-text.ts';
import type { RunProblems } from './run-problems.ts';

/** What the form holds. Rates are percent as typed; empty means the default. */
export const specValuesSchema = z.object({
  strategy: z.string().default('ma-cross'),
  params: z.record(z.string(), z.union([z.string(), z.boolean()])).default({}),
  source: z.enum(['store', 'file']).default('file'),
  /** `venue instrument timeframe` of a stored series; behind it `trades` or `l2` where candles are joined from those. */
  stored: z.string().default(''),
  path: z.string().default(''),
  symbol: z.string().default('BTC/USDT'),
  fundingPath: z.string().default(''),
  /** A file, or `stored`. */
  marksPath: z.string().default(''),
  /** Percent a day on goods and on money, or one for both; empty: no margin. */
  borrow: z.string().default(''),
  from: z.string().default(''),
  to: z.string().default(''),
  capital: z.string().default('10000'),
  makerFee: z.string().default(''),
  takerFee: z.string().default(''),
  slippage: z.string().default('0.05'),
  leverage: z.string().default('1'),
  fill: z.enum(fillConventions).default('next-open'),
  intrabar: z.enum(intrabarPolicies).default('adverse-first'),
  /** See `latencyOf`. */
  latency: z.string().default(''),
  engine: z.enum(backtestPaths).default('auto'),
  /** Study the parameters come from; empty for none. */
  study: z.string().default(''),
});
export type SpecValues = z.output<typeof specValuesSchema>;

/** The word `stored`, a rate for every funding time, or a path; empty for none. */
function fundingText(given: FundingSpec | MarksSpec | undefined): string {
  switch (given?.kind) {
    case 'file':
      return given.path;
    case 'store':
      return 'stored';
    case 'constant':
      return decimalTextOf(given.rate);
    default:
      return '';
  }
}

function fundingOf(text: string): FundingSpec {
  return /^-?\d+(\.\d+)?$/.test(text) ? { kind: 'constant', rate: Number(text) } : fileOrStored(text);
}

function fileOrStored(text: string): MarksSpec {
  return text === 'stored' ? { kind: 'store' } : { kind: 'file', path: text };
}

/** Gives the form's values from what was remembered; anything that does not fit is the default. */
export function readSpecValues(remembered: unknown): SpecValues {
  const parsed = specValuesSchema.safeParse(remembered ?? {});
  return parsed.success ? parsed.data : specValuesSchema.parse({});
}

/** Gives the form's values of a stored specification, to change and run it again. */
export function valuesOfSpec(spec: BacktestSpec): SpecValues {
  const [series] = spec.series;
  const params = Object.fromEntries(
    Object.entries(spec.params).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? value : String(value),
    ]),
  );
  const source = series?.source;
  const percent = (rate: number | undefined): string => (rate === undefined ? '' : percentText(rate));
  return {
    ...specValuesSchema.parse({}),
    strategy: spec.strategy,
    params,
    source: source?.kind ?? 'file',
    stored: source?.kind === 'store' ? storedKey(source) : '',
    path: source?.kind === 'file' ? source.path : '',
    symbol: series?.instrument ?? 'BTC/USDT',
    fundingPath: fundingText(series?.funding),
    marksPath: fundingText(series?.marks),
    borrow: borrowText(series?.borrow),
    from: dateText(spec.fromMs),
    to: dateText(spec.toMs),
    capital: spec.capital,
    makerFee: percent(spec.makerFee),
    takerFee: percent(spec.takerFee),
    slippage: percent(spec.slippage),
    leverage: String(spec.leverage),
    fill: spec.fill,
    intrabar: spec.intrabar,
    latency: latencyText(spec.latency),
    engine: spec.path,
  };
}

/** A rate as percent, without what a double adds. */
function percentText(rate: number): string {
  return String(Number((rate * 100).toPrecision(12)));
}

function borrowText(borrow: BorrowSpec | undefined): string {
  if (borrow === undefined) return '';
  const { baseRatePerDay: base, quoteRatePerDay: quote } = borrow;
  return base === quote ? percentText(base) : `${percentText(base)}, ${percentText(quote)}`;
}

/** Reads percent a day on goods and money; notes what is wrong. */
function borrowOf(text: string, problems: Record<string, string>): BorrowSpec | undefined {
  if (text.trim() === '') return undefined;
  const rates = text.split(',').map((part) => parseDecimalInput(part.trim(), { positive: false }));
  const [base, quote = base] = rates.map((rate) => (rate.ok ? Number(rate.text) / 100 : Number.NaN));
  const isSound = [base, quote].every((rate) => rate !== undefined && rate >= 0 && rate <= 0.1);
  if (isSound && rates.length <= 2)
    return { baseRatePerDay: base as number, quoteRatePerDay: quote as number };
  problems['borrow'] = 'One or two rates in percent a day, up to 10';
  return undefined;
}

/** The market of the form, as CCXT names it; empty while none is chosen. */
export function marketOf({ source, stored, symbol }: SpecValues): string {
  return source === 'file' ? symbol.trim() : (stored.split(' ')[1] ?? '');
}

/** Whether the market of the form is a perpetual. */
export function isPerpetual(values: SpecValues): boolean {
  return marketOf(values).includes(':');
}

/** Whether the form's series is an order book, which has no use for conventions of candles. */
export function isBook({ source, stored }: SpecValues): boolean {
  return source === 'store' && stored.endsWith(' l2');
}

/** The key of a stored series in the form. */
export function storedKey(series: {
  readonly venue: string;
  readonly instrument: string;
  readonly timeframe: string;
  readonly data?: 'trades' | 'l2' | undefined;
}): string {
  const { data, instrument, timeframe, venue } = series;
  return [venue, instrument, timeframe, ...(data === undefined ? [] : [data])].join(' ');
}

function dateText(timeMs: number | undefined): string {
  return timeMs === undefined ? '' : new Date(timeMs).toISOString().slice(0, 10);
}

export const dateProblem = 'A date such as 2024-03-31';

/** Gives the first moment of a day in UTC, epoch ms; undefined for what is no day of the calendar, such as 2024-02-30. */
export function dayMsOf(text: string): number | undefined {
  const timeMs = Date.parse(`${text.trim()}T00:00:00Z`);
  return Number.isFinite(timeMs) && dateText(timeMs) === text.trim() ? timeMs : undefined;
}

/** Gives the specification, or what is wrong with which field. `fields` are those of the strategy. */
export function specOfValues(
  values: SpecValues,
  fields: readonly FieldView[],
): { readonly spec: BacktestSpecInput } | { readonly problems: RunProblems } {
  const problems: Record<string, string> = {};
  const optional = fields.map((field) => ({ ...field, required: false }));
  for (const field of optional) {
    if (!isShown(field, values.params)) continue;
    const problem = fieldProblem(field, values.params[field.name] ?? '');
    if (problem !== null) problems[`params.${field.name}`] = problem;
  }
  const decimal = (
    name: keyof SpecValues,
    what: { readonly maximum?: number; readonly positive?: boolean },
  ) => {
    const text = String(values[name]).trim();
    if (text === '') return undefined;
    const parsed = parseDecimalInput(text, { positive: what.positive ?? false });
    if (!parsed.ok) problems[name] = parsed.message;
    else if (what.maximum !== undefined && Number(parsed.text) > what.maximum) {
      problems[name] = `At most ${what.maximum}`;
    }
    return parsed.ok ? parsed.text : undefined;
  };
  const rate = (name: 'makerFee' | 'takerFee' | 'slippage'): number | undefined => {
    const text = decimal(name, { maximum: 50 });
    return text === undefined ? undefined : Number(text) / 100;
  };
  const capital = decimal('capital', { positive: true }) ?? '10000';
  const [makerFee, takerFee, slippage] = [rate('makerFee'), rate('takerFee'), rate('slippage')];
  const leverage = Number(decimal('leverage', { maximum: 200, positive: true }) ?? '1');
  if (!Number.isInteger(leverage)) problems['leverage'] = 'A whole number';
  const [fromMs, toMs] = [dateMs(values.from, 'from', problems), dateMs(values.to, 'to', problems)];
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    problems['to'] = 'Must be after the start';
  if (values.source === 'file' && values.path.trim() === '')
    problems['path'] = 'Needed: a file of candles on this machine';
  if (values.source === 'store' && values.stored === '') problems['stored'] = 'Choose a series';
  const latency = latencyOf(values.latency);
  if (latency === undefined) problems['latency'] = latencyProblem;
  const onBook = isBook(values);
  const perpetual = isPerpetual(values);
  const borrow = perpetual ? undefined : borrowOf(values.borrow, problems);
  if (Object.keys(problems).length > 0) return { problems };
  const marksText = perpetual ? values.marksPath.trim() : '';
  const marks = fileOrStored(marksText);
  const [venue = '', instrument = '', timeframe = '', data] = values.stored.split(' ');
  const funding =
    !perpetual || values.fundingPath.trim() === '' ? undefined : fundingOf(values.fundingPath.trim());
  const series =
    values.source === 'file'
      ? {
          source: { kind: 'file' as const, path: values.path.trim() },
          instrument: values.symbol.trim() || 'BTC/USDT',
        }
      : {
          source: {
            kind: 'store' as const,
            ...{ venue, instrument, timeframe: timeframe as never },
            ...(data === 'trades' || data === 'l2' ? { data: data as 'trades' | 'l2' } : {}),
          },
          venue,
          instrument,
        };
  return {
    spec: {
      strategy: values.strategy,
      params: paramsOfValues(optional, values.params as FormValues),
      series: [
        {
          ...series,
          ...(funding === undefined ? {} : { funding }),
          ...(marksText === '' ? {} : { marks }),
          ...(borrow === undefined ? {} : { borrow }),
        },
      ],
      capital,
      leverage,
      fill: onBook ? 'next-open' : values.fill,
      intrabar: values.intrabar,
      path: onBook ? 'event' : values.engine,
      ...(latency === null || latency === undefined ? {} : { latency }),
      ...(fromMs === undefined ? {} : { fromMs }),
      ...(toMs === undefined ? {} : { toMs }),
      ...(makerFee === undefined ? {} : { makerFee }),
      ...(takerFee === undefined ? {} : { takerFee }),
      ...(slippage === undefined ? {} : { slippage }),
    },
  };
}

function dateMs(text: string, name: string, problems: Record<string, string>): number | undefined {
  if (text.trim() === '') return undefined;
  const timeMs = dayMsOf(text);
  if (timeMs === undefined) problems[name] = dateProblem;
  return timeMs;
}
