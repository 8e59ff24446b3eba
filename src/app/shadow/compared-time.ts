/** Which part of a bot's life can be replayed as one backtest. */

import { ApiError } from '../../shared/api/result.ts';
import type { BotDefinition } from '../../shared/events/control.ts';
import type { BotRun } from './read-run.ts';
import { clock } from './reasons.ts';

export const minuteMs = 60_000;

export interface ComparedTime {
  /** Open of the first minute and close of the last, on the clock. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The definition in force all that time. */
  readonly definition: BotDefinition;
  /** True when the time begins with the bot's first start. */
  readonly isFromStart: boolean;
  readonly notes: readonly string[];
}

/**
 * Gives the time to compare: as asked, else from the first start or the newest edit of parameters to the bot's end, or to
 * `nowMs` while it lives. Throws `refused` when the bot never ran, ran in no whole minute, or was given other parameters
 * in between: state and candles of one run cannot be shared by two settings.
 */
export function comparedTime(
  run: Pick<BotRun, 'definitions' | 'states'>,
  asked: { readonly fromMs?: number | undefined; readonly toMs?: number | undefined },
  nowMs: number,
): ComparedTime {
  const started = run.states.find(({ state }) => state === 'RUNNING');
  if (started === undefined) {
    throw new ApiError('refused', 'bot: it was never started, so there is nothing to compare', {
      field: 'bot',
    });
  }
  const edits = editsOf(run).filter(({ timeMs }) => timeMs > started.timeMs);
  const last = run.states.at(-1);
  const endMs = last?.state === 'STOPPED' || last?.state === 'FAILED' ? last.timeMs + minuteMs : nowMs;
  const lastEdit = edits.at(-1);
  const notes: string[] = [];
  const beginMs = Math.max(started.timeMs, asked.fromMs ?? lastEdit?.timeMs ?? started.timeMs);
  if (asked.fromMs === undefined && lastEdit !== undefined) {
    notes.push(`Compared from the newest edit of parameters on, ${clock(lastEdit.timeMs)}.`);
  }
  const fromMs = floorMinute(beginMs);
  const toMs = floorMinute(Math.min(asked.toMs ?? endMs, endMs));
  if (fromMs >= toMs) {
    throw new ApiError('refused', 'toMs: the bot ran in no whole minute of the time asked for', {
      field: asked.toMs === undefined ? 'fromMs' : 'toMs',
      hint: `It was started at ${clock(started.timeMs)} UTC.`,
    });
  }
  const between = edits.find(({ timeMs }) => timeMs > beginMs && timeMs < toMs);
  if (between !== undefined) {
    throw new ApiError(
      'refused',
      `fromMs: parameters were edited at ${clock(between.timeMs)} UTC, inside the time asked for`,
      { field: 'fromMs', hint: 'Compare the time before and the time after the edit by themselves.' },
    );
  }
  const { definition } = run.definitions.findLast(
    ({ timeMs }) => timeMs <= beginMs,
  ) as BotRun['definitions'][number];
  return { fromMs, toMs, definition, isFromStart: beginMs === started.timeMs, notes };
}

/** Edits that changed parameters; a new name changes nothing. */
function editsOf({ definitions }: Pick<BotRun, 'definitions'>): BotRun['definitions'] {
  return definitions.filter(({ definition }, index) => {
    const before = definitions[index - 1]?.definition;
    return before !== undefined && JSON.stringify(before.params) !== JSON.stringify(definition.params);
  });
}

export function floorMinute(timeMs: number): number {
  return timeMs - (timeMs % minuteMs);
}
