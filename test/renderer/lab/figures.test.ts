/** Figures of the Lab as texts. */
import { describe, expect, it } from 'vitest';
import {
  countText,
  factorText,
  figureText,
  metricText,
  moneyText,
  percentText,
  pricePlaces,
  priceText,
  sizeText,
  tickPlaces,
  timesText,
  toneOf,
} from '../../../src/renderer/lab/figures.ts';
import { failureText, importWords } from '../../../src/renderer/lab/import-words.ts';
import { moneyPlaces } from '../../../src/shared/lab/money-places.ts';

/** The thin space that groups digits, and the true minus. */
const space = '\u202f';
const minus = '\u2212';

describe('figures', () => {
  it('writes ratios as percent, with a sign where it counts', () => {
    expect(percentText(0.12345)).toBe('12.35 %');
    expect(percentText(0.12345, true, 1)).toBe('+12.3 %');
    expect(percentText(-0.5, true)).toBe(`${minus}50.00 %`);
    expect(percentText(123.4)).toBe(`12${space}340 %`);
    expect(percentText(null)).toBe('—');
    expect(percentText(Number.NaN)).toBe('—');
  });

  it('gives what rounds to nothing no sign', () => {
    expect(percentText(-0.00001, true)).toBe('0.00 %');
    expect(percentText(0.00001, true)).toBe('0.00 %');
    expect(factorText(-0.001)).toBe('0.00');
    expect(moneyText(-0.0000001, true)).toBe('0.000000');
  });

  it('groups money, counts and prices', () => {
    expect(moneyText(1_234_567.891)).toBe(`1${space}234${space}567.89`);
    expect(moneyText(12, true)).toBe('+12.00');
    expect(moneyText(0)).toBe('0.00');
    expect(moneyText(0.0012)).toBe('0.001200');
    expect(moneyText(-0.3983, true, moneyPlaces([18.66, -0.3983]))).toBe(`${minus}0.40`);
    expect([moneyPlaces([0.5, 0.01]), moneyPlaces([0, 0]), moneyPlaces([])]).toEqual([6, 2, 2]);
    expect(countText(9999.6)).toBe(`10${space}000`);
    expect(factorText(1234.5)).toBe(`1${space}235`);
    expect(priceText(31_841.01)).toBe(`31${space}841.01`);
    expect(priceText(0.1 + 0.2)).toBe('0.3');
  });

  it('writes each metric by its unit', () => {
    const values = { trades: 533, openTrades: 1, funding: -59.77, fees: 5 };
    expect(figureText({ id: 'trades', unit: 'count' }, values)).toBe('532 closed, 1 open');
    expect(figureText({ id: 'funding', unit: 'quote' }, values)).toBe('paid 59.77');
    expect(figureText({ id: 'fees', unit: 'quote' }, values)).toBe('5.00');
    expect(figureText({ id: 'funding', unit: 'quote' }, { funding: null })).toBe('—');
    expect(metricText({ unit: 'ratio' }, 0.5)).toBe('50.00 %');
    expect(metricText({ unit: 'quote' }, 5)).toBe('5.00');
    expect(metricText({ unit: 'count' }, 5)).toBe('5');
    expect(metricText({ unit: 'days' }, 1.5)).toBe('1.50 d');
    expect(metricText({ unit: 'hours' }, 1.5)).toBe('1.50 h');
    expect(metricText({ unit: 'factor' }, 1.5)).toBe('1.50');
    expect(metricText({ unit: 'factor' }, null)).toBe('—');
  });

  it('colours by sign alone', () => {
    expect([toneOf(1), toneOf(-1), toneOf(0), toneOf(null)]).toEqual(['text-up', 'text-down', '', '']);
  });

  it('finds the places that tell ticks apart', () => {
    expect(tickPlaces([0, -10, -20])).toBe(0);
    expect(tickPlaces([0, 2.5, 5])).toBe(1);
    expect(tickPlaces([0, -0.25, -0.5])).toBe(2);
    expect(tickPlaces([0.30000000000000004, 0.6])).toBe(1);
    expect(tickPlaces([1 / 3])).toBe(4);
    expect(tickPlaces([null, 1])).toBe(0);
  });
});

describe('an import', () => {
  const result = {
    instrument: 'BTC/USDT',
    timeframe: '1h',
    bars: 12_000,
    missing: 0,
    duplicates: 0,
    outlierCount: 0,
  };

  it('says what came in', () => {
    expect(importWords(result)).toBe(`BTC/USDT 1h: 12${space}000 rows, none missing.`);
    expect(importWords({ ...result, missing: 3, duplicates: 2, outlierCount: 1 })).toBe(
      `BTC/USDT 1h: 12${space}000 rows (3 missing, 2 duplicates dropped, 1 conspicuous).`,
    );
  });

  it('says what to do once', () => {
    expect(failureText({ message: 'a.csv, line 4: bad. Repair it.', hint: 'Repair it.' })).toBe(
      'a.csv, line 4: bad. Repair it.',
    );
    expect(failureText({ message: 'No space.', hint: 'Make room.' })).toBe('No space. Make room.');
    expect(failureText({ message: 'Broken.' })).toBe('Broken.');
  });
});

it('writes sizes of files and how often something happened', () => {
  expect([600, 102_400, 1_572_864].map(sizeText)).toEqual(['0.6 kB', '100.0 kB', '1.5 MB']);
  expect([0, 1, 1200].map(timesText)).toEqual(['never', 'once', `1${space}200 times`]);
});

describe('the prices of a column', () => {
  it('have the places that the finest one needs, nine digits at most', () => {
    expect(pricePlaces([45_007.42, 26_779.9, 30_000])).toBe(2);
    expect(priceText(26_779.9, 2)).toBe(`26${space}779.90`);
    // A mean of three fills: four places leave nine digits.
    expect(pricePlaces([45_007.333333333])).toBe(4);
    expect([pricePlaces([0.00012345]), pricePlaces([4e-7])]).toEqual([8, 8]);
    expect(pricePlaces([])).toBe(0);
  });
});
