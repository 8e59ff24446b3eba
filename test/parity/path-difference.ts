/** What a drawn rule set is as parameters of the strategy, and how two runs of one specification are compared. */

import { type BacktestResult, exitReasons, type TradeTable } from '../../src/shared/lab/result.ts';
import type { RandomCase } from './random-rules.ts';

const percent = (ratio: unknown): string => String(Number((Number(ratio) * 100).toFixed(7)));

/** Gives the parameters of the strategy `rules` that mean a drawn rule set. */
export function ruleParams(
  { rules, texts }: Pick<RandomCase, 'rules' | 'texts'>,
  timeframe: string,
): Record<string, unknown> {
  const [longEntry, longExit, shortEntry, shortExit] = texts;
  const { size } = rules;
  return {
    longEntry,
    longExit,
    shortEntry,
    shortExit,
    parameters: '',
    timeframe,
    sizeType: size.kind === 'quote' ? 'quote' : 'percent',
    orderQuote: size.kind === 'quote' ? String(size.amount) : '1000',
    orderPercent: size.kind === 'fraction' ? percent(size.fraction) : '50',
    stopPercent: percent(rules.stop),
    targetPercent: percent(rules.target),
    trailingPercent: percent(rules.trailing),
    activationPercent: percent(rules.activation),
    roi: rules.roi.map(({ afterBars, ratio }) => `${percent(ratio)} % after ${afterBars} bars`).join(', '),
    maxBars: rules.maxBars,
    cooldownBars: rules.cooldownBars,
  };
}

function trip(trades: TradeTable, index: number, { instruments }: BacktestResult) {
  const market = instruments[0];
  return {
    side: trades.side[index],
    entryBar: trades.entryBar[index],
    exitBar: trades.exitBar[index],
    entryTimeMs: trades.entryTimeMs[index],
    exitTimeMs: trades.exitTimeMs[index],
    entryTicks: Math.round((trades.entryPrice[index] as number) / Number(market?.tickSize)),
    exitTicks: Math.round((trades.exitPrice[index] as number) / Number(market?.tickSize)),
    lots: Math.round((trades.quantity[index] as number) / Number(market?.lotSize)),
    reason: exitReasons[trades.exitReason[index] as number],
  };
}

const near = (left: number, right: number, scale: number): boolean =>
  Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right), scale);

/** Gives the first difference between the runs of the event path and the sweep path in words, or undefined. */
export function pathDifference(event: BacktestResult, sweep: BacktestResult): string | undefined {
  const capital = event.startEquity;
  for (let index = 0; index < Math.max(event.trades.length, sweep.trades.length); index += 1) {
    const counts = `event has ${event.trades.length}, sweep ${sweep.trades.length}`;
    if (index >= event.trades.length)
      return `trade ${index}: ${counts}: sweep ${JSON.stringify(trip(sweep.trades, index, sweep))}`;
    const found = trip(event.trades, index, event);
    if (index >= sweep.trades.length) return `trade ${index}: ${counts}: event ${JSON.stringify(found)}`;
    const expected = trip(sweep.trades, index, sweep);
    if (JSON.stringify(found) !== JSON.stringify(expected))
      return `trade ${index}: event ${JSON.stringify(found)}, sweep ${JSON.stringify(expected)}`;
    const value = (sweep.trades.quantity[index] as number) * (sweep.trades.entryPrice[index] as number);
    for (const name of ['fees', 'funding', 'slippage', 'profit', 'profitRatio', 'mae', 'mfe'] as const) {
      const scale = name === 'profitRatio' || name === 'mae' || name === 'mfe' ? 1 : value;
      const [left, right] = [event.trades[name][index] as number, sweep.trades[name][index] as number];
      if (!near(left, right, scale))
        return `trade ${index}: ${name} event ${left}, sweep ${right}; ${JSON.stringify(found)}`;
    }
  }
  if (event.equity.length !== sweep.equity.length) return 'rows of equity';
  for (let row = 0; row < event.equity.length; row += 1) {
    const [left, right] = [event.equity.equity[row] as number, sweep.equity.equity[row] as number];
    if (!near(left, right, capital)) return `equity of row ${row}: event ${left}, sweep ${right}`;
    const [held, expected] = [event.equity.exposure[row] as number, sweep.equity.exposure[row] as number];
    // Both are a quotient by the equity, which may be next to nothing.
    if (!near(held * left, expected * right, capital))
      return `exposure of row ${row}: event ${held}, sweep ${expected} of ${right}`;
    if (event.equity.timeMs[row] !== sweep.equity.timeMs[row]) return `time of row ${row}`;
  }
  if (!near(event.finalEquity, sweep.finalEquity, capital)) return 'final equity';
  for (const name of ['bars', 'refusedEntries', 'liquidations', 'fills'] as const)
    if (event.counts[name] !== sweep.counts[name])
      return `${name}: event ${event.counts[name]}, sweep ${sweep.counts[name]}`;
  if (event.openPositions.length !== sweep.openPositions.length) return 'number of open positions';
  for (const [index, found] of event.openPositions.entries()) {
    const expected = sweep.openPositions[index];
    for (const name of ['trade', 'quantity', 'lastPrice', 'takerFee'] as const)
      if (!near(found[name], expected?.[name] ?? Number.NaN, 0))
        return `open position: event ${JSON.stringify(found)}, sweep ${JSON.stringify(expected)}`;
  }
  const [words, others] = [event, sweep].map(({ warnings }) =>
    // A stop that comes after its position was liquidated is refused; the sweep path sends none.
    JSON.stringify(warnings.filter((warning) => !/orders? (were|was) refused/.test(warning))),
  );
  return words === others ? undefined : `warnings: event ${words}, sweep ${others}`;
}
