import { describe, expect, it } from 'vitest';
import { walkForwardWindows } from '../../src/shared/lab/walk-forward.ts';

describe('walk-forward windows', () => {
  it('trade stretches that follow one another to the end, each behind its own training', () => {
    // 800 bars, 5 windows, training three times as long: 100 bars each, 300 before the first.
    const windows = walkForwardWindows({ windows: 5, trainToTest: 3, anchored: false }, 0, 8000, 10);
    expect(windows).toHaveLength(5);
    expect(windows[0]).toEqual({ trainFromMs: 0, trainToMs: 3000, testFromMs: 3000, testToMs: 4000 });
    expect(windows[4]).toEqual({ trainFromMs: 4000, trainToMs: 7000, testFromMs: 7000, testToMs: 8000 });
    for (const [index, window] of windows.entries()) {
      expect(window.testFromMs).toBe(window.trainToMs);
      if (index > 0) expect(window.testFromMs).toBe(windows[index - 1]?.testToMs);
    }
  });

  it('train on everything before when anchored', () => {
    const windows = walkForwardWindows({ windows: 2, trainToTest: 2, anchored: true }, 0, 4000, 10);
    expect(windows.map(({ trainFromMs, trainToMs }) => [trainFromMs, trainToMs])).toEqual([
      [0, 2000],
      [0, 3000],
    ]);
  });

  it('give odd bars to the first training, never to two windows', () => {
    const windows = walkForwardWindows({ windows: 3, trainToTest: 1, anchored: false }, 0, 1030, 10);
    expect(windows[0]).toEqual({ trainFromMs: 0, trainToMs: 280, testFromMs: 280, testToMs: 530 });
    expect(windows[2]?.testToMs).toBe(1030);
  });

  it('refuse data that is too short', () => {
    expect(() => walkForwardWindows({ windows: 10, trainToTest: 3, anchored: false }, 0, 1000, 10)).toThrow(
      /100 candles are too few for 10 windows/,
    );
  });
});
