/** `replay`: recorded frames through the live normalisation, the kernel and the simulated venue. */

import { existsSync, statSync } from 'node:fs';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { parseDelay, parseParams } from '../cli/values.ts';
import { runResultText } from '../host/run-result-text.ts';
import { interruptedExitCode, listenForSignals } from '../host/stop-signals.ts';
import { renderFacts } from '../output/table.ts';
import { countWords } from '../output/words.ts';

/** The flags as commander gives them. */
export interface ReplayFlags {
  readonly frames: string;
  readonly venue: string;
  readonly instrument?: string | undefined;
  readonly strategy?: string | undefined;
  readonly params?: string | undefined;
  readonly latency?: string | undefined;
}

const latencyDefaultMs = 50;
const latencyMaxMs = 60_000;
const plainProgressMs = 5_000;

/** Replays a file and gives the exit code. Throws `ApiError` for bad input and damaged files. */
export async function replay(context: CommandContext, flags: ReplayFlags): Promise<number> {
  const { output } = context;
  const latencyMs = flags.latency === undefined ? latencyDefaultMs : parseDelay(flags.latency, 'latency');
  if (latencyMs > latencyMaxMs) throw new ApiError('bad-input', 'latency: at most 60s', { field: 'latency' });
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(flags.venue)) {
    throw new ApiError('bad-input', 'venue: must be a venue id such as binance', { field: 'venue' });
  }
  if (flags.params !== undefined && flags.strategy === undefined) {
    throw new ApiError('bad-input', 'strategy: parameters were given, but no strategy', {
      field: 'strategy',
    });
  }
  const params = flags.params === undefined ? undefined : await parseParams(flags.params, 'params');
  if (!existsSync(flags.frames) || !statSync(flags.frames).isFile()) {
    throw new ApiError('not-found', `frames: there is no file ${flags.frames}`, { field: 'frames' });
  }
  const { runReplay } = await import('../../app/run-replay.ts');
  const signals = listenForSignals(() => undefined);
  const isTerminal = process.stderr.isTTY === true;
  const startedMs = performance.now();
  let shownMs = startedMs;
  const onProgress = (events: number): void => {
    const nowMs = performance.now();
    if (nowMs - shownMs < (isTerminal ? 500 : plainProgressMs)) return;
    shownMs = nowMs;
    const rate = Math.round(events / ((nowMs - startedMs) / 1000));
    const line = `${countWords(events)} events, ${countWords(rate)}/s`;
    if (isTerminal) output.talkInPlace(line);
    else output.talk(line);
  };
  try {
    const result = await runReplay({
      frames: flags.frames,
      venue: flags.venue,
      instrument: flags.instrument,
      strategy: flags.strategy,
      params,
      latencyMs,
      onProgress,
      isCancelled: signals.isRequested,
    });
    if (isTerminal) output.talkInPlace('');
    const { book } = result;
    const reason = signals.isRequested() ? 'interrupted' : 'the recording is over';
    output.result(result, () =>
      [
        ...result.warnings.map((warning) => `Warning: ${warning}`),
        runResultText(result, reason),
        renderFacts([
          [
            'Book',
            `${countWords(book.updates)} updates, ${book.snapshots} snapshots, ${book.gaps} gaps, ${book.crossed} crossed`,
          ],
          ['Best bid/ask', `${book.bestBid ?? '–'} / ${book.bestAsk ?? '–'}`],
          ['Trades', countWords(result.trades)],
        ]),
      ].join('\n'),
    );
    if (signals.isRequested()) return interruptedExitCode;
    return result.identities.failed > 0 ? 1 : 0;
  } finally {
    signals.dispose();
  }
}
