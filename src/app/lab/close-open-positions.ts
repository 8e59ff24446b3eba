/**
 * Ends a run as if it had sold out: what is open is closed at the last close, with slippage and fee. A walk-forward run needs
 * it: the next window begins with money alone, and a position that came along for nothing would make it look better.
 */

import { takerTicks } from '../../shared/lab/fill-price.ts';
import { type BacktestResult, exitReasons } from '../../shared/lab/result.ts';

/** Gives the run with every position closed; equal to the run itself where none is open. Its tables are new ones. */
export function closeOpenPositions(result: BacktestResult): BacktestResult {
  if (result.openPositions.length === 0) return result;
  const trades = {
    ...result.trades,
    exitPrice: result.trades.exitPrice.slice(),
    fees: result.trades.fees.slice(),
    slippage: result.trades.slippage.slice(),
    profit: result.trades.profit.slice(),
    profitRatio: result.trades.profitRatio.slice(),
    exitReason: result.trades.exitReason.slice(),
  };
  let [fees, slippage] = [0, 0];
  for (const { lastPrice, quantity, takerFee, trade } of result.openPositions) {
    const side = trades.side[trade] as number;
    const tick = Number(result.instruments[trades.instrument[trade] as number]?.tickSize ?? 0);
    const ticks = takerTicks(Math.round(lastPrice / tick), side > 0 ? 'sell' : 'buy', result.spec.slippage);
    const price = ticks * tick;
    const lost = side * (lastPrice - price) * quantity;
    const fee = takerFee * price * quantity;
    const whole = trades.quantity[trade] as number;
    fees += fee;
    slippage += lost;
    trades.exitPrice[trade] = (trades.exitPrice[trade] as number) + ((price - lastPrice) * quantity) / whole;
    trades.fees[trade] = (trades.fees[trade] as number) + fee;
    trades.slippage[trade] = (trades.slippage[trade] as number) + lost;
    trades.profit[trade] = (trades.profit[trade] as number) - fee - lost;
    trades.profitRatio[trade] =
      (trades.profit[trade] as number) / ((trades.entryPrice[trade] as number) * whole);
    trades.exitReason[trade] = exitReasons.indexOf('time');
  }
  const equity = {
    ...result.equity,
    equity: result.equity.equity.slice(),
    exposure: result.equity.exposure.slice(),
  };
  const last = equity.length - 1;
  equity.equity[last] = (equity.equity[last] as number) - fees - slippage;
  equity.exposure[last] = 0;
  return {
    ...result,
    trades,
    equity,
    openPositions: [],
    fees: result.fees + fees,
    slippage: result.slippage + slippage,
    finalEquity: result.finalEquity - fees - slippage,
  };
}
