import { describe, expect, it } from 'vitest';
import { comparedTime } from '../../../src/app/shadow/compared-time.ts';
import type { BotRun } from '../../../src/app/shadow/read-run.ts';

const definition = (fast: number, name = 'a') => ({ name, params: { fast } }) as never;
const run: Pick<BotRun, 'definitions' | 'states'> = {
  definitions: [
    { timeMs: 50_000, definition: definition(1) },
    { timeMs: 400_000, definition: definition(1, 'renamed') },
    { timeMs: 700_000, definition: definition(2) },
  ],
  states: [
    { timeMs: 50_000, state: 'CREATED', reason: '' },
    { timeMs: 130_000, state: 'RUNNING', reason: '' },
  ],
};

describe('the time that is compared', () => {
  it('begins with the newest parameters and is cut to whole minutes', () => {
    expect(comparedTime(run, {}, 1_000_000)).toMatchObject({
      fromMs: 660_000,
      toMs: 960_000,
      definition: { params: { fast: 2 } },
      isFromStart: false,
      notes: ['Compared from the newest edit of parameters on, 1970-01-01 00:11:40.'],
    });
  });

  it('may end before an edit, but not reach over it; a new name is no edit', () => {
    expect(comparedTime(run, { fromMs: 0, toMs: 690_000 }, 1_000_000)).toMatchObject({
      fromMs: 120_000,
      toMs: 660_000,
      definition: { name: 'a', params: { fast: 1 } },
      isFromStart: true,
    });
    expect(() => comparedTime(run, { fromMs: 130_000 }, 1_000_000)).toThrow(
      'fromMs: parameters were edited at 1970-01-01 00:11:40 UTC, inside the time asked for',
    );
  });

  it('ends with the bot, and refuses one that never ran or ran in no whole minute', () => {
    const stopped = {
      ...run,
      states: [...run.states, { timeMs: 800_000, state: 'STOPPED' as const, reason: '' }],
    };
    expect(comparedTime(stopped, {}, 5_000_000).toMs).toBe(840_000);
    expect(() => comparedTime({ ...run, states: [] }, {}, 1)).toThrow(/never started/);
    expect(() => comparedTime(run, { toMs: 140_000, fromMs: 130_000 }, 1_000_000)).toThrow(/no whole minute/);
  });
});
