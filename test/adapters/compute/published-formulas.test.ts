/**
 * Indicators for which no other program has the published formula: compared with the formula written out, over the candles of
 * `indicator-fixtures.ts`. Where another program has it with a rounded constant or another start, the formula written out is
 * first compared with that program's numbers, and then ours with it. Averages here are the catalogue's SMA, EMA, RMA, VAR and
 * the like, which equal TA-Lib's.
 */

import { describe, expect, test } from 'vitest';
import {
  bandPass,
  copied,
  cyberCycle,
  evenBetterSine,
  flex,
  fractalAverage,
  fromZero,
  highPass,
  highPass2,
  laguerreLevels,
  superSmoother,
} from './ehlers-filters.ts';
import { apart, at, candles, output, readPeers, rowCount, series } from './indicator-fixtures.ts';

const tolerance = 1e-9;
/** The root of two as Ehlers prints it. */
const printedRoot = 1414 / 1000;
const { open, high, low, close, volume, median } = candles;
const peers = readPeers();

/** Our values are the written out ones, known on the same rows. */
function same(name: string, found: Float64Array, expected: Float64Array, firstRow: number): void {
  let worst = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const [value, wanted] = [at(found, row), at(expected, row)];
    if (row < firstRow) expect(value, `${name} row ${row}`).toBeNaN();
    else {
      const error = apart(value, wanted);
      expect(error, `${name} row ${row}: ${value} for ${wanted}`).toBeLessThanOrEqual(tolerance);
      worst = Math.max(worst, error);
    }
  }
  process.stdout.write(`${name}: worst error ${worst.toExponential(1)} over ${rowCount - firstRow} rows\n`);
}

/** The formula written out gives the numbers of another program. */
function likeThere(name: string, written: Float64Array): void {
  const peer = peers.get(name);
  if (peer === undefined) throw new Error(`no series ${name}`);
  let worst = 0;
  for (const [row, expected] of peer.values) {
    // There a value that is not known is 0.
    const value = Number.isNaN(at(written, row)) ? 0 : at(written, row);
    const error = apart(value, expected);
    expect(error, `${name} row ${row}: ${value} for ${expected}`).toBeLessThanOrEqual(tolerance);
    worst = Math.max(worst, error);
  }
  process.stdout.write(
    `${peer.program} ${peer.call} is the formula with its start and constants: worst error ${worst.toExponential(1)}\n`,
  );
}

const average = (id: string, timeperiod: number, values: Float64Array): Float64Array =>
  output(id, { timeperiod }, 'real', { close: values });

describe('filters of Ehlers', () => {
  const fromFirst = { before: at(close, 0), first: [] };

  test('SUPERSMOOTHER', () => {
    likeThere('supersmoother', superSmoother(close, 14, printedRoot, copied(close, 2)));
    same('SUPERSMOOTHER', output('SUPERSMOOTHER'), superSmoother(close, 14, Math.SQRT2, fromFirst), 0);
  });

  test('HIGHPASS2', () => {
    likeThere('highpass2', highPass2(close, 48, printedRoot, copied(close, 2)));
    same('HIGHPASS2', output('HIGHPASS2'), highPass2(close, 48, Math.SQRT2, fromZero), 0);
  });

  test('ROOFING', () => {
    const passed = highPass2(close, 48, printedRoot, copied(close, 2));
    likeThere('roofing', superSmoother(passed, 10, printedRoot, copied(passed, 2)));
    const ours = highPass2(close, 48, Math.SQRT2, fromZero);
    same('ROOFING', output('ROOFING'), superSmoother(ours, 10, Math.SQRT2, fromZero), 0);
  });

  test('DECYCLER', () => {
    const passed = highPass(close, 125, fromZero);
    same(
      'DECYCLER',
      output('DECYCLER'),
      series((row) => at(close, row) - at(passed, row)),
      0,
    );
    // The same in the form of the article: a/2 (x + x[1]) + (1 - a) y[1].
    const angle = (2 * Math.PI) / 125;
    const a = (Math.cos(angle) + Math.sin(angle) - 1) / Math.cos(angle);
    const article = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row += 1) {
      const [before, last] =
        row === 0 ? [at(close, 0), at(close, 0)] : [at(close, row - 1), at(article, row - 1)];
      article[row] = (a / 2) * (at(close, row) + before) + (1 - a) * last;
    }
    same('DECYCLER as printed', output('DECYCLER'), article, 0);
  });

  test('DECOSC', () => {
    const oscillator = (
      root: number,
      start: (values: Float64Array) => ReturnType<typeof copied>,
    ): Float64Array => {
      const slow = highPass2(close, 40, root, start(close));
      const rest = series((row) => at(close, row) - at(slow, row));
      const wave = highPass2(rest, 20, root, start(rest));
      return series((row) => (100 * at(wave, row)) / at(close, row));
    };
    likeThere(
      'decosc',
      oscillator(printedRoot, (values) => copied(values, 2)),
    );
    const ours = output('DECOSC', { timeperiod: 40 });
    same(
      'DECOSC',
      ours,
      oscillator(Math.SQRT2, () => fromZero),
      0,
    );
  });

  test('BANDPASS', () => {
    // There the trend is taken out first.
    const passed = highPass(close, (4 * 20) / 0.3, copied(close, 1));
    likeThere('bandpass', bandPass(passed, 20, 0.3, copied(passed, 2)));
    same('BANDPASS', output('BANDPASS'), bandPass(close, 20, 0.3, fromZero), 0);
  });

  test('REFLEX and TRENDFLEX', () => {
    const there = superSmoother(close, 10, printedRoot, copied(close, 2));
    const here = superSmoother(close, 10, Math.SQRT2, fromFirst);
    for (const [name, sloped] of [
      ['REFLEX', true],
      ['TRENDFLEX', false],
    ] as const) {
      likeThere(name.toLowerCase(), flex(there, 20, sloped));
      same(name, output(name), flex(here, 20, sloped), 20);
    }
  });

  test('EBSW', () => {
    const smooth = superSmoother(highPass(close, 40, fromZero), 10, Math.SQRT2, fromZero);
    same('EBSW', output('EBSW'), evenBetterSine(smooth), 0);
  });

  test('LAGUERRE', () => {
    const [a, b, c, d] = laguerreLevels(close, 0.8) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const line = series((row) => (at(a, row) + 2 * at(b, row) + 2 * at(c, row) + at(d, row)) / 6);
    same('LAGUERRE', output('LAGUERRE'), line, 0);
  });

  test('CYBERCYCLE', () => {
    const cycle = cyberCycle(median, 0.07);
    same('CYBERCYCLE cycle', output('CYBERCYCLE', {}, 'cycle'), cycle, 3);
    same(
      'CYBERCYCLE trigger',
      output('CYBERCYCLE', {}, 'trigger'),
      series((row) => at(cycle, row - 1)),
      3,
    );
  });

  test('the trigger of ITREND', () => {
    const trend = output('ITREND', {}, 'itrend');
    const trigger = series((row) => 2 * at(trend, row) - at(trend, row - 2));
    // Its first two need trends that are not given out.
    same('ITREND trigger', output('ITREND', {}, 'trigger').fill(Number.NaN, 0, 6), trigger, 6);
  });

  test('FRAMA', () => {
    same('FRAMA', output('FRAMA'), fractalAverage(high, low, 16), 15);
    same('FRAMA 10', output('FRAMA', { timeperiod: 10 }), fractalAverage(high, low, 10), 9);
  });
});

describe('formulas from articles', () => {
  test('YANGZHANG: D. Yang and Q. Zhang, 2000, equations 8 to 10', () => {
    const n = 20;
    const log = (a: Float64Array, b: Float64Array, lag = 0): Float64Array =>
      series((row) => (row < lag || row < 1 ? Number.NaN : Math.log(at(a, row) / at(b, row - lag))));
    const sample = (values: Float64Array): Float64Array =>
      output('VAR', { timeperiod: n, nbdev: 1 }, 'real', { close: values }).map(
        (value) => (value * n) / (n - 1),
      );
    const [overnight, body] = [sample(log(open, close, 1)), sample(log(close, open))];
    const within = average(
      'SMA',
      n,
      series(
        (row) =>
          Math.log(at(high, row) / at(open, row)) * Math.log(at(high, row) / at(close, row)) +
          Math.log(at(low, row) / at(open, row)) * Math.log(at(low, row) / at(close, row)),
      ),
    );
    const k = 0.34 / (1.34 + (n + 1) / (n - 1));
    const written = series((row) =>
      Math.sqrt(365 * (at(overnight, row) + k * at(body, row) + (1 - k) * at(within, row))),
    );
    same('YANGZHANG', output('YANGZHANG'), written, n);
  });

  test('RMI: R. Altman, TASC 1993', () => {
    const change = series((row) => at(close, row) - at(close, row - 5));
    const gain = average(
      'RMA',
      20,
      change.map((value) => Math.max(value, 0)),
    );
    const loss = average(
      'RMA',
      20,
      change.map((value) => Math.max(-value, 0)),
    );
    same(
      'RMI',
      output('RMI'),
      series((row) => 100 - 100 / (1 + at(gain, row) / at(loss, row))),
      24,
    );
    // A momentum of one bar is the RSI.
    same('RMI of 1', output('RMI', { timeperiod: 14, momentum: 1 }), output('RSI'), 14);
  });

  test('PFE: H. Hannula, TASC January 1994, in the form MetaStock published', () => {
    // Jesse takes the ninth difference of the prices for the change over nine bars.
    const efficiency = series((row) => {
      let path = 0;
      for (let back = 0; back < 9; back += 1)
        path += Math.sqrt((at(close, row - back) - at(close, row - back - 1)) ** 2 + 1);
      const change = at(close, row) - at(close, row - 9);
      const size = (100 * Math.sqrt(change ** 2 + 10 ** 2)) / path;
      return change > 0 ? size : -size;
    });
    same('PFE', output('PFE'), average('EMA', 5, efficiency.fill(Number.NaN, 0, 9)), 13);
  });

  test('PGO: M. Johnson', () => {
    const range = average('EMA', 14, output('TRANGE'));
    const mean = average('SMA', 14, close);
    same(
      'PGO',
      output('PGO'),
      series((row) => (at(close, row) - at(mean, row)) / at(range, row)),
      14,
    );
  });

  test('TMF: C. Twiggs', () => {
    const flow = series((row) => {
      const top = Math.max(at(high, row), at(close, row - 1));
      const bottom = Math.min(at(low, row), at(close, row - 1));
      return (at(volume, row) * (2 * at(close, row) - top - bottom)) / (top - bottom);
    });
    const traded = series((row) => (row === 0 ? Number.NaN : at(volume, row)));
    const [flows, volumes] = [average('RMA', 21, flow), average('RMA', 21, traded)];
    same(
      'TMF',
      output('TMF'),
      series((row) => at(flows, row) / at(volumes, row)),
      21,
    );
  });

  test('VWMACD: the signal of D. Hawkins, TASC 2009, is an ema', () => {
    const macd = output('VWMACD', {}, 'macd');
    const line = series((row) => at(average12, row) - at(average26, row));
    const signal = average('EMA', 9, line);
    same('VWMACD macd', macd, line, 33);
    same('VWMACD signal', output('VWMACD', {}, 'macdsignal'), signal, 33);
    same(
      'VWMACD hist',
      output('VWMACD', {}, 'macdhist'),
      series((row) => at(line, row) - at(signal, row)),
      33,
    );
  });
  const average12 = average('VWMA', 12, close);
  const average26 = average('VWMA', 26, close);

  test('VRATIO: A. Lo and C. MacKinlay, 1988, as an exponent', () => {
    const squares = (row: number, lag: number): number => {
      let sum = 0;
      for (let back = 0; back < 100; back += 1)
        sum += (at(close, row - back) - at(close, row - back - lag)) ** 2;
      return sum;
    };
    same(
      'VRATIO',
      output('VRATIO'),
      series((row) => Math.log2(squares(row, 2) / squares(row, 1)) / 2),
      101,
    );
  });

  test('REGIME', () => {
    const [up, down, adx] = [output('PLUS_DI'), output('MINUS_DI'), output('ADX')];
    const share = output('NATR', { timeperiod: 14 });
    const rank = series((row) => {
      const past = share.subarray(Math.max(0, row - 100), row);
      if (past.length < 100 || past.some(Number.isNaN)) return Number.NaN;
      return past.filter((value) => value < at(share, row)).length;
    });
    const first = 114;
    const blank = (values: Float64Array): Float64Array => values.fill(Number.NaN, 0, first);
    same('REGIME adx', output('REGIME', {}, 'adx'), blank(adx), first);
    same('REGIME volatilityrank', output('REGIME', {}, 'volatilityrank'), rank, first);
    const trend = series((row) => (at(adx, row) < 25 ? 0 : Math.sign(at(up, row) - at(down, row))));
    same('REGIME trend', output('REGIME', {}, 'trend'), trend, first);
    const state = series((row) => (at(rank, row) < 25 ? -1 : at(rank, row) >= 75 ? 1 : 0));
    same('REGIME volatility', output('REGIME', {}, 'volatility'), state, first);
    for (const values of [trend, state]) expect(new Set(values.subarray(first))).toEqual(new Set([-1, 0, 1]));
  });
});
