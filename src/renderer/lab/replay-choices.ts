/** The form of a replay for market makers: texts as typed, the request, and what is wrong with a field. */

import type { RequestOf } from '../../shared/api/contract.ts';
import { parseDecimalInput } from '../format/parse-input.ts';

export type ReplayStrategy = RequestOf<'recordings/replay'>['strategy'];

/** A parameter of a built-in market maker. */
export interface ReplayField {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly help: string;
  /** What the form begins with. */
  readonly first: string;
}

const sizes: readonly ReplayField[] = [
  {
    name: 'size',
    label: 'Order size',
    unit: 'base',
    help: 'Whole lots of the recording',
    first: '0.01',
  },
  {
    name: 'maxPosition',
    label: 'Largest position',
    unit: 'base',
    help: 'Long or short; a side is quoted until it is reached',
    first: '0.1',
  },
];

export const replayFields: Readonly<Record<ReplayStrategy, readonly ReplayField[]>> = {
  grid: [
    { name: 'levels', label: 'Orders a side', unit: '', help: '1 to 64, an interval apart', first: '5' },
    {
      name: 'intervalTicks',
      label: 'Interval',
      unit: 'ticks',
      help: 'Distance of two orders',
      first: '5, 10, 20',
    },
    {
      name: 'halfSpreadIntervals',
      label: 'Half spread, intervals',
      unit: '',
      help: 'Distance of the first order from the price it leans on',
      first: '1',
    },
    ...sizes,
  ],
  quoter: [
    {
      name: 'riskAversion',
      label: 'Risk aversion',
      unit: '',
      help: 'How far quotes lean against the position, after Avellaneda and Stoikov',
      first: '0.01, 0.1',
    },
    {
      name: 'arrivalDecay',
      label: 'Arrival decay',
      unit: '',
      help: 'How fast fills get rarer away from the mid',
      first: '1.5',
    },
    {
      name: 'horizonS',
      label: 'Horizon',
      unit: 's',
      help: 'Time the position may take to be gone',
      first: '10',
    },
    {
      name: 'halfLifeS',
      label: 'Half-life',
      unit: 's',
      help: 'Memory of the measured volatility',
      first: '10',
    },
    {
      name: 'requoteTicks',
      label: 'Requote after',
      unit: 'ticks',
      help: 'A quote that is off by less stays in its queue',
      first: '2',
    },
    ...sizes,
  ],
};

/** Everything that is typed in the form of a strategy. */
export function replayFieldNames(strategy: ReplayStrategy): string[] {
  const own = ['stepMs', 'latencyMs', 'makerFee', 'takerFee', 'lowestPrice', 'highestPrice'];
  return [...replayFields[strategy].map(({ name }) => name), ...own];
}

/** The words for a parameter. */
export function replayLabel(name: string): string {
  const fields = [...replayFields.grid, ...replayFields.quoter];
  return fields.find((field) => field.name === name)?.label ?? name;
}

export interface ReplayChoices {
  readonly strategy: ReplayStrategy;
  readonly params: Readonly<Record<string, string>>;
  readonly stepMs: string;
  readonly latencyMs: string;
  readonly queue: NonNullable<RequestOf<'recordings/replay'>['queue']>;
  /** Percent, below zero for rebates. */
  readonly makerFee: string;
  readonly takerFee: string;
  /** Prices outside are left out; both or none. */
  readonly lowestPrice: string;
  readonly highestPrice: string;
}

/** Gives what the form begins with for a strategy. */
export function firstReplayChoices(strategy: ReplayStrategy): ReplayChoices {
  return {
    strategy,
    params: Object.fromEntries(replayFields[strategy].map(({ name, first }) => [name, first])),
    stepMs: '100',
    latencyMs: '10',
    queue: 'power',
    makerFee: '0.02',
    takerFee: '0.05',
    lowestPrice: '',
    highestPrice: '',
  };
}

type Request = Omit<RequestOf<'recordings/replay'>, 'venue' | 'instrument'>;

/** Gives the request without its series and how many combinations it tries, or what is wrong by field. */
export function replayRequestOf(
  choices: ReplayChoices,
):
  | { readonly request: Request; readonly combinations: number }
  | { readonly problems: Readonly<Record<string, string>> } {
  const problems: Record<string, string> = {};
  const params: Record<string, number | number[]> = {};
  let combinations = 1;
  for (const { name } of replayFields[choices.strategy]) {
    const values = (choices.params[name] ?? '').split(',').map(numberOf);
    if (values.some((value) => !(value >= 0))) problems[name] = 'A number, or numbers to try: 5, 10, 20';
    params[name] = values.length === 1 ? (values[0] as number) : values;
    combinations *= values.length;
  }
  const number = (
    name: 'stepMs' | 'latencyMs' | 'makerFee' | 'takerFee' | 'lowestPrice' | 'highestPrice',
    isGood: (value: number) => boolean,
    message: string,
  ): number => {
    const value = numberOf(choices[name]);
    if (!isGood(value)) problems[name] = message;
    return value;
  };
  const isFee = (value: number): boolean => Math.abs(value) <= 50;
  const request: Request = {
    strategy: choices.strategy,
    params,
    stepMs: number('stepMs', (value) => value > 0 && value <= 3_600_000, 'Milliseconds above 0'),
    latencyMs: number('latencyMs', (value) => value >= 0 && value <= 60_000, 'Milliseconds up to 60000'),
    queue: choices.queue,
    makerFee: number('makerFee', isFee, 'Percent, below 0 for a rebate') / 100,
    takerFee: number('takerFee', isFee, 'Percent, below 0 for a rebate') / 100,
  };
  const isRanged = choices.lowestPrice.trim() !== '' || choices.highestPrice.trim() !== '';
  if (!isRanged) return Object.keys(problems).length > 0 ? { problems } : { request, combinations };
  const lowestPrice = number('lowestPrice', (value) => value > 0, 'A price, or none of both');
  const highestPrice = number('highestPrice', (value) => value > lowestPrice, 'A price above the lowest');
  if (Object.keys(problems).length > 0) return { problems };
  return { request: { ...request, lowestPrice, highestPrice }, combinations };
}

/** NaN for what is no number. */
function numberOf(text: string): number {
  const parsed = parseDecimalInput(text, { signed: true });
  return parsed.ok ? Number(parsed.text) : Number.NaN;
}
