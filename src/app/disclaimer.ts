/** The disclaimer: shown at first start, in Settings and in the README. */

export const disclaimer =
  'Sextant is trading software for education and information. Trading carries a substantial risk of loss; you can ' +
  'lose all the money you put in. Past performance, backtests and simulations are not indicative of future results. ' +
  'Nothing in this program is financial advice. You alone are responsible for your decisions, your orders and your ' +
  'keys. The authors accept no liability for losses.';
