import { describe, expect, it } from 'vitest';
import { JobCancelled, type JobControl, JobRunner } from '../../../src/app/jobs/job-runner.ts';
import { ApiError } from '../../../src/shared/api/result.ts';

function setUp(parallel = 1) {
  const clock = { ms: 1_000 };
  const failures: unknown[] = [];
  const runner = new JobRunner({
    parallel,
    wallClock: () => clock.ms,
    onFailure: (_job, error) => failures.push(error),
  });
  return { clock, failures, runner };
}

/** Work that waits until it is told to go on. */
function held() {
  const gate = Promise.withResolvers<unknown>();
  let control: JobControl | undefined;
  return {
    gate,
    work: (given: JobControl) => {
      control = given;
      return gate.promise;
    },
    get control() {
      return control as JobControl;
    },
  };
}

describe('the job runner', () => {
  it('runs one after the other and keeps what came of them', async () => {
    const { runner } = setUp();
    const [first, second] = [held(), held()];
    const a = runner.start('backtest', 'first', first.work);
    const b = runner.start('study', 'second', second.work);
    expect([runner.show(a.id).state, runner.show(b.id).state]).toEqual(['running', 'queued']);
    first.gate.resolve({ backtest: 'x' });
    expect(await runner.ended(a.id)).toMatchObject({ state: 'done', progress: 1, result: { backtest: 'x' } });
    await Promise.resolve();
    expect(runner.show(b.id).state).toBe('running');
    second.gate.resolve(undefined);
    expect(await runner.ended(b.id)).toMatchObject({ state: 'done', result: null });
    expect(runner.list().map(({ title }) => title)).toEqual(['second', 'first']);
  });

  it('knows rate and time left', () => {
    const { runner, clock } = setUp();
    const work = held();
    const { id } = runner.start('data-import', 'file', work.work);
    work.control.progress({ done: 10, total: 100, unit: 'rows' });
    expect(runner.show(id)).toMatchObject({ progress: 0.1, ratePerSecond: null, timeLeftMs: null });
    clock.ms = 3_000;
    work.control.progress({ done: 50, message: 'half' });
    expect(runner.show(id)).toMatchObject({
      progress: 0.5,
      ratePerSecond: 25,
      timeLeftMs: 2_000,
      unit: 'rows',
      message: 'half',
    });
  });

  it('cancels what waits at once and what runs at its next step', async () => {
    const { runner, failures } = setUp();
    const [first, second] = [held(), held()];
    const a = runner.start('backtest', 'first', first.work);
    const b = runner.start('backtest', 'second', second.work);
    let stops = 0;
    first.control.onCancel(() => {
      stops += 1;
    });
    expect(runner.cancel(b.id).state).toBe('cancelled');
    expect(runner.cancel(a.id)).toMatchObject({ state: 'running', message: 'stopping …' });
    runner.cancel(a.id);
    expect([first.control.isCancelled(), stops]).toEqual([true, 1]);
    first.gate.reject(new JobCancelled());
    expect(await runner.ended(a.id)).toMatchObject({ state: 'cancelled', error: null });
    expect(failures).toEqual([]);
    expect(runner.cancel(a.id).state).toBe('cancelled');
  });

  it('tells what failed, and whether it is our fault', async () => {
    const { runner, failures } = setUp(2);
    const bad = runner.start('backtest', 'bad', () =>
      Promise.reject(new ApiError('bad-input', 'params.lower: is missing', { field: 'params.lower' })),
    );
    const bug = runner.start('backtest', 'bug', () => Promise.reject(new TypeError('x is not a function')));
    expect((await runner.ended(bad.id)).error).toEqual({
      code: 'bad-input',
      message: 'params.lower: is missing',
      field: 'params.lower',
    });
    expect((await runner.ended(bug.id)).error?.code).toBe('internal');
    expect(failures.map(String)).toEqual(['TypeError: x is not a function']);
  });

  it('tells what changed since a version', () => {
    const { runner } = setUp(2);
    const [one, two] = [held(), held()];
    const a = runner.start('backtest', 'one', one.work);
    const b = runner.start('backtest', 'two', two.work);
    const seen = runner.version;
    expect(runner.changedSince(seen)).toEqual([]);
    two.control.progress({ done: 1 });
    expect(runner.changedSince(seen).map(({ id }) => id)).toEqual([b.id]);
    expect(runner.changedSince(0).map(({ id }) => id)).toEqual([a.id, b.id]);
  });

  it('refuses more than can wait, and unknown jobs', () => {
    const { runner } = setUp();
    for (let count = 0; count < 101; count += 1) runner.start('backtest', 'x', held().work);
    expect(() => runner.start('backtest', 'x', held().work)).toThrow(/100 jobs wait/);
    expect(() => runner.show('j999')).toThrow(/no job j999/);
  });

  it('stops everything at the end', async () => {
    const { runner } = setUp();
    const work = held();
    const { id } = runner.start('backtest', 'x', work.work);
    work.control.onCancel(() => work.gate.reject(new JobCancelled()));
    await runner.stop(1_000);
    expect(runner.show(id).state).toBe('cancelled');
  });
});
