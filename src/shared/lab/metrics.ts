// length: one table of all figures of a report
/**
 * Every figure of a backtest: what it is called, its unit, which way is better and what it means in plain language. Ids and
 * order are those of the native core (`native/crates/core/src/performance`), where the formulas are.
 *
 * Daily figures rest on the equity at the end of each day (UTC), 365 days a year, over a risk-free rate of 0; drawdowns look
 * at every bar unless they say daily. Figures of trades are of those that have ended.
 */

import type { MetricValues } from './metric-expression.ts';

export type { MetricValues } from './metric-expression.ts';

/**
 * `ratio`: a fraction, shown as percent; `factor`: a plain number; `quote`: money in the quote currency; the others are
 * counts or times.
 */
export type MetricUnit = 'ratio' | 'factor' | 'quote' | 'count' | 'days' | 'hours';

/** Sections of a report. */
export const metricGroups = [
  { id: 'return', title: 'Return' },
  { id: 'risk', title: 'Risk' },
  { id: 'quality', title: 'Return for risk' },
  { id: 'trust', title: 'Is it more than luck' },
  { id: 'trades', title: 'Trades' },
  { id: 'costs', title: 'Costs and exposure' },
  { id: 'benchmark', title: 'Against buy and hold' },
] as const;
export type MetricGroup = (typeof metricGroups)[number]['id'];

export interface Metric {
  readonly id: string;
  readonly group: MetricGroup;
  readonly title: string;
  readonly unit: MetricUnit;
  /** Which way is better; `none` where neither is. Losses and drawdowns are negative: higher is better. */
  readonly better: 'higher' | 'lower' | 'none';
  /** One or two sentences for somebody who has not met it before. */
  readonly meaning: string;
}

type Row = readonly [id: string, title: string, unit: MetricUnit, better: Metric['better'], meaning: string];

const rows: Readonly<Record<MetricGroup, readonly Row[]>> = {
  return: [
    [
      'netProfit',
      'Net profit',
      'quote',
      'higher',
      'Money at the end less money at the start, after all costs; open positions at their last price.',
    ],
    ['totalReturn', 'Total return', 'ratio', 'higher', 'Net profit over the money at the start.'],
    [
      'cagr',
      'Return a year',
      'ratio',
      'higher',
      'The steady growth a year that leads to the same total return (CAGR). Says little for runs of a few months, and is left out below a week.',
    ],
    ['averageDay', 'Average day', 'ratio', 'higher', 'Mean of the daily returns.'],
    ['bestDay', 'Best day', 'ratio', 'higher', 'Highest return of one day.'],
    ['worstDay', 'Worst day', 'ratio', 'higher', 'Lowest return of one day: how bad a single day was.'],
    [
      'positiveDays',
      'Days with profit',
      'ratio',
      'higher',
      'Share of all days, those without a trade included, that ended higher than they began.',
    ],
    ['bestMonth', 'Best month', 'ratio', 'higher', 'Highest return of a calendar month.'],
    ['worstMonth', 'Worst month', 'ratio', 'higher', 'Lowest return of a calendar month.'],
    [
      'positiveMonths',
      'Months with profit',
      'ratio',
      'higher',
      'Share of the calendar months that ended higher than they began.',
    ],
  ],
  risk: [
    [
      'annualVolatility',
      'Volatility a year',
      'ratio',
      'lower',
      'How widely daily returns scatter, scaled to a year (standard deviation × √365).',
    ],
    [
      'downsideVolatility',
      'Downside volatility',
      'ratio',
      'lower',
      'As volatility, but only losing days count: gains are no risk.',
    ],
    [
      'maxDrawdown',
      'Deepest drawdown',
      'ratio',
      'higher',
      'Largest fall from a peak of the account to a later low, on every bar. Ask yourself whether you would have held on.',
    ],
    [
      'maxDrawdownDaily',
      'Deepest drawdown, daily',
      'ratio',
      'higher',
      'The same on the equity at the end of each day, as most tools show it. It hides what happened within a day.',
    ],
    [
      'maxDrawdownDays',
      'Duration of the deepest',
      'days',
      'lower',
      'From the peak before the deepest drawdown until the account was back there, or until the end.',
    ],
    [
      'recoveryDays',
      'Recovery from the deepest',
      'days',
      'lower',
      'From its low back to the peak. Empty when the account had not recovered by the end.',
    ],
    ['longestDrawdownDays', 'Longest drawdown', 'days', 'lower', 'The longest time without a new peak.'],
    [
      'averageDrawdown',
      'Average drawdown',
      'ratio',
      'higher',
      'Mean depth of all drawdowns, small ones included.',
    ],
    [
      'averageDrawdownDays',
      'Average duration',
      'days',
      'lower',
      'Mean time from a peak until it was reached again.',
    ],
    [
      'timeUnderWater',
      'Time under water',
      'ratio',
      'lower',
      'Share of the days that ended below the highest day before.',
    ],
    [
      'ulcerIndex',
      'Ulcer index',
      'ratio',
      'lower',
      'Root mean square of the daily drawdown: counts both how deep and how long the account was under water.',
    ],
    [
      'valueAtRisk',
      'Value at risk 95 %',
      'ratio',
      'higher',
      'On one day of twenty the loss was at least this. Read off the days that happened.',
    ],
    [
      'conditionalValueAtRisk',
      'Expected shortfall 95 %',
      'ratio',
      'higher',
      'Mean loss of the worst twentieth of the days (CVaR).',
    ],
    [
      'parametricValueAtRisk',
      'Value at risk, normal',
      'ratio',
      'higher',
      'Value at risk if daily returns followed a bell curve. Far from the one above: the tails are not normal.',
    ],
    [
      'parametricConditionalValueAtRisk',
      'Shortfall, normal',
      'ratio',
      'higher',
      'Expected shortfall under the same bell curve.',
    ],
    [
      'tailRatio',
      'Tail ratio',
      'factor',
      'higher',
      'Size of the best twentieth of the days against the worst. Above 1 the big days are more often good ones. Left out where the worst twentieth gained.',
    ],
    [
      'skew',
      'Skewness',
      'factor',
      'higher',
      'Below 0: many small gains, a few large losses. Above 0 the other way round.',
    ],
    [
      'kurtosis',
      'Excess kurtosis',
      'factor',
      'lower',
      'Above 0: extreme days come more often than a bell curve has them.',
    ],
  ],
  quality: [
    [
      'sharpe',
      'Sharpe ratio',
      'factor',
      'higher',
      'Return for each unit of volatility, a year. Above 1 is good, above 3 in a backtest asks for suspicion.',
    ],
    [
      'smartSharpe',
      'Smart Sharpe',
      'factor',
      'higher',
      'Sharpe ratio, reduced when each day’s return resembles the day before: smooth curves look safer than they are.',
    ],
    ['sortino', 'Sortino ratio', 'factor', 'higher', 'As the Sharpe ratio, but only losses count as risk.'],
    [
      'smartSortino',
      'Smart Sortino',
      'factor',
      'higher',
      'Sortino ratio with the same reduction as the smart Sharpe.',
    ],
    [
      'calmar',
      'Calmar ratio',
      'factor',
      'higher',
      'Return a year over the deepest drawdown. Below 1 one bad spell costs more than a year’s gain.',
    ],
    ['omega', 'Omega ratio', 'factor', 'higher', 'All daily gains over all daily losses. 1 breaks even.'],
    [
      'martin',
      'Martin ratio',
      'factor',
      'higher',
      'Return a year over the ulcer index: return for each unit of depth and length of drawdowns.',
    ],
    [
      'gainToPain',
      'Gain to pain',
      'factor',
      'higher',
      'Sum of all daily returns over the sum of the losses.',
    ],
    ['recoveryFactor', 'Recovery factor', 'factor', 'higher', 'Total return over the deepest drawdown.'],
  ],
  trust: [
    [
      'probabilisticSharpe',
      'Probability of skill',
      'ratio',
      'higher',
      'Probability that the true Sharpe ratio is above 0, given length, skewness and tails of the run. Look for 95 %.',
    ],
    [
      'deflatedSharpe',
      'Deflated for trials',
      'ratio',
      'higher',
      'The same against the best that so many tried parameter sets would reach by luck. Below 95 % the result may be luck.',
    ],
    ['trials', 'Trials', 'count', 'none', 'How many parameter sets were tried before this one was chosen.'],
  ],
  trades: [
    ['trades', 'Trades', 'count', 'none', 'Round trips from flat to flat, an open one at the end included.'],
    [
      'openTrades',
      'Open at the end',
      'count',
      'none',
      'Trades that had not ended when the data did; the figures below leave them out.',
    ],
    ['longTrades', 'Long trades', 'count', 'none', 'Ended trades that gain when the price rises.'],
    ['shortTrades', 'Short trades', 'count', 'none', 'Ended trades that gain when the price falls.'],
    [
      'winRate',
      'Win rate',
      'ratio',
      'higher',
      'Share of the trades that made money. Says nothing about how much: see payoff.',
    ],
    ['longWinRate', 'Win rate, long', 'ratio', 'higher', 'Share of the long trades that made money.'],
    ['shortWinRate', 'Win rate, short', 'ratio', 'higher', 'Share of the short trades that made money.'],
    ['expectancy', 'Expectancy', 'quote', 'higher', 'What a trade made on average, after costs.'],
    [
      'expectancyRatio',
      'Expectancy ratio',
      'factor',
      'higher',
      'What a trade made on average for each unit that a losing trade lost.',
    ],
    [
      'averageTradeReturn',
      'Average trade',
      'ratio',
      'higher',
      'Mean profit over the value of the entry. When it is near the fees, the edge is gone with slightly worse fills.',
    ],
    [
      'medianTradeReturn',
      'Median trade',
      'ratio',
      'higher',
      'Half of the trades made more, half less. Far below the average: a few trades carry the result.',
    ],
    [
      'sqn',
      'System quality (SQN)',
      'factor',
      'higher',
      'How clearly the average trade differs from 0. Below 1.6 it is hard to trade, above 3 good.',
    ],
    [
      'profitFactor',
      'Profit factor',
      'factor',
      'higher',
      'Sum of all gains over the sum of all losses. 1 breaks even.',
    ],
    ['payoffRatio', 'Payoff ratio', 'factor', 'higher', 'Average gain over average loss.'],
    [
      'kelly',
      'Kelly share',
      'ratio',
      'higher',
      'Share of the money that would have grown it fastest with these trades. Far too much for real money; negative: no edge.',
    ],
    ['averageWin', 'Average win', 'quote', 'higher', 'What a winning trade made on average.'],
    ['averageLoss', 'Average loss', 'quote', 'higher', 'What a losing trade lost on average (negative).'],
    ['bestTrade', 'Best trade', 'quote', 'higher', 'Largest profit of one trade.'],
    ['worstTrade', 'Worst trade', 'quote', 'higher', 'Largest loss of one trade.'],
    ['winStreak', 'Longest row of wins', 'count', 'higher', 'Most winning trades one after another.'],
    [
      'lossStreak',
      'Longest row of losses',
      'count',
      'lower',
      'Most losing trades one after another. Longer ones will come.',
    ],
    ['averageTradeHours', 'Average duration', 'hours', 'none', 'Mean time from entry to exit.'],
    ['averageWinHours', 'Duration of wins', 'hours', 'none', 'Mean time in winning trades.'],
    [
      'averageLossHours',
      'Duration of losses',
      'hours',
      'none',
      'Mean time in losing trades. Longer than that of wins: losses are left to run.',
    ],
    ['longestTradeHours', 'Longest trade', 'hours', 'none', 'Longest time in one trade.'],
    ['tradesPerMonth', 'Trades in 30 days', 'count', 'none', 'How often the strategy trades.'],
    [
      'averageMae',
      'Average worst moment',
      'ratio',
      'higher',
      'How far the price went against a trade at worst, on average (maximum adverse excursion).',
    ],
    [
      'worstMae',
      'Worst moment',
      'ratio',
      'higher',
      'The furthest the price went against any trade. Leverage above its inverse would have been liquidated.',
    ],
    [
      'averageMfe',
      'Average best moment',
      'ratio',
      'higher',
      'How far the price went in favour of a trade at best, on average (maximum favourable excursion).',
    ],
    [
      'edgeRatio',
      'Edge ratio',
      'factor',
      'higher',
      'Best moments over worst moments. Above 1 entries come at good times.',
    ],
    [
      'mfeCaptured',
      'Best moment kept',
      'ratio',
      'higher',
      'Part of the best moment that winning trades kept at their exit. Low: exits come late.',
    ],
  ],
  costs: [
    ['fees', 'Fees', 'quote', 'lower', 'All fees paid.'],
    [
      'funding',
      'Funding and interest',
      'quote',
      'higher',
      'Funding received less paid, and interest. Negative: it cost money.',
    ],
    [
      'slippage',
      'Slippage',
      'quote',
      'lower',
      'What market orders lost against the price they aimed at, as assumed.',
    ],
    [
      'costShare',
      'Share lost to costs',
      'ratio',
      'lower',
      'Fees, slippage and funding over what the trades made before them. Above half, small errors in costs decide.',
    ],
    ['turnover', 'Turnover', 'factor', 'none', 'Value bought and sold over the average equity.'],
    ['exposureTime', 'Time in the market', 'ratio', 'none', 'Share of the bars that ended with a position.'],
    [
      'averageExposure',
      'Average exposure',
      'ratio',
      'none',
      'Mean value of the position over equity, without its sign.',
    ],
    [
      'maxExposure',
      'Highest exposure',
      'ratio',
      'none',
      'Largest value of the position over equity. Above 100 %: borrowed money.',
    ],
    ['days', 'Days', 'days', 'none', 'Days (UTC) from the first bar to the last.'],
  ],
  benchmark: [
    [
      'benchmarkReturn',
      'Buy and hold',
      'ratio',
      'none',
      'Return of buying at the start and holding to the end, without costs.',
    ],
    ['benchmarkCagr', 'Buy and hold a year', 'ratio', 'none', 'The same as growth a year.'],
    [
      'benchmarkMaxDrawdown',
      'Its deepest drawdown',
      'ratio',
      'none',
      'Largest fall that holding had to sit through.',
    ],
    ['benchmarkSharpe', 'Its Sharpe ratio', 'factor', 'none', 'Sharpe ratio of buying and holding.'],
    ['excessReturn', 'More than holding', 'ratio', 'higher', 'Total return less that of buying and holding.'],
    [
      'alpha',
      'Alpha a year',
      'ratio',
      'higher',
      'Return a year that does not come from moving with the market.',
    ],
    [
      'beta',
      'Beta',
      'factor',
      'none',
      'How much of the market’s move the strategy makes: 1 all of it, 0 none, negative the opposite.',
    ],
    [
      'correlation',
      'Correlation',
      'factor',
      'none',
      'How closely its days follow the market’s, from -1 to 1.',
    ],
    [
      'trackingError',
      'Tracking error',
      'ratio',
      'none',
      'How widely the difference to the market scatters, a year.',
    ],
    [
      'informationRatio',
      'Information ratio',
      'factor',
      'higher',
      'Return over the market for each unit of tracking error, a year.',
    ],
  ],
};

/** All figures, in the order of the native core. */
export const metrics: readonly Metric[] = metricGroups.flatMap(({ id: group }) =>
  rows[group].map(([id, title, unit, better, meaning]) => ({ id, group, title, unit, better, meaning })),
);

/** Ids of all figures. */
export const metricIds: readonly string[] = metrics.map(({ id }) => id);

/** Gives the figure of an id; undefined for an unknown one. */
export function metricOf(id: string): Metric | undefined {
  return metrics.find((metric) => metric.id === id);
}

/** Gives values by id from a column in the order of `ids`; null where there is no finite value. */
export function metricValues(ids: readonly string[], column: ArrayLike<number>): MetricValues {
  return Object.fromEntries(
    ids.map((id, index) => {
      const value = column[index];
      return [id, value !== undefined && Number.isFinite(value) ? value : null];
    }),
  );
}
