/** The commands that are one API call each, as commander knows them. Brings the whole contract along. */

import type { Command } from 'commander';
import { contract } from '../../shared/api/contract.ts';
import { type ApiCommand, apiCommands } from '../commands/api-commands.ts';
import { flagsOf, runApiCommand } from '../commands/run-api-command.ts';
import type { CommandContext } from './context.ts';

type Add = (words: string) => Command;
type Run = (
  command: Command,
  work: (
    context: CommandContext,
    typed: Readonly<Record<string, unknown>>,
    args: readonly string[],
  ) => Promise<number>,
) => void;

/** Adds all of them. */
export function addApiCommands(add: Add, run: Run): void {
  for (const definition of apiCommands) addApiCommand(definition, add, run);
}

function addApiCommand(definition: ApiCommand, add: Add, run: Run): void {
  const command = add(definition.words).description(contract[definition.method].summary);
  if (definition.argument !== undefined) command.argument(`<${definition.argument}>`);
  for (const flag of flagsOf(definition)) command.option(flag.flags, flag.help);
  run(command, (context, typed, args) => runApiCommand(context, definition, args[0], typed));
}
