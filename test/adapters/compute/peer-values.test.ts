/** The catalogue against the numbers of other programs over the same candles; see `indicator-fixtures.ts`. */

import { describe, expect, test } from 'vitest';
import { apart, at, candles, output, readPeers, series } from './indicator-fixtures.ts';

/** Largest difference accepted, on the scale of the value or of 1. */
const tolerance = 1e-9;

/** Theirs, and ours in their convention. */
interface Comparison {
  readonly series: string;
  readonly values: () => Float64Array;
  /** First row compared. */
  readonly from?: number;
  /** Why not from the first, or what was put into their convention. */
  readonly note?: string;
}

/** Ours, changed value by value. */
function mapped(values: Float64Array, change: (value: number, row: number) => number): Float64Array {
  return values.map(change);
}

const startsElsewhere = 'another first value; compared once that has faded';
const byFirst = 'there averages start from the first value; compared once that has faded';
const wave = { channelperiod: 9, averageperiod: 12, signalperiod: 3 };
const closeAndOpen = { high: candles.close, low: candles.open };
const hourly = { sessionhours: 1 };

/** Correlations of the cycle a bar before, turned by one bar. */
function turned(part: 'real' | 'imag'): Float64Array {
  const angle = (2 * Math.PI) / 20;
  const [real, imaginary] = [output('CORRCYCLE', {}, 'real'), output('CORRCYCLE', {}, 'imag')];
  const [along, across] = part === 'real' ? [real, imaginary] : [imaginary, real.map((value) => -value)];
  return series((row) => Math.cos(angle) * at(along, row - 1) + Math.sin(angle) * at(across, row - 1));
}

/** Ours without the oldest value, whose weight is 1: there a period of n is n - 1 values. */
function withoutOldest(id: string, timeperiod: number, power: number): Float64Array {
  let total = 0;
  for (let place = 1; place <= timeperiod; place += 1) total += place ** power;
  const oldest = 1 - timeperiod;
  return mapped(
    output(id, { timeperiod }),
    (value, row) => (value * total - at(candles.close, row + oldest)) / (total - 1),
  );
}

/** A run of one side, as long as 13; NaN where there is none. */
function runTo13(count: number): number {
  return count > 0 ? Math.min(count, 13) : Number.NaN;
}

function shifted(values: Float64Array, rows: number): Float64Array {
  return series((row) => at(values, row + rows));
}

/** Their levels are those of the candle itself: ours are known on the next. */
function levels(pivottype: number, name: string): Float64Array {
  return shifted(output('PIVOTS', { ...hourly, pivottype }, name), 1);
}

const comparisons: readonly Comparison[] = [
  { series: 'vroc', values: () => output('VROC') },
  { series: 'median', values: () => output('MEDIAN') },
  { series: 'skew', values: () => output('SKEW') },
  { series: 'kurtosis', values: () => output('KURTOSIS') },
  { series: 'medianad', values: () => output('MEDIANAD') },
  { series: 'jma', values: () => output('JMA'), from: 40, note: startsElsewhere },
  {
    series: 'jma-power-1',
    values: () => output('JMA', { timeperiod: 14, phase: -30, power: 1 }),
    from: 98,
    note: startsElsewhere,
  },
  { series: 'hwma', values: () => output('HWMA') },
  { series: 'hwma-pandas', values: () => output('HWMA') },
  { series: 'supersmoother3', values: () => output('SUPERSMOOTHER3'), from: 81, note: startsElsewhere },
  { series: 'highpass', values: () => output('HIGHPASS'), from: 193, note: startsElsewhere },
  { series: 'voss', values: () => output('VOSS', {}, 'voss'), from: 535, note: startsElsewhere },
  { series: 'voss-filter', values: () => output('VOSS', {}, 'filter'), from: 529, note: startsElsewhere },
  { series: 'gaussian-4', values: () => output('GAUSSIAN'), from: 28, note: startsElsewhere },
  { series: 'gaussian-2', values: () => output('GAUSSIAN', { poles: 2 }), from: 34, note: startsElsewhere },
  {
    series: 'lrsi',
    values: () => output('LRSI', { gamma: 0.8 }, 'real', { close: candles.median }),
    from: 1,
    note: 'there of the median price, alpha = 1 - gamma; 0 on the first bar, here 0.5',
  },
  {
    series: 'lrsi-pandas',
    values: () => mapped(output('LRSI'), (value) => 100 * value),
    from: 1,
    note: 'there 0 to 100; 0 on the first bar, here 50',
  },
  {
    series: 'cg',
    values: () => mapped(output('CG', { timeperiod: 9 }), (value) => value - 5),
    note: 'there without (n + 1)/2, and a period of 10 is nine bars',
  },
  {
    series: 'cg-pandas',
    values: () => mapped(output('CG'), (value) => value - 5.5),
    note: 'there without (n + 1)/2',
  },
  { series: 'itrend', values: () => output('ITREND', {}, 'itrend'), from: 291, note: startsElsewhere },
  {
    series: 'itrend-trigger',
    values: () => {
      const trend = output('ITREND', {}, 'itrend');
      return series((row) => 2 * at(trend, row) - at(trend, row - 20));
    },
    from: 301,
    note: 'there 2 t - t[20], in the book 2 t - t[2]',
  },
  { series: 'corrcycle-real', values: () => turned('real'), note: 'there of the bars before, turned by one' },
  { series: 'corrcycle-imag', values: () => turned('imag'), note: 'there of the bars before, turned by one' },
  { series: 'kst', values: () => output('KST', {}, 'kst') },
  { series: 'kst-signal', values: () => output('KST', {}, 'kstsignal') },
  {
    series: 'kst-pandas',
    values: () => mapped(output('KST', {}, 'kst'), (value) => 100 * value),
    note: 'there in hundredths of a percent',
  },
  {
    series: 'kst-signal-pandas',
    values: () => mapped(output('KST', {}, 'kstsignal'), (value) => 100 * value),
    note: 'there in hundredths of a percent',
  },
  { series: 'stc', values: () => output('STC'), from: 576, note: byFirst },
  { series: 'qqe', values: () => output('QQE', {}, 'qqe') },
  { series: 'qqe-trail', values: () => output('QQE', {}, 'trail') },
  { series: 'wavetrend', values: () => output('WAVETREND', wave, 'wavetrend'), from: 144, note: byFirst },
  { series: 'wavetrend-signal', values: () => output('WAVETREND', wave, 'signal'), from: 167, note: byFirst },
  { series: 'rvgi', values: () => output('RVGI', {}, 'rvgi') },
  { series: 'rvgi-signal', values: () => output('RVGI', {}, 'signal') },
  {
    series: 'iftrsi',
    // v, the average that both are made of, from ours; they take the square of 2 v for its exponential.
    values: () =>
      mapped(output('IFTRSI'), (value) => {
        const square = (2 * Math.atanh(value)) ** 2;
        return (square - 1) / (square + 1);
      }),
    note: 'there (4 v^2 - 1) / (4 v^2 + 1) in place of (e^2v - 1) / (e^2v + 1)',
  },
  { series: 'squeeze', values: () => output('SQUEEZE', {}, 'momentum') },
  { series: 'squeeze-pandas', values: () => output('SQUEEZE', {}, 'momentum') },
  { series: 'squeeze-on', values: () => output('SQUEEZE', {}, 'squeeze') },
  { series: 'cfo', values: () => output('CFO') },
  { series: 'dti', values: () => output('DTI'), from: 167, note: byFirst },
  { series: 'ttmtrend', values: () => output('TTMTREND', {}, 'trend') },
  { series: 'rsx', values: () => output('RSX'), from: 147, note: startsElsewhere },
  { series: 'rsx-pandas', values: () => output('RSX'), from: 147, note: startsElsewhere },
  { series: 'cksp-long', values: () => output('CKSP', {}, 'long') },
  { series: 'cksp-short', values: () => output('CKSP', {}, 'short') },
  { series: 'vpci', values: () => output('VPCI', {}, 'vpci') },
  { series: 'vpci-smoothed', values: () => output('VPCI', {}, 'smoothed') },
  { series: 'vwmacd', values: () => output('VWMACD', {}, 'macd') },
  { series: 'vwmacd-pandas', values: () => output('VWMACD', {}, 'macd') },
  {
    series: 'vwmacd-signal',
    values: () => output('VWMA', { timeperiod: 9 }, 'real', { close: output('VWMACD', {}, 'macd') }),
    note: 'there weighted by volume, here the ema of Hawkins',
  },
  {
    series: 'hvol',
    values: () => mapped(output('HVOL'), (value) => 100 * value),
    note: 'there in percent',
  },
  { series: 'hvol-openbb', values: () => output('HVOL') },
  { series: 'parkinson', values: () => output('PARKINSON') },
  { series: 'garmanklass', values: () => output('GARMANKLASS') },
  { series: 'rogerssatchell', values: () => output('ROGERSSATCHELL') },
  {
    series: 'bias',
    values: () => mapped(output('BIAS'), (value) => value / 100),
    note: 'there not in percent',
  },
  { series: 'psl', values: () => output('PSL') },
  { series: 'cti', values: () => output('CTI') },
  { series: 'fwma', values: () => output('FWMA', { timeperiod: 5 }) },
  { series: 'pwma', values: () => output('PWMA', { timeperiod: 5 }) },
  { series: 'sinwma', values: () => output('SINWMA', { timeperiod: 14 }) },
  { series: 'jsa', values: () => output('JSA') },
  { series: 'alma', values: () => output('ALMA') },
  { series: 'ichimoku-tenkan', values: () => output('ICHIMOKU', {}, 'tenkan') },
  { series: 'ichimoku-kijun', values: () => output('ICHIMOKU', {}, 'kijun') },
  { series: 'ichimoku-senkoua', values: () => output('ICHIMOKU', {}, 'senkoua') },
  { series: 'ichimoku-senkoub', values: () => output('ICHIMOKU', {}, 'senkoub') },
  { series: 'mcginley', values: () => output('MCGINLEY', { timeperiod: 10 }) },
  { series: 'vwapsession', values: () => output('VWAPSESSION', {}, 'vwap') },
  { series: 'ac', values: () => output('AC') },
  { series: 'chandelier-long', values: () => output('CHANDELIER', {}, 'long') },
  { series: 'chandelier-short', values: () => output('CHANDELIER', {}, 'short') },
  { series: 'pivots-pp', values: () => levels(0, 'pivot') },
  ...['r1', 'r2', 's1', 's2'].map((name) => ({
    series: `pivots-${name}`,
    values: () => levels(0, name),
  })),
  ...['r1', 'r2', 'r3', 's1', 's2', 's3'].map((name) => ({
    series: `pivots-fibonacci-${name}`,
    values: () => levels(1, name),
  })),
  ...['r3', 's3'].map((name) => ({
    series: `pivots-camarilla-${name}`,
    values: () => levels(2, name),
    note: 'the other levels there have rounded factors',
  })),
  ...(
    [
      ['sqwma', 'SQWMA', 5, 2],
      ['cwma', 'CWMA', 5, 3],
      ['srwma', 'SRWMA', 5, 0.5],
      ['vpwma', 'VPWMA', 14, 0.382],
    ] as const
  ).map(([name, id, period, power]) => ({
    series: name,
    values: () => withoutOldest(id, period, power),
    from: period + 1,
    note: 'there without the oldest value; the first are the prices',
  })),
  { series: 'swma', values: () => output('SWMA') },
  { series: 'swma-pandas', values: () => output('SWMA') },
  { series: 'swma-even', values: () => output('SWMA', { timeperiod: 6 }) },
  {
    series: 'epma',
    values: () => output('EPMA'),
    from: 18,
    note: 'there a period of 12 is eleven values, and the first are the prices',
  },
  { series: 'epma-talib', values: () => output('EPMA') },
  { series: 'edcf', values: () => output('EDCF') },
  { series: 'maaq', values: () => output('MAAQ') },
  { series: 'mwdx', values: () => output('MWDX') },
  { series: 'nma', values: () => output('NMA') },
  { series: 'pma', values: () => output('PMA', {}, 'predict') },
  { series: 'pma-trigger', values: () => output('PMA', {}, 'trigger') },
  { series: 'vlma', values: () => output('VLMA') },
  { series: 'rsmk', values: () => output('RSMK', {}, 'rsmk', closeAndOpen), from: 130, note: byFirst },
  {
    series: 'rsmk-signal',
    values: () => output('RSMK', {}, 'signal', closeAndOpen),
    from: 320,
    note: byFirst,
  },
  ...['long', 'short'].flatMap((side) => [
    { series: `kaufmanstop-${side}`, values: () => output('KAUFMANSTOP', {}, side) },
    { series: `devstop-${side}`, values: () => output('DEVSTOP', { multiplier: 1.5 }, side) },
    {
      series: `safezone-${side}`,
      values: () => output('SAFEZONE', { multiplier: 2.5 * 22 }, side),
      from: 560,
      note: 'there sums, 22 times the averages; another start, compared once that has faded',
    },
  ]),
  {
    series: 'damiani',
    values: () => output('DAMIANI', { sedatrperiod: 20 }, 'volatility'),
    from: 500,
    note: 'there the first bar has a true range; compared once that has faded',
  },
  {
    series: 'damiani-limit',
    values: () => shifted(output('DAMIANI', { sedatrperiod: 20 }, 'limit'), -1),
    note: 'there of the bars before',
  },
  ...['upperband', 'middleband', 'lowerband'].flatMap((band) => [
    { series: `mab-${band}`, values: () => output('MAB', { matype: 0, nbdevdn: 1.5 }, band) },
    { series: `emd-${band}`, values: () => output('EMD', {}, band), from: 300, note: startsElsewhere },
  ]),
  { series: 'stiffness', values: () => output('STIFFNESS'), from: 200, note: byFirst },
  { series: 'waddah-trend', values: () => output('WADDAH', {}, 'trend'), from: 450, note: byFirst },
  { series: 'waddah-explosion', values: () => output('WADDAH', {}, 'explosion') },
  ...([1, -1] as const).map((side) => ({
    series: side === 1 ? 'tdsetup-up' : 'tdsetup-down',
    values: () => mapped(output('TDSETUP', {}, 'count'), (value) => runTo13(side * value)),
    note: 'there one side a column, without what is not a run, and 13 at most',
  })),
  { series: 'ewmavol', values: () => output('EWMAVOL') },
  { series: 'hullsuit', values: () => output('HMA', { timeperiod: 55 }) },
  {
    series: 'hullsuit-before',
    values: () => shifted(output('HMA', { timeperiod: 55 }), -2),
    note: 'the same two bars before',
  },
];

/** Series that `published-formulas.test.ts` compares with. */
const comparedElsewhere = [
  'supersmoother',
  'highpass2',
  'decosc',
  'roofing',
  'bandpass',
  'reflex',
  'trendflex',
];

const peers = readPeers();

describe('the numbers of other programs', () => {
  for (const { series: name, values, from = 0, note } of comparisons) {
    test(name, () => {
      const peer = peers.get(name);
      if (peer === undefined) throw new Error(`no series ${name}`);
      const found = values();
      let worst = 0;
      let compared = 0;
      for (const [row, expected] of peer.values) {
        const value = at(found, row);
        if (row < from || Number.isNaN(value)) continue;
        const error = apart(value, expected);
        expect(error, `row ${row}: ${value} for ${expected}`).toBeLessThanOrEqual(tolerance);
        worst = Math.max(worst, error);
        compared += 1;
      }
      const first = from > 0 ? `, from row ${from}` : '';
      process.stdout.write(
        `${name} (${peer.program} ${peer.call}): worst error ${worst.toExponential(1)} over ${compared} rows${first}${note === undefined ? '' : `; ${note}`}\n`,
      );
      expect(compared).toBeGreaterThan(20);
    });
  }

  test('every series kept is compared', () => {
    const named = [...comparisons.map(({ series: name }) => name), ...comparedElsewhere];
    expect([...peers.keys()].sort()).toEqual(named.sort());
  });
});
