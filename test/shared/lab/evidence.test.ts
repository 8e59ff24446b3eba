import { describe, expect, it } from 'vitest';
import {
  type EvidenceInput,
  type EvidenceRecord,
  evidenceOf,
  evidenceRecord,
} from '../../../src/shared/lab/evidence.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';

const series = [{ source: { kind: 'file', path: '/data/a.csv' } }];
const spec = backtestSpec.parse({ strategy: 'ma-cross', params: { fastPeriod: 5, average: 'sma' }, series });
const subject = { spec, finalEquity: 12_000, trades: 40 };
const about = { spec, madeMs: 1, program: '1' };
const record = (input: EvidenceInput): EvidenceRecord => evidenceRecord.parse(input);
const shuffle = record({
  kind: 'monte-carlo',
  ...about,
  finalEquity: 12_000,
  trades: 40,
  drawdownRank: 0.4,
  drawdownP5: -0.2,
});
const bias = record({ kind: 'bias', ...about, outcome: 'passed' });
const known = (records: readonly EvidenceRecord[], changes: Partial<typeof subject> = {}, program = '1') =>
  evidenceOf({ ...subject, ...changes }, { records, damaged: [] }, program).evidence;
const other = (changes: object) => ({ spec: backtestSpec.parse({ ...spec, ...changes }) });

describe('evidence', () => {
  it('of the same run is known, whatever way its numbers are written', () => {
    const asText = other({ params: { average: 'sma', fastPeriod: '5' } });
    for (const changes of [{}, asText, { finalEquity: 12_000.00001 }]) {
      expect(known([shuffle], changes).monteCarlo).toEqual({ drawdownRank: 0.4, drawdownP5: -0.2 });
    }
  });

  it.each([
    ['another result', { finalEquity: 12_001 }],
    ['another number of trades', { trades: 41 }],
    ['another parameter', other({ params: { fastPeriod: 6, average: 'sma' } })],
    ['a parameter more', other({ params: { fastPeriod: 5, average: 'sma', slowPeriod: 9 } })],
    ['a parameter less', other({ params: { fastPeriod: 5 } })],
    ['other data', other({ series: [{ source: { kind: 'file', path: '/data/b.csv' } }] })],
    ['another strategy', other({ strategy: 'grid' })],
  ])('of a shuffle says nothing of %s', (_name, changes) => {
    expect(known([shuffle], changes).monteCarlo).toBeUndefined();
  });

  it('of another version of the program says nothing', () => {
    expect(known([shuffle, bias], {}, '2')).toMatchObject({ monteCarlo: undefined, bias: undefined });
  });

  it('of a bias check holds for the settings on any data, and the newest counts', () => {
    const elsewhere = other({ series: [{ source: { kind: 'file', path: '/data/b.csv' } }] });
    expect(known([bias], { ...elsewhere, trades: 1 }).bias).toBe('passed');
    expect(known([bias, record({ kind: 'bias', ...about, outcome: 'failed' })]).bias).toBe('failed');
    expect(known([bias], other({ params: { fastPeriod: 6, average: 'sma' } })).bias).toBeUndefined();
  });

  it('of a study holds for its best settings, of a walk-forward run for all; a study says more', () => {
    const walk = record({
      kind: 'out-of-sample',
      ...about,
      spec: backtestSpec.parse({ ...spec, params: { fastPeriod: 99 } }),
      source: 'wf-1',
      anyParams: true,
      share: 0.6,
      held: false,
    });
    const study = record({
      kind: 'out-of-sample',
      ...about,
      wholeParams: { ...spec.params, slowPeriod: 20 },
      source: 'st-1',
      anyParams: false,
      share: 0.25,
      held: true,
      trials: 30,
      trialVariance: 0.002,
    });
    const both = evidenceOf(subject, { records: [study, walk], damaged: [] }, '1');
    expect(both).toMatchObject({ trials: 30, trialVariance: 0.002 });
    expect(both.evidence.outOfSample).toEqual({ share: 0.25, held: true, source: 'st-1' });
    // The study ran with a slow period of 20, suggested for the market: a run that names it is the same run.
    const named = other({ params: { fastPeriod: 5, average: 'sma', slowPeriod: '20' } });
    expect(known([study], named).outOfSample?.source).toBe('st-1');
    const changed = other({ params: { fastPeriod: 5, average: 'sma', slowPeriod: '21' } });
    expect(known([study, walk], changed).outOfSample?.source).toBe('wf-1');
  });

  it.each([
    ['other fees', { takerFee: 0.002 }],
    ['another slippage', { slippage: 0 }],
    ['another fill convention', { fill: 'close' }],
    ['another leverage', { leverage: 3 }],
    ['interest', { series: [{ ...series[0], borrow: { baseRatePerDay: 0.001, quoteRatePerDay: 0.001 } }] }],
    ['another time', { fromMs: 2_000, toMs: 3_000 }],
  ])('of data that were kept back says nothing of a run with %s', (_name, changes) => {
    const tested = record({
      kind: 'out-of-sample',
      ...about,
      spec: backtestSpec.parse({ ...spec, fromMs: 1_000, toMs: 2_000 }),
      source: 'st-1',
      anyParams: false,
      share: 0.25,
      held: true,
      trials: 30,
    });
    expect(known([tested], other({ fromMs: 1_500, capital: '500' })).outOfSample?.held).toBe(true);
    expect(known([tested], other(changes)).outOfSample).toBeUndefined();
  });
});
