/** `journal tail` and `journal export`: the audit records, newest in words or all of them as they are. */

import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiError } from '../../shared/api/result.ts';
import type { CommandContext } from '../cli/context.ts';
import { parseNumber } from '../cli/values.ts';
import { callTerminal } from '../connection/call-terminal.ts';
import { interruptedExitCode, listenForSignals } from '../host/stop-signals.ts';
import { countWords } from '../output/words.ts';
import { journalTable } from './human-views.ts';

const followIntervalMs = 500;
const exportPage = 1000;

export interface TailFlags {
  readonly limit?: string | undefined;
  readonly bot?: string | undefined;
  readonly search?: string | undefined;
  readonly follow?: boolean | undefined;
}

/** Shows the newest records, oldest first; with `--follow` new ones as they come, until Ctrl-C. */
export async function journalTail(context: CommandContext, flags: TailFlags): Promise<number> {
  const limit = flags.limit === undefined ? 20 : parseNumber(flags.limit, 'limit');
  const request = { limit, bot: flags.bot, search: flags.search };
  const { value, host } = await callTerminal(context, 'journal/list', request);
  const rows = [...value.rows].reverse();
  if (flags.follow !== true) {
    context.output.result({ rows, total: value.total, host }, () => journalTable(rows));
    return 0;
  }
  if (host === 'none') {
    throw new ApiError('refused', 'follow: no host runs, so nothing new will come', { field: 'follow' });
  }
  const signals = listenForSignals(() => undefined);
  try {
    let newest = value.rows[0]?.sequence ?? 0;
    show(context, rows);
    while (!signals.isRequested()) {
      await Promise.race([pause(followIntervalMs), signals.requested]);
      const news = await callTerminal(context, 'journal/list', { ...request, limit: 1000 });
      const fresh = news.value.rows.filter((row) => row.sequence > newest).reverse();
      newest = fresh.at(-1)?.sequence ?? newest;
      show(context, fresh);
    }
  } finally {
    signals.dispose();
  }
  return interruptedExitCode;
}

function show(context: CommandContext, rows: Parameters<typeof journalTable>[0]): void {
  for (const row of rows) context.output.event('record', row);
  if (rows.length > 0) context.output.text(journalTable(rows).split('\n').slice(1).join('\n'));
}

export interface ExportFlags {
  readonly out?: string | undefined;
  readonly from?: string | undefined;
}

/** Writes every record as a JSON line to a file, or to standard output without `--out`. */
export async function journalExport(context: CommandContext, flags: ExportFlags): Promise<number> {
  const from = flags.from === undefined ? 1 : parseNumber(flags.from, 'from');
  const { out } = flags;
  if (out !== undefined && existsSync(out)) {
    throw new ApiError('refused', `out: ${out} exists already`, {
      field: 'out',
      hint: 'Choose another name; nothing was written.',
    });
  }
  let next = from;
  let records = 0;
  let lastHash = '';
  const file = out === undefined ? undefined : createWriteStream(out, { flags: 'wx', mode: 0o600 });
  const opened =
    file === undefined
      ? undefined
      : once(file, 'open').catch((error: unknown) => Promise.reject(unwritable(out, error)));
  await opened;
  const write = async (text: string): Promise<void> => {
    if (file === undefined) context.output.raw(text);
    else if (!file.write(text)) await once(file, 'drain');
  };
  for (;;) {
    const { value } = await callTerminal(context, 'journal/records', {
      fromSequence: next,
      limit: exportPage,
    });
    if (value.records.length === 0) break;
    await write(
      value.records
        .map((record) => `${JSON.stringify(file === undefined ? { kind: 'record', ...record } : record)}\n`)
        .join(''),
    );
    const last = value.records.at(-1);
    next = (last?.sequence ?? next) + 1;
    lastHash = last?.hash ?? lastHash;
    records += value.records.length;
    if (value.records.length < exportPage) break;
  }
  if (file !== undefined)
    await new Promise<void>((resolve, reject) =>
      file.end((error?: Error | null) => (error ? reject(error) : resolve())),
    );
  const result = { records, lastHash, out: out ?? null };
  if (file === undefined && !context.output.json) context.output.talk(`${countWords(records)} records.`);
  else context.output.result(result, () => `${countWords(records)} records written to ${out}.`);
  return 0;
}

function unwritable(out: string | undefined, error: unknown): ApiError {
  const { code } = error as NodeJS.ErrnoException;
  return new ApiError('bad-input', `out: ${out} cannot be written (${code ?? 'unknown error'})`, {
    field: 'out',
  });
}
