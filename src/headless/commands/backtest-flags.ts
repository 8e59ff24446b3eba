/** The flags of `backtest` as the specification they stand for. */

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseStrictJson } from '../../adapters/http/strict-json.ts';
import { inputFault, keyHint } from '../../shared/api/input-fault.ts';
import { ApiError } from '../../shared/api/result.ts';
import {
  type BacktestSpec,
  backtestPaths,
  backtestSpec,
  fillConventions,
  intrabarPolicies,
  limitFillRules,
} from '../../shared/lab/spec.ts';
import { flagOf } from '../cli/run-field-flags.ts';
import { badFlag, parseDelay, parseMoney, parseNumber, parseParams, parseTime } from '../cli/values.ts';

/** The flags as commander gives them. */
export interface BacktestFlags {
  readonly strategy?: string | undefined;
  readonly params?: string | undefined;
  readonly candles?: string | undefined;
  readonly venue?: string | undefined;
  readonly instrument?: string | undefined;
  readonly timeframe?: string | undefined;
  readonly source?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly capital?: string | undefined;
  readonly holdings?: string | undefined;
  readonly feeMaker?: string | undefined;
  readonly feeTaker?: string | undefined;
  readonly slippage?: string | undefined;
  readonly fill?: string | undefined;
  readonly path?: string | undefined;
  readonly intrabar?: string | undefined;
  readonly limitFill?: string | undefined;
  readonly detail?: string | undefined;
  readonly funding?: string | undefined;
  readonly leverage?: string | undefined;
  readonly mark?: string | undefined;
  readonly borrow?: string | undefined;
  readonly latency?: string | undefined;
  readonly impact?: string | undefined;
  readonly reserve?: string | undefined;
  readonly warmup?: string | undefined;
  readonly tickSize?: string | undefined;
  readonly lotSize?: string | undefined;
  readonly minimumNotional?: string | undefined;
  readonly seed?: string | undefined;
  readonly spec?: string | undefined;
  readonly tradesOut?: string | undefined;
  readonly report?: string | undefined;
  readonly reportJson?: string | undefined;
  readonly audit?: boolean | undefined;
  readonly save?: boolean | undefined;
}

/** Reads the flags. Throws `ApiError` naming the flag. */
export async function backtestSpecOf(flags: BacktestFlags): Promise<BacktestSpec> {
  const given = flags.spec === undefined ? {} : await parseParams(flags.spec, 'spec');
  const own = {
    ...optional('strategy', flags.strategy),
    ...optional('params', flags.params === undefined ? undefined : await parseParams(flags.params, 'params')),
    ...optional('series', seriesOf(flags)),
    ...optional('fromMs', flags.from === undefined ? undefined : parseTime(flags.from, 'from', Date.now())),
    ...optional('toMs', flags.to === undefined ? undefined : parseTime(flags.to, 'to', Date.now())),
    ...optional('capital', flags.capital),
    ...optional(
      'holdings',
      flags.holdings === undefined ? undefined : parseMoney(flags.holdings, 'holdings'),
    ),
    ...optional('makerFee', makerFeeOf(flags.feeMaker)),
    ...optional('takerFee', number(flags.feeTaker, 'fee-taker')),
    ...optional('slippage', number(flags.slippage, 'slippage')),
    ...optional('fill', choice(flags.fill, 'fill', fillConventions)),
    ...optional('path', choice(flags.path, 'path', backtestPaths)),
    ...optional('intrabar', choice(flags.intrabar, 'intrabar', intrabarPolicies)),
    ...optional('limitFill', choice(flags.limitFill, 'limit-fill', limitFillRules)),
    ...optional('leverage', number(flags.leverage, 'leverage')),
    ...optional('latency', latencyOf(flags.latency)),
    ...optional('impact', impactOf(flags.impact)),
    ...optional('reserve', number(flags.reserve, 'reserve')),
    ...optional('warmupBars', number(flags.warmup, 'warmup')),
    ...optional('seed', flags.seed),
  };
  const whole = { ...given, ...own };
  const parsed = backtestSpec.safeParse(whole);
  if (parsed.success) return parsed.data;
  const fault = inputFault(parsed.error, backtestSpec, whole);
  const [first = ''] = fault.path.map(String);
  const dotted = fault.path.map(String).join('.');
  // What the file says is named as the file does, with its line; everything else by its flag.
  const isOfFile = Object.hasOwn(given, first) && !Object.hasOwn(own, first);
  const field = isOfFile ? dotted : flagOf(dotted);
  if (dotted === 'strategy' && whole['strategy'] === undefined) {
    throw new ApiError('bad-input', 'strategy: is missing: say which, --strategy NAME', {
      field,
      hint: 'See: bin/sextant strategies list. Rules of your own: --strategy rules --params @rules.json',
    });
  }
  const words =
    dotted === 'series' && flags.spec === undefined
      ? 'say which: --candles FILE, or --venue, --instrument and --timeframe'
      : isOfFile
        ? fault.reason
        : fault.reason.replace('fromMs', '--from');
  const place = isOfFile ? await placeInSpec(flags.spec ?? '', fault.path) : '';
  const hint = keyHint(fault) ?? 'See: bin/sextant backtest --help';
  throw new ApiError('bad-input', `${place}${field}: ${words}`, { field, hint });
}

/** `run.yaml:5: `, where a path of a specification was written; empty for one that is no file. */
async function placeInSpec(typed: string, path: readonly PropertyKey[]): Promise<string> {
  if (!typed.startsWith('@')) return '';
  const { parseConfigText } = await import('../../adapters/config/read-config-file.ts');
  const file = typed.slice(1);
  // JSON is YAML too; a last line without an end is no fault of a specification.
  const line = parseConfigText(`${readFileSync(file, 'utf8')}\n`, file).lineOf(path);
  return `${basename(file)}:${line}: `;
}

function optional(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

function number(text: string | undefined, field: string): number | undefined {
  return text === undefined ? undefined : parseNumber(text, field);
}

function choice(text: string | undefined, field: string, values: readonly string[]): string | undefined {
  if (text === undefined || values.includes(text)) return text;
  throw badFlag(field, text, `is not one of ${values.join(', ')}`);
}

/** One series of the flags; several come by `--spec`. */
function seriesOf(flags: BacktestFlags): unknown {
  const { candles, venue, instrument, timeframe } = flags;
  if (candles === undefined && venue === undefined) {
    if (flags.spec === undefined || instrument === undefined) return undefined;
    throw new ApiError('bad-input', 'instrument: belongs to --candles or --venue', { field: 'instrument' });
  }
  if (candles !== undefined && flags.source !== undefined)
    throw new ApiError('bad-input', 'source: belongs to --venue, not to a file', {
      field: 'source',
      hint: 'Import the file first: bin/sextant data import --kind trades, or --kind l2',
    });
  if (candles === undefined) {
    if (instrument === undefined) throw needs('instrument', 'venue');
    if (timeframe === undefined) throw needs('timeframe', 'venue');
  }
  const rules = {
    ...optional('tickSize', flags.tickSize),
    ...optional('lotSize', flags.lotSize),
    ...optional('minimumNotional', flags.minimumNotional),
  };
  return [
    {
      source:
        candles === undefined
          ? { kind: 'store', venue, instrument, timeframe, ...optional('data', sourceOf(flags.source)) }
          : { kind: 'file', path: candles },
      ...optional('venue', venue),
      ...optional('instrument', instrument),
      ...optional('timeframe', timeframe),
      ...(Object.keys(rules).length === 0 ? {} : { rules }),
      ...optional('detail', detailOf(flags.detail)),
      ...optional('funding', fundingOf(flags.funding)),
      ...optional('marks', marksOf(flags.mark)),
      ...optional('borrow', borrowOf(flags.borrow)),
    },
  ];
}

function needs(field: string, other: string): ApiError {
  return new ApiError('bad-input', `${field}: is needed with --${other} when there is no --candles file`, {
    field,
  });
}

/** What stored data are run over; candles are what is meant when nothing is said. */
function sourceOf(text: string | undefined): string | undefined {
  const found = choice(text, 'source', ['candles', 'trades', 'l2']);
  return found === 'candles' ? undefined : found;
}

/** `trades:FILE` is a file of trades, everything else one of finer candles. */
function detailOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (text.startsWith('trades:')) return { kind: 'trades', path: text.slice('trades:'.length) };
  return { kind: 'candles', source: { kind: 'file', path: text } };
}

/** The word `stored` means those of the data folder, everything else is a file. */
function marksOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  return text === 'stored' ? { kind: 'store' } : { kind: 'file', path: text };
}

/** `RATE` for both, or `GOODS,MONEY`. */
function borrowOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const [base = '', quote = base] = text.split(',');
  return { baseRatePerDay: parseNumber(base, 'borrow'), quoteRatePerDay: parseNumber(quote, 'borrow') };
}

/** A number is one rate for every funding time, the word `stored` means those of the data folder, everything else is a file. */
function fundingOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (text === 'stored') return { kind: 'store' };
  return /^-?\d+(\.\d+)?$/.test(text)
    ? { kind: 'constant', rate: Number(text) }
    : { kind: 'file', path: text };
}

/** A delay, `log-normal:MEDIAN,SIGMA,MAX` in milliseconds, or a file of measured delays. */
function latencyOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const drawn = /^log-normal:([\d.]+),([\d.]+),([\d.]+)$/.exec(text);
  if (drawn !== null) {
    const [, median, sigma, max] = drawn;
    return { kind: 'log-normal', medianMs: Number(median), sigma: Number(sigma), maxMs: Number(max) };
  }
  if (!/^\d/.test(text)) return { kind: 'recorded', path: text };
  const ms = parseDelay(text, 'latency');
  return ms === 0 ? { kind: 'none' } : { kind: 'constant', ms };
}

/** `COEFFICIENT` or `COEFFICIENT,EXPONENT`, or a JSON object. */
function impactOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (text.startsWith('{')) return parseStrictJson(text, ['impact']);
  const [coefficient = '', exponent] = text.split(',');
  return {
    kind: 'volume-share',
    coefficient: parseNumber(coefficient, 'impact'),
    ...optional('exponent', number(exponent, 'impact')),
  };
}

function makerFeeOf(text: string | undefined): number | undefined {
  if (text !== undefined && /^-\d*\.?\d*[1-9]/.test(text))
    throw badFlag(
      'fee-maker',
      text,
      'is a rebate, which backtests do not simulate: give 0, and the result is the careful one',
    );
  return number(text, 'fee-maker');
}
