/** Candle files as a source in virtual time: each candle is told when it closes, all series on one clock. */

import type { EventSink, VirtualTimeSource } from '../../../engine/ports.ts';
import { Decimal } from '../../../shared/domain/decimal.ts';
import type { Instrument } from '../../../shared/domain/instrument.ts';
import { type EpochMs, instrumentId, type VenueId } from '../../../shared/domain/nominal.ts';
import { type CandleFileOptions, type CandleTable, candleAt } from '../../candle-files/candle-table.ts';
import { DataFileError } from '../../candle-files/data-file-error.ts';
import { readCandleFile } from '../../candle-files/read-candle-file.ts';

/** One candle file. */
export interface CandleReplaySource extends CandleFileOptions {
  readonly path: string;
  readonly venue: VenueId;
  /** Unified symbol, such as `BTC/USDT` or `BTC/USDT:USDT`. */
  readonly symbol: string;
  /** Rules to use instead of inferring them from the decimals of the file. */
  readonly instrument?: Instrument | undefined;
  /** Length of a candle; the smallest distance in the file when not given. */
  readonly timeframeMs?: number | undefined;
}

/** A series that is being replayed. */
export interface CandleReplaySeries {
  readonly instrument: Instrument;
  readonly table: CandleTable;
  readonly timeframeMs: number;
  /** What was assumed, in sentences for a person. */
  readonly notes: readonly string[];
}

/** Final candles of one or more files in order of their closing times. */
export class CandleReplay implements VirtualTimeSource {
  readonly series: readonly CandleReplaySeries[];
  readonly #positions: number[];
  #emitted = 0;

  private constructor(series: readonly CandleReplaySeries[]) {
    this.series = series;
    this.#positions = series.map(() => 0);
  }

  /** Reads and checks every file. Throws `DataFileError`. */
  static async open(sources: readonly CandleReplaySource[]): Promise<CandleReplay> {
    const series: CandleReplaySeries[] = [];
    for (const source of sources) series.push(await openSeries(source));
    return new CandleReplay(series);
  }

  /** Candles emitted so far. */
  get emitted(): number {
    return this.#emitted;
  }

  nextTimeMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.series.length; index += 1)
      next = Math.min(next, this.#closeTimeMs(index));
    return next;
  }

  step(emit: EventSink): void {
    const nowMs = this.nextTimeMs();
    for (const [index, series] of this.series.entries()) {
      if (this.#closeTimeMs(index) !== nowMs || nowMs === Number.POSITIVE_INFINITY) continue;
      const position = this.#positions[index] as number;
      this.#positions[index] = position + 1;
      this.#emitted += 1;
      emit({
        kind: 'candle',
        instrument: series.instrument.id,
        venueTimeMs: nowMs as EpochMs,
        receiveTimeMs: nowMs as EpochMs,
        timeframeMs: series.timeframeMs,
        candle: candleAt(series.table, position),
        final: true,
      });
    }
  }

  #closeTimeMs(index: number): number {
    const series = this.series[index] as CandleReplaySeries;
    const openTimeMs = series.table.openTimeMs[this.#positions[index] as number];
    return openTimeMs === undefined ? Number.POSITIVE_INFINITY : openTimeMs + series.timeframeMs;
  }
}

async function openSeries(source: CandleReplaySource): Promise<CandleReplaySeries> {
  const table = await readCandleFile(source.path, source);
  const timeframeMs = source.timeframeMs ?? table.timeframeMs;
  if (!(timeframeMs > 0)) {
    throw new DataFileError({
      code: 'empty',
      path: source.path,
      reason: 'one candle does not tell its length',
      hint: 'Give the timeframe.',
    });
  }
  if (table.timeframeMs !== 0 && table.timeframeMs < timeframeMs) {
    throw new DataFileError({
      code: 'inconsistent-candle',
      path: source.path,
      reason: `candles are ${table.timeframeMs} ms apart, which is less than the timeframe of ${timeframeMs} ms`,
      hint: 'Give the timeframe of the file, or none.',
    });
  }
  if (source.instrument !== undefined)
    return { instrument: source.instrument, table, timeframeMs, notes: [] };
  const parts = /^([A-Z0-9]{1,20})\/([A-Z0-9]{1,20})(?::([A-Z0-9]{1,20}))?$/.exec(source.symbol);
  if (parts === null) {
    throw new DataFileError({
      code: 'no-instrument',
      path: source.path,
      reason: `"${source.symbol.slice(0, 40)}" is not a symbol`,
      hint: 'Name it as in BTC/USDT (spot) or BTC/USDT:USDT (perpetual).',
    });
  }
  const [, base, quote, settle] = parts as unknown as [string, string, string, string | undefined];
  const spot = settle === undefined;
  const tickSize = Decimal.of(1n, table.priceDecimals);
  const lotSize = Decimal.of(1n, Math.min(8, table.volumeDecimals));
  return {
    table,
    timeframeMs,
    notes: [
      `Tick ${tickSize} and lot ${lotSize} of ${source.symbol} are inferred from the decimals in the file, not from exchange rules.`,
      'Fees are assumed at 0.1 % (spot) or 0.02 % / 0.05 % (perpetual); no least order value is assumed.',
    ],
    instrument: {
      id: instrumentId(source.venue, source.symbol),
      venue: source.venue,
      symbol: source.symbol,
      kind: spot ? 'spot' : 'perpetual',
      base,
      quote,
      settle: settle ?? quote,
      tickSize,
      lotSize,
      minimumLots: 1,
      maximumLots: Number.MAX_SAFE_INTEGER,
      minimumNotional: Decimal.zero,
      makerFeeRate: Decimal.parse(spot ? '0.001' : '0.0002'),
      takerFeeRate: Decimal.parse(spot ? '0.001' : '0.0005'),
      feeCurrencyRule: spot ? 'received' : 'quote',
      leverageMax: spot ? 1 : 20,
      maintenanceMarginRate: spot ? Decimal.zero : Decimal.parse('0.005'),
      fundingIntervalHours: spot ? 0 : 8,
    },
  };
}
