/** What a plot says under the pointer. */
import { describe, expect, it } from 'vitest';
import { type ReadPlot, readoutAt } from '../../src/renderer/ui/plot-readout.ts';

const plot = {
  data: [
    [1_704_067_200, 1_704_153_600],
    [10_000, 10_250.5],
    [0, -3.5],
    [null, 9_000],
  ],
  scales: { x: { time: true } },
  axes: [
    {},
    { values: (_plot: unknown, values: number[]) => values.map((value) => `${value.toFixed(1)} USDT`) },
    { scale: 'fall', values: (_plot: unknown, values: number[]) => values.map((value) => `${value} %`) },
  ],
  series: [
    { label: 'Time' },
    { label: 'Equity', scale: 'y', stroke: '#111111' },
    { label: 'Drawdown', scale: 'fall', stroke: () => '#222222' },
    { label: 'Hold', scale: 'y', points: { stroke: '#333333' } },
  ],
} as unknown as ReadPlot;

describe('the readout of a plot', () => {
  it('gives the time and each line in the words of its own axis', () => {
    expect(readoutAt(plot, 1)).toEqual([
      { label: '', text: '2024-01-02 00:00', colour: '' },
      { label: 'Equity', text: '10250.5 USDT', colour: '#111111' },
      { label: 'Drawdown', text: '-3.5 %', colour: '#222222' },
      { label: 'Hold', text: '9000.0 USDT', colour: '#333333' },
    ]);
  });

  it('leaves out a line without a value there, and says nothing beside the data', () => {
    expect(readoutAt(plot, 0).map(({ label }) => label)).toEqual(['', 'Equity', 'Drawdown']);
    expect(readoutAt(plot, 2)).toEqual([]);
  });

  it('names a place that is no time', () => {
    const trials = { ...plot, scales: { x: { time: false } }, series: [{ label: 'Trial' }], data: [[7]] };
    expect(readoutAt(trials as unknown as ReadPlot, 0)).toEqual([{ label: 'Trial', text: '7', colour: '' }]);
  });
});
