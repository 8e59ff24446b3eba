/** Gives every command line a command: `--no-ui` is `run`, nothing at all is `open`. */

/** Flags that are followed by their value, before a command or without one. */
const flagsWithValue: ReadonlySet<string> = new Set([
  '--data',
  '--config',
  '--log-level',
  '--color',
  '--port',
  '--speed',
  '--seed',
  '--for',
  '--sim-for',
]);

const selfContained: ReadonlySet<string> = new Set(['--help', '-h', '--version', '-V']);

/** What a command line asks for, once it names a command. */
export interface CommandLine {
  readonly args: readonly string[];
  /** True when nobody named the command: the window is what the person expected. */
  readonly isImplicit: boolean;
}

/** Puts the command in where the flags imply it. */
export function withCommand(typed: readonly string[]): CommandLine {
  if (typed.includes('--no-ui')) {
    return { args: ['run', ...typed.filter((arg) => arg !== '--no-ui')], isImplicit: false };
  }
  if (typed.some((arg) => selfContained.has(arg)) || commandOf(typed) !== undefined)
    return { args: typed, isImplicit: false };
  return { args: [typed.includes('--serve') ? 'run' : 'open', ...typed], isImplicit: true };
}

/** Gives the word that names the command; undefined where there is none. */
export function commandOf(args: readonly string[]): string | undefined {
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (flagsWithValue.has(arg)) index += 1;
    else if (!arg.startsWith('-')) return arg;
  }
  return undefined;
}
