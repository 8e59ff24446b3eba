/** A request each method accepts, and ways to spoil it field by field; also used by the tests of the command line. */
import { z } from 'zod';
import { contract, type MethodName } from '../../../src/shared/api/contract.ts';

/** A backtest as it is asked for. */
const labSpec = { strategy: 'ma-cross', series: [{ source: { kind: 'file', path: 'candles.csv' } }] };

const goodValues: Readonly<Record<string, unknown>> = {
  speed: 5,
  limit: 10,
  level: 'info',
  venue: 'sim-a',
  instrument: 'sim-a:BTC/USDT',
  timeframe: '1m',
  beforeMs: 1_767_225_600_000,
  sinceMs: 1_767_225_600_000,
  depth: 5,
  strategy: 'grid',
  params: { lower: '1' },
  bot: 'b1',
  name: 'Range',
  allocation: { USDT: '100' },
  start: false,
  token: 'abcdefgh12345678',
  policy: 'cancel-orders',
  offset: 0,
  state: 'all',
  order: 'sx-1',
  side: 'buy',
  type: 'limit',
  quantity: '0.5',
  price: '100.5',
  triggerPrice: '99.5',
  timeInForce: 'gtc',
  postOnly: false,
  reduceOnly: false,
  scope: { kind: 'all' },
  cancel: false,
  flatten: false,
  reason: 'by hand',
  note: 'looked at the venue',
  limits: {
    orderNotionalMax: '1',
    botExposureMax: '1',
    totalExposureMax: '1',
    openOrdersPerBotMax: 1,
    openOrdersTotalMax: 1,
    priceBand: '0.1',
    dataAgeMsMax: 1000,
    ordersPerTenSecondsMax: 1,
  },
  beforeSequence: 1,
  fromSequence: 1,
  kinds: ['fill'],
  search: 'grid',
  job: 'j1',
  file: 'prices.csv',
  format: 'csv',
  kind: 'candles',
  columns: { close: 'last' },
  timeUnit: 'ms',
  duplicates: 'refuse',
  sort: false,
  replace: false,
  sparse: false,
  sequence: 'checked',
  sourceSymbol: 'BTCUSDT',
  instruments: ['BTC/USDT'],
  timeframes: ['1h'],
  fromMs: 1_767_225_600_000,
  toMs: 1_767_225_700_000,
  gaps: 'keep',
  outliers: 'keep',
  undo: false,
  key: 'theme',
  value: 'dark',
  backtest: 'bt-1',
  study: 'st-1',
  spec: labSpec,
  cuts: 20,
  trial: 1,
  reach: 4,
  method: 'bootstrap',
  runs: 1000,
  noise: 0.3,
  missedShare: 0.1,
  blockLength: 10,
  seed: 1,
  slippage: 0.0005,
  toleranceBars: 2,
  indicator: 'RSI',
  joinedTimeframe: '4h',
  series: [
    { venue: 'binance', instrument: 'BTC/USDT', timeframe: '1h' },
    { venue: 'binance', instrument: 'ETH/USDT', timeframe: '1h' },
  ],
  pMaximum: 0.05,
  halfLifeMaximum: 24,
  prices: 'log',
  bars: 1000,
  stepMs: 100,
  latencyMs: 10,
  queue: 'power',
  queueExponent: 2,
  matching: 'partial',
  makerFee: 0.0002,
  takerFee: 0.0005,
  lowestPrice: 1,
  highestPrice: 2,
};

/** The same field means different things in a few methods. */
const goodOverrides: Partial<Record<MethodName, Readonly<Record<string, unknown>>>> = {
  'risk/halt': { state: 'HALTED' },
  'jobs/list': { kinds: ['backtest'] },
  'data/candles': { kind: 'trades' },
  'data/download': { kind: 'candles' },
  'studies/run': { spec: { backtest: labSpec } },
  'indicators/run': { params: { timeperiod: 3 } },
  'pairs/scan': { method: 'johansen' },
  'recordings/replay': { strategy: 'grid', params: { levels: [1, 2] } },
  'robustness/walk-forward': { spec: { study: { backtest: labSpec } } },
};

export function shapeOf(name: MethodName): Record<string, z.ZodType> {
  return (contract[name].request as z.ZodObject).shape as Record<string, z.ZodType>;
}

/** A request with every field that the method takes. */
export function goodRequest(name: MethodName): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const field of Object.keys(shapeOf(name))) {
    const value = goodOverrides[name]?.[field] ?? goodValues[field];
    if (value === undefined) throw new Error(`contract-requests.ts has no good value for ${name} ${field}`);
    request[field] = value;
  }
  return request;
}

function innermost(schema: z.ZodType): z.ZodType {
  let current = schema;
  while (
    current instanceof z.ZodOptional ||
    current instanceof z.ZodDefault ||
    current instanceof z.ZodNullable
  ) {
    current = current.unwrap() as z.ZodType;
  }
  return current;
}

/** A spoiled request as JSON text, and the field a refusal must name. */
export interface Spoiled {
  readonly what: string;
  readonly body: string;
  /** The named field equals this or lies below it. */
  readonly field: string;
}

/** JSON text of a request with one value written literally. */
function withLiteral(request: Readonly<Record<string, unknown>>, field: string, literal: string): string {
  const members = Object.entries({ ...request, [field]: null }).map(
    ([key, value]) => `${JSON.stringify(key)}:${key === field ? literal : JSON.stringify(value)}`,
  );
  return `{${members.join(',')}}`;
}

const literalsByKind: readonly (readonly [(schema: z.ZodType) => boolean, readonly string[]])[] = [
  [
    (schema) => schema instanceof z.ZodNumber,
    ['1e400', '-1e400', 'NaN', '"1,5"', '-1', '1.5e300', '"5"', 'true', 'null', '[]'],
  ],
  [(schema) => schema instanceof z.ZodBoolean, ['1', '"true"', 'null', 'NaN']],
  [(schema) => schema instanceof z.ZodEnum, ['"nonsense"', '1', '-1', '1e400', 'null']],
  [(schema) => schema instanceof z.ZodRecord, ['[]', '"1,5"', '-1', '1e400', '{"a":1e400}', '{"a":NaN}']],
  [(schema) => schema instanceof z.ZodObject, ['{}', '-1', '"1,5"', '{"a":1e400}', 'NaN']],
  [(schema) => schema instanceof z.ZodUnion, ['"all"', '{"kind":"everything"}', '-1', '1e400', 'NaN']],
  [(schema) => schema instanceof z.ZodArray, ['"fill"', '[1]', '[1e400]', '{}', '-1', 'NaN']],
  [(schema) => schema instanceof z.ZodUnknown, ['1e400', 'NaN', '{"deep":{"er":-1e400}}']],
];
const textLiterals = ['1', '-1', '1e400', 'NaN', 'null', 'true', '[]', '{}', '""'];
const decimalLiterals = [
  '"1,5"',
  '"1e400"',
  '"NaN"',
  '"-1"',
  '"0"',
  '"1e3"',
  '" 1"',
  '"0x10"',
  '"Infinity"',
  '1.5',
  '-1',
  '1e400',
];
const decimalFields = new Set(['quantity', 'price', 'triggerPrice']);

/** Every way to spoil a method's request that is tried. */
export function spoiledRequests(name: MethodName): Spoiled[] {
  const good = goodRequest(name);
  const spoiled: Spoiled[] = [
    { what: 'an unknown key', body: JSON.stringify({ ...good, notAField: 1 }), field: 'notAField' },
    {
      what: 'a __proto__ key',
      body: withLiteral(good, '__proto__', '{"scope":"admin"}'),
      field: '__proto__',
    },
  ];
  for (const [field, schema] of Object.entries(shapeOf(name))) {
    const inner = innermost(schema);
    const literals = decimalFields.has(field)
      ? decimalLiterals
      : (literalsByKind.find(([isKind]) => isKind(inner))?.[1] ?? textLiterals);
    for (const literal of literals) {
      // An empty text is fine where the schema has no least length.
      if (literal === '""' && inner.safeParse('').success) continue;
      spoiled.push({ what: `${field} = ${literal}`, body: withLiteral(good, field, literal), field });
    }
  }
  return spoiled;
}
