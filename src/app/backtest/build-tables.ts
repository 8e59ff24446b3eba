/** Turns what a run recorded into its tables: round trips and equity in columns. */

import type { CandleTrack } from '../../engine/simulation/candles/candle-track.ts';
import {
  type EquityTable,
  emptyTrades,
  exitReasons,
  type OpenPosition,
  type TradeTable,
} from '../../shared/lab/result.ts';
import type { AccountChange, MoneyChange, RunRecorder } from './run-recorder.ts';

/** Gives the round trips of a finished run, by entry order. */
export function buildTrades(recorder: RunRecorder, tracks: readonly CandleTrack[]): TradeTable {
  const { trips } = recorder;
  const table = emptyTrades(trips.length);
  for (const [row, trip] of trips.entries()) {
    const track = tracks[trip.track] as CandleTrack;
    const { unit } = track;
    const tick = track.instrument.tickSize.toNumber();
    const lastTicks = track.closeTicks[track.endRow - 1] as number;
    const openLots = trip.entryLots - trip.exitLots;
    const exitValue = trip.exitValue + openLots * lastTicks;
    const entryTicks = trip.entryValue / trip.entryLots;
    const entryMoney = trip.entryValue * unit;
    const profit = trip.side * (exitValue - trip.entryValue) * unit - trip.fees + trip.funding;
    const worstTicks = trip.side > 0 ? trip.lowTicks : trip.highTicks;
    const bestTicks = trip.side > 0 ? trip.highTicks : trip.lowTicks;
    table.instrument[row] = trip.track;
    table.side[row] = trip.side;
    table.entryTimeMs[row] = trip.entryTimeMs;
    table.exitTimeMs[row] = trip.exitTimeMs;
    table.entryBar[row] = trip.entryBar;
    table.exitBar[row] = trip.exitBar;
    table.quantity[row] = trip.entryLots * track.instrument.lotSize.toNumber();
    table.entryPrice[row] = entryTicks * tick;
    table.exitPrice[row] = (exitValue / trip.entryLots) * tick;
    table.fees[row] = trip.fees;
    table.funding[row] = trip.funding;
    table.slippage[row] = trip.slippage;
    table.profit[row] = profit;
    table.profitRatio[row] = profit / entryMoney;
    table.mae[row] = Math.min(0, trip.side * (worstTicks / entryTicks - 1));
    table.mfe[row] = Math.max(0, trip.side * (bestTicks / entryTicks - 1));
    table.exitReason[row] = exitReasons.indexOf(trip.reason);
  }
  return table;
}

/** Gives what is open at the end of a finished run. */
export function openPositionsOf(recorder: RunRecorder, tracks: readonly CandleTrack[]): OpenPosition[] {
  return recorder.trips.flatMap((trip, row) => {
    const { closeTicks, endRow, instrument } = tracks[trip.track] as CandleTrack;
    const lots = trip.entryLots - trip.exitLots;
    if (trip.reason !== 'open' || lots === 0) return [];
    return [
      {
        trade: row,
        quantity: lots * instrument.lotSize.toNumber(),
        lastPrice: (closeTicks[endRow - 1] as number) * instrument.tickSize.toNumber(),
        takerFee: instrument.takerFeeRate.toNumber(),
      },
    ];
  });
}

/** The moving part of one series while samples are taken. */
interface Cursor {
  readonly track: CandleTrack;
  readonly changes: readonly AccountChange[];
  next: number;
  row: number;
  lots: number;
  entryValue: number;
  priceTicks: number;
}

/** Gives equity and exposure at the close of every candle of every series. */
export function buildEquity(
  recorder: RunRecorder,
  tracks: readonly CandleTrack[],
  startMoney: number,
): EquityTable {
  const [only] = tracks;
  if (only !== undefined && tracks.length === 1) return equityOfOne(recorder, only, startMoney);
  const timeMs = sampleTimes(tracks);
  const equity = new Float64Array(timeMs.length);
  const exposure = new Float64Array(timeMs.length);
  const cursors = tracks.map(
    (track, index): Cursor => ({
      track,
      changes: recorder.positions.filter((change) => change.track === index),
      next: 0,
      row: track.firstRow,
      lots: 0,
      entryValue: 0,
      priceTicks: track.startTicks,
    }),
  );
  const venues = [...new Set(tracks.map((track) => track.instrument.venue as string))];
  const purses = venues.map((venue) => ({
    changes: recorder.money.filter((change): change is MoneyChange => change.venue === venue),
    next: 0,
    total: startMoney,
  }));
  for (let sample = 0; sample < timeMs.length; sample += 1) {
    const atMs = timeMs[sample] as number;
    let value = 0;
    let held = 0;
    for (const purse of purses) {
      for (let change = purse.changes[purse.next]; change !== undefined && change.fromMs <= atMs; ) {
        purse.total = change.total;
        purse.next += 1;
        change = purse.changes[purse.next];
      }
      value += purse.total;
    }
    for (const cursor of cursors) {
      advance(cursor, atMs);
      if (cursor.lots === 0) continue;
      const { track, lots, priceTicks } = cursor;
      const worth = lots * priceTicks * track.unit;
      held += worth;
      value +=
        track.instrument.kind === 'spot' ? worth : worth - Math.sign(lots) * cursor.entryValue * track.unit;
    }
    equity[sample] = value;
    exposure[sample] = value === 0 ? 0 : held / value;
  }
  return { length: timeMs.length, timeMs, equity, exposure };
}

/** The same for one series: between two changes of the account only the price moves. */
function equityOfOne(recorder: RunRecorder, track: CandleTrack, startMoney: number): EquityTable {
  const { closeTicks, firstRow, instrument, unit } = track;
  const timeMs = closeTimes(track);
  const length = timeMs.length;
  const equity = new Float64Array(length);
  const exposure = new Float64Array(length);
  const { money, positions } = recorder;
  let total = startMoney;
  let lots = 0;
  let entryMoney = 0;
  let nextMoney = 0;
  let nextPosition = 0;
  for (let sample = 0; sample < length; ) {
    const atMs = timeMs[sample] as number;
    for (; (money[nextMoney]?.fromMs ?? Number.POSITIVE_INFINITY) <= atMs; nextMoney += 1)
      total = (money[nextMoney] as MoneyChange).total;
    for (; (positions[nextPosition]?.fromMs ?? Number.POSITIVE_INFINITY) <= atMs; nextPosition += 1) {
      const change = positions[nextPosition] as AccountChange;
      lots = change.lots;
      entryMoney = instrument.kind === 'spot' ? 0 : Math.sign(lots) * change.entryValue * unit;
    }
    const untilMs = Math.min(
      money[nextMoney]?.fromMs ?? Number.POSITIVE_INFINITY,
      positions[nextPosition]?.fromMs ?? Number.POSITIVE_INFINITY,
    );
    const perTick = lots * unit;
    const cash = total - entryMoney;
    for (; sample < length && (timeMs[sample] as number) < untilMs; sample += 1) {
      const worth = perTick * (closeTicks[firstRow + sample] as number);
      const value = cash + worth;
      equity[sample] = value;
      exposure[sample] = value === 0 ? 0 : worth / value;
    }
  }
  return { length, timeMs, equity, exposure };
}

function advance(cursor: Cursor, atMs: number): void {
  const { track, changes } = cursor;
  const { openTimeMs } = track.columns;
  while (cursor.row < track.endRow && (openTimeMs[cursor.row] as number) + track.timeframeMs <= atMs) {
    cursor.priceTicks = track.closeTicks[cursor.row] as number;
    cursor.row += 1;
  }
  for (let change = changes[cursor.next]; change !== undefined && change.fromMs <= atMs; ) {
    cursor.lots = change.lots;
    cursor.entryValue = change.entryValue;
    cursor.next += 1;
    change = changes[cursor.next];
  }
}

/** Close times of all series, rising, each once. */
function sampleTimes(tracks: readonly CandleTrack[]): Float64Array {
  const closes = tracks.map(closeTimes);
  const all = new Float64Array(closes.reduce((sum, times) => sum + times.length, 0));
  let at = 0;
  for (const times of closes) {
    all.set(times, at);
    at += times.length;
  }
  all.sort();
  return all.filter((value, index) => index === 0 || value !== all[index - 1]);
}

function closeTimes(track: CandleTrack): Float64Array {
  const { columns, endRow, firstRow, timeframeMs } = track;
  const times = new Float64Array(endRow - firstRow);
  for (let row = firstRow; row < endRow; row += 1)
    times[row - firstRow] = (columns.openTimeMs[row] as number) + timeframeMs;
  return times;
}
