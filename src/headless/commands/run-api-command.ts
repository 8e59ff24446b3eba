/** Carries out a command of the table: flags to request, confirmation, call, result. */

import { contract, type MethodName } from '../../shared/api/contract.ts';
import { confirm } from '../cli/confirm.ts';
import type { CommandContext } from '../cli/context.ts';
import { type RequestFlag, requestFlags } from '../cli/request-flags.ts';
import { callTerminal, checkRequest } from '../connection/call-terminal.ts';
import { jobsHint } from '../connection/empty-answers.ts';
import type { ApiCommand } from './api-commands.ts';

/** Gives the flags of a command. */
export function flagsOf(command: ApiCommand): RequestFlag[] {
  const taken = [command.argument ?? '', ...Object.keys(command.fixed ?? {}), ...(command.omitted ?? [])];
  return requestFlags(contract[command.method].request, taken, Object.keys(command.defaults ?? {}));
}

/** Gives the key under which commander keeps a flag's value: `--dry-run <x>` is `dryRun`. */
function commanderKey(flag: RequestFlag): string {
  const name = /^--([a-z0-9-]+)/.exec(flag.flags)?.[1] ?? '';
  return name.replace(/-([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}

/** Gives the request from what was typed. Throws `bad-input` with the field. */
export async function requestOf(
  command: ApiCommand,
  argument: string | undefined,
  typed: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const request: Record<string, unknown> = { ...command.defaults, ...command.fixed };
  if (command.argument !== undefined) request[command.argument] = argument;
  for (const flag of flagsOf(command)) {
    const value = typed[commanderKey(flag)];
    if (value !== undefined) request[flag.field] = await flag.read(value as string | true);
  }
  return request;
}

/** Runs a command and gives its exit code. */
export async function runApiCommand(
  context: CommandContext,
  command: ApiCommand,
  argument: string | undefined,
  typed: Readonly<Record<string, unknown>>,
): Promise<number> {
  const request = checkRequest(command.method, await requestOf(command, argument, typed));
  const question = command.question?.(request);
  if (question !== undefined) await confirm(context, question);
  const { value, host } = await callTerminal(context, command.method, request);
  const members = command.result?.(value) ?? value;
  context.output.result('host' in members ? members : { ...members, host }, () => command.human(value));
  if (host === 'none' && command.method !== 'strategies/list')
    context.output.talk(offlineNote(command.method));
  return command.exitCode?.(value) ?? 0;
}

function offlineNote(method: MethodName): string {
  if (method === 'strategies/plan') return 'No host runs on this data folder: planned on a simulated market.';
  if (method === 'jobs/list') return `No host runs on this data folder, so no job does. ${jobsHint}`;
  return 'No host runs on this data folder: this is what is stored.';
}
