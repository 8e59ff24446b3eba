/** Shows how far a run with an end has come: one line that changes in a terminal, a plain line every 5 s elsewhere. */

import type { ApiTransport } from '../../shared/api/client.ts';
import type { StatusView } from '../../shared/api/views.ts';
import type { Output } from '../output/output.ts';
import { countWords, durationWords, moneyWords } from '../output/words.ts';

const inPlaceMs = 1_000;
const plainMs = 5_000;

export interface RunProgressOptions {
  readonly client: ApiTransport;
  readonly output: Output;
  readonly forMs: number | undefined;
  readonly simulateForMs: number | undefined;
}

function shareDone(
  status: StatusView,
  startTimeMs: number,
  wallMs: number,
  options: RunProgressOptions,
): number {
  const byWall = options.forMs === undefined ? 0 : wallMs / options.forMs;
  const bySimulation =
    options.simulateForMs === undefined ? 0 : (status.timeMs - startTimeMs) / options.simulateForMs;
  return Math.min(1, Math.max(byWall, bySimulation));
}

function lineOf(status: StatusView, share: number, wallMs: number): string {
  const leftMs = share > 0.001 ? (wallMs / share) * (1 - share) : undefined;
  return [
    `${Math.floor(share * 100)} %`,
    `${countWords(status.marketEvents)} events (${countWords(Math.round(status.eventsPerSecond))}/s)`,
    `${status.bots.length} bots`,
    `equity ${moneyWords(status.equity)}`,
    ...(leftMs === undefined ? [] : [`${durationWords(leftMs)} left`]),
  ].join(' · ');
}

/** Starts showing; gives the function that ends it. */
export function showRunProgress(options: RunProgressOptions): () => void {
  const { client, output } = options;
  if (options.forMs === undefined && options.simulateForMs === undefined) return () => undefined;
  const isTerminal = process.stderr.isTTY === true;
  const startedMs = performance.now();
  let startTimeMs: number | undefined;
  let isStopped = false;
  const show = async (): Promise<void> => {
    const status = await client.call('system/status', {});
    if (!status.ok || isStopped) return;
    startTimeMs ??= status.value.timeMs;
    const wallMs = performance.now() - startedMs;
    const line = lineOf(status.value, shareDone(status.value, startTimeMs, wallMs, options), wallMs);
    if (isTerminal) output.talkInPlace(line);
    else if (wallMs >= plainMs / 2) output.talk(line);
  };
  void show();
  const timer = setInterval(() => void show(), isTerminal ? inPlaceMs : plainMs);
  timer.unref();
  return () => {
    isStopped = true;
    clearInterval(timer);
    if (isTerminal) output.talkInPlace('');
  };
}
