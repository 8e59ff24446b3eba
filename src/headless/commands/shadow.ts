/**
 * `backtest shadow`: one bot's run beside its backtest. Asks the host where one runs; else reads the data folder itself,
 * with the candles stored there.
 */

import { loadNative } from '../../adapters/compute/native.ts';
import { loadConfig } from '../../adapters/config/load-config.ts';
import { JournalReader } from '../../adapters/store/journal-reader.ts';
import type { JobControl } from '../../app/jobs/job-runner.ts';
import { createBacktestRunner } from '../../app/lab/backtest-runner.ts';
import { minutesOfFolder } from '../../app/shadow/minutes.ts';
import { shadowBacktest } from '../../app/shadow/shadow-backtest.ts';
import { ApiError } from '../../shared/api/result.ts';
import { type ShadowResult, shadowParts } from '../../shared/lab/shadow.ts';
import { findStrategy } from '../../strategies/registry.ts';
import type { CommandContext } from '../cli/context.ts';
import { badFlag, parseNumber, parseTime } from '../cli/values.ts';
import { callTerminal, checkRequest, runningHost } from '../connection/call-terminal.ts';
import { storedMode } from '../connection/stored-terminal.ts';
import { runConsoleJob } from '../host/console-job.ts';
import { renderFacts, renderTable } from '../output/table.ts';
import { timeWords } from '../output/words.ts';

export interface ShadowFlags {
  readonly bot?: string;
  readonly from?: string;
  readonly to?: string;
  readonly slippage?: string;
  readonly tolerance?: string;
}

/** How often a host's job is looked at. */
const pollMs = 200;
/** Flags of `backtest` that mean something here. */
const sharedFlags: ReadonlySet<string> = new Set(['from', 'to', 'slippage']);

/** Compares and gives the exit code. `parent` has what was typed of the flags of `backtest` itself. */
export async function shadow(
  context: CommandContext,
  flags: ShadowFlags,
  parent: Readonly<Record<string, unknown>>,
): Promise<number> {
  const foreign = Object.keys(parent).find((name) => !sharedFlags.has(name));
  if (foreign !== undefined) {
    throw badFlag(
      foreign,
      String(parent[foreign]),
      'is a flag of backtest: the shadow runs what the bot ran',
    );
  }
  if (flags.bot === undefined) {
    throw new ApiError('bad-input', 'bot: is missing', {
      field: 'bot',
      hint: 'List them with: bin/sextant bots list',
    });
  }
  // How long ago is reckoned on the clock the bot lives by: that of a demo is simulated.
  const nowMs = (await callTerminal(context, 'system/status', {})).value.timeMs;
  const time = (name: 'from' | 'to') =>
    flags[name] === undefined ? undefined : parseTime(flags[name], name, nowMs);
  const number = (name: 'slippage' | 'tolerance') =>
    flags[name] === undefined ? undefined : parseNumber(flags[name], name);
  const request = checkRequest('backtests/shadow', {
    bot: flags.bot,
    fromMs: time('from'),
    toMs: time('to'),
    slippage: number('slippage'),
    toleranceBars: number('tolerance'),
  });
  const hasHost = (await runningHost(context.dataFolder)) !== undefined;
  const job = await runConsoleJob(context.output, 'shadow-backtest', flags.bot, (control) =>
    hasHost ? askHost(context, request, control) : fromFolder(context, request, control),
  );
  if (!job.isDone) return job.exitCode;
  context.output.result(job.result, () => shadowText(job.result));
  return 0;
}

type Request = ReturnType<typeof checkRequest<'backtests/shadow'>>;

async function askHost(
  context: CommandContext,
  request: Request,
  control: JobControl,
): Promise<ShadowResult> {
  const { value } = await callTerminal(context, 'backtests/shadow', request);
  const { id } = value.job;
  let isCancelSent = false;
  for (;;) {
    const { job } = (await callTerminal(context, 'jobs/show', { job: id })).value;
    control.progress({ done: job.done, total: job.total, unit: job.unit, message: job.message });
    if (job.error !== null) throw new ApiError(job.error.code, job.error.message, job.error);
    if (job.state === 'done') return job.result as ShadowResult;
    if (job.endedMs !== null) throw new ApiError('refused', 'the job was cancelled');
    if (control.isCancelled() && !isCancelSent) {
      isCancelSent = true;
      await callTerminal(context, 'jobs/cancel', { job: id });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function fromFolder(
  context: CommandContext,
  request: Request,
  control: JobControl,
): Promise<ShadowResult> {
  const { config } = loadConfig({
    file: context.configFile,
    dataFolder: context.dataFolder,
    environment: context.environment,
    flags: [],
  });
  const mode = storedMode(context.dataFolder, config.mode);
  const journal = JournalReader.open(context.dataFolder, mode);
  const runner = createBacktestRunner({ dataFolder: context.dataFolder, parallel: 1 });
  try {
    const sources = {
      queries: journal.queries,
      instruments: journal.instruments.list(),
      findStrategy,
      minutes: minutesOfFolder(loadNative(), context.dataFolder, mode),
      runner,
      nowMs: journal.load().core?.timeMs ?? 0,
    };
    const { slippage = 0.0005, toleranceBars = 2 } = request;
    return await shadowBacktest({ ...request, slippage, toleranceBars }, sources, control);
  } finally {
    await runner.close();
    journal.close();
  }
}

function shadowText({
  extra,
  missed,
  notes,
  pairs,
  quote,
  symbol,
  totals,
  verdict,
  ...rest
}: ShadowResult): string {
  const rows = [
    ...pairs.map(({ backtest, difference, parts, run }) => ({
      timeMs: run.entryTimeMs,
      kind: 'both',
      run: run.profit.toFixed(4),
      backtest: backtest.profit.toFixed(4),
      difference,
      why: shadowParts
        .flatMap((part) => (Number(parts[part]) === 0 ? [] : [`${part} ${parts[part]}`]))
        .join(', '),
    })),
    ...missed.map(({ reason, trip }) => ({
      timeMs: trip.entryTimeMs,
      kind: 'missed',
      run: '',
      backtest: trip.profit.toFixed(4),
      difference: (-trip.profit).toFixed(4),
      why: reason.text,
    })),
    ...extra.map(({ reason, trip }) => ({
      timeMs: trip.entryTimeMs,
      kind: 'extra',
      run: trip.profit.toFixed(4),
      backtest: '',
      difference: trip.profit.toFixed(4),
      why: reason.text,
    })),
  ].sort((left, right) => left.timeMs - right.timeMs);
  const facts = renderFacts([
    ['Bot', `${rest.bot} (${rest.name}), ${symbol} at ${rest.venue}`],
    ['From', timeWords(rest.fromMs)],
    ['To', timeWords(rest.toMs)],
    ...shadowParts.map((part) => [`Difference by ${part}`, `${totals.parts[part]} ${quote}`] as const),
    ['By missed trades', `${totals.missed} ${quote}`],
    ['By extra trades', `${totals.extra} ${quote}`],
    ['Difference', `${totals.difference} ${quote}`],
  ]);
  const table = renderTable(
    rows,
    [
      { title: 'Entry', of: ({ timeMs }) => timeWords(timeMs) },
      { title: 'In', of: ({ kind }) => kind },
      { title: 'Run', of: ({ run }) => run, right: true },
      { title: 'Backtest', of: ({ backtest }) => backtest, right: true },
      { title: 'Difference', of: ({ difference }) => difference, right: true },
      { title: 'Why', of: ({ why }) => why },
    ],
    'No trades.',
  );
  return [...verdict, '', facts, '', table, '', ...notes].join('\n');
}
