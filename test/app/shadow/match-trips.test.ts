import { describe, expect, it } from 'vitest';
import { matchTrips } from '../../../src/app/shadow/match-trips.ts';
import { tripOf } from './trip.ts';

const at = (minute: number, side: 1 | -1 = 1) => tripOf({ entryTimeMs: minute * 60_000, side });
const minutes = (trips: readonly { entryTimeMs: number }[]) =>
  trips.map(({ entryTimeMs }) => entryTimeMs / 60_000);
function matched(run: ReturnType<typeof at>[], backtest: ReturnType<typeof at>[]) {
  const found = matchTrips(run, backtest, 120_000);
  return {
    pairs: found.pairs.map((pair) => [pair.run.entryTimeMs / 60_000, pair.backtest.entryTimeMs / 60_000]),
    missed: minutes(found.missed),
    extra: minutes(found.extra),
  };
}

describe('matching', () => {
  it('takes the nearest entry, not the first', () => {
    // 12 is two minutes from 10 and one from 13: the nearest pair wins, 10 stays alone.
    expect(matched([at(12)], [at(10), at(13)])).toEqual({ pairs: [[12, 13]], missed: [10], extra: [] });
  });

  it('never joins two sides, nor entries beyond the tolerance', () => {
    expect(matched([at(10, -1), at(20)], [at(10), at(23)])).toEqual({
      pairs: [],
      missed: [10, 23],
      extra: [10, 20],
    });
    expect(matched([at(20)], [at(22)]).pairs).toEqual([[20, 22]]);
  });

  it('gives each trip one partner at most', () => {
    expect(matched([at(10), at(11)], [at(11), at(30)])).toEqual({
      pairs: [[11, 11]],
      missed: [30],
      extra: [10],
    });
    expect(matched([at(10), at(11), at(12)], [at(10), at(12)])).toEqual({
      pairs: [
        [10, 10],
        [12, 12],
      ],
      missed: [],
      extra: [11],
    });
  });
});
